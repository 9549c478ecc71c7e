"""Collect a cycle: every department's workbook into tidy rows, with every problem found.

The flow of the wing stands here: read, correct, clean, check. Nothing stops at a bad workbook; what
is wrong with it is among the problems, and the other departments are read all the same.
"""

import unicodedata

import pandas as pd

from analysis.cycle import Cycle
from analysis.survey.check import Intake, check_rows
from analysis.survey.clean import clean_rows
from analysis.survey.confirm import read_matches
from analysis.survey.correct import correct_rows, read_corrections
from analysis.survey.problems import Place, Problem, problems_to_frame, report, sort_problems
from analysis.survey.read import STATED, Reading, read_workbook
from analysis.survey.survey import Survey
from analysis.survey.table import rows_to_frame
from analysis.survey.vocabulary import build_lookup, load_vocabulary

ROW_COLUMNS = (
    "cycle",
    "department",
    "department_slug",
    "workbook",
    "sheet",
    "row",
    "hidden",
    *(f"{field.name}{part}" for field in load_vocabulary() for part in ("", "_raw", "_cell")),
)
COUNTS = ("procedures", "blank_rows", "subtotal_rows", "footnote_rows", "hidden_rows")

_EXCEL_FILES = ("*.xls", "*.xls[xmb]")
_EXCEL_LOCK = "~$"


def collect_survey(cycle: Cycle) -> Survey:
    """Read, correct, clean and check the workbooks of a cycle.

    Raises SettingsError for aliases or a corrections.toml that can't be used, and nothing for a
    workbook, whatever is wrong with it.
    """
    lookup = build_lookup(cycle.settings)
    corrections = read_corrections(cycle)
    matches, unmatched = read_matches(cycle)
    readings = [
        read_workbook(cycle.raw_folder, department, cycle.name, lookup)
        for department in cycle.departments
    ]
    raw = pd.concat([_frame_reading(reading, cycle) for reading in readings], ignore_index=True)
    corrected, applied, uncorrected = correct_rows(raw, corrections)
    rows, unreadable = clean_rows(corrected, lookup)
    problems = [
        *(problem for reading in readings for problem in reading.problems),
        *_find_unlisted_files(cycle),
        *uncorrected,
        *unmatched,
        *unreadable,
    ]
    problems += check_rows(Intake(cycle, rows, readings), problems)
    # A cell filled down into several rows is wrong once.
    problems = list(dict.fromkeys(problems))
    return Survey(
        rows=rows.loc[:, list(ROW_COLUMNS)],
        workbooks=_frame_workbooks(readings),
        problems=problems_to_frame(sort_problems(problems, cycle.departments)),
        corrections=applied,
        matches=matches,
    )


def _frame_reading(reading: Reading, cycle: Cycle) -> pd.DataFrame:
    """Return the raw rows of one workbook with the columns that say where they come from."""
    department = reading.department
    source = {
        "cycle": cycle.name,
        "department": department.name,
        "department_slug": department.slug,
        "workbook": department.workbook,
        "sheet": reading.sheet,
    }
    raw = rows_to_frame(reading.rows)
    return raw.assign(
        **{
            name: pd.Series([value] * len(raw), index=raw.index, dtype="str")
            for name, value in source.items()
        }
    )


def _frame_workbooks(readings: list[Reading]) -> pd.DataFrame:
    """Return one row per department: its workbook's state, counts, and own totals."""
    text, count = ("str", "int64")
    columns: dict[str, tuple[str, list[object]]] = {
        "department": (text, [r.department.name for r in readings]),
        "department_slug": (text, [r.department.slug for r in readings]),
        "workbook": (text, [r.department.workbook for r in readings]),
        "sheet": (text, [r.sheet for r in readings]),
        "sha256": (text, [r.sha256 for r in readings]),
        "state": (text, [r.state for r in readings]),
        **{name: (count, [r.counts.get(name, 0) for r in readings]) for name in COUNTS},
        **{f"stated_{n}": ("Int64", [r.stated_number(n) for r in readings]) for n in STATED},
        "other_sheets": (text, ["、".join(r.other_sheets) or None for r in readings]),
        "extra_columns": (text, ["、".join(r.extra_columns) or None for r in readings]),
    }
    return pd.DataFrame(
        {name: pd.Series(values, dtype=kind) for name, (kind, values) in columns.items()}
    )


def _find_unlisted_files(cycle: Cycle) -> list[Problem]:
    """Report Excel files that no department's entry names: they would be left out unnoticed."""
    listed = {department.workbook for department in cycle.departments}
    names = {path.name for pattern in _EXCEL_FILES for path in cycle.raw_folder.glob(pattern)}
    return [
        report("workbook_unlisted", Place(None, name))
        for name in sorted(names)
        if unicodedata.normalize("NFC", name) not in listed and not name.startswith(_EXCEL_LOCK)
    ]
