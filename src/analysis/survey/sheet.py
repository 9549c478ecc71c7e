"""A workbook's sheets as plain texts with their kind, whatever library reads the file.

Nothing is stripped or interpreted here; blanks, merges and hidden rows are told as they stand.
"""

import datetime
import io
import re
import warnings
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from openpyxl import load_workbook
from openpyxl.utils.cell import get_column_letter
from openpyxl.utils.datetime import WINDOWS_EPOCH
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

EntryKind = Literal["text", "number", "date", "error", "formula"]

_OLE_MARK = b"\xd0\xcf\x11\xe0"
_FORMULA_MARK = re.compile(rb"<(?:\w+:)?f[\s/>]")
_ESCAPED_LINE_END = re.compile(r"_x000[dD]_\n?|\r\n?")
_LARGEST_EXACT_FLOAT = 1e15


class Entry(NamedTuple):
    """What stands in one cell: its text, and whether Excel holds it as text, number or date.

    kind `error` is an Excel error value (#REF!), `formula` a formula saved without its result;
    `struck` tells that the whole text is struck through.
    """

    text: str
    kind: EntryKind
    struck: bool = False


class Merge(NamedTuple):
    """A merged range, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class Sheet:
    """One sheet: its filled cells by row and column number, merges, and hidden rows."""

    title: str
    visible: bool
    cells: Mapping[int, Mapping[int, Entry]]
    merges: tuple[Merge, ...]
    hidden_rows: frozenset[int]

    @property
    def last_row(self) -> int:
        """The last row that holds anything, 0 for an empty sheet."""
        return max(self.cells, default=0)

    def get(self, row: int, column: int) -> Entry | None:
        """Return the cell's entry, or None if it is blank."""
        return self.cells.get(row, {}).get(column)


class UnreadableWorkbookError(Exception):
    """The file can't be opened as a workbook; `code` names the rule that says so."""

    def __init__(self, code: str) -> None:
        """Hold the code of the rule."""
        super().__init__(code)
        self.code = code


def address(row: int, column: int) -> str:
    """Return a cell's address, e.g. `G12`."""
    return f"{get_column_letter(column)}{row}"


def read_sheets(content: bytes) -> list[Sheet]:
    """Return every worksheet of a workbook, in its order; raise UnreadableWorkbookError.

    A workbook that counts its days from 1904 is refused: a serial date typed as a plain number
    would be four years off without anyone noticing.
    """
    if not content:
        raise UnreadableWorkbookError("workbook_empty")
    if content.startswith(_OLE_MARK):
        raise UnreadableWorkbookError("workbook_protected")
    if not zipfile.is_zipfile(io.BytesIO(content)):
        raise UnreadableWorkbookError("workbook_not_xlsx")
    try:
        with warnings.catch_warnings():
            # openpyxl warns of what it would lose on saving (drop-downs, drawings); we never save.
            warnings.simplefilter("ignore")
            values = _load(content, data_only=True)
            if values.epoch != WINDOWS_EPOCH:
                raise UnreadableWorkbookError("date_system")
            formulas = _load(content, data_only=False) if _holds_formulas(content) else None
            return [
                _read_sheet(sheet, formulas[sheet.title] if formulas else None)
                for sheet in values.worksheets
            ]
    except UnreadableWorkbookError:
        raise
    except Exception as error:  # a damaged file may fail in any part of zip, XML or openpyxl
        raise UnreadableWorkbookError("workbook_broken") from error


def _load(content: bytes, *, data_only: bool) -> Workbook:
    return load_workbook(io.BytesIO(content), data_only=data_only, keep_links=False)


def _holds_formulas(content: bytes) -> bool:
    """Tell whether any sheet has a formula: only then is the second look worth its time."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return any(
            _FORMULA_MARK.search(archive.read(name))
            for name in archive.namelist()
            if name.startswith("xl/worksheets/") and name.endswith(".xml")
        )


def _read_sheet(sheet: Worksheet, formulas: Worksheet | None) -> Sheet:
    cells: dict[int, dict[int, Entry]] = {}
    # The public iterators make a cell for every place of the used range, up to 16,384 a row.
    for (row, column), cell in sheet._cells.items():
        entry = _read_entry(cell.value, cell.data_type)
        if entry is not None:
            cells.setdefault(row, {})[column] = entry
    for (row, column), cell in formulas._cells.items() if formulas is not None else ():
        if cell.data_type == "f" and column not in cells.get(row, {}):
            cells.setdefault(row, {})[column] = Entry("", "formula")
    return Sheet(
        title=sheet.title,
        visible=sheet.sheet_state == "visible",
        cells={row: dict(sorted(cells[row].items())) for row in sorted(cells)},
        merges=tuple(
            sorted(Merge(m.min_row, m.min_col, m.max_row, m.max_col) for m in sheet.merged_cells)
        ),
        hidden_rows=frozenset(
            row for row, dimension in sheet.row_dimensions.items() if dimension.hidden
        ),
    )


def _read_entry(value: Any, data_type: str) -> Entry | None:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return Entry(_ESCAPED_LINE_END.sub("\n", value), "error" if data_type == "e" else "text")
    if isinstance(value, bool):
        return Entry("TRUE" if value else "FALSE", "text")
    if isinstance(value, int | float):
        return Entry(_write_number(value), "number")
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        value = value.date()
    return Entry(str(value), "date")


def _write_number(value: float) -> str:
    """Return a number as Excel shows it without a format: a whole one has no decimals."""
    is_whole = isinstance(value, int) or (value.is_integer() and abs(value) < _LARGEST_EXACT_FLOAT)
    return str(int(value)) if is_whole else repr(value)
