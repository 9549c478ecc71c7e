"""Many cities at once: each survey folder under a folder is built; one's failure is its own.

A survey folder is a project of a city: `data/raw` with its cycles, and the reports made beside it.
"""

import os
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Literal

from analysis.build.built import describe_build
from analysis.build.flow import build_reports
from analysis.build.pool import open_threads
from analysis.cycle import list_cycles, open_cycle
from analysis.display import Display, clean
from analysis.errors import AnalysisError, ReportError, describe_os_error, list_examples
from analysis.files.child import end_with_parent
from analysis.texts import write_names

State = Literal["built", "kept", "absent", "failed"]
STATES: dict[State, str] = {
    "built": "作成",
    "kept": "変更なし",
    "absent": "調査回なし",
    "failed": "失敗",
}
CITIES_AT_ONCE = 2
"""As many as an office's computer has cores; each is built by processes of its own."""
LINES_SHOWN = 3
"""How many lines of a failed city's message the closing summary shows."""
CITIES_AT_ONCE_ON_A_CLUSTER = 8
"""So many that its workers have jobs while this process looks at what a city has to be made."""


@dataclass(frozen=True)
class Outcome:
    """What became of a city, and what its build said."""

    state: State
    message: str = ""


@dataclass(frozen=True)
class City:
    """A survey folder and the cycle of it to build.

    `stem` is its path under the folder asked for. One whose outcome is known is not built.
    """

    root: Path
    cycle: str
    stem: str
    known: Outcome | None = None

    @property
    def title(self) -> str:
        """Return what a display tells beside the path: the cycle."""
        return self.cycle


def find_cities(folder: Path, cycle: str | None) -> list[City]:
    """Return the cities under a folder, or in the folder itself, by path in natural order.

    The cycle is each city's latest, or `cycle`: of a city without it `absent` is known. They may
    lie at any depth, but not within one another; links and hidden folders are not followed. Of a
    folder that can't be looked into it is known that it failed. Raises ReportError if there is
    nothing to build.
    """
    folder = folder.absolute()
    found = [
        _open_city(root, write_names(root.relative_to(folder).as_posix()), cycle, problem)
        for root, problem in _walk(folder)
    ]
    if not any(city.known is None for city in found):
        closed = [f"{city.stem}: {city.known.message}" for city in found if city.known]
        raise ReportError(
            f"{folder} の下に、調査回{f' {cycle}' if cycle else ''}のあるフォルダー"
            "（data/raw/<調査回>/cycle.toml）がありません。フォルダーを確かめてください。\n"
            + list_examples(closed)
        )
    return sorted(found, key=lambda city: _order(city.stem))


def build_all(
    cities: Sequence[City], *, force: bool, scheduler: str | None, display: Display
) -> dict[City, Outcome]:
    """Build the reports of each city, by processes here or all by one Dask cluster.

    Returns what became of each, in the order given; no failure of one stops another.
    """
    build = partial(build_city, force=force, scheduler=scheduler)
    if scheduler is not None:
        return build_cities(cities, build, display, CITIES_AT_ONCE_ON_A_CLUSTER)
    return build_cities(cities, partial(build_in_child, build), display)


def build_city(city: City, *, force: bool, scheduler: str | None) -> Outcome:
    """Build a city's reports in this process; raises what `build_reports` raises."""
    cycle = open_cycle(city.cycle, city.root)
    built = build_reports(cycle, force=force, scheduler=scheduler, display=Display())
    kept = all(why is None for why in built.reasons.values())
    return Outcome("kept" if kept else "built", describe_build(built))


def build_cities(
    cities: Sequence[City],
    build: Callable[[City], Outcome],
    display: Display,
    at_once: int = CITIES_AT_ONCE,
) -> dict[City, Outcome]:
    """Build each city, some at once, and return what became of each, in the order given.

    `build` is called in threads. Whatever it raises is the failure of that city alone.
    """
    outcomes: dict[City, Outcome] = {}
    display.begin(cities)
    with open_threads(at_once) as threads:
        jobs = {threads.submit(_try, build, city): city for city in cities}
        for job in as_completed(jobs):
            city, outcome = jobs[job], job.result()
            outcomes[city] = outcome
            if outcome.state == "failed":
                display.failed(city, outcome.message)
            else:
                display.finished(city, STATES[outcome.state])
    return {city: outcomes[city] for city in cities}


