"""The mess: a department's form as its workbook or CSV file could come back.

Whatever is done here keeps the form's answers; a reader that loses one is wrong.
"""

import csv
import datetime
import io
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from analysis.questionnaire.field import Field

from workbooks import ASKED, GROUPS, save_bytes

Value = str | int | datetime.date | None
Row = Mapping[str, str | int | None]
"""A procedure's tidy answers by field: codes of choices, ISO texts of dates, whole numbers."""

FIELDS = {field.name: field for field in ASKED}

# Titles that departments write; the last ones are like the survey's own, not listed anywhere.
TITLES = {
    "procedure_id": ("手続番号", "手続き ID"),
    "section": ("所属", "課名\n（室名）"),
    "name": ("手続名称", "手続きの名称"),
    "annual_volume": ("年間処理件数", "年間件数（件）"),
    "status": ("状況", "オンライン化状況"),
    "reason": ("未着手理由",),
    "system": ("システム名",),
    "remarks": ("備考欄", "備　考"),
}
ALIASES = {
    "手続番号": "手続きID",
    "所属": "課名",
    "手続名称": "手続き名",
    "年間処理件数": "年間件数",
    "状況": "オンライン化の状況",
    "システム名": "利用システム",
    "備考欄": "備考",
}
"""The `[headers]` of the cycle that the mess belongs to."""

SPELLINGS = {"status": {"済み": "オンライン化済", "着手中": "着手済", "未": "未着手"}}
"""The `[answers]` of the cycle that the mess belongs to."""

_UNTOUCHED, _MARKED, _HIDDEN = 0.3, 0.1, 0.2
_BLANKS = ("", " ", "\u3000", "\u00a0", "\t", "\u200b")
_FULLWIDTH = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})
_SERIAL_ORIGIN = datetime.date(1899, 12, 30)
_REIWA = datetime.date(2019, 5, 1)


@dataclass(frozen=True)
class Mess:
    """How a department's file differs from the form that it was sent."""

    file: Literal["xlsx", "utf-8", "utf-8-sig", "cp932"]
    left: int
    notes: int
    columns: tuple[str, ...]
    titles: Mapping[str, str]
    header_rows: int
    sections: Literal["each", "once", "merged", "ditto"]
    subtotals: bool
    blank_rows: int
    repeated_header: bool
    foot: bool
    footnotes: int
    hides_rows: bool
    other_sheets: int
    marks: bool
    random: Random

    @property
    def suffix(self) -> str:
        """The ending of the file's name."""
        return "xlsx" if self.file == "xlsx" else "csv"


def dress(form: bytes, rows: Sequence[Row], department: str, mess: Mess) -> bytes:
    """Return the file in which a form comes back that was filled with these rows.

    An answer stands as the form has it, or as somebody could type it.
    """
    answers = _read_form(form, len(rows))
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = "調査票"
    at = _write_heading(sheet, department, mess)
    header, at = at, _write_header(sheet, at, mess)
    first = last = at
    previous: Row = {}
    for number, row in enumerate(rows):
        if number and row["section"] != previous["section"]:
            _merge_section(sheet, mess, first, last)
            at = _write_between(sheet, at, mess, header)
            first = at
        values = _type_row(row, answers[number], mess, is_later=at > first)
        _write_row(sheet, at, values, mess)
        last, previous = at, row
        at += 1
    _merge_section(sheet, mess, first, last)
    _write_foot(sheet, at, rows, mess)
    return _save(workbook, sheet, mess)


def _read_form(content: bytes, count: int) -> list[dict[str, Value]]:
    """Return what stands in the form's first rows, by field."""
    sheet = load_workbook(io.BytesIO(content))["調査票"]
    lines = list(sheet.iter_rows(values_only=True))
    titles = [field.header for field in FIELDS.values()]
    (top,) = [at for at, line in enumerate(lines) if titles[0] in line and titles[1] in line]
    filled = [line for line in lines[top + 1 :] if line[0]]
    return [dict(zip(FIELDS, line, strict=True)) for line in filled[:count]]


