from decimal import Decimal
from fractions import Fraction

import pytest

from analysis.figures.rounding import round_half_up, write_number


@pytest.mark.parametrize(
    ("value", "places", "expected"),
    [
        (Fraction(5, 100), 1, "0.1"),
        (Fraction(15, 100), 1, "0.2"),
        (Fraction(25, 100), 1, "0.3"),
        (Fraction(-25, 100), 1, "-0.3"),
        (Fraction(249, 1000), 1, "0.2"),
        (Fraction(1, 2), 0, "1"),
        (Fraction(-1, 2), 0, "-1"),
    ],
)
def test_a_half_is_rounded_away_from_zero(value: Fraction, places: int, expected: str) -> None:
    assert round_half_up(value, places) == Decimal(expected)


def test_rounding_sees_the_exact_fraction_not_the_nearest_float() -> None:
    just_below = Fraction(35, 100) - Fraction(1, 10**30)
    assert round_half_up(just_below, 1) == Decimal("0.3")


def test_the_change_of_a_rate_is_rounded_once_from_the_unrounded_rates() -> None:
    # 税務部, report 2025-01-10: 76.1 and 54.3 would give 21.8; the published value is 21.7.
    assert round_half_up((Fraction(70, 92) - Fraction(50, 92)) * 100, 1) == Decimal("21.7")


@pytest.mark.parametrize(
    ("value", "signed", "expected"),
    [
        ("1758", False, "1,758"),
        ("-4", True, "−4"),
        ("-4", False, "−4"),
        ("8.3", True, "+8.3"),
        ("0", True, "0"),
        ("0.0", True, "0.0"),
        ("-0.0", True, "0.0"),
    ],
)
def test_numbers_have_thousands_a_true_minus_and_a_plus_only_for_gains(
    value: str, signed: bool, expected: str
) -> None:
    assert write_number(Decimal(value), signed=signed) == expected
