"""A CSV file as a sheet: the addresses are those Excel would show on opening it."""

import contextlib
import io
import itertools
from collections.abc import Iterator

from analysis.files.numeral import shorten_decimal
from analysis.files.package import LONGEST_TOKEN
from analysis.files.richtext import decode_line_ends
from analysis.files.sheet import (
    HEAD_ROWS,
    LAST_COLUMN,
    LAST_ROW,
    MOST_CELLS,
    MOST_ROWS,
    Entry,
    Sheet,
    Sieve,
    UnreadableWorkbookError,
)
from analysis.texts import BrokenRecordError, find_encoding, number_records

_DELIMITERS = ",\t"


def read_delimited(content: bytes, title: str, may_hold: Sieve) -> Sheet:
    """Return the file's records as a sheet of this title; raise UnreadableWorkbookError.

    UTF-8 with or without mark, CP932, and UTF-16 with mark are told apart, as are comma and tab. If
    the first records can't hold the table, no more are read.
    """
    encoding = find_encoding(content)
    if encoding is None:
        raise UnreadableWorkbookError("csv_unreadable")
    marks = max(content.count(mark.encode()) for mark in _DELIMITERS)
    if marks + content.count(b"\n") > MOST_CELLS:
        raise UnreadableWorkbookError("workbook_cells", "セルが多すぎる")
    delimiter = max(_DELIMITERS, key=lambda mark: _count_marks(content, encoding, mark))
    records = _read_records(content, encoding, delimiter)
    cells: dict[int, dict[int, Entry]] = {}
    kept: dict[str, Entry] = {}
    for row, record in enumerate(records, start=1):
        if row > LAST_ROW:
            raise UnreadableWorkbookError("workbook_cells", "行が多すぎる")
        if len(record) > LAST_COLUMN:
            raise UnreadableWorkbookError("workbook_cells", f"列が{LAST_COLUMN:,}を超える")
        filled = {
            column: kept.setdefault(text, Entry(shorten_decimal(decode_line_ends(text)), "text"))
            for column, text in enumerate(record, start=1)
            if text
        }
        if filled:
            if len(cells) >= MOST_ROWS:
                raise UnreadableWorkbookError("workbook_cells", "行が多すぎる")
            cells[row] = filled
        if row == HEAD_ROWS and not may_hold(_make_sheet(title, cells)):
            break
    return _make_sheet(title, cells)


def _count_marks(content: bytes, encoding: str, delimiter: str) -> int:
    """Return how often the first records, as far as they can be read, are divided by this mark."""
    marks = 0
    records = _read_records(content, encoding, delimiter)
    with contextlib.suppress(UnreadableWorkbookError):
        for record in itertools.islice(records, HEAD_ROWS):
            marks += len(record) - 1
    return marks


def _read_records(content: bytes, encoding: str, delimiter: str) -> Iterator[list[str]]:
    """Yield the records; a quotation mark never closed would swallow rows, so it is told."""
    with io.TextIOWrapper(io.BytesIO(content), encoding, newline="") as text:
        try:
            for _, record in number_records(text, delimiter):
                if max(map(len, record), default=0) > LONGEST_TOKEN:
                    raise UnreadableWorkbookError("workbook_excessive", "長すぎる値")
                yield record
        except BrokenRecordError as error:
            raise UnreadableWorkbookError("csv_quotes", str(error)) from error


def _make_sheet(title: str, cells: dict[int, dict[int, Entry]]) -> Sheet:
    return Sheet(title=title, visible=True, cells=cells, merges=(), hidden_rows=frozenset())
