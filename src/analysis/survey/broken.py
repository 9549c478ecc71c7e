"""The rows in which a condition on the answers of one row holds."""

import datetime
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.questionnaire.condition import BLANK, LATER, STATE_CODES, Condition
from analysis.questionnaire.field import NOTHING, SEVERAL, list_codes


def find_rows(
    condition: Condition, rows: Mapping[str, Sequence[Any]], as_of: datetime.date
) -> list[int]:
    """Return the places of the rows in which the condition holds.

    `rows` are columns of values, None for a missing one. Needs the cleaned fields it speaks of, and
    of a number also `_missing`: one that is said not to be known is no blank.

    >>> from analysis.questionnaire.condition import read_condition
    >>> told = {"status": "not_started", "reason": "filled"}
    >>> waiting = read_condition(told, ledger.cycle.questionnaire.named)
    >>> answers = {"status": ["online", "not_started"], "reason": [None, "other"]}
    >>> find_rows(waiting, answers, ledger.cycle.settings.as_of)
    [1]
    """
    found: Sequence[int] = range(len(rows[condition.fields[0]]))
    for name, told in condition.parts:
        column, is_meant = _choose(rows, name, told, as_of)
        found = [at for at in found if is_meant(column[at])]
    return [*found]


def holds_any(answers: pd.Series, codes: tuple[str, ...]) -> NDArray[np.bool_]:
    """Tell row by row whether an answer, which may be several at once, is one of some codes.

    >>> holds_any(pd.Series(["fee;seal", "seal", None]), ("fee",)).tolist()
    [True, False, False]
    >>> holds_any(pd.Series(["fee;seal", "seal", None]), ("fee", NOTHING)).tolist()
    [True, False, True]
    """
    several = [value for value in answers.dropna().unique() if SEVERAL in str(value)]
    wanted = [value for value in several if is_one(str(value), codes)]
    held = answers.isin([*codes, *wanted])
    return (held | answers.isna() if NOTHING in codes else held).to_numpy()


def is_one(answer: str, codes: Collection[str]) -> bool:
    """Tell whether an answer, which may be several at once, is one of some codes."""
    return answer in codes or any(code in codes for code in list_codes(answer))


def _choose(
    rows: Mapping[str, Sequence[Any]], name: str, told: tuple[str, ...], as_of: datetime.date
) -> tuple[Sequence[Any], Callable[[Any], bool]]:
    """Return the column that says what is told of a field, and what is meant in it."""
    if told == (LATER,):
        # As far as the answer goes: ISO texts compare as their dates do, and 2024 or 2024-09 comes
        # before 2024-09-01, so that a month is later only if it begins after the day.
        day = as_of.isoformat()
        return rows[name], lambda answer: answer is not None and answer > day
    if not STATE_CODES & {*told}:
        # Many rows have one answer.
        meant = {answer for answer in {*rows[name]} if is_one(answer or NOTHING, told)}
        return rows[name], meant.__contains__
    blank = BLANK if f"{name}_missing" in rows else None
    column = rows[name] if blank is None else rows[f"{name}_missing"]
    if told == (BLANK,):
        return column, lambda answer: answer == blank
    return column, lambda answer: answer != blank
