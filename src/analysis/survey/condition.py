"""A condition on the answers of one row, as a rule in `rules.toml` states what breaks it.

It is a small value that is read in three ways: as the rows that satisfy it (`find_rows`), as words
(`say_rule`), and as the formula of a form (`forms/conditions`).
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

from analysis.survey.vocabulary import field_named

BLANK, FILLED, LATER = "blank", "filled", "later"
"""What may be said of an answer beside its codes; `later` is later than the cycle's own date."""

REQUIRED = "required"
"""What stands in a rule for each required field in turn."""

_STATES = frozenset({BLANK, FILLED, LATER})
_STATE_WORDS = {BLANK: "空欄", FILLED: "記入済み", LATER: "調査の時点より後"}
_DEMANDS = {BLANK: "記入する", FILLED: "記入しない", LATER: "調査の時点より後にしない"}


@dataclass(frozen=True)
class Condition:
    """What holds of the answers, field by field and all at once: a state, or one of some codes."""

    parts: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields it speaks of."""
        return tuple(name for name, _ in self.parts)

    def put(self, field: str) -> "Condition":
        """Return the condition with a field in the place of REQUIRED."""
        return Condition(tuple((field if n == REQUIRED else n, told) for n, told in self.parts))

    def find_choice(self, field: str) -> str | None:
        """Return the last field but this one whose answer is told by its codes, or None."""
        told = [name for name, (word, *_) in self.parts if name != field and word not in _STATES]
        return told[-1] if told else None


def read_condition(table: Mapping[str, str | list[str]]) -> Condition:
    """Return the condition that a table states: of each field a state, a code or several.

    Raises ValueError for a field that the survey hasn't, and for what can't be said of one.

    >>> read_condition({"status": ["started", "not_started"], "online_date": "filled"}).parts
    (('status', ('started', 'not_started')), ('online_date', ('filled',)))
    """
    parts = {n: (told,) if isinstance(told, str) else (*told,) for n, told in table.items()}
    for name, told in parts.items():
        known = _list_words(name)
        if not told or not known.issuperset(told) or (len(told) > 1 and _STATES & {*told}):
            raise ValueError(f"{name} には {'、'.join(sorted(known))} のどれかを書いてください")
    return Condition(tuple(parts.items()))


def _list_words(name: str) -> frozenset[str]:
    """Return what may be said of a field."""
    if name == REQUIRED:
        return frozenset({BLANK, FILLED})
    try:
        field = field_named(name)
    except KeyError:
        raise ValueError(f"{name} という項目は vocabulary.toml にありません") from None
    if shared := _STATES & field.choices.keys():
        raise ValueError(f"{name} の選択肢の {shared} は、条件の言葉と同じです")
    return frozenset({BLANK, FILLED, *field.choices} | ({LATER} if field.kind == "date" else set()))


def find_rows(condition: Condition, rows: pd.DataFrame, as_of: datetime.date) -> "pd.Series[bool]":
    """Tell row by row whether the condition holds, on the index of the rows.

    Needs the cleaned fields it speaks of, and of a number also `_missing`: one that is said not to
    be known is no blank.

    >>> waiting = read_condition({"status": "not_started", "reason": "filled"})
    >>> find_rows(waiting, rows, ledger.cycle.settings.as_of).tolist()
    [False, True]
    """
    found = pd.Series(data=True, index=rows.index)
    for name, told in condition.parts:
        found &= _find(rows, name, told, as_of)
    return found


def _find(
    rows: pd.DataFrame, name: str, told: tuple[str, ...], as_of: datetime.date
) -> "pd.Series[bool]":
    answers = rows[name]
    if told == (LATER,):
        # As far as the answer goes: ISO texts compare as their dates do, and 2024 or 2024-09 comes
        # before 2024-09-01, so that a month is later only if it begins after the day.
        return answers.fillna("") > as_of.isoformat()
    if not _STATES & {*told}:
        return answers.isin(told)
    missing = f"{name}_missing"
    is_blank = answers.isna() if missing not in rows else rows[missing] == BLANK
    return is_blank if told == (BLANK,) else ~is_blank


class Sentences(NamedTuple):
    """What is said of a rule: the rule itself, a breach of it, and what to do about one."""

    title: str
    message: str
    action: str


def say_rule(condition: Condition, field: str) -> Sentences:
    """Return the words for a rule that is broken in a field where the condition holds.

    >>> print(*say_rule(read_condition({"status": "online", "fee": "blank"}), "fee"), sep=chr(10))
    「オンライン化の状況」が「オンライン化済」のときは、「手数料」を記入する。
    「オンライン化の状況」が「オンライン化済」ですが、「手数料」が空欄です。
    「オンライン化の状況」か「手数料」を直してください。
    """
    parts = dict(condition.parts)
    said = {name: _say(name, told) for name, told in parts.items()}
    titles = {name: f"「{field_named(name).header}」" for name in parts}
    others = "で、".join(f"{titles[name]}が{said[name]}" for name in parts if name != field)
    demand = _DEMANDS.get(parts[field][0], f"{said[field]}にしない")
    return Sentences(
        (f"{others}のときは、" if others else "") + f"{titles[field]}を{demand}。",
        (f"{others}ですが、" if others else "") + f"{titles[field]}が{said[field]}です。",
        f"{'か'.join(titles.values())}を直してください。",
    )


def _say(name: str, told: tuple[str, ...]) -> str:
    choices = field_named(name).choices
    return "か".join(_STATE_WORDS.get(word) or f"「{choices[word]}」" for word in told)
