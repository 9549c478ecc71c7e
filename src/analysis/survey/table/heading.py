"""What the heading above the table says of the date the answers describe (2024年9月1日時点)."""

import contextlib
import re
from collections.abc import Iterator

from analysis.files.sheet import address
from analysis.questionnaire.spellings import digits_key, match_key
from analysis.survey.dates import UnreadableDateError, parse_date
from analysis.survey.lookup import Lookup
from analysis.survey.table.header import Header

_AS_OF = re.compile(r"(?=時点|現在)")
_LONGEST_DATE = len("令和元年12月31日(火)")
_SHORTEST_DATE = len("R6.4")
# 前回（2024年3月31日時点）から変わった手続き…: an earlier date that a heading may well name.
_OTHER = re.compile(r"前回|前年|前々回")


def find_other_date(header: Header, cycle: str, lookup: Lookup) -> tuple[str, str] | None:
    """Return the first cell above the table that names another as-of date, and that date.

    A heading that names the cycle's date (`YYYY-MM-DD`), or its month alone, is of this cycle
    whatever else it names.
    """
    found = list(_find_dates(header, lookup))
    if any(cycle.startswith(date) for _, date in found):
        return None
    return found[0] if found else None


def _find_dates(header: Header, lookup: Lookup) -> Iterator[tuple[str, str]]:
    """Yield each date before 時点 or 現在 with its cell, in the rows above the first title."""
    for row in range(1, header.last_row):
        line = header.sheet.cells.get(row, {})
        if any(lookup.find_field(entry.text) for entry in line.values()):
            return
        for column, entry in line.items():
            text = match_key(entry.text)
            if not _OTHER.search(text):
                for found in _AS_OF.finditer(text):
                    date = _read_date(text[: found.start()])
                    if date is not None:
                        yield address(row, column), date


def _read_date(text: str) -> str | None:
    """Return the longest date in which the text ends."""
    for length in range(min(_LONGEST_DATE, len(text)), _SHORTEST_DATE - 1, -1):
        with contextlib.suppress(UnreadableDateError):
            date = parse_date(digits_key(text[-length:]))
            if date.form != "serial":
                return date.iso
    return None
