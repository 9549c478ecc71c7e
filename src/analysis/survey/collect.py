"""Collect a cycle: every department's workbook into tidy rows, with every problem found.

The flow of the wing stands here: read, correct, clean, check. Nothing stops at a bad workbook; what
is wrong with it is among the problems, and the other departments are read all the same.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from pathlib import PurePath

import pandas as pd

from analysis.cycle import SETTINGS_NAME, Cycle, Department
from analysis.files.file import find_files
from analysis.files.named import list_named
from analysis.questionnaire.field import Field
from analysis.questionnaire.questionnaire import Questionnaire
from analysis.survey.answers.clean import clean_rows
from analysis.survey.answers.correct import correct_rows, find_misdated, read_corrections
from analysis.survey.check import Intake, check_rows
from analysis.survey.lookup import Lookup, build_lookup
from analysis.survey.pairs.confirm import read_matches
from analysis.survey.problems import Place, Problem, problems_to_frame, report, sort_problems
from analysis.survey.survey import Survey, frame_columns, row_columns
from analysis.survey.table.extras import EXTRA_PARTS
from analysis.survey.table.fill import Columns
from analysis.survey.table.read import Reading, name_stated
from analysis.survey.table.read_all import read_workbooks
from analysis.survey.table.table import Line, raw_columns
from analysis.survey.timeline import check_target
from analysis.survey.uncounted import leave_problems, set_apart
from analysis.survey.unread import find_elsewhere, find_unread
from analysis.survey.whose import check_department, list_strays, settle

_COUNTS = ("procedures", "hidden_rows")
SOURCE_COLUMNS = ("department", "department_slug", "workbook", "sheet")


def collect_survey(
    cycle: Cycle,
    read: Callable[[Cycle, Lookup, Sequence[Department]], list[Reading]] = read_workbooks,
) -> Survey:
    """Read, correct, clean and check the workbooks of a cycle.

    `read` gives the readings of files, one for each department or stray (see `whose`). Raises
    SettingsError for aliases or a corrections.toml that can't be used, and nothing for a workbook,
    whatever is wrong with it.
    """
    lookup = build_lookup(cycle)
    corrections = read_corrections(cycle)
    matches, unmatched = read_matches(cycle)
    strays = list_strays(cycle)
    departments = cycle.settings.departments
    read_files = read(cycle, lookup, [*departments, *strays])
    listed = len(departments)
    per_department, fields = cycle.settings.ids_per_department, lookup.asked.fields
    settled, unsettled = settle(
        read_files[:listed], read_files[listed:], fields, by_id=not per_department
    )
    unsettled = list(_name_successors(cycle, unsettled, read_files[listed:]))
    readings, everyone, uncounted = set_apart(cycle, find_elsewhere(cycle, settled))
    raw, asked = _gather_rows(readings, cycle), cycle.questionnaire
    corrected, applied, uncorrected = correct_rows(
        raw, corrections, asked, ids_per_department=per_department
    )
    rows, unreadable = clean_rows(corrected, lookup, ids_per_department=per_department)
    problems = [
        *(p for reading in readings for p in (*check_department(reading), *reading.problems)),
        *unsettled,
        *_find_unread(cycle, strays),
        *_find_equal_files(readings),
        *uncorrected,
        *find_misdated(cycle, corrections),
        *unmatched,
        *unreadable,
        *check_target(cycle),
        *_find_unfilled(cycle),
    ]
    problems = [*leave_problems(cycle, (r.state for r in everyone), problems), *uncounted]
    problems += check_rows(Intake(cycle, rows, readings), problems)
    # A cell filled down into several rows is wrong once.
    problems = list(dict.fromkeys(problems))
    return Survey(
        asked,
        rows=_frame_rows(rows, asked.fields),
        workbooks=_frame_workbooks(everyone, asked),
        problems=problems_to_frame(sort_problems(problems, departments)),
        corrections=applied,
        matches=matches,
        lines=_frame_lines(readings),
        extras=_frame_extras(readings),
    )


def _gather_rows(readings: Sequence[Reading], cycle: Cycle) -> Columns:
    """Return the raw rows of all workbooks with the columns that say where they come from."""
    rows = _gather([reading.rows for reading in readings], raw_columns(cycle.questionnaire.fields))
    rows |= _list_sources(readings, [len(r.rows.get("row", ())) for r in readings])
    return rows | {"cycle": [cycle.name] * len(rows["row"])}


def _frame_rows(rows: Columns, fields: Sequence[Field]) -> pd.DataFrame:
    """Return the tidy rows."""
    numbers = {field.name: "Int64" for field in fields if field.kind == "number"}
    return frame_columns({name: rows[name] for name in row_columns(fields)}, row="int64", **numbers)


def _frame_lines(readings: Sequence[Reading]) -> pd.DataFrame:
    """Return one row per row of a table that is no procedure; an unknown one is a problem."""
    known = [[line for line in r.lines if line.kind != "unknown"] for r in readings]
    lines: Columns = {
        part: [getattr(line, part) for own in known for line in own] for part in Line._fields
    }
    sources = _list_sources(readings, [len(own) for own in known])
    return frame_columns(sources | lines, row="int64")


def _frame_extras(readings: Sequence[Reading]) -> pd.DataFrame:
    """Return one row per filled cell of an extra column: its place, procedure, title and text."""
    sources = _list_sources(readings, [len(r.extras.get("row", ())) for r in readings])
    return frame_columns(sources | _gather([r.extras for r in readings], EXTRA_PARTS), row="int64")


def _gather(columns: Sequence[Columns], names: Sequence[str]) -> Columns:
    """Return the columns of all, those of the first before those of the next."""
    return {name: [value for own in columns for value in own.get(name, ())] for name in names}


def _list_sources(readings: Sequence[Reading], counts: Sequence[int]) -> Columns:
    """Return the columns that say which workbook and sheet rows come from, so many of each."""
    sources = [
        (r.department.name, r.department.slug, r.department.workbook, r.sheet) for r in readings
    ]
    return {
        name: [source[at] for source, n in zip(sources, counts, strict=True) for _ in range(n)]
        for at, name in enumerate(SOURCE_COLUMNS)
    }


def _frame_workbooks(readings: Sequence[Reading], asked: Questionnaire) -> pd.DataFrame:
    """Return one row per department: its workbook's state, counts, and own totals."""
    stated = {f"stated_{name}": name for name in name_stated(asked)}
    columns: dict[str, list[object]] = {
        "department": [r.department.name for r in readings],
        "department_slug": [r.department.slug for r in readings],
        "workbook": [r.department.workbook for r in readings],
        "sheet": [r.sheet for r in readings],
        "sha256": [r.sha256 for r in readings],
        "state": [r.state for r in readings],
        **{name: [r.counts.get(name, 0) for r in readings] for name in _COUNTS},
        **{column: [r.stated_number(name) for r in readings] for column, name in stated.items()},
        "other_sheets": ["、".join(r.other_sheets) or None for r in readings],
        "extra_columns": ["、".join(r.extra_columns) or None for r in readings],
    }
    kinds = dict.fromkeys(_COUNTS, "int64") | dict.fromkeys(stated, "Int64")
    return frame_columns(columns, **kinds)


