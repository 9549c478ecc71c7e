"""The form's own sheet (調査票): heading, two-row header, the known procedures, room, totals."""

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

import pandas as pd
import xlsxwriter
from xlsxwriter.utility import xl_range
from xlsxwriter.worksheet import Worksheet

from analysis.cycle import Cycle, Department
from analysis.figures.formula import criterion
from analysis.forms.cell_text import count_lines, write_text
from analysis.forms.layout import FIRST_ROW, HEADER_ROW, Grid
from analysis.forms.marks import add_hints, add_marks
from analysis.looks import COLOURS
from analysis.names import say_day
from analysis.questionnaire.field import Field, name_codes
from analysis.questionnaire.questionnaire import STATUS, Questionnaire

FORM_SHEET = "調査票"

_A4 = 9
_FROZEN_COLUMNS = 3
_ALLOWED = ("format_columns", "format_rows", "autofilter", "select_locked_cells")
_LINE = 16.5
_HEADER_LINES = 3
_HIGHEST = 409
_STYLES: dict[str, dict[str, str]] = {
    "id": {"num_format": "@"},
    "number": {"num_format": "#,##0"},
    "date": {"num_format": "yyyy/m/d", "align": "center"},
}
# How an answer that is no value is typed, by its name in the tidy rows.
_MISSING_WORDS = {"unknown": "不明", "not_applicable": "－"}
_LEGEND = "黄色のセルは記入が必要です。橙色のセルは確かめてください。灰色のセルは変更できません。"
_FOOTNOTE = "※ 合計は自動で計算されます。"

FormAnswer = str | int | datetime.date | None


class FormSheet:
    """Writes the sheet 調査票 of one department into a workbook being made."""

    def __init__(self, workbook: xlsxwriter.Workbook, grid: Grid) -> None:
        """Add the sheet; `write` fills it."""
        self._grid = grid
        self._sheet: Worksheet = workbook.add_worksheet(FORM_SHEET)
        edge = {"border": 1, "border_color": COLOURS["form_edge"]}
        box = {"valign": "vcenter", "text_wrap": True, **edge}
        head = {"bold": True, "bg_color": COLOURS["form_head"], **box}
        add = workbook.add_format
        self._plain = add()
        self._title = add({"bold": True, "font_size": 14})
        self._label = add(head)
        self._fixed = add({"bg_color": COLOURS["locked"], **box})
        self._free = add({"locked": False, **box})
        self._head = add({"align": "center", **head})
        self._total = add({"num_format": "#,##0", **head})
        self._open = {
            kind: add({"locked": False, **_STYLES.get(kind, {}), **box})
            for kind in ("id", "text", "choice", "number", "date")
        }
        self._known_id = add({"bg_color": COLOURS["locked"], "num_format": "@", **box})
        self._needed = add({"bg_color": COLOURS["needed"]})
        self._doubtful = add({"bg_color": COLOURS["doubtful"]})

    def write(
        self, cycle: Cycle, department: Department, rows: pd.DataFrame, *, is_answered: bool = False
    ) -> None:
        """Fill the sheet; `rows` are the department's tidy rows of the previous cycle, or none.

        The totals of one that `is_answered` are numbers.

        >>> import io
        >>> from analysis.files.workbook import read_sheets
        >>> with xlsxwriter.Workbook(file := io.BytesIO()) as workbook:
        ...     own = ledger.cycle.find_department("kankyo")
        ...     form = FormSheet(workbook, Grid(ledger.cycle.questionnaire.fields, 1, 2))
        ...     form.write(ledger.cycle, own, rows[:1])
        >>> (sheet,) = read_sheets(file.getvalue(), lambda sheet: True)
        >>> [cell.text for cell in sheet.cells[FIRST_ROW + 1].values()][:7]
        ['K-001', '環境政策課', '届出その1', '環境基本条例', '条例・規則', '120', 'オンライン化済']
        """
        self._write_heading(cycle, department)
        self._write_header()
        self._write_rows(rows)
        self._write_foot(cycle.questionnaire, rows, is_live=not is_answered)
        add_hints(self._sheet, self._grid)
        add_marks(self._sheet, self._grid, cycle, self._needed, self._doubtful)
        self._sheet.protect("", dict.fromkeys(_ALLOWED, True))
        self._set_up_pages(cycle, department)

    def _write_text(self, row: int, column: int, text: str, style: object) -> None:
        write_text(self._sheet, row, column, text, style, plain=self._plain)

    def _write_heading(self, cycle: Cycle, department: Department) -> None:
        self._write_text(0, 0, f"{cycle.settings.title}票", self._title)
        self._write_text(1, 0, f"（{say_day(cycle.settings.as_of)}時点）", None)
        self._write_text(1, 2, _LEGEND, None)
        self._write_text(2, 0, "部局名", self._label)
        self._write_text(2, 1, department.name, self._fixed)
        self._write_text(3, 0, "記入者", self._label)
        self._sheet.write_blank(3, 1, None, self._free)

    def _write_header(self) -> None:
        fields = self._grid.fields
        self._sheet.set_row(HEADER_ROW + 1, _HEADER_LINES * _LINE)
        for number, field in enumerate(fields):
            self._sheet.set_column(number, number, field.width)
            self._write_text(HEADER_ROW + 1, number, field.header, self._head)
        for group, members in groupby(enumerate(fields), key=lambda pair: pair[1].group):
            numbers = [number for number, _ in members]
            for number in numbers if not group else ():
                self._merge(HEADER_ROW, number, HEADER_ROW + 1, number, fields[number].header)
            if group and len(numbers) > 1:
                self._merge(HEADER_ROW, numbers[0], HEADER_ROW, numbers[-1], group)
            elif group:
                self._write_text(HEADER_ROW, numbers[0], group, self._head)

    def _merge(self, top: int, left: int, bottom: int, right: int, text: str) -> None:
        self._sheet.merge_range(top, left, bottom, right, "", self._head)
        self._write_text(top, left, text, self._head)

    def _write_rows(self, rows: pd.DataFrame) -> None:
        fields = self._grid.fields
        answers = list(_list_answers(rows, fields))
        for row in range(FIRST_ROW, self._grid.last + 1):
            known = answers[row - FIRST_ROW] if row < self._grid.first_new else {}
            texts = ((known.get(field.name), field.width) for field in fields)
            set_height(self._sheet, row, texts)
            for number, field in enumerate(fields):
                is_known_id = field.kind == "id" and row < self._grid.first_new
                style = self._known_id if is_known_id else self._open[field.kind]
                match known.get(field.name):
                    case str(text):
                        self._write_text(row, number, text, style)
                    case int(count):
                        self._sheet.write_number(row, number, count, style)
                    case datetime.date() as day:
                        self._sheet.write_datetime(row, number, day, style)
                    case _:
                        self._sheet.write_blank(row, number, None, style)

    def _write_foot(self, asked: Questionnaire, rows: pd.DataFrame, *, is_live: bool) -> None:
        """Write the totals as pairs of label and number, as every form has had them."""
        grid = self._grid
        filled = "+".join(f'({grid.span(n)}<>"")' for n in ("procedure_id", "name", "status"))
        counts = {
            label: (
                f"COUNTIF({grid.span(STATUS)},{criterion(label)})",
                int((rows[STATUS] == code).sum()),
            )
            for code, label in asked.named[STATUS].choices.items()
        }
        out = [counts[asked.label(STATUS, code)] for code in asked.list_statuses("excluded")]
        total = "".join([f"=SUMPRODUCT(--(({filled})>0))", *(f"-{formula}" for formula, _ in out)])
        cells: list[tuple[str, str, int]] = [
            ("総手続き数", total, len(rows) - sum(count for _, count in out)),
            *((label, f"={formula}", count) for label, (formula, count) in counts.items()),
        ]
        at = grid.last + 1
        self._write_text(at, 0, "合計", self._total)
        for number, (label, formula, count) in enumerate(cells):
            self._write_text(at, 1 + 2 * number, label, self._total)
            if is_live:
                self._sheet.write_formula(at, 2 + 2 * number, formula, self._total, count)
            else:
                self._sheet.write_number(at, 2 + 2 * number, count, self._total)
        if is_live:
            self._write_text(at + 1, 0, _FOOTNOTE, None)

    def _set_up_pages(self, cycle: Cycle, department: Department) -> None:
        sheet, grid = self._sheet, self._grid
        sheet.freeze_panes(FIRST_ROW, _FROZEN_COLUMNS)
        sheet.autofilter(FIRST_ROW - 1, 0, grid.last, grid.last_column)
        table = xl_range(FIRST_ROW, 0, grid.last, grid.last_column)
        sheet.ignore_errors({"number_stored_as_text": table})
        sheet.repeat_rows(HEADER_ROW, HEADER_ROW + 1)
        # The totals may be wider than the table.
        totals = 2 * (1 + len(cycle.questionnaire.named[STATUS].choices))
        sheet.print_area(0, 0, grid.last + 2, max(grid.last_column, totals))
        set_up_page(sheet, f"{cycle.settings.title}票　{department.name}", cycle)


