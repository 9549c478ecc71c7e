"""A text as a cell of an xlsx can hold it: never a formula, never markup, never too long."""

import math
import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

LONGEST_TEXT = 32_767
CUT = "……（長いため以下省略）"

# XML has no place for these; xlsx has an escape, which not every reader takes back.
_REFUSED = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")


@lru_cache(maxsize=65_536)
def fit(text: str) -> str:
    """Return a text as a cell can hold it: what XML refuses as U+FFFD, one too long cut."""
    allowed = _REFUSED.sub("\ufffd", text)
    # Excel counts UTF-16 units.
    units = allowed.encode("utf-16-le")
    if len(units) <= 2 * LONGEST_TEXT:
        return allowed
    room = 2 * (LONGEST_TEXT - len(CUT))
    return units[:room].decode("utf-16-le", errors="ignore") + CUT


@lru_cache(maxsize=4096)
def count_lines(text: str, width: int) -> int:
    """Return how many lines a wrapped text takes in a column; a Japanese letter counts as two."""
    lengths = (
        sum(2 if unicodedata.east_asian_width(sign) in "FWA" else 1 for sign in line)
        for line in text.split("\n")
    )
    room = width * 1.1
    return sum(max(1, math.ceil(length / room)) for length in lengths)


def write_text(
    sheet: "Worksheet",
    row: int,
    column: int,
    text: str,
    style: "Format | None",
    *,
    plain: "Format",
) -> None:
    """Write a text into a sheet of XlsxWriter as that text, whatever it looks like.

    `plain` is any format of the workbook without properties.
    """
    text = fit(text)
    if text.startswith("<r>") and text.endswith("</r>"):
        # The library takes such a text for markup of its own and would not escape it.
        parts = (text[0], plain, text[1:])
        sheet.write_rich_string(row, column, *parts, *([style] if style else []))
    else:
        sheet.write_string(row, column, text, style)