def _find_unread(cycle: Cycle, strays: Sequence[Department]) -> Iterator[Problem]:
    """Report all in the cycle's folder but its settings and the files that hold answers."""
    listed = [department.workbook for department in cycle.settings.departments]
    used = find_files(cycle.raw_folder, listed)
    read = {path.name for path in used if path is not None}
    return find_unread(cycle, read | {stray.workbook for stray in strays})


def _name_successors(
    cycle: Cycle, problems: Sequence[Problem], strays: Sequence[Reading]
) -> Iterator[Problem]:
    """Yield problems; of a file that is only a former department's, who is to hand in instead."""
    kept = {department.slug for department in cycle.settings.departments}
    takeovers = [own for own in cycle.takeovers if own.before.department.slug not in kept]
    gone = list(dict.fromkeys(own.before.department for own in takeovers))
    inside = {stray.department.workbook: stray.named[1] for stray in strays if stray.named}
    for problem in problems:
        told = inside.get(problem.workbook) or PurePath(problem.workbook).stem
        former = list_named(told, gone) if problem.code == "workbook_unlisted" else []
        now = [own.now.department.name for own in takeovers if own.before.department in former]
        if not now:
            yield problem
            continue
        words = {"value": former[0].name, "successors": "、".join(dict.fromkeys(now))}
        yield report("workbook_of_former", problem.place, **words)


def _find_unfilled(cycle: Cycle) -> Iterator[Problem]:
    for key, value in cycle.settings.list_unfilled():
        yield report("settings_unfilled", Place(None, SETTINGS_NAME), value=value, key=key)


def _find_equal_files(readings: list[Reading]) -> Iterator[Problem]:
    """Report departments that sent one and the same file: at least one of them sent another's."""
    answered = [reading for reading in readings if reading.state == "answered"]
    by_content = sorted(answered, key=lambda reading: reading.sha256 or "")
    for _, group in groupby(by_content, key=lambda reading: reading.sha256):
        equal = [reading.department for reading in group]
        for department in equal:
            others = "、".join(d.workbook for d in equal if d is not department)
            if others:
                yield report(
                    "workbook_copied", Place(department.name, department.workbook), value=others
                )
