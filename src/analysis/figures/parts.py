"""The counts that a value is made from, and the Excel formula over the cells that hold them."""

from typing import Generic, NamedTuple, TypeVar

from analysis.figures.derived import quote
from analysis.figures.figure import Unit
from analysis.figures.measure import (
    Change,
    Count,
    Duration,
    Measure,
    PerMonth,
    Share,
    Shortfall,
    Tallied,
    Total,
)
from analysis.figures.rounding import NO_NUMBER

_T = TypeVar("_T")


class Parts(NamedTuple, Generic[_T]):
    """The counts a value is made from; None where the measure has no such count.

    `numerator` and `denominator` are of the figure's own cycle; a plain count has the first only.
    """

    numerator: _T
    denominator: _T | None = None
    previous_numerator: _T | None = None
    previous_denominator: _T | None = None


def list_counts(measure: Measure) -> Parts[Tallied]:
    """Return the counts that the measure is made from.

    Raises TypeError for a duration whose parts are made from different counts.

    >>> online, total = Count(where(status="online")), Count()
    >>> list_counts(Change(Share(online, total))) == Parts(online, total, online, total)
    True
    """
    match measure:
        case Share(part=part, whole=whole) | Shortfall(part=part, whole=whole):
            return Parts(part, whole)
        case Change(of=Share(part=part, whole=whole)):
            return Parts(part, whole, part, whole)
        case Change(of=Count() | Total() as count):
            return Parts(count, None, count)
        case PerMonth(of=of):
            return list_counts(of)
        case Duration(of=short, pace=pace):
            pairs = [*zip(list_counts(short), list_counts(pace), strict=True)]
            if any(a is not None and b is not None and a != b for a, b in pairs):
                raise TypeError(f"made from too many counts: {measure!r}")
            return Parts(*(b if a is None else a for a, b in pairs))  # type: ignore[arg-type]
        case Count() | Total():
            return Parts(measure)
    raise TypeError(f"not a measure: {measure!r}")


def write_value(measure: Measure, unit: Unit, cells: Parts[str]) -> str:
    """Return the formula, with its leading `=`, of the value as reported, from its counts' cells.

    Rounded half away from zero in the unit, once, from whole numbers; NO_NUMBER for a share of
    nothing, and where nothing or less divides.

    >>> rate = Share(Count(where(status="online")), Count())
    >>> print(write_value(rate, Unit("%", scale=100, places=1), Parts("C2", "D2")))
    =IF(D2=0,"—",ROUND(100*C2/D2,1))
    """
    above, below = _write_fraction(measure, cells)
    if below is None:
        return f"={above}"
    value = f"ROUND({'' if unit.scale == 1 else f'{unit.scale}*'}{above}/{below},{unit.places})"
    if below.isdigit():
        return f"={value}"
    sign = "<=" if isinstance(measure, Duration) else "="
    return f"=IF({below.removeprefix('(').removesuffix(')')}{sign}0,{quote(NO_NUMBER)},{value})"


def _write_fraction(measure: Measure, cells: Parts[str]) -> tuple[str, str | None]:
    """Return what a value is made from, of whole numbers: above and below the line (None: 1)."""
    now, all_now, before, all_before = cells
    written: tuple[str, str | None]
    match measure:
        case Share():
            written = now, f"{all_now}"
        case Change(of=Share()):
            written = f"({now}*{all_before}-{before}*{all_now})", f"({all_now}*{all_before})"
        case Change():
            written = f"{now}-{before}", None
        case Shortfall(percent=percent):
            up, down = percent.numerator, 100 * percent.denominator
            # INT goes down, so that what it is taken from goes up.
            written = f"MAX(0,-INT(-{all_now}*{up}/{down})-{now})", None
        case PerMonth(of=of, months=months):
            above, below = _write_fraction(of, cells)
            written = f"({above})", f"{months}" if below is None else f"({below}*{months})"
        case Duration(of=short, pace=pace):
            (above, _), (other, divisor) = (_write_fraction(m, cells) for m in (short, pace))
            written = f"({above}*{divisor})", other
        case _:
            written = now, None
    return written
