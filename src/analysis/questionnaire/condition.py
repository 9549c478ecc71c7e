"""A condition on the answers of one row, as a rule states what breaks it.

It is a small value that is read in three ways: as the rows that satisfy it (`survey/broken`), as
words (`say_rule`), and as the formula of a form (`forms/conditions`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from analysis.questionnaire.field import Field

BLANK, FILLED, LATER = "blank", "filled", "later"
"""What may be said of an answer beside its codes; `later` is later than the cycle's own date."""

REQUIRED = "required"
"""What stands in a rule for each required field in turn."""

STATE_CODES = frozenset({BLANK, FILLED, LATER})
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
        told = [
            name for name, (word, *_) in self.parts if name != field and word not in STATE_CODES
        ]
        return told[-1] if told else None


def read_condition(table: Mapping[str, str | list[str]], fields: Mapping[str, Field]) -> Condition:
    """Return the condition that a table states: of each field a state, a code or several.

    `fields` are the survey's, by name. Raises ValueError for a field that it hasn't, and for what
    can't be said of one.

    >>> told = {"status": ["started", "not_started"], "online_date": "filled"}
    >>> read_condition(told, survey.asked.named).parts
    (('status', ('started', 'not_started')), ('online_date', ('filled',)))
    """
    parts = {n: (told,) if isinstance(told, str) else (*told,) for n, told in table.items()}
    for name, told in parts.items():
        known = _list_words(name, fields)
        if not told or not known.issuperset(told) or (len(told) > 1 and STATE_CODES & {*told}):
            raise ValueError(f"{name} には {'、'.join(sorted(known))} のどれかを書いてください")
    return Condition(tuple(parts.items()))


def _list_words(name: str, fields: Mapping[str, Field]) -> frozenset[str]:
    """Return what may be said of a field."""
    if name == REQUIRED:
        return frozenset({BLANK, FILLED})
    if name not in fields or not fields[name].is_asked:
        raise ValueError(f"{name} という項目は調査にありません")
    field = fields[name]
    if shared := STATE_CODES & field.choices.keys():
        raise ValueError(f"{name} の選択肢の {sorted(shared)[0]} は、条件の言葉と同じです")
    return frozenset({BLANK, FILLED, *field.choices} | ({LATER} if field.kind == "date" else set()))


class Sentences(NamedTuple):
    """What is said of a rule: the rule itself, a breach of it, and what to do about one."""

    title: str
    message: str
    action: str


def say_rule(condition: Condition, field: str, fields: Mapping[str, Field]) -> Sentences:
    """Return the words for a rule that is broken in a field where the condition holds.

    >>> free = read_condition({"status": "online", "fee": "blank"}, survey.asked.named)
    >>> print(*say_rule(free, "fee", survey.asked.named), sep=chr(10))
    「オンライン化の状況」が「オンライン化済」のときは、「手数料」を記入する。
    「オンライン化の状況」が「オンライン化済」ですが、「手数料」が空欄です。
    「オンライン化の状況」か「手数料」を直してください。
    """
    parts = dict(condition.parts)
    said = {name: _say(fields[name], told) for name, told in parts.items()}
    titles = {name: f"「{fields[name].header}」" for name in parts}
    others = "で、".join(f"{titles[name]}が{said[name]}" for name in parts if name != field)
    demand = _DEMANDS.get(parts[field][0], f"{said[field]}にしない")
    return Sentences(
        (f"{others}のときは、" if others else "") + f"{titles[field]}を{demand}。",
        (f"{others}ですが、" if others else "") + f"{titles[field]}が{said[field]}です。",
        f"{'か'.join(titles.values())}を直してください。",
    )


def _say(field: Field, told: tuple[str, ...]) -> str:
    return "か".join(_STATE_WORDS.get(word) or f"「{field.choices[word]}」" for word in told)
