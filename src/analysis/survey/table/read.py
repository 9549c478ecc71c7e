"""Read one department's workbook: its file, its sheet, its table, and what is wrong with them.

The respondent (記入者) is read into nothing, and a row that is of no known kind is told by its cell
only: what stands there may be anyone's name.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from analysis.cycle import Department
from analysis.files.file import find_file, read_content, read_file_sheets
from analysis.files.sheet import Sheet, UnreadableWorkbookError, address, is_grid
from analysis.questionnaire.questionnaire import STATUS, Questionnaire
from analysis.questionnaire.spellings import match_key
from analysis.survey.lookup import Lookup
from analysis.survey.problems import Place, Problem, report
from analysis.survey.table.choose import choose_header, find_headers
from analysis.survey.table.examine import (
    SIDE_SHEET,
    examine_table,
    is_complete,
    name_sheet,
    note_sheets,
)
from analysis.survey.table.extras import name_extras, read_extras
from analysis.survey.table.fill import Columns
from analysis.survey.table.header import LAST_HEADER_ROW, RESPONDENT, Header, find_header
from analysis.survey.table.heading import find_other_date
from analysis.survey.table.removed import find_remarks, find_removed
from analysis.survey.table.table import Line, read_table
from analysis.texts import compose_name

REVIEW_SHEET = "確認事項"
"""The sheet that stands first in a workbook sent back: ours, and no answer."""

_DEPARTMENT_LABELS = frozenset({"部局名", "部局"})
# The label and the name, the respondent's label and name.
_MOST_BESIDE_DEPARTMENT = 4


@dataclass(frozen=True)
class Reading:
    """What one workbook says. `rows` maps the raw columns to their values, one per procedure.

    `state` is answered, missing or unreadable; only an answered one has a sheet. `lines` are the
    table's other rows, `extras` what its other columns hold, and `stated` the department's own
    totals with their cells. `named` is the cell and the match key of the department's name that the
    workbook gives itself; of an answered one, above its table.
    """

    department: Department
    state: str
    sha256: str | None = None
    sheet: str | None = None
    rows: Columns = field(default_factory=dict)
    lines: tuple[Line, ...] = ()
    extras: Columns = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    stated: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    named: tuple[str, str] | None = None
    other_sheets: tuple[str, ...] = ()
    extra_columns: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Tell whether the table has every required column, so that its rows mean something."""
        return is_complete(self.problems)

    def stated_number(self, name: str) -> int | None:
        """Return the department's own total of this name, or None if it states none."""
        return self.stated[name][1] if name in self.stated else None


def name_stated(asked: Questionnaire) -> tuple[str, ...]:
    """Return the names of the totals that a department may state: the whole, and each status."""
    return ("total", *asked.named[STATUS].choices)


