"""Days and months, from the one Japanese form that all reports write them in, in English."""

import re

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_DATE = re.compile(r"(\d{4})年(?:(度)末?|(\d{1,2})月(?:(\d{1,2})日)?)?")
ENGLISH_DATE = re.compile(rf"(\d{{1,2}} )?({'|'.join(_MONTHS)}) \d{{4}}|fiscal year \d{{4}}")
"""A date as English reports write it, whose digits are no figure's."""


def say_date(text: str) -> str | None:
    """Return a date in English; None for a text that is none.

    >>> [say_date(text) for text in ("2024年9月1日", "2024年9月", "2023年度末", "9月")]
    ['1 September 2024', 'September 2024', '31 March 2024', None]
    """
    if (found := _DATE.fullmatch(text)) is None:
        return None
    year, fiscal, month, day = found.groups()
    if fiscal:
        # Abroad a fiscal year ends at other times (source: Local Autonomy Act, article 208).
        return f"31 March {int(year) + 1}" if text.endswith("末") else f"fiscal year {year}"
    if month is None:
        return str(year)
    if not 1 <= int(month) <= len(_MONTHS):
        return None
    named = f"{_MONTHS[int(month) - 1]} {year}"
    return named if day is None else f"{int(day)} {named}"
