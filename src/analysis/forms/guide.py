"""The form's second sheet (記入要領): what to enter in each column, and the rules to keep."""

from collections.abc import Sequence

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from analysis.cycle import Cycle, Department
from analysis.forms.cell_text import write_text
from analysis.forms.sheet import FORM_SHEET, set_height, set_up_page
from analysis.looks import COLOURS
from analysis.questionnaire.field import Field

_GUIDE_SHEET = "記入要領"

_WIDTHS = (5, 22, 7, 62, 34, 30)
_TITLES = ("番号", "項目", "必須", "記入すること", "選択肢", "記入例")
# Rules of the file and of what the collectors keep, not of what a department fills in.
_OTHERS_RULES = (
    *("workbook_", "csv_", "form_", "cycle_", "correction_", "match", "previous_"),
    *("settings_", "file_", "folder_", "target_", "ids_counted_"),
    *("department_vanished", "section_vanished", "succession_"),
)
# Rules between this cycle and the one before, which a first one can't break.
_LATER_RULES = (
    *("id_of_other_department", "id_vanished", "id_reused", "id_renamed", "id_retired"),
    *("went_offline", "online_date_contradicts", "volume_out_of_line"),
)


class GuideSheet:
    """Writes the sheet 記入要領 into a workbook being made."""

    def __init__(self, workbook: xlsxwriter.Workbook) -> None:
        """Add the sheet; `write` fills it."""
        self._sheet: Worksheet = workbook.add_worksheet(_GUIDE_SHEET)
        edge = {"border": 1, "border_color": COLOURS["form_edge"]}
        box = {"valign": "vcenter", "text_wrap": True, **edge}
        add = workbook.add_format
        self._plain = add()
        self._title = add({"bold": True, "font_size": 14})
        self._heading = add({"bold": True, "font_size": 12})
        self._number = add({"align": "left"})
        self._head = add({"bold": True, "align": "center", "bg_color": COLOURS["form_head"], **box})
        self._cell = add(box)

    def write(self, cycle: Cycle, department: Department, workbook_name: str, known: int) -> None:
        """Fill the sheet for a department that is sent `known` procedures to go on with."""
        sheet = self._sheet
        for number, width in enumerate(_WIDTHS):
            sheet.set_column(number, number, width)
        self._write(0, 0, f"{cycle.settings.title}票　記入要領", self._title)
        row = self._list(2, "記入のしかた", _say_how(workbook_name, known))
        self._write(row, 0, "項目ごとの記入内容", self._heading)
        asked = cycle.questionnaire
        fields = asked.list_fields(cycle.settings.as_of)
        self._write_table(row + 1, fields)
        others = _OTHERS_RULES + (_LATER_RULES if cycle.settings.previous is None else ())
        rules = [
            rule.title
            for rule in asked.list_rules(fields)
            if rule.severity != "notice" and not rule.code.startswith(others)
        ]
        last = self._list(
            row + len(fields) + 3, "提出の前に確かめること（提出後に確認します）", rules
        )
        sheet.print_area(0, 0, last, len(_WIDTHS) - 1)
        set_up_page(sheet, f"記入要領　{department.name}", cycle)

    def _write(self, row: int, column: int, text: str, style: Format | None) -> None:
        if text:
            write_text(self._sheet, row, column, text, style, plain=self._plain)
        else:
            self._sheet.write_blank(row, column, None, style)

    def _list(self, row: int, heading: str, lines: list[str]) -> int:
        """Write a heading and numbered lines under it; return the row after a blank one."""
        self._write(row, 0, heading, self._heading)
        for number, line in enumerate(lines, start=1):
            self._sheet.write_number(row + number, 0, number, self._number)
            self._write(row + number, 1, line, self._plain)
        return row + len(lines) + 2

    def _write_table(self, top: int, fields: Sequence[Field]) -> None:
        for number, title in enumerate(_TITLES):
            self._write(top, number, title, self._head)
        for row, cells in enumerate(map(_describe, fields), start=top + 1):
            self._sheet.write_number(row, 0, row - top, self._cell)
            for number, text in enumerate(cells, start=1):
                self._write(row, number, text, self._cell)
            set_height(self._sheet, row, zip(cells, _WIDTHS[1:], strict=True))


def _describe(field: Field) -> tuple[str, ...]:
    choices = [*field.choices.values()]
    required, example = "必須" if field.required else "", (choices or [field.example])[0]
    several = "いくつでも選べます。" if field.multiple else ""
    return field.header, required, several + field.help, "／".join(choices), example


def _say_how(workbook_name: str, known: int) -> list[str]:
    lines = [
        f"シート「{FORM_SHEET}」に、手続きごとに1行ずつ記入してください。",
        "黄色のセルは記入が必要です。記入すると色が消えます。橙色のセルは確かめてください。",
        f"灰色のセル（部局名{'と前回からの手続きID' if known else ''}）は変更できません。",
        "なくなった手続きの行を削除するときと、行が足りずに挿入するときは、"
        "シートの保護を解除してください（パスワードはありません）。",
        f"ファイル名は「{workbook_name}」のまま、Excel ブック（.xlsx）で、"
        "パスワードを付けずに提出してください。マクロや、ほかのファイルへのリンクは使えません。",
    ]
    if known:
        lines.insert(
            1,
            f"前回までの{known}件の手続きと回答を入れてあります。"
            "今回の時点に合わせて直し、新しい手続きはその下に加えてください。",
        )
    return lines
