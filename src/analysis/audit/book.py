"""The audit workbook's file: sheets whose texts stay texts and whose formulas are ours.

Texts go in as texts, whatever they begin with; only a `Formula` becomes one. Beside each formula
stands its value, so that a preview and Excel's protected view show numbers.
"""

import datetime
import io
from collections.abc import Iterable

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.packager import Packager
from xlsxwriter.worksheet import Worksheet

from analysis.audit.cells import LINE_POINTS, FilledSheet
from analysis.audit.sheet import AuditCell, Formula, Page, Style
from analysis.forms.cell_text import count_lines, fit, write_text
from analysis.looks import COLOURS

_FONT = {"font_name": "游ゴシック", "font_size": 10}
_OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": True,
}
_NUMBERS: dict[Style, str] = {
    "count": "#,##0_ ",
    "signed": '+#,##0_ ;"−"#,##0_ ;0_ ',
    "decimal": "#,##0.0_ ",
    "points": '+#,##0.0_ ;"−"#,##0.0_ ;0.0_ ',
}
_A4 = 9
_LONGEST_NOTICE = 100


class _Part(io.StringIO):
    """A part of an xlsx under way, kept as it will be written: a text takes four times as much."""

    def __init__(self) -> None:
        super().__init__()
        self._content = io.BytesIO()

    def write(self, text: str, /) -> int:
        return self._content.write(text.encode())

    def writelines(self, lines: Iterable[str], /) -> None:  # type: ignore[override]
        self._content.writelines(line.encode() for line in lines)

    def getvalue(self) -> "_Part":  # type: ignore[override]
        # The library encodes what it gets here, and writes that.
        return self

    def encode(self, _: str) -> memoryview:
        return self._content.getbuffer()


class _Packager(Packager):  # type: ignore[misc]  # the library has no types
    def _filename(self, xml_filename: str) -> _Part:
        part, is_binary = _Part(), False
        self.filenames.append((part, xml_filename, is_binary))
        return part


class _Workbook(xlsxwriter.Workbook):  # type: ignore[misc]
    def _get_packager(self) -> Packager:
        return _Packager()


class Book:
    """An xlsx being written. Two with the same contents are the same, byte for byte."""

    def __init__(self, title: str, as_of: datetime.date, notice: str) -> None:
        """Begin a workbook; `notice` stands at the head of every printed page."""
        self._file = io.BytesIO()
        # The library writes into the settings it is given.
        options = {**_OPTIONS, "default_format_properties": dict(_FONT)}
        self.workbook = _Workbook(self._file, options)
        # A page's head holds 255 letters, and & begins an instruction there.
        self._notice = fit(notice)[:_LONGEST_NOTICE].replace("&", "&&")
        created = datetime.datetime.combine(as_of, datetime.time(), datetime.UTC)
        self.workbook.set_properties(
            {"title": fit(title), "subject": fit(notice), "created": created}
        )
        self._plain = self.add_format()
        self._places: dict[str, int] = {}
        self._head = self.add_format(
            bold=True, bg_color=COLOURS["sheet_head"], font_color=COLOURS["sheet_head_text"],
            border=1, valign="vcenter", text_wrap=True,
        )  # fmt: skip
        self._styles: dict[Style, Format | None] = {
            "text": None,
            "wrapped": self.add_format(text_wrap=True),
            "shrunk": self.add_format(shrink=True),
            "verdict": self.add_format(align="center"),
            "corrected": self.add_format(bg_color=COLOURS["corrected"], bold=True, border=1),
            **{style: self.add_format(num_format=shown) for style, shown in _NUMBERS.items()},
        }
        self._differs = self.add_format(
            bold=True, italic=True, underline=1,
            font_color=COLOURS["error_text"], bg_color=COLOURS["error"],
        )  # fmt: skip

    def add_format(self, **properties: object) -> Format:
        """Return a format of the workbook's own type."""
        return self.workbook.add_format(properties)

    def add_sheet(self, name: str, kind: type[Worksheet] = Worksheet) -> Worksheet:
        """Return a new sheet, set up for A4 landscape, one page wide."""
        sheet = self.workbook.add_worksheet(name, kind)
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
        sheet.set_header(f"&L{self._notice}&R&A")
        sheet.set_footer("&C&P / &N")
        return sheet

    def add_page(self, page: Page, verdict: tuple[str, str] | None = None) -> None:
        """Write a table: header frozen and repeated on paper, filter buttons, widths.

        `verdict` names a column and the text in it that must catch the eye.
        """
        sheet = self.add_sheet(page.name, FilledSheet)
        last_row, last_column = page.sheet.last_row - 1, len(page.columns) - 1
        sheet.freeze_panes(1, page.frozen)
        sheet.repeat_rows(0)
        sheet.autofilter(0, 0, last_row, last_column)
        sheet.print_area(0, 0, last_row, page.printed - 1)
        sheet.fit_to_pages(page.wide, 0)
        if page.frozen:
            sheet.repeat_columns(0, page.frozen - 1)
        # Texts of digits are meant: an auditor compares them with the raw workbook.
        sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{last_row + 1}"})
        if verdict is not None:
            place = [c.key for c in page.columns].index(verdict[0])
            rule = {"type": "cell", "criteria": "==", "value": f'"{verdict[1]}"'}
            sheet.conditional_format(1, place, last_row, place, {**rule, "format": self._differs})
        for place, column in enumerate(page.columns):
            sheet.set_column(place, place, column.width)
        sheet.fill(page, self._head, self._styles, self._plain, self._places)

    def set_height(self, sheet: Worksheet, row: int, texts: Iterable[tuple[str, int]]) -> None:
        """Make a row as high as its wrapped texts need, each in a column of a width.

        Not every program does so by itself when it opens a file.
        """
        lines = max((count_lines(text, width) for text, width in texts), default=1)
        if lines > 1:
            sheet.set_row(row, lines * LINE_POINTS)

    def write(
        self, sheet: Worksheet, row: int, column: int, value: AuditCell, style: Format | None
    ) -> None:
        """Write one cell of a sheet that is no page, by its value's type; nothing for None."""
        match value:
            case None:
                return
            case str():
                write_text(sheet, row, column, value, style, plain=self._plain)
            case Formula(text=text, value=known):
                shown = fit(known) if isinstance(known, str) else float(known)
                sheet.write_formula(row, column, text, style, shown)
            case _:
                sheet.write_number(row, column, float(value), style)

    def finish(self) -> bytes:
        """Return the finished file."""
        self.workbook.close()
        return self._file.getvalue()