def _save(workbook: Workbook, sheet: Worksheet, mess: Mess) -> bytes:
    if mess.file != "xlsx":
        text = io.StringIO(newline="")
        csv.writer(text).writerows(sheet.iter_rows(values_only=True))
        try:
            return text.getvalue().encode(mess.file)
        except UnicodeEncodeError:  # 𠮷 and ㋿ are not in it
            return text.getvalue().encode("utf-8")
    for number in range(mess.other_sheets):
        other = workbook.create_sheet(("記入要領", "記入例", "Sheet3")[number], number % 2)
        other.append(["この調査は", "手続きID", "を付けた手続きについて行います。"])
        other.sheet_state = ("visible", "hidden", "veryHidden")[number]
    return save_bytes(workbook)


def _write_heading(sheet: Worksheet, department: str, mess: Mess) -> int:
    """Write the title, notes and the department's name; return the row of the header."""
    sheet.cell(1, 1 + mess.left, "行政手続きのオンライン化に係る着手状況調査（2024年9月1日時点）")
    for row in range(2, 2 + mess.notes):
        sheet.cell(row, 1 + mess.left + row % 3, "※ 黄色のセルに記入してください。")
    at = 2 + mess.notes
    sheet.cell(at, 1 + mess.left, "部局名")
    sheet.cell(at, 2 + mess.left, department)
    sheet.cell(at + 1, 1 + mess.left, "記入者")
    sheet.cell(at + 1, 2 + mess.left, "郡山 花子")
    return at + 3


def _write_header(sheet: Worksheet, at: int, mess: Mess) -> int:
    """Write the header from this row in one to five rows; return the first row beneath."""
    last = at + mess.header_rows - 1
    columns = list(enumerate(mess.columns, start=1 + mess.left))
    if mess.header_rows > 2:
        sheet.cell(at, columns[0][0], "調査項目")
        sheet.merge_cells(
            start_row=at, end_row=at, start_column=columns[0][0], end_column=columns[-1][0]
        )
    top = at + (mess.header_rows > 2)
    groups = {name: group for group, names in GROUPS.items() for name in names}
    for number, name in columns:
        title = mess.titles.get(name) or (FIELDS[name].header if name in FIELDS else name)
        own = top
        if name in groups and last > top:
            sheet.cell(top, number, groups[name])
            own = top + 1
        sheet.cell(own, number, title)
        if last > own:
            sheet.merge_cells(start_row=own, end_row=last, start_column=number, end_column=number)
    return last + 1


def _type_row(
    row: Row, form: Mapping[str, Value], mess: Mess, *, is_later: bool
) -> Iterator[Value]:
    """Yield a procedure's cells; `is_later` says that its section stands above it already."""
    for name in mess.columns:
        if name not in FIELDS:
            yield mess.random.choice([None, "A", "12", "確認中"])
        elif name == "section" and is_later and mess.sections != "each":
            yield "〃" if mess.sections == "ditto" else None
        elif mess.random.random() < _UNTOUCHED:
            yield form[name]
        else:
            yield spell(FIELDS[name], row[name], mess.random)


def _write_row(sheet: Worksheet, at: int, values: Iterable[Value], mess: Mess) -> None:
    for number, value in enumerate(values, start=1 + mess.left):
        cell = sheet.cell(at, number)
        _put(cell, value)
        if mess.marks and mess.random.random() < _MARKED:
            cell.fill = PatternFill("solid", fgColor="FFC7CE")
            cell.comment = Comment("手続きID", "確認者")
    if mess.hides_rows and mess.random.random() < _HIDDEN:
        sheet.row_dimensions[at].hidden = True


def _put(cell: Cell, value: Value) -> None:
    cell.value = value
    if isinstance(value, str) and cell.data_type in ("f", "e"):
        cell.data_type = "s"


def _merge_section(sheet: Worksheet, mess: Mess, first: int, last: int) -> None:
    if mess.sections == "merged" and last > first:
        column = 1 + mess.left + mess.columns.index("section")
        sheet.merge_cells(start_row=first, end_row=last, start_column=column, end_column=column)


def _write_between(sheet: Worksheet, at: int, mess: Mess, header: int) -> int:
    """Write what stands between two sections; return the row of the next procedure."""
    if mess.subtotals:
        sheet.cell(at, 1 + mess.left, "小計")
        sheet.cell(at, 3 + mess.left, 3)
        at += 1
    at += mess.blank_rows
    if mess.repeated_header:
        last = header + mess.header_rows - 1
        for number in range(1 + mess.left, 1 + mess.left + len(mess.columns)):
            texts = [sheet.cell(row, number).value for row in range(header, last + 1)]
            sheet.cell(at, number, next((text for text in reversed(texts) if text), None))
        at += 1
    return at


