"""A sheet as plain texts with their kind, whatever kind of file it came from.

Nothing is stripped or interpreted here; blanks, merges and hidden rows are told as they stand.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from openpyxl.utils.cell import get_column_letter

UNSEEN = "文字と背景が同じ色"
"""The look of a cell whose text has the colour of what it stands on."""

EntryKind = Literal["text", "number", "number_1904", "date", "error", "formula"]

# A header ends in the first 40 rows; a few more, since a row's titles may stand above it.
HEAD_ROWS = 45

# Excel's own limits.
LAST_ROW = 1_048_576
LAST_COLUMN = 16_384

# The largest survey we mean to read is 75,000 rows of 40 columns, 3 million cells.
MOST_ROWS = 100_000
MOST_CELLS = 4_000_000

# A form on squares has some forty columns and as many fields, each merged over several squares.
FEWEST_SQUARES = 20
WIDE_MERGE = 2


class Entry(NamedTuple):
    """What stands in one cell: its text, and whether Excel holds it as text, number or date.

    kind `error` is an Excel error value (#REF!), `formula` a formula saved without its result,
    `number_1904` a number in a workbook that counts its days from 1904; `struck` tells that the
    whole text is struck through. `look` is what may keep a person from seeing the text: a number
    format that is none of the plain ones, or UNSEEN.
    """

    text: str
    kind: EntryKind
    struck: bool = False
    look: str = ""


class Merge(NamedTuple):
    """A merged range, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class Sheet:
    """One sheet: its filled cells by row and column number, merges, and hidden rows.

    `hidden_columns` are ranges, both ends included; `narrow_columns` is how many columns are about
    as wide as high: 方眼紙 has dozens of them.
    `is_cut` tells that it was read no further than its head, so that its merges are not known, and
    `is_lost` that the workbook lists it and leads nowhere.
    """

    title: str
    visible: bool
    cells: Mapping[int, Mapping[int, Entry]]
    merges: tuple[Merge, ...]
    hidden_rows: frozenset[int]
    hidden_columns: tuple[tuple[int, int], ...] = ()
    narrow_columns: int = 0
    is_cut: bool = False
    is_lost: bool = False

    @property
    def last_row(self) -> int:
        """The last row that holds anything, 0 for an empty sheet."""
        return max(self.cells, default=0)

    def get(self, row: int, column: int) -> Entry | None:
        """Return the cell's entry, or None if it is blank."""
        return self.cells.get(row, {}).get(column)

    def is_hidden(self, column: int) -> bool:
        """Tell whether a column is hidden."""
        return any(first <= column <= last for first, last in self.hidden_columns)


# Tells from the first rows of a sheet, its merges not yet known, whether it may hold the table.
Sieve = Callable[[Sheet], bool]


class UnreadableWorkbookError(Exception):
    """The file can't be read as a survey: `code` names the rule, `value` what was found.

    `sheet` is the title of the sheet it was found in, None for what is the file's own.
    """

    def __init__(self, code: str, value: str | None = None, *, sheet: str | None = None) -> None:
        """Hold the code of the rule, what was found, and in which sheet."""
        super().__init__(code)
        self.code = code
        self.value = value
        self.sheet = sheet


def address(row: int, column: int) -> str:
    """Return a cell's address, e.g. `G12`."""
    return f"{get_column_letter(column)}{row}"


def is_grid(sheet: Sheet) -> bool:
    """Tell whether a sheet is drawn on squares (方眼紙): narrow columns, and merges over them.

    Neither is enough: a calendar has narrow columns, and many a table has merges.
    """
    wide = sum(merge.right - merge.left >= WIDE_MERGE for merge in sheet.merges)
    is_merged = sheet.is_cut or wide >= FEWEST_SQUARES
    return sheet.narrow_columns >= FEWEST_SQUARES and is_merged
