"""Begin a survey from a list: its settings, its first cycle's workbooks, and the record of both.

All of it is made beside the folder and put there by one renaming: a list that can't be read, and a
process that is killed, leave nothing.
"""

import datetime
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

import pandas as pd

from analysis.cycle import SETTINGS_NAME, Cycle, Department, open_cycle
from analysis.display import Display, NamedTask
from analysis.errors import SettingsError
from analysis.files.child import begin_child, may_fork
from analysis.forms.cell_text import fit
from analysis.forms.first import begin_demonstration, begin_survey, lay_out_survey
from analysis.forms.new_cycle import read_as_of
from analysis.forms.write import make_form
from analysis.intake.listed import read_list
from analysis.intake.record import READING_NAME, describe_reading
from analysis.intake.settings_text import write_cycle_settings, write_survey_settings
from analysis.intake.understood import Understood, understand
from analysis.questionnaire.read import SURVEY_NAME
from analysis.texts import compose_name

# To make so many rows takes longer than to begin a process.
_PAYS_FROM = 2_000
_PROCESSES = 2

_Job = tuple[Cycle, Department, pd.DataFrame]


def begin(
    folder: Path,
    source: Path | None,
    as_of: str | None,
    *,
    demo: bool = False,
    display: Display | None = None,
) -> str:
    """Make a survey's folder: of a list as of a day, the demonstration's, or one to be filled in.

    Returns what was made and what comes next. Raises SettingsError where something stands already,
    and for what can't be begun with.
    """
    if (source is None) != (as_of is None) or (demo and source is not None):
        raise SettingsError(
            "--from（一覧）と --as-of（その時点、例 2025-03-31）は一緒に指定してください。"
            "--demo とは一緒に使えません。"
        )
    if source is None or as_of is None:
        return begin_demonstration(folder) if demo else begin_survey(folder)
    return begin_from_list(folder, source, read_as_of(as_of), display)


def begin_from_list(
    folder: Path, source: Path, as_of: datetime.date, display: Display | None = None
) -> str:
    """Make a survey of a list in a folder, and return the record and what comes next.

    Raises SettingsError where something stands already, and for a list that can't be begun with.
    """
    name = compose_name(source.name)
    with lay_out_survey(folder) as passing:
        found = read_list(source)
        understood = understand(found)
        raw = passing / "data" / "raw"
        _write(raw / SURVEY_NAME, write_survey_settings(understood, name, READING_NAME))
        own = raw / as_of.isoformat()
        own.mkdir()
        _write(own / SETTINGS_NAME, write_cycle_settings(as_of, understood))
        cycle = open_cycle(as_of.isoformat(), passing)
        _write_workbooks(cycle, understood.rows, display or Display())
        record = describe_reading(name, found, understood, _count_altered(understood))
        _write(passing / READING_NAME, record)
    return f"{record}\n{_say_next(folder, cycle, understood)}"


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _count_altered(understood: Understood) -> int:
    texts: pd.DataFrame = understood.rows.select_dtypes("str")
    return sum(fit(text) != text for name in texts for text in texts[name].dropna().tolist())


def _write_workbooks(cycle: Cycle, rows: pd.DataFrame, display: Display) -> None:
    """Write each department's workbook of the first cycle, the largest first, two at a time."""
    owned = dict(iter(rows.groupby("department_slug", sort=False)))
    order = sorted(cycle.departments, key=lambda own: -len(owned[own.slug]))
    steps = {d.slug: NamedTask(d.slug, f"{d.name}　調査票の作成") for d in order}
    display.begin(list(steps.values()))
    jobs = [(cycle, department, owned[department.slug]) for department in order]
    with _open_pool(len(rows)) as run:
        for department, content in zip(order, run(jobs), strict=True):
            (cycle.raw_folder / department.workbook).write_bytes(content)
            display.finished(steps[department.slug])


@contextmanager
def _open_pool(rows: int) -> Iterator[Callable[[list[_Job]], Iterator[bytes]]]:
    """Give what makes the workbooks of some jobs, in their order."""
    if rows < _PAYS_FROM or not may_fork():
        yield lambda jobs: map(_make, jobs)
        return
    with warnings.catch_warnings():
        # Python 3.12 warns of any thread; left are those of libraries that know of forks.
        warnings.simplefilter("ignore", DeprecationWarning)
        with ProcessPoolExecutor(_PROCESSES, get_context("fork"), initializer=begin_child) as pool:
            yield lambda jobs: pool.map(_make, jobs)


def _make(job: _Job) -> bytes:
    return make_form(*job, is_answered=True)


def _say_next(folder: Path, cycle: Cycle, understood: Understood) -> str:
    return "\n".join(
        [
            f"{folder} に調査のフォルダーを作成しました。この記録は {READING_NAME} にあります。",
            "",
            "次にすること:",
            f"  1. {folder} に移る。",
            f"  2. data/raw/{SURVEY_NAME} の役割と、"
            f"data/raw/{cycle.name}/{SETTINGS_NAME} の市と題名を確かめる。",
            f"  3. analysis report {cycle.name}　報告書を作る。",
        ]
    )
