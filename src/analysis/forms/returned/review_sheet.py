"""The first sheet of a returned workbook (確認事項): every problem in it, and what to do.

A hidden column keeps the format each marked cell had before, so that it can be given back.
"""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass

from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.workbook import Workbook
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from analysis.forms.cell_text import count_lines, fit
from analysis.forms.returned.listed import Listed
from analysis.looks import argb
from analysis.questionnaire.rules import SEVERITY_LABELS
from analysis.survey.plain_csv import begins_formula
from analysis.survey.table.read import REVIEW_SHEET

_TITLE = "調査票の確認事項"
_HEADER_ROW = 5
_COLUMNS = (("番号", 6), ("区分", 10), ("場所", 20), ("確認すること", 60), ("直し方", 60))
_SAMPLE_COLUMN = len(_COLUMNS) + 1
_LINE = 16.5
# Excel has no higher row.
_HIGHEST = 409

_FONT = Font(name="游ゴシック", size=10)
_BOLD = Font(name="游ゴシック", size=10, bold=True)
_LINK = Font(name="游ゴシック", size=10, underline="single", color=argb("sheet_link"))
_SIDE = Side(style="thin", color=argb("form_edge"))
_BOX = Border(left=_SIDE, right=_SIDE, top=_SIDE, bottom=_SIDE)
_WRAPPED = Alignment(vertical="center", wrap_text=True)
_SHADE = PatternFill("solid", fgColor=argb("form_head"))


@dataclass(frozen=True)
class Review:
    """The list of problems that stands in a workbook returned before.

    `samples` are the cells that keep the formats from before the marks, by their number.
    """

    sheet: Worksheet
    samples: Mapping[int, Cell]


def find_review(workbook: Workbook) -> Review | None:
    """Return the list of problems in a workbook, or None if there is none of ours."""
    for sheet in workbook.worksheets:
        # Where a department has a sheet of that name, ours has a number after it.
        if sheet.title.startswith(REVIEW_SHEET) and sheet["A1"].value == _TITLE:
            rows = range(_HEADER_ROW + 1, sheet.max_row + 1)
            samples = {sheet.cell(r, 1).value: sheet.cell(r, _SAMPLE_COLUMN) for r in rows}
            return Review(sheet, samples)
    return None


def add_review(workbook: Workbook, listed: Sequence[Listed], lines: Sequence[str]) -> None:
    """Add the list as the first sheet and let the workbook open with it.

    `lines`, at most three, say whose workbook it is and what to do with it.
    """
    sheet = workbook.create_sheet(REVIEW_SHEET, 0)
    for number, (title, width) in enumerate(_COLUMNS, start=1):
        sheet.column_dimensions[chr(ord("A") + number - 1)].width = width
        _write(sheet, _HEADER_ROW, number, title, _BOLD).fill = _SHADE
    sheet.column_dimensions[chr(ord("A") + _SAMPLE_COLUMN - 1)].hidden = True
    _write(sheet, 1, 1, _TITLE, Font(name="游ゴシック", size=14, bold=True), box=False)
    for row, line in enumerate(lines, start=2):
        _write(sheet, row, 1, line, _FONT, box=False)
    for entry in listed:
        _write_entry(workbook, sheet, entry)
    sheet.freeze_panes = sheet.cell(_HEADER_ROW + 1, 1)
    sheet.print_title_rows = f"{_HEADER_ROW}:{_HEADER_ROW}"
    sheet.print_area = f"A1:E{_HEADER_ROW + len(listed)}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.center.text = "&P / &N"
    for other in workbook.worksheets:
        other.sheet_view.tabSelected = other is sheet
    workbook.active = sheet


def sample_format(workbook: Workbook, number: int, cell: Cell) -> None:
    """Keep a cell's format beside the entry of this number in the list."""
    kept = workbook.worksheets[0].cell(_HEADER_ROW + number, _SAMPLE_COLUMN)
    kept.fill = copy(cell.fill)
    kept.protection = copy(cell.protection)


def _write_entry(workbook: Workbook, sheet: Worksheet, entry: Listed) -> None:
    problem, place, row = entry.problem, entry.where, _HEADER_ROW + entry.number
    number = sheet.cell(row, 1, entry.number)
    number.font, number.border, number.alignment = _FONT, _BOX, _WRAPPED
    _write(sheet, row, 2, SEVERITY_LABELS[problem.severity], _FONT)
    where = _write(sheet, row, 3, place, _FONT)
    if problem.sheet and problem.sheet in workbook.sheetnames:
        # An apostrophe in a sheet's title is written twice.
        title = problem.sheet.replace("'", "''")
        location = f"'{title}'!{problem.cell or 'A1'}"
        where.hyperlink = Hyperlink(ref=where.coordinate, location=location)
        where.font = _LINK
    _write(sheet, row, 4, problem.message, _FONT)
    _write(sheet, row, 5, problem.action, _FONT)
    texts = ((place, 20), (problem.message, 60), (problem.action, 60))
    lines = max(count_lines(text, width) for text, width in texts)
    sheet.row_dimensions[row].height = min(_LINE * lines, _HIGHEST)


def _write(
    sheet: Worksheet, row: int, column: int, text: str, font: Font, *, box: bool = True
) -> Cell:
    """Write a text that stays one, whatever it begins with."""
    cell: Cell = sheet.cell(row, column)
    cell.value = fit(text)
    cell.data_type = "s"
    cell.quotePrefix = begins_formula(text)
    cell.font = font
    if box:
        cell.border, cell.alignment = _BOX, _WRAPPED
    return cell
