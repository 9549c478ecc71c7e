"""Exact arithmetic for people: 四捨五入 from the exact fraction, and how a number is written.

source: report 2025-01-10, 1-(1) and 1-(2). Rates are percent with one decimal, rounded half up from
the exact fraction; a change in points is the difference of the *unrounded* rates, then rounded
(税務部 is +21.7, not +21.8). No binary float on the way.
"""

from decimal import Decimal
from fractions import Fraction

MINUS = "−"
"""How a negative is written, everywhere: the true minus sign, U+2212."""

NO_NUMBER = "—"
"""What stands where a number has no value, such as a share of nothing."""


def round_half_up(value: Fraction | int, places: int) -> Decimal:
    """Round an exact value half away from zero (四捨五入) to `places` decimals."""
    scaled = Fraction(value) * 10**places
    whole, rest = divmod(abs(scaled.numerator), scaled.denominator)
    if 2 * rest >= scaled.denominator:
        whole += 1
    signed = -whole if scaled < 0 else whole
    return Decimal(signed).scaleb(-places)


def write_number(value: Decimal, *, signed: bool = False) -> str:
    """Write a rounded value with thousands separators; `signed` puts + before a gain.

    A value that rounds to zero has no sign.
    """
    text = f"{abs(value):,f}"
    if value < 0:
        return MINUS + text
    return f"+{text}" if signed and value > 0 else text
