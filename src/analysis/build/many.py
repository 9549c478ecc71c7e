"""Many cities at once: each survey folder under a folder is built; one's failure is its own.

A survey folder is a project of a city: `data/raw` with its cycles, and the reports made beside it.
"""

import os
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Literal

from analysis.build.built import describe_build
from analysis.build.flow import build_reports
from analysis.build.pool import open_threads
from analysis.build.worker import require_folder
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
    """Build the reports of each city, here or each by a worker of the Dask cluster `scheduler`.

    Returns what became of each, in the order given; no failure of one stops another. Raises
    ReportError for a cluster that can't be used.
    """
    build = partial(build_in_child, partial(build_city, force=force))
    with _open_builders(scheduler) as builders:
        return build_cities(cities, build, display, builders)


def build_city(city: City, *, force: bool) -> Outcome:
    """Build a city's reports in this process; raises what `build_reports` raises."""
    require_folder(city.root)
    built = build_reports(open_cycle(city.cycle, city.root), force=force, display=Display())
    kept = all(why is None for why in built.reasons.values())
    return Outcome("kept" if kept else "built", describe_build(built))


def build_cities(
    cities: Sequence[City],
    build: Callable[[City], Outcome],
    display: Display,
    builders: Executor,
) -> dict[City, Outcome]:
    """Build each city and return what became of each, in the order given.

    `build` is called by the builders. Whatever it raises is the failure of that city alone.
    """
    outcomes = {city: city.known for city in cities if city.known is not None}
    display.begin(cities)
    for city, known in outcomes.items():
        _show(display, city, known)
    jobs = {builders.submit(build, city): city for city in cities if city.known is None}
    for job in as_completed(jobs):
        city, outcome = jobs[job], _take_outcome(job)
        outcomes[city] = outcome
        _show(display, city, outcome)
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


def _open_builders(scheduler: str | None) -> AbstractContextManager[Executor]:
    """Give what builds cities: threads, each of which waits for a process, or a cluster."""
    if scheduler is None:
        return open_threads(CITIES_AT_ONCE)
    # Dask takes half a second to import, and few need it.
    from analysis.build.cluster import open_cluster  # noqa: PLC0415

    return open_cluster(scheduler)


def _show(display: Display, city: City, outcome: Outcome) -> None:
    if outcome.state == "failed":
        display.failed(city, outcome.message)
    else:
        display.finished(city, STATES[outcome.state])


def _take_outcome(job: Future[Outcome]) -> Outcome:
    """Return what became of a city; of any error, its failure."""
    try:
        return job.result()
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
