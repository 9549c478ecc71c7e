"""One worksheet's cells, read as a stream: no cell object is made, and equal entries are one.

openpyxl's own reader makes an object of every cell, needs a second pass to tell a formula without
a result, and stops at styles and names that the survey has no use for.
"""

import re
from collections.abc import Mapping
from typing import IO

from openpyxl.utils.cell import column_index_from_string

from analysis.files.richtext import Attributes, RichText, Stream, is_on
from analysis.files.sheet import (
    HEAD_ROWS,
    LAST_COLUMN,
    LAST_ROW,
    MOST_ROWS,
    Entry,
    Merge,
    Sheet,
    Sieve,
    UnreadableWorkbookError,
    address,
)
from analysis.files.stored import StoredValues

# A row of a merged range costs as much as a cell.
MOST_MERGED_ROWS = 1_000_000
_MANY_MERGES = "結合したセルが100万行を超える"
# Two or three characters wide; the narrowest column of answers (あり, なし) takes five.
NARROW_WIDTH = 4.0
# Nothing is seen in a row of a point, nor in a column of two pixels.
LEAST_HEIGHT = 1.0
LEAST_WIDTH = 0.25

# A range of one cell may be written without its end.
_RANGE = re.compile(r"([A-Z]+)([0-9]{1,7})(?::([A-Z]+)([0-9]{1,7}))?")
_DEFAULT_WIDTH = "8.43"
_DEFAULT_HEIGHT = "15"