def build_in_child(build: Callable[[City], Outcome], city: City) -> Outcome:
    """Build a city in a process of its own, which ends with it: its memory, and its crash too.

    `build` is a function of a module, or a `partial` of one, to be pickled.
    """
    context = get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context, initializer=end_with_parent) as child:
        try:
            return child.submit(build, city).result()
        except BrokenProcessPool:
            raise ReportError(
                "作成のプロセスが途中で終わりました。"
                "メモリーの空きを確かめて、もう一度実行してください。"
            ) from None


def describe_outcomes(outcomes: Mapping[City, Outcome]) -> str:
    """Return the closing summary: how many of each state, and each city with what it said.

    A failed city's message is shown with its first lines, another's with its first line.
    """
    states = [outcome.state for outcome in outcomes.values()]
    counts = "、".join(f"{name} {states.count(state)}件" for state, name in STATES.items())
    lines = [f"{len(outcomes)}件の調査: {counts}"]
    for city, outcome in outcomes.items():
        said = outcome.message.splitlines()
        head = f"{STATES[outcome.state]}  {city.stem}  {city.cycle}"
        if outcome.state == "failed":
            lines += [head, *(f"    {line}" for line in said[:LINES_SHOWN])]
            if len(said) > LINES_SHOWN:
                lines.append("    ……")
        else:
            lines.append("  ".join([head, *said[:1]]))
    return "\n".join(clean(line).rstrip() for line in lines)


def _walk(folder: Path) -> Iterator[tuple[Path, str]]:
    """Yield each survey folder, and with its problem each that can't be looked into."""
    waiting = [folder]
    while waiting:
        place = waiting.pop()
        if list_cycles(place):
            yield place, ""
            continue
        try:
            with os.scandir(place) as entries:
                waiting += [
                    Path(entry.path)
                    for entry in entries
                    if entry.is_dir(follow_symlinks=False) and not entry.name.startswith(".")
                ]
        except OSError as error:
            yield (
                place,
                f"フォルダーの中を見られません（{error.strerror}）。権限を確かめてください。",
            )


def _open_city(root: Path, stem: str, cycle: str | None, problem: str) -> City:
    cycles = list_cycles(root)
    known = None
    if problem:
        known = Outcome("failed", problem)
    elif cycle is not None and cycle not in cycles:
        known = Outcome("absent", f"調査回は {'、'.join(cycles)} です。")
    return City(root, cycle or max(cycles, default=""), stem, known)


def _order(stem: str) -> tuple[list[tuple[str | int, ...]], str]:
    """Return a key that puts 市2 before 市10, however the system spells a name."""
    parts = unicodedata.normalize("NFC", stem).split("/")
    # The odd pieces are numbers: like is compared with like.
    numbered = [
        tuple(int(piece) if odd % 2 else piece for odd, piece in enumerate(pieces))
        for pieces in (re.split(r"(\d+)", part) for part in parts)
    ]
    return numbered, stem


def _try(build: Callable[[City], Outcome], city: City) -> Outcome:
    """Build a city, unless its outcome is known, and make of any error its failure."""
    try:
        return city.known or build(city)
    except AnalysisError as error:
        return Outcome("failed", str(error))
    except OSError as error:
        return Outcome("failed", describe_os_error(error))
    except Exception as error:
        # A defect, shown whole by a build of this city alone; the others go on.
        return Outcome(
            "failed",
            f"プログラムの誤りです（{type(error).__name__}: {error}）。\nこのフォルダーだけで "
            "`analysis report` を実行し、表示される内容を開発者に送ってください。",
        )