def read_workbook(folder: Path, department: Department, cycle: str, lookup: Lookup) -> Reading:
    """Read the department's workbook in a cycle's raw folder.

    What is wrong with the file or its table is in the reading's problems; whatever the workbook is
    like, nothing is raised.
    """
    place = Place(department.name, department.workbook)
    path = find_file(folder, department.workbook)
    if path is None:
        problem = report("workbook_missing", place, value=department.workbook, cycle=cycle)
        return Reading(department, "missing", problems=(problem,))
    # The file that is there may be of another kind than the one that is listed.
    department = department.model_copy(update={"workbook": compose_name(path.name)})
    place = place._replace(workbook=department.workbook)
    sha256 = None
    try:
        content = read_content(path)
        sha256 = hashlib.sha256(content).hexdigest()
        sheets = read_file_sheets(
            content, department.workbook, lambda head: find_header(head, lookup) is not None
        )
    except UnreadableWorkbookError as error:
        problem = report(error.code, place._replace(sheet=error.sheet), value=error.value)
        return Reading(department, "unreadable", sha256, problems=(problem,))
    # What we told the department the last time is no answer of its own.
    found = find_headers(sheets, lookup)
    tables = {header.sheet.title for header in found}
    sheets = [s for s in sheets if s.title != REVIEW_SHEET or s.title in tables]
    headers = choose_header(found, lookup)
    if len(headers) != 1:
        titles = "、".join(h.sheet.title for h in headers)
        problem = (
            report("table_twice", place, value=titles)
            if headers
            else _tell_missing_table(sheets, place)
        )
        above = map(_find_department, headers)
        named = next(filter(None, above), None) if headers else _find_department_alone(sheets)
        problems = (problem, *_tell_lost_sheets(sheets, place))
        return Reading(department, "unreadable", sha256, named=named, problems=problems)
    (header,) = headers
    table = read_table(header, lookup)
    hidden = header.sheet.hidden_rows.intersection(table.row_numbers)
    names = name_extras(header, table.row_numbers)
    extras = read_extras(header, names, table.row_numbers)
    place = place._replace(sheet=header.sheet.title)
    return Reading(
        department=department,
        state="answered",
        sha256=sha256,
        sheet=header.sheet.title,
        rows=table.rows,
        lines=table.lines,
        extras=extras,
        counts={"procedures": len(table.row_numbers), "hidden_rows": len(hidden)},
        stated=table.stated,
        named=_find_department(header),
        other_sheets=tuple(name_sheet(s) for s in sheets if s is not header.source),
        extra_columns=tuple(names.values()),
        problems=(
            *_tell_lost_sheets(sheets, place),
            *_check_cycle(header, place, cycle, lookup),
            *note_sheets(header, sheets, found, place, lookup),
            *examine_table(header, table, names, place, lookup=lookup),
            *find_removed(header, table.row_numbers, lookup, cycle, place),
            *find_remarks(extras, lookup, place),
        ),
    )


def _tell_missing_table(sheets: list[Sheet], place: Place) -> Problem:
    """Return the problem of a workbook without a table; a form on squares can't be mended.

    It is one only if all that can be seen, beside the sheets that come with a form, are squares.
    """
    seen = [s for s in sheets if s.visible and s.cells and not SIDE_SHEET.search(s.title)]
    if seen and all(map(is_grid, seen)):
        named = "、".join(f"{s.title}: 幅の狭い列が{s.narrow_columns:,}列" for s in seen)
        return report("form_grid", place, value=named)
    titles = "、".join(sheet.title for sheet in sheets)
    return report("table_missing", place, value=titles, last_row=LAST_HEADER_ROW)


def _tell_lost_sheets(sheets: list[Sheet], place: Place) -> Iterator[Problem]:
    """Tell each sheet that the workbook only names; what stood in it is not known."""
    for sheet in sheets:
        if sheet.is_lost:
            yield report("sheet_lost", place._replace(sheet=None), value=sheet.title)


def _check_cycle(header: Header, place: Place, cycle: str, lookup: Lookup) -> Iterator[Problem]:
    """Compare the date in the heading above the table with the cycle's."""
    found = find_other_date(header, cycle, lookup)
    if found is not None:
        cell, date = found
        yield report("cycle_differs", place.at(cell), value=date, cycle=cycle)


def _find_department(header: Header) -> tuple[str, str] | None:
    """Return the cell and text of the department's name above the table."""
    rows = range(1, header.last_row)
    return next(filter(None, (_find_in_row(header.sheet, row) for row in rows)), None)


def _find_department_alone(sheets: list[Sheet]) -> tuple[str, str] | None:
    """Return the same of sheets without a table, where 部局名 may be a title in any other table."""
    found = (
        _find_in_row(sheet, row)
        for sheet in sheets
        for row in range(1, LAST_HEADER_ROW + 1)
        if len(sheet.cells.get(row, {})) <= _MOST_BESIDE_DEPARTMENT
    )
    return next(filter(None, found), None)


def _find_in_row(sheet: Sheet, row: int) -> tuple[str, str] | None:
    """Return the cell and text of the department's name, beside its label or in the same cell."""
    cells = sheet.cells.get(row, {})
    line = [(column, entry) for column, entry in cells.items() if entry.text.strip()]
    keys = [match_key(entry.text) for _, entry in line]
    for at, key in enumerate(keys):
        label, _, beside = key.partition(":")
        if label not in _DEPARTMENT_LABELS:
            continue
        is_next = not beside and at + 1 < len(line)
        name = keys[at + 1] if is_next else beside
        if name and not RESPONDENT.match(name):
            return address(row, line[at + is_next][0]), name
    return None