class WorksheetReader:
    """Reads one worksheet; every handler below is called for one kind of element."""

    def __init__(self, values: StoredValues, *, is_uncalculated: bool = False) -> None:
        """Hold what turns stored values into entries, and whether formulas wait for results.

        Programs that work out no formula store 0 in its place.
        """
        self._values = values
        self._no_result = "0" if is_uncalculated else ""
        self._columns: dict[str, int] = {}

    def read(self, source: IO[bytes], title: str, *, visible: bool, may_hold: Sieve) -> Sheet:
        """Return the sheet, or its first rows alone if by these it can't hold the table.

        Raises UnreadableWorkbookError for what no spreadsheet program writes.
        """
        self._title, self._visible = title, visible
        self._rows: dict[int, dict[int, Entry]] = {}
        self._hidden: set[int] = set()
        self._hidden_columns: list[tuple[int, int]] = []
        self._merges: set[Merge] = set()
        self._narrow = 0
        self._default_width, self._default_height = _DEFAULT_WIDTH, _DEFAULT_HEIGHT
        self._row = self._column = 0
        self._is_numbered = self._is_within = self._is_judged = self._is_enough = False
        self._rich = RichText()
        self._is_inline = False
        self._may_hold = may_hold
        starts = {
            **self._rich.starts,
            "sheetFormatPr": self._start_format,
            "col": self._start_columns,
            "sheetData": self._start_data,
            "row": self._start_row,
            "c": self._start_cell,
            "v": _ignore,
            "f": self._start_formula,
            "is": self._start_inline,
            "mergeCell": self._start_merge,
        }
        ends = {
            **self._rich.ends,
            "sheetData": self._end_data,
            "v": self._end_value,
            "c": self._end_cell,
            "is": _ignore,
        }
        stream = Stream(source, starts, ends)
        while not self._is_enough and stream.feed():
            pass
        return self._finish()

    def _start_format(self, attributes: Attributes) -> None:
        self._default_width = attributes.get("defaultColWidth", _DEFAULT_WIDTH)
        self._default_height = attributes.get("defaultRowHeight", _DEFAULT_HEIGHT)
        if float(self._default_width) < NARROW_WIDTH:
            self._narrow = LAST_COLUMN

    def _start_columns(self, attributes: Attributes) -> None:
        if "min" not in attributes:
            return
        first, last = int(attributes["min"]), int(attributes.get("max", attributes["min"]))
        width = float(attributes.get("width", self._default_width))
        if not is_on(attributes.get("hidden")) and width > LEAST_WIDTH:
            self._narrow += (width < NARROW_WIDTH) * max(0, min(last, LAST_COLUMN) - first + 1)
        elif len(self._hidden_columns) < LAST_COLUMN:
            self._hidden_columns.append((first, last))

    def _start_data(self, _: Attributes) -> None:
        self._is_within = True

    def _end_data(self, _: str) -> None:
        self._is_within = False

    def _start_row(self, attributes: Attributes) -> None:
        if not self._is_within:
            return
        number = attributes.get("r")
        self._is_numbered = number is not None
        self._go_to_row(self._row + 1 if number is None else int(float(number)))
        height = float(attributes.get("ht", self._default_height))
        if is_on(attributes.get("hidden")) or height <= LEAST_HEIGHT:
            self._hidden.add(self._row)

    def _go_to_row(self, row: int) -> None:
        if not 0 < row <= LAST_ROW:
            raise UnreadableWorkbookError("workbook_broken")
        if row > HEAD_ROWS and not self._is_judged:
            self._is_judged = True
            self._is_enough = not self._may_hold(self._finish())
        if row in self._rows:
            raise UnreadableWorkbookError("workbook_place_twice", f"{row}行")
        self._row, self._column = row, 0

    def _start_cell(self, attributes: Attributes) -> None:
        self._kind = attributes.get("t", "n")
        self._style = attributes.get("s", "0")
        self._raw: str | None = None
        self._is_formula = self._is_inline = False
        reference = attributes.get("r")
        if reference is None:
            self._column += 1
            return
        letters = reference.rstrip("0123456789")
        if not self._is_numbered:
            self._is_numbered = True
            self._go_to_row(int(reference[len(letters) :]))
        self._column = self._columns.get(letters) or self._find_column(letters)

    def _start_formula(self, _: Attributes) -> None:
        self._is_formula = True

    def _start_inline(self, _: Attributes) -> None:
        self._is_inline = True
        self._rich.begin()

    def _end_value(self, text: str) -> None:
        if self._is_within and self._raw is not None:
            self._refuse_second()
        self._raw = text

    def _end_cell(self, _: str) -> None:
        if not self._is_within or self._is_enough:
            return
        entry: Entry | None
        if self._is_inline:
            entry = self._values.read_text(*self._rich.take(), self._style)
        elif self._raw and not (self._is_formula and self._raw == self._no_result):
            entry = self._values.read(self._kind, self._raw, self._style)
        else:
            # An empty text is a formula's result, and blank; only an absent value is a lack of one.
            has_result = self._raw is not None and self._kind == "str"
            entry = Entry("", "formula") if self._is_formula and not has_result else None
        row = self._rows.get(self._row)
        if row is not None and self._column in row:
            self._refuse_second()
        if entry is not None:
            if row is None:
                if len(self._rows) >= MOST_ROWS:
                    raise UnreadableWorkbookError("workbook_cells", "行が多すぎる")
                row = self._rows[self._row] = {}
            row[self._column] = entry

    def _refuse_second(self) -> None:
        """Refuse a second value for one cell: programs differ in which of them they show."""
        place = address(self._row, self._column)
        raise UnreadableWorkbookError("workbook_place_twice", place)

    def _start_merge(self, attributes: Attributes) -> None:
        found = _RANGE.fullmatch(attributes["ref"])
        if found is None:
            raise UnreadableWorkbookError("workbook_broken")
        if len(self._merges) > MOST_MERGED_ROWS:
            raise UnreadableWorkbookError("workbook_cells", _MANY_MERGES)
        top, left = int(found[2]), self._find_column(found[1])
        if found[3] is not None:
            self._merges.add(Merge(top, left, int(found[4]), self._find_column(found[3])))

    def _find_column(self, letters: str) -> int:
        column = self._columns.get(letters)
        if column is None:
            column = column_index_from_string(letters)
            if column > LAST_COLUMN:
                raise UnreadableWorkbookError("workbook_broken")
            self._columns[letters] = column
        return column

    def _finish(self) -> Sheet:
        last = max(self._rows, default=0)
        merged = sum(max(0, min(merge.bottom, last) - merge.top) for merge in self._merges)
        if merged + len(self._merges) > MOST_MERGED_ROWS:
            raise UnreadableWorkbookError("workbook_cells", _MANY_MERGES)
        return Sheet(
            title=self._title,
            visible=self._visible,
            cells=_sort_rows(self._rows),
            merges=tuple(sorted(self._merges)),
            hidden_rows=frozenset(self._hidden),
            hidden_columns=tuple(self._hidden_columns),
            narrow_columns=self._narrow,
            is_cut=self._is_enough,
        )


def _sort_rows(rows: Mapping[int, Mapping[int, Entry]]) -> dict[int, dict[int, Entry]]:
    return {row: dict(sorted(rows[row].items())) for row in sorted(rows)}


def _ignore(_: object) -> None:
    """Do nothing: only the text since this start, or until this end, is wanted."""
