"""The form: its columns, its heading and its two-row header."""

from dataclasses import dataclass
from functools import cache

from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from demo.catalogue import load_table
from demo.habits import Habits

SHEET_TITLE = "調査票"
HEADING_ROWS = 4
HEADER_ROWS = 2

_LINE = Side(style="thin", color="808080")
BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
SHADE = PatternFill("solid", fgColor="DDEBF7")
PLAIN_FONT = Font(name="ＭＳ ゴシック", size=10)
BOLD_FONT = Font(name="ＭＳ ゴシック", size=10, bold=True)
_TITLE_FONT = Font(name="ＭＳ ゴシック", size=14, bold=True)
WRAPPED = Alignment(vertical="center", wrap_text=True)
CENTERED = Alignment(horizontal="center", vertical="center", wrap_text=True)

# Clearly nobody's: the form asks for it, and nothing may carry it on.
_TELEPHONE = "000-0000-0000"


@dataclass(frozen=True)
class Column:
    """One column of the form; without a group its title spans both header rows."""

    field: str
    title: str
    width: int
    group: str = ""


@cache
def load_form() -> tuple[str, tuple[Column, ...]]:
    """Read the form's title and its columns."""
    table = load_table("form.toml")
    return table["title"], tuple(Column(**entry) for entry in table["column"])


def list_columns(habits: Habits) -> list[Column]:
    """Return the columns as one department has them: its own titles, its own extra column."""
    columns = []
    for column in load_form()[1]:
        title = habits.headers.get(column.field, column.title)
        columns.append(Column(column.field, title, column.width, column.group))
        if habits.extra and habits.extra.after == column.field:
            columns.append(Column("extra", habits.extra.title, 20, column.group))
    return columns


def write_heading(sheet: Worksheet, habits: Habits, department: str, as_of: str) -> int:
    """Write the four rows above the table and return the first row of the header."""
    top, left = 1 + habits.shift_rows, 1 + habits.shift_columns
    if habits.note:
        sheet.cell(1, left, habits.note).font = PLAIN_FONT
    sheet.cell(top, left, load_form()[0]).font = _TITLE_FONT
    sheet.cell(top + 1, left, as_of)
    sheet.cell(top + 2, left, "部局名")
    sheet.cell(top + 2, left + 1, department)
    sheet.cell(top + 3, left, "記入者")
    sheet.cell(top + 3, left + 1, habits.respondent)
    sheet.cell(top + 3, left + 2, f"電話　{_TELEPHONE}")
    for row in range(top + 1, top + HEADING_ROWS):
        for cell in sheet[row]:
            cell.font = PLAIN_FONT
    return top + HEADING_ROWS


def write_header(sheet: Worksheet, columns: list[Column], top: int, left: int) -> None:
    """Write the group titles and below them the columns' own, and set the widths."""
    for number, column in enumerate(columns, start=left):
        sheet.column_dimensions[get_column_letter(number)].width = column.width
        for row in (top, top + 1):
            cell = sheet.cell(row, number)
            cell.font, cell.fill, cell.border = BOLD_FONT, SHADE, BOX
            cell.alignment = CENTERED
        if not column.group:
            sheet.cell(top, number).value = column.title
            sheet.merge_cells(
                start_row=top, end_row=top + 1, start_column=number, end_column=number
            )
            continue
        sheet.cell(top + 1, number).value = column.title
    for group in dict.fromkeys(column.group for column in columns if column.group):
        numbers = [n for n, column in enumerate(columns, start=left) if column.group == group]
        sheet.cell(top, numbers[0]).value = group
        sheet.merge_cells(
            start_row=top, end_row=top, start_column=numbers[0], end_column=numbers[-1]
        )
    sheet.freeze_panes = sheet.cell(top + HEADER_ROWS, left + 3)
    sheet.print_title_rows = f"{top}:{top + 1}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
