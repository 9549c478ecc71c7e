"""A department's workbook with every problem in it marked and listed.

What openpyxl does not carry is lost in them: drawn shapes and form buttons, the answers to threaded
comments, and drop-down lists or colour rules kept in Excel's newer extension. Values, formats,
formulas, drop-down lists, protection, comments and print set-up stay.
"""

import datetime
import io
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from openpyxl import load_workbook
from openpyxl.utils.datetime import to_excel
from openpyxl.workbook import Workbook

from analysis.files.delimited import read_delimited
from analysis.files.file import read_content
from analysis.files.folder import ending_of
from analysis.forms.cell_text import fit
from analysis.forms.resave import Results, save_repeatably
from analysis.forms.returned.cost import CELL_WORK, require_affordable, weigh
from analysis.forms.returned.listed import list_problems
from analysis.forms.returned.marks import clear_marks, mark_cells
from analysis.forms.returned.review_sheet import add_review
from analysis.survey.problems import Problem
from analysis.texts import compose_name


@dataclass(frozen=True)
class Faulty:
    """A file as it lies in a cycle's folder, and what is to be said in it.

    `lines` stand at the head of the list of problems.
    """

    path: Path
    problems: tuple[Problem, ...]
    lines: tuple[str, ...]
    written_on: datetime.date


def mark_file(file: Faulty) -> bytes:
    """Return what `mark_workbook` makes of a file; raise as it does.

    What that takes is not known before: it is for a process that is bounded.
    """
    return mark_workbook(
        read_content(file.path), file.path.name, file.problems, file.lines, file.written_on
    )


def mark_workbook(
    content: bytes,
    name: str,
    problems: Sequence[Problem],
    lines: Sequence[str],
    written_on: datetime.date,
) -> bytes:
    """Return a workbook with its problems marked and listed; the same bytes every time.

    `content` is a workbook or, as its `name` says, a CSV, whose lines come back as a sheet. Marks
    of an earlier return are taken off first. `lines` stand at the head of the list. Raises whatever
    openpyxl raises for a file that it can't open, and UnfinishedError for a costly one.
    """
    with warnings.catch_warnings():
        # openpyxl warns of what it loses on saving; the head of this module says what.
        warnings.simplefilter("ignore")
        workbook = _load(content, name, len(problems))
        results = _read_results(workbook, content)
        clear_marks(workbook)
        listed = list_problems(workbook, problems)
        add_review(workbook, listed, lines)
        mark_cells(workbook, listed)
        workbook.calculation.fullCalcOnLoad = True
        return save_repeatably(workbook, results, written_on)


def _load(content: bytes, name: str, marks: int) -> Workbook:
    if ending_of(name) == ".csv":
        return _lay_records(content, PurePath(compose_name(name)).stem, marks)
    require_affordable(content, marks)
    workbook = load_workbook(io.BytesIO(content), rich_text=True)
    # What goes back is an .xlsx, and Excel opens no template under that name.
    workbook.template = False
    return workbook


def _lay_records(content: bytes, title: str, marks: int) -> Workbook:
    """Return a workbook with the records of a CSV at the addresses they are reported by."""
    lines = read_delimited(content, title, lambda _: True).cells
    weigh(CELL_WORK * sum(map(len, lines.values())), 0, marks)
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = title
    for row, line in lines.items():
        for column, entry in line.items():
            cell = sheet.cell(row, column)
            cell.value = fit(entry.text)
            # Neither a formula nor a number: 07-0101 stays what it was in the CSV.
            cell.data_type, cell.number_format = "s", "@"
    return workbook


def _read_results(workbook: Workbook, content: bytes) -> Mapping[str, Results]:
    """Return what stands beside the formulas, by sheet and cell; dates as the numbers they are."""
    places = {
        sheet.title: [c.coordinate for c in sheet._cells.values() if c.data_type == "f"]
        for sheet in workbook.worksheets
    }
    if not any(places.values()):
        return {}
    values: Workbook = load_workbook(io.BytesIO(content), data_only=True)
    return {
        title: {cell: _as_stored(values[title][cell].value, workbook.epoch) for cell in cells}
        for title, cells in places.items()
    }


def _as_stored(value: object, epoch: datetime.datetime) -> object:
    is_date = isinstance(
        value, datetime.datetime | datetime.date | datetime.time | datetime.timedelta
    )
    return to_excel(value, epoch) if is_date else value