def set_up_page(sheet: Worksheet, title: str, cycle: Cycle) -> None:
    """Set a sheet up for A4 landscape, one page wide, with page numbers."""
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
    # A page's head holds 255 letters, and & begins an instruction there.
    shown = title[:80].replace("&", "&&")
    notice = "架空データ　" if cycle.settings.demonstration else ""
    sheet.set_header(f"&L{shown}&R{notice}{say_day(cycle.settings.as_of)}時点")
    sheet.set_footer("&C&P / &N")


def set_height(sheet: Worksheet, row: int, texts: Iterable[tuple[FormAnswer, int]]) -> None:
    """Make a row as high as its wrapped texts need, each in a column of a width."""
    lines = max(
        (count_lines(text, width) for text, width in texts if isinstance(text, str)), default=1
    )
    # Excel has no row higher than 409 points.
    sheet.set_row(row, min(lines * _LINE, _HIGHEST))


def _list_answers(
    rows: pd.DataFrame, fields: Sequence[Field]
) -> Iterator[Mapping[str, FormAnswer]]:
    """Yield the last answers row by row, as they are to be typed."""
    for row in rows.to_dict("records"):
        answers = {}
        for field in fields:
            value, missing = row[field.name], row.get(f"{field.name}_missing")
            if not pd.isna(value):
                answers[field.name] = _say_answer(field, value)
            elif missing in _MISSING_WORDS:
                answers[field.name] = _MISSING_WORDS[missing]
        yield answers


def _say_answer(field: Field, value: str | int) -> FormAnswer:
    """Return a cleaned value as one that is read back equal."""
    if field.kind == "choice":
        return name_codes(str(value), field.choices)
    if field.kind == "number":
        return int(value)
    if field.kind != "date":
        return str(value)
    year, *rest = str(value).split("-")
    if len(rest) > 1:
        return datetime.date.fromisoformat(str(value))
    return f"{year}年" + "".join(f"{int(month)}月" for month in rest)
