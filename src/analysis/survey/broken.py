"""The rows in which a condition on the answers of one row holds."""

import datetime
from collections.abc import Collection

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.questionnaire.condition import BLANK, LATER, STATE_CODES, Condition
from analysis.questionnaire.field import NOTHING, SEVERAL, list_codes


def find_rows(condition: Condition, rows: pd.DataFrame, as_of: datetime.date) -> "pd.Series[bool]":
    """Tell row by row whether the condition holds, on the index of the rows.

    Needs the cleaned fields it speaks of, and of a number also `_missing`: one that is said not to
    be known is no blank.

    >>> from analysis.questionnaire.condition import read_condition
    >>> told = {"status": "not_started", "reason": "filled"}
    >>> waiting = read_condition(told, ledger.cycle.questionnaire.named)
    >>> find_rows(waiting, rows, ledger.cycle.settings.as_of).tolist()
    [False, True]
    """
    found = pd.Series(data=True, index=rows.index)
    for name, told in condition.parts:
        found &= _find(rows, name, told, as_of)
    return found


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


def _find(
    rows: pd.DataFrame, name: str, told: tuple[str, ...], as_of: datetime.date
) -> "pd.Series[bool] | NDArray[np.bool_]":
    answers = rows[name]
    if told == (LATER,):
        # As far as the answer goes: ISO texts compare as their dates do, and 2024 or 2024-09 comes
        # before 2024-09-01, so that a month is later only if it begins after the day.
        return answers.fillna("") > as_of.isoformat()
    if not STATE_CODES & {*told}:
        return holds_any(answers, told)
    missing = f"{name}_missing"
    is_blank = answers.isna() if missing not in rows else rows[missing] == BLANK
    return is_blank if told == (BLANK,) else ~is_blank
