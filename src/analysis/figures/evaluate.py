"""First interpreter: a measure's number, for every scope of a level at once.

Exact throughout: counts are ints, shares and their changes fractions.
"""

from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product
from math import ceil

import numpy as np
import pandas as pd

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
    Where,
)
from analysis.figures.scopes import Level
from analysis.figures.tables import Tables
from analysis.questionnaire.field import NOTHING
from analysis.survey.broken import holds_any, is_one


@dataclass(frozen=True)
class Number:
    """A value and what it was made from. `exact` is None for a share of nothing."""

    exact: Fraction | None
    numerator: int | None = None
    denominator: int | None = None


def matches(frame: pd.DataFrame, condition: Where) -> pd.Series:
    """Return, row by row, whether the condition holds; a missing answer satisfies none.

    >>> frame = pd.DataFrame({"status": ["online", "started", None]})
    >>> matches(frame, where(status=("online", "started"))).tolist()
    [True, True, False]
    """
    mask = np.ones(len(frame), dtype=bool)
    for field, codes in condition.conditions:
        mask &= holds_any(frame[field], codes)
    return pd.Series(mask, index=frame.index)


def evaluate(measure: Measure, tables: Tables, level: Level, scopes: list[str]) -> list[Number]:
    """Return the measure's number for each of `scopes`, in their order.

    One pass over the table for all counts that ask for the same answers, whatever the number of
    scopes. A scope without rows counts 0.
    Raises ValueError for a change without a previous cycle.

    >>> online, departments = Count(where(status="online")), ["kankyo", "kodomo"]
    >>> [number.numerator for number in evaluate(online, ledger.tables, "department", departments)]
    [1, 0]
    >>> evaluate(Share(online, Count()), ledger.tables, "all", ["all"])
    [Number(exact=Fraction(1, 2), numerator=1, denominator=2)]
    """
    match measure:
        case Count() | Total():
            counts = _count(measure, tables, level, scopes)
            return [Number(Fraction(count), count) for count in counts]
        case Share(part=counted, whole=all_counted):
            return [
                Number(Fraction(part, whole) if whole else None, part, whole)
                for part, whole in zip(
                    _count(counted, tables, level, scopes),
                    _count(all_counted, tables, level, scopes),
                    strict=True,
                )
            ]
        case Shortfall(part=counted, whole=all_counted, percent=percent):
            lacks = [
                max(0, ceil(whole * percent / 100) - part)
                for part, whole in zip(
                    _count(counted, tables, level, scopes),
                    _count(all_counted, tables, level, scopes),
                    strict=True,
                )
            ]
            return [Number(Fraction(lack), lack) for lack in lacks]
        case PerMonth(of=of, months=months):
            by = Number(Fraction(months))
            return [_divide(number, by) for number in evaluate(of, tables, level, scopes)]
        case Duration(of=short, pace=pace):
            sides = (evaluate(own, tables, level, scopes) for own in (short, pace))
            return [_divide(a, b) for a, b in zip(*sides, strict=True)]
        case Change():
            now = evaluate(measure.of, tables, level, scopes)
            before = evaluate(measure.of, tables_before(tables), level, scopes)
            return [_subtract(a, b) for a, b in zip(now, before, strict=True)]


def tables_before(tables: Tables) -> Tables:
    """Return the previous cycle's tables (procedures only), to be counted like this cycle's."""
    if tables.before is None:
        raise ValueError(f"cycle {tables.cycle} has no previous cycle")
    return tables.before


def previous_tables(tables: Tables) -> Tables:
    """Return the previous cycle's tables with the ids procedures have now, to be shown."""
    if tables.before is None or tables.previous is None:
        raise ValueError(f"cycle {tables.cycle} has no previous cycle")
    frames = {"procedures": tables.previous}
    return replace(tables.before, current=frames)


def _count(count: Tallied, tables: Tables, level: Level, scopes: list[str]) -> list[int]:
    """Return how many rows each scope has, or what their numbers add up to."""
    fields = [f"scope_{level}", *count.where.fields]
    told = [
        [value for value in tables.tally.list_values(count.table, field) if is_one(value, codes)]
        for field, codes in count.where.conditions
    ]
    if isinstance(count, Total):
        known = [{*values} for values in told]
        added: dict[str, int] = dict.fromkeys(scopes, 0)
        counted = tables.tally.count(count.table, *fields, count.field)
        for (scope, *answer, number), rows in counted.items():
            is_meant = all(value in own for value, own in zip(answer, known, strict=True))
            if scope in added and number != NOTHING and is_meant:
                added[scope] += int(number) * rows
        return [added[scope] for scope in scopes]
    counted = tables.tally.count(count.table, *fields)
    answers = list(product(*told))
    return [sum(counted.get((scope, *answer), 0) for answer in answers) for scope in scopes]


def _subtract(now: Number, before: Number) -> Number:
    """Subtract exactly; the change of a count has a numerator only, that of a share both parts."""
    if now.exact is None or before.exact is None:
        return Number(None)
    difference = now.exact - before.exact
    if now.denominator is None:
        return Number(difference, difference.numerator)
    return Number(difference, difference.numerator, difference.denominator)


def _divide(over: Number, under: Number) -> Number:
    if over.exact is None or under.exact is None or under.exact <= 0:
        return Number(None)
    quotient = over.exact / under.exact
    return Number(quotient, quotient.numerator, quotient.denominator)
