"""A department's workbook: the form, filled in."""

import datetime
from copy import copy
from itertools import groupby

from openpyxl import Workbook
from openpyxl.styles.cell_style import StyleArray
from openpyxl.worksheet.worksheet import Worksheet

from demo import form
from demo.answers import Answer, Row
from demo.catalogue import Department, load_table
from demo.choice import draw_percent, pick
from demo.habits import Habits
from demo.history import NOT_STARTED, ONLINE, STARTED
from demo.mess import spell_row

_MEMO_PERCENT = 25


def fill_workbook(department: Department, cycle: str, rows: list[Row], habits: Habits) -> Workbook:
    """Return the workbook in which a department hands in its rows of one cycle."""
    workbook = Workbook()
    workbook.properties.creator = department.name
    sheet = workbook.active
    sheet.title = form.SHEET_TITLE
    as_of = datetime.date.fromisoformat(cycle)
    label = f"（{as_of.year}年{as_of.month}月{as_of.day}日時点）"
    left = 1 + habits.shift_columns
    header = form.write_heading(sheet, habits, department.name, label)
    columns = form.list_columns(habits)
    form.write_header(sheet, columns, header, left)
    at = header + form.HEADER_ROWS
    sample = sheet.cell(at, left)
    sample.font, sample.border, sample.alignment = form.PLAIN_FONT, form.BOX, form.WRAPPED
    # Copied: to find out that a style is known takes longer than all else that is done to a cell.
    plain = copy(sample._style)
    count = 0
    for _, members in groupby(rows, key=lambda row: row.entry.section):
        section = list(members)
        first = at
        for row in section:
            spelled = spell_row(row, habits, department.slug, cycle)
            if habits.sections != "each" and at > first:
                spelled["section"] = None
            if habits.extra and draw_percent("memo", row.entry.name) < _MEMO_PERCENT:
                spelled["extra"] = pick(habits.extra.texts, "memo text", row.entry.name)
            _write_row(sheet, at, left, columns, spelled, plain=plain)
            count += 1
            sheet.row_dimensions[at].hidden = count in habits.hidden
            at += 1
        if habits.sections == "merged" and at - 1 > first:
            at_column = left + 1
            sheet.merge_cells(
                start_row=first, end_row=at - 1, start_column=at_column, end_column=at_column
            )
        if habits.subtotals:
            _write_row(sheet, at, left, columns, _add_up(section), plain=plain)
            at += 1
        at += habits.blank_rows
    _write_foot(sheet, at, left, rows, habits)
    if habits.instructions:
        _write_instructions(workbook.create_sheet("記入要領"))
    return workbook


def _write_row(
    sheet: Worksheet,
    at: int,
    left: int,
    columns: list[form.Column],
    answers: dict[str, Answer],
    *,
    plain: StyleArray,
) -> None:
    for number, column in enumerate(columns, start=left):
        cell = sheet.cell(at, number)
        cell._style = copy(plain)
        answer = answers.get(column.field)
        cell.value = answer
        if isinstance(answer, datetime.date):
            cell.number_format = "yyyy/m/d"
        elif isinstance(answer, int) and column.field == "annual_volume":
            cell.number_format = "#,##0"
        elif isinstance(answer, str) and answer.startswith("="):
            # Typed with a leading apostrophe: text that only looks like a formula.
            cell.data_type = "s"
            cell.quotePrefix = True
        elif column.field == "procedure_id":
            cell.number_format = "@"


def _add_up(section: list[Row]) -> dict[str, Answer]:
    volumes = (row.answers["annual_volume"] for row in section)
    return {
        "section": "小計",
        "name": f"{len(section)}件",
        "annual_volume": sum(volume for volume in volumes if isinstance(volume, int)),
    }


def _write_foot(sheet: Worksheet, at: int, left: int, rows: list[Row], habits: Habits) -> None:
    """Write the department's own totals, as pairs of label and number, and its footnotes."""
    cells: list[str | int] = ["合計", "総手続き数", len(rows)]
    for label in (ONLINE, STARTED, NOT_STARTED):
        cells += [label, sum(row.entry.status == label for row in rows)]
    for number, value in enumerate(cells, start=left):
        cell = sheet.cell(at, number, value)
        cell.font, cell.fill, cell.border = form.BOLD_FONT, form.SHADE, form.BOX
    for offset, footnote in enumerate(habits.footnotes, start=1):
        sheet.cell(at + offset, left, f"※ {footnote}").font = form.PLAIN_FONT


def _write_instructions(sheet: Worksheet) -> None:
    sheet.column_dimensions["B"].width = 90
    for number, line in enumerate(load_table("instructions.toml")["lines"]):
        sheet.cell(number + 1, 1, number or None)
        sheet.cell(number + 1, 2, line).alignment = form.WRAPPED
