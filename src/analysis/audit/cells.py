"""The cells of a page as they stand in an xlsx, written a column at a time.

XlsxWriter makes the workbook around them. It would ask of each cell what column and what format it
has, and search each formula for a hundred functions younger than the file format. A page has a
hundred thousand cells, of which all that is known by the column.
"""

from collections.abc import Iterator, Mapping
from html import escape
from itertools import chain, repeat

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from analysis.audit.sheet import AuditColumn, Formula, Page, Style
from analysis.forms.cell_text import count_lines, fit, write_text

LINE_POINTS = 16.5
"""How high a line of text is."""


class FilledSheet(Worksheet):  # type: ignore[misc]  # the library has no types
    """A sheet of XlsxWriter's that takes its rows from a page."""

    def fill(
        self,
        page: Page,
        head: Format,
        styles: Mapping[Style, Format | None],
        plain: Format,
        places: dict[str, int],
    ) -> None:
        """Lay a page's titles, in the format `head`, and its cells, each in its style's format.

        `plain` is any format of the workbook without properties; `places` says where a text stands
        in the workbook's table of texts, and is added to.
        """
        for column in page.columns:
            texts = [column.title, *(cell for cell in column.cells if isinstance(cell, str))]
            self._note_texts(texts, places, plain)
        # Written when the library asks for them: together they take a gigabyte of a large survey.
        titled = _mark(head)
        marks = {name: _mark(style) for name, style in styles.items()}
        self._rows = _write_page(page, titled, marks, places)
        self.dim_rowmin, self.dim_rowmax = 0, len(page.columns[0].cells)
        self.dim_colmin, self.dim_colmax = 0, len(page.columns) - 1

    def _note_texts(self, texts: list[str], places: dict[str, int], plain: Format) -> None:
        """Give each new text a place, as the library does: in a cell that is not kept."""
        known = len(places)
        for text in dict.fromkeys(texts):
            if text not in places:
                write_text(self, 0, 0, text, None, plain=plain)
                places[text] = self.table[0][0].string
        # The library has counted each new text once.
        self.str_table.count += len(texts) - (len(places) - known)

    def _write_rows(self) -> None:
        # Here the library would write its own.
        self.fh.writelines(self._rows)


def _write_page(
    page: Page, titled: str, marks: Mapping[Style, str], places: Mapping[str, int]
) -> Iterator[str]:
    """Yield a page's rows, from its titles on."""
    heights, columns = _measure_rows(page), []
    for place, column in enumerate(page.columns):
        letter = xl_col_to_name(place)
        title = f'<c r="{letter}1"{titled} t="s"><v>{places[column.title]}</v></c>'
        columns.append(chain([title], _write_cells(letter, column, marks, places)))
    for row, cells in enumerate(zip(*columns, strict=True), start=1):
        yield f'<row r="{row}"{heights.get(row, "")}>{"".join(cells)}</row>'


def _write_cells(
    letter: str, column: AuditColumn, marks: Mapping[Style, str], places: Mapping[str, int]
) -> Iterator[str]:
    """Yield a column's cells from row 2 on, nothing for None."""
    names = repeat(column.style) if isinstance(column.style, str) else column.style
    for row, (cell, name) in enumerate(zip(column.cells, names, strict=False), start=2):
        if cell is None:
            yield ""
        elif isinstance(cell, str):
            yield f'<c r="{letter}{row}"{marks[name]} t="s"><v>{places[cell]}</v></c>'
        elif isinstance(cell, Formula):
            yield f'<c r="{letter}{row}"{marks[name]}{_write_formula(cell)}'
        else:
            yield f'<c r="{letter}{row}"{marks[name]}><v>{cell}</v></c>'


def _write_formula(formula: Formula) -> str:
    """Return what a formula's cell says after its address and format."""
    kind, shown = "", str(formula.value)
    if isinstance(formula.value, str):
        kind, shown = ' t="str"' if shown else "", escape(fit(shown), quote=False)
    return f"{kind}><f>{escape(formula.text[1:], quote=False)}</f><v>{shown}</v></c>"


def _mark(style: Format | None) -> str:
    return "" if style is None else f' s="{style._get_xf_index()}"'


def _measure_rows(page: Page) -> dict[int, str]:
    """Return how high the rows are that are not of one line, as attributes by row."""
    lines = {1: 2}
    for column in page.columns:
        if column.style == "wrapped":
            for row, text in enumerate(column.cells, start=2):
                if isinstance(text, str):
                    lines[row] = max(lines.get(row, 1), count_lines(text, column.width))
    return {
        row: f' ht="{count * LINE_POINTS:g}" customHeight="1"'
        for row, count in lines.items()
        if count > 1
    }
