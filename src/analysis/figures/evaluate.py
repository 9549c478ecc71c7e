"""First interpreter: a measure's number, for every scope of a level at once.

Exact throughout: counts are ints, shares and their changes fractions.
"""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd

from analysis.figures.measure import Change, Count, Measure, Share, Where
from analysis.figures.tables import Level, Tables


@dataclass(frozen=True)
class Number:
    """A value and what it was made from. `exact` is None for a share of nothing."""

    exact: Fraction | None
    numerator: int | None = None
    denominator: int | None = None


def matches(frame: pd.DataFrame, condition: Where) -> pd.Series:
    """Return, row by row, whether the condition holds; a missing answer satisfies none."""
    mask = np.ones(len(frame), dtype=bool)
    for field, codes in condition.conditions:
        mask &= frame[field].isin(codes).to_numpy()
    return pd.Series(mask, index=frame.index)


def evaluate(measure: Measure, tables: Tables, level: Level, scopes: list[str]) -> list[Number]:
    """Return the measure's number for each of `scopes`, in their order.

    One pass over the table per count, whatever the number of scopes. A scope without rows counts 0.
    Raises ValueError for a change without a previous cycle.
    """
    match measure:
        case Count():
            counts = _count(measure, tables.current[measure.table], level, scopes)
            return [Number(Fraction(count), count) for count in counts]
        case Share():
            return [
                Number(Fraction(part, whole) if whole else None, part, whole)
                for part, whole in zip(
                    _count(measure.part, tables.current[measure.part.table], level, scopes),
                    _count(measure.whole, tables.current[measure.whole.table], level, scopes),
                    strict=True,
                )
            ]
        case Change():
            now = evaluate(measure.of, tables, level, scopes)
            before = evaluate(measure.of, previous_tables(tables), level, scopes)
            return [_subtract(a, b) for a, b in zip(now, before, strict=True)]


def previous_tables(tables: Tables) -> Tables:
    """Return the previous cycle's tables (procedures only), to be read like this cycle's."""
    if tables.previous is None or tables.previous_cycle is None:
        raise ValueError(f"cycle {tables.cycle} has no previous cycle")
    return Tables(tables.previous_cycle, {"procedures": tables.previous})


def _count(count: Count, frame: pd.DataFrame, level: Level, scopes: list[str]) -> list[int]:
    counted = frame.loc[matches(frame, count.where), f"scope_{level}"]
    counts = counted.value_counts(sort=False).to_dict()
    return [int(counts.get(scope, 0)) for scope in scopes]


def _subtract(now: Number, before: Number) -> Number:
    """Subtract exactly; the change of a count has a numerator only, that of a share both parts."""
    if now.exact is None or before.exact is None:
        return Number(None)
    difference = now.exact - before.exact
    if now.denominator is None:
        return Number(difference, difference.numerator)
    return Number(difference, difference.numerator, difference.denominator)
