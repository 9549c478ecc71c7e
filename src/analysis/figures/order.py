"""The order of a list of procedures: by their use against the effort that the guideline grades."""

from collections.abc import Sequence
from fractions import Fraction

import pandas as pd

from analysis.figures.decide import Decision
from analysis.figures.effort import find_grade
from analysis.figures.guideline import Guideline
from analysis.figures.road import VOLUME

_BY_USE, _USE_UNKNOWN, _UNSETTLED, _OTHERS_FIRST, _DONE = range(5)


def order_by_use(
    guideline: Guideline, decisions: Sequence[Decision | None], procedures: pd.DataFrame
) -> list[int]:
    """Return the places of procedures in the order in which they are best taken up.

    First come those that the city can go on with, by their use a year divided by the weight of
    their grade; among them last those whose use is not known. Then those whose grade lacks an
    answer, those for which others must act first, and those for which there is nothing to do.
    Alike ones keep the order of the rows. `decisions` are the rows' (see `decide_rows`).

    >>> from analysis.figures.decided import decide_rows
    >>> order_by_use(
    ...     ledger.guideline, decide_rows(ledger.guideline, survey.asked, rows), rows
    ... )
    [1, 0]
    """
    volumes = procedures[VOLUME].tolist() if VOLUME in procedures else [None] * len(procedures)

    def rank(place: int) -> tuple[int, Fraction]:
        decision, volume = decisions[place], volumes[place]
        if decision is None:
            return _DONE, Fraction(0)
        grade = find_grade(guideline, decision)
        if grade is None or grade.weight is None:
            return _UNSETTLED if grade is None else _OTHERS_FIRST, Fraction(0)
        if volume is None or pd.isna(volume):
            return _USE_UNKNOWN, Fraction(grade.weight)
        return _BY_USE, -Fraction(int(volume), grade.weight)

    return sorted(range(len(procedures)), key=rank)


def take_next(
    guideline: Guideline,
    decisions: Sequence[Decision | None],
    procedures: pd.DataFrame,
    most: int,
) -> list[int]:
    """Return the places of the procedures to take up next, `most` at the most.

    They are the first of `order_by_use` that the city can go on with.

    >>> take_next(ledger.guideline, [None, None], rows, 10)
    []
    """
    found = []
    for place in order_by_use(guideline, decisions, procedures):
        decision = decisions[place]
        grade = None if decision is None else find_grade(guideline, decision)
        if grade is not None and grade.weight is not None:
            found.append(place)
    return found[:most]
