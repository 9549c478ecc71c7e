"""Evaluate the overview's figures over a nation: 1,741 municipalities of 1,758 procedures each.

    python tests/benchmarks/bench_nation.py [municipalities | departments]

The demonstration's rows of both cycles, repeated with ids of their own a municipality; of their
columns those that a figure of the overview, or a scope, needs. Scopes are the nation and its
municipalities, or the nation and every department of each. Prints seconds of the clock and of the
processor and the peak memory, and what each column costs as text and as categories.
"""

import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pandas as pd
from surveys import write_survey

from analysis.cycle import WHOLE, Cycle, Department, open_cycle
from analysis.document import html
from analysis.evidence.orphans import read_page
from analysis.figures.build import build_ledger
from analysis.figures.figure import split_id
from analysis.figures.findings import Findings, load_findings
from analysis.figures.ledger import Ledger
from analysis.reports import overview
from analysis.survey.store import FRAMES
from analysis.survey.survey import Survey

Result = TypeVar("Result")

MUNICIPALITIES = 1741
COLUMNS = ["cycle", "procedure_id", "department", "department_slug", "section", "status", "reason"]
STATUS = Path("/proc/self/status")


def list_asked(findings: Findings) -> list[tuple[str, bool, bool]]:
    """Return what the overview prints: each measure, if of this cycle, if of the whole city."""
    blocks = (overview.headline, overview.departments, overview.reasons)
    page = "".join(html.render(block(findings)) for block in blocks)
    parts = [split_id(figure_id) for figure_id in sorted(read_page(page).ids)]
    asked = [(name, cycle == findings.cycle.name, scope == WHOLE) for cycle, scope, name in parts]
    return list(dict.fromkeys(asked))


def repeat_survey(survey: Survey, *, each_department: bool) -> Survey:
    """Return a survey of the nation, its municipalities (or their departments) as departments."""
    rows = survey.rows[COLUMNS]
    place = pd.Series([f"m{n:04}" for n in range(MUNICIPALITIES)], dtype="str").repeat(len(rows))
    nation = pd.concat([rows] * MUNICIPALITIES, ignore_index=True)
    place.index = nation.index
    slug = place + nation["department_slug"] if each_department else place
    nation = nation.assign(
        procedure_id=place + "-" + nation["procedure_id"], department_slug=slug, department=slug
    )
    rest = {name: getattr(survey, name).iloc[:0] for name in FRAMES if name != "rows"}
    return replace(survey, rows=nation, **rest)


def name_departments(cycle: Cycle, rows: pd.DataFrame) -> Cycle:
    """Return the cycle with the departments that the rows have."""
    slugs = rows["department_slug"].unique().tolist()
    departments = [Department(name=slug, slug=slug, workbook=f"{slug}.xlsx") for slug in slugs]
    settings = cycle.settings.model_copy(update={"departments": departments})
    return Cycle(cycle.root, cycle.name, settings)


def evaluate_asked(ledger: Ledger, asked: Iterable[tuple[str, bool, bool]]) -> int:
    """Ask for every figure of the overview, as the overview does; return how many there are."""
    found = 0
    for name, is_current, is_whole in asked:
        ask = ledger.figure if is_current else ledger.previous_figure
        scopes = [WHOLE] if is_whole else [one.slug for one in ledger.cycle.departments]
        found += len([ask(name, scope) for scope in scopes])
    return found


def measure(name: str, work: Callable[[], Result]) -> Result:
    """Do the work and print its time and its own peak of memory (Linux only)."""
    # Forgets the peak until now.
    Path("/proc/self/clear_refs").write_text("5")
    before, start, used = read_memory("VmRSS"), time.perf_counter(), time.process_time()
    result = work()
    clock, processor = time.perf_counter() - start, time.process_time() - used
    sys.stdout.write(
        f"{name:24} {clock:6.2f} s  processor {processor:6.2f} s  "
        f"memory before {before:5.0f} MB, peak {read_memory('VmHWM'):5.0f} MB\n"
    )
    return result


def read_memory(name: str) -> float:
    """Return one of the process's own counts of memory, in megabytes."""
    found = re.search(rf"{name}:\D*(\d+)", STATUS.read_text())
    return 0.0 if found is None else int(found[1]) / 1024


def describe_columns(frame: pd.DataFrame) -> str:
    """Say what each column costs as it is and as categories, in megabytes."""
    lines = []
    for name in frame.columns:
        text, coded = frame[name], frame[name].astype("category")
        own, other = (one.memory_usage(index=False, deep=True) / 1e6 for one in (text, coded))
        lines.append(f"  {name:20} {text.dtype!s:8} {own:7.1f} MB  category {other:7.1f} MB")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Time a nation of cities like the demonstration's."""
    with tempfile.TemporaryDirectory() as folder:
        write_survey(Path(folder))
        time_nation(load_findings(open_cycle(None, Path(folder))))


def time_nation(findings: Findings) -> None:
    """Make the nation, evaluate what the overview prints, and print what that took."""
    each_department = "departments" in sys.argv[1:]
    asked = list_asked(findings)
    surveys = [survey for survey in (findings.survey, findings.previous) if survey is not None]
    now, before = measure(
        "making both cycles",
        lambda: [repeat_survey(one, each_department=each_department) for one in surveys],
    )
    cycle = name_departments(findings.cycle, now.rows)
    rows = len(now.rows) + len(before.rows)
    sys.stdout.write(f"{rows} rows, {len(cycle.departments)} departments, {len(asked)} measures\n")
    ledger = measure("ledger and scopes", lambda: build_ledger(cycle, now, before))
    found = measure("figures, first time", lambda: evaluate_asked(ledger, asked))
    sys.stdout.write(f"{found} figures; of the nation: ")
    for name in ("total", "online", "online_rate", "online_rate_change"):
        sys.stdout.write(f"{ledger.figure(name).cell_text} ")
    sys.stdout.write(f"\nwhole process, until here: {time.process_time():.2f} s of the processor\n")
    sys.stdout.write(describe_columns(ledger.tables.current["procedures"]))


if __name__ == "__main__":
    main()