def _write_foot(sheet: Worksheet, at: int, rows: Sequence[Row], mess: Mess) -> None:
    if mess.foot:
        cells: list[Value] = ["合計", "総手続き数", len(rows)]
        for code, label in FIELDS["status"].choices.items():
            cells += [label, sum(row["status"] == code for row in rows)]
        for number, value in enumerate(cells, start=1 + mess.left):
            sheet.cell(at, number, value)
        at += 1
    for _ in range(mess.footnotes):
        sheet.cell(at, 1 + mess.left, "※ 手数料は条例で定めるものを含みます。")
        at += 1


def spell(field: Field, value: str | int | None, random: Random) -> Value:
    """Return an answer as somebody could type it."""
    if value is None:
        is_open = field.kind in ("number", "date", "choice") and not field.required
        return random.choice((None, "", "－", "―", " ")) if is_open else None
    return _SPELLERS[field.kind](field, value, random)


def _spell_id(_: Field, value: str | int, random: Random) -> Value:
    text = str(value)
    return random.choice((text, text.translate(_FULLWIDTH), f"{text} ", f"\u3000{text}"))


def _spell_text(_: Field, value: str | int, random: Random) -> Value:
    text = str(value)
    at = random.randrange(len(text) + 1)
    inside = text[max(0, at - 1) : at + 1]
    if len(inside) == 2 and all(unicodedata.east_asian_width(c) == "W" for c in inside):
        text = text[:at] + random.choice(("\n", "\r\n", " \n", "")) + text[at:]
    if random.random() < 0.2:
        text = "".join(
            unicodedata.normalize("NFD", c) if "\u3041" <= c <= "\u30ff" else c for c in text
        )
    return random.choice(_BLANKS) + text + random.choice(_BLANKS)


def _spell_choice(field: Field, value: str | int, random: Random) -> Value:
    label = field.choices[str(value)]
    spellings = [label, f" {label}", f"{label}\n", label.translate(_FULLWIDTH)]
    spellings.append(unicodedata.normalize("NFKC", label))
    aliases = SPELLINGS.get(field.name, {})
    spellings += [alias for alias, meant in aliases.items() if meant == label]
    if label in ("あり", "はい", "オンライン化済"):
        spellings += "○〇◯●✓✔"
    if label in ("なし", "いいえ") and set(field.choices) == {"yes", "no"}:
        spellings += "×✕✖"
    return random.choice(spellings)


def _spell_number(_: Field, value: str | int, random: Random) -> Value:
    number = int(value)
    text = random.choice((f"{number}", f"{number:,}"))
    if random.random() < 0.5:
        text = text.translate(_FULLWIDTH)
    dressed = (f"約{text}", f"{text}件", f"約{text}件程度", f"{text} ", text)
    return random.choice((number, random.choice(dressed)))


def _spell_date(_: Field, value: str | int, random: Random) -> Value:
    text = str(value)
    year, month, day = (*(int(part) for part in text.split("-")), 0, 0)[:3]
    name = str(year)
    if datetime.date(year, month or 12, day or 31 if not month else day or 28) >= _REIWA:
        name = random.choice((name, f"令和{year - 2018}", f"R{year - 2018}", f"㋿{year - 2018}"))
    if not month:
        return f"{name}年"
    if not day:
        return random.choice((f"{name}年{month}月", f"{name}.{month}", f"{name}/{month:02}"))
    date = datetime.date(year, month, day)
    written = random.choice((f"{name}年{month}月{day}日", f"{name}.{month}.{day}", text))
    if random.random() < 0.3:
        written = written.translate(_FULLWIDTH)
    return random.choice((date, (date - _SERIAL_ORIGIN).days, written))


_SPELLERS: Mapping[str, Callable[[Field, str | int, Random], Value]] = {
    "id": _spell_id,
    "text": _spell_text,
    "choice": _spell_choice,
    "number": _spell_number,
    "date": _spell_date,
}
