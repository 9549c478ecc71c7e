"""What a cell of an Excel file stores, as an entry: shared strings, numbers, dates, errors.

Equal cells get one and the same entry, so that a sheet costs little more than its places.
"""

import datetime
import math
from collections.abc import Callable
from typing import IO, Any

from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel, from_ISO8601

from analysis.files.numeral import parse_numeral, write_numeral
from analysis.files.richtext import Attributes, RichText, Stream, decode_text, is_on
from analysis.files.sheet import Entry, EntryKind, UnreadableWorkbookError
from analysis.files.styles import Styles

_MOST_KEPT = 100_000


class SharedStrings:
    """The strings that cells refer to, read only as far as a cell asks."""

    def __init__(self, source: IO[bytes] | None) -> None:
        """Hold the open part, or None for a workbook without one."""
        self._strings: list[tuple[str, bool | None]] = []
        self._rich = RichText()
        starts = {**self._rich.starts, "si": self._begin}
        ends = {**self._rich.ends, "si": self._end}
        self._stream = None if source is None else Stream(source, starts, ends)

    def get(self, index: int) -> tuple[str, bool | None]:
        """Return a string and whether it is struck; raise UnreadableWorkbookError if none is."""
        while index >= len(self._strings) and self._stream is not None:
            if not self._stream.feed():
                self._stream = None
        if not 0 <= index < len(self._strings):
            raise UnreadableWorkbookError("workbook_broken")
        return self._strings[index]

    def _begin(self, _: Attributes) -> None:
        self._rich.begin()

    def _end(self, _: str) -> None:
        self._strings.append(self._rich.take())


class StoredValues:
    """Turns what cells store into entries; a cell's type says how (`t` of the element `c`)."""

    def __init__(self, strings: SharedStrings, styles: Styles, *, is_1904: bool = False) -> None:
        """Hold what the cells of one workbook refer to, and where it counts its days from."""
        self._strings = strings
        self._styles = styles
        self._epoch = MAC_EPOCH if is_1904 else WINDOWS_EPOCH
        self._number: EntryKind = "number_1904" if is_1904 else "number"
        self._kept: dict[tuple[str, str, str], Entry | None] = {}
        self._readers: dict[str, Callable[[str, str], Entry | None]] = {
            "s": lambda raw, style: self.read_text(*self._strings.get(int(raw)), style),
            "str": lambda raw, style: self.read_text(decode_text(raw), None, style),
            "b": lambda raw, style: self._write("TRUE" if is_on(raw) else "FALSE", "text", style),
            "e": lambda raw, style: self._write(raw, "error", style),
            "d": self._read_iso_date,
        }

    def read(self, kind: str, raw: str, style: str) -> Entry | None:
        """Return the entry of a stored value that is not empty, or None for an empty text."""
        key = (kind, raw, style)
        if key in self._kept:
            return self._kept[key]
        if len(self._kept) >= _MOST_KEPT:
            self._kept.clear()
        entry = self._kept[key] = self._readers.get(kind, self._read_number)(raw, style)
        return entry

    def read_text(self, text: str, is_struck: bool | None, style: str) -> Entry | None:
        """Return the entry of a text; where its own fonts don't say, the cell's is it struck by."""
        if is_struck is None:
            is_struck = self._styles.is_struck(style)
        return Entry(text, "text", is_struck, self._styles.find_look(style)) if text else None

    def _read_number(self, raw: str, style: str) -> Entry:
        try:
            number = parse_numeral(raw)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            return self._write(decode_text(raw), "text", style)
        if not self._styles.is_date(style):
            return self._write(write_numeral(number), self._number, style)
        try:
            value = from_excel(number, self._epoch, timedelta=self._styles.is_duration(style))
        except (OverflowError, ValueError):
            return self._write("#VALUE!", "error", style)
        return self._write(_write_date(value), "date", style)

    def _read_iso_date(self, raw: str, style: str) -> Entry:
        try:
            return self._write(_write_date(from_ISO8601(raw)), "date", style)
        except ValueError:
            return self._write(decode_text(raw), "text", style)

    def _write(self, text: str, kind: Any, style: str) -> Entry:
        return Entry(text, kind, self._styles.is_struck(style), self._styles.find_look(style))


def _write_date(value: Any) -> str:
    """Return a date, a time or both; a day that begins at midnight is a date alone."""
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        value = value.date()
    return str(value)
