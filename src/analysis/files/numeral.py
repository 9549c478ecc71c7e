"""A number as Excel shows it: with 15 significant digits, whatever the file stores.

The result of `=1200*0.07` is stored as 84.00000000000001, and is 84 to all who look at it.
"""

import re
from decimal import Decimal

_DIGITS = 15
# From here on Excel writes a whole number with its power of ten, wherever it shows it.
_LARGEST_PLAIN = 1e21
_DECIMAL = re.compile(r"[+-]?[0-9]+\.[0-9]+")


def parse_numeral(text: str) -> float:
    """Return the number that a file stores as this text; raise ValueError if it is none."""
    is_short = len(text) <= _DIGITS and not any(mark in text for mark in ".eE")
    return int(text) if is_short else float(text)


def write_numeral(value: float) -> str:
    """Return a finite number as a cell without a format shows it; a whole one has no decimals.

    >>> write_numeral(1200 * 0.07)
    '84'
    """
    if isinstance(value, int):
        return str(value)
    # Excel shows no minus before a zero.
    shown = f"{value + 0.0:.{_DIGITS}G}"
    return f"{Decimal(shown):f}" if 1 <= abs(value) < _LARGEST_PLAIN else shown


def shorten_decimal(text: str) -> str:
    """Return a CSV's text; a decimal of more digits than Excel has, as Excel would show it."""
    is_long = len(text) > _DIGITS + 1 and _DECIMAL.fullmatch(text)
    return write_numeral(float(text)) if is_long else text
