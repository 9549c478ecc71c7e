"""The rules that every survey is held to, from `rules.toml`, and those of its own answers.

Nothing else words a problem.
"""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

from analysis.questionnaire.condition import REQUIRED, Condition, read_condition, say_rule
from analysis.questionnaire.field import Code, Field
from analysis.settings import read_toml

Severity = Literal["error", "warning", "notice"]

RULES_PATH = Path(__file__).with_name("rules.toml")
SEVERITY_LABELS: dict[Severity, str] = {"error": "誤り", "warning": "要確認", "notice": "参考"}


class StatedRule(BaseModel):
    """A survey's own rule as its file states it: words that `when` says may be left out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: Code
    severity: Severity
    field: str = ""
    when: dict[str, str | list[str]] | None = None
    title: str = ""
    message: str = ""
    action: str = ""
    asked: str = ""


class _ListedRule(StatedRule):
    entry: str = ""


class Rule(NamedTuple):
    """One rule: its code, how grave a breach is, its sentence, and the words of a breach.

    `asked` is what a department is asked to do, where that is another action than the analyst's.
    `entry` names the entry of a file of ours, which has no cells, with all that is its own. A rule
    across the fields of a row is broken in the cell of `field` where `when` holds.
    """

    code: str
    severity: Severity
    title: str
    message: str
    action: str
    asked: str = ""
    entry: str = ""
    field: str = ""
    when: Condition | None = None


class _Rules(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    rule: tuple[_ListedRule, ...]


@lru_cache(maxsize=1)
def load_rules() -> dict[str, Rule]:
    """Return the rules of every survey by code, in the order of the quality report."""
    return {rule.code: read_rule(rule, {}) for rule in read_toml(RULES_PATH, _Rules).rule}


def read_rule(stated: StatedRule, fields: Mapping[str, Field]) -> Rule:
    """Return a rule, with what its condition says in the place of sentences it has not.

    `fields` are the survey's, by name. Raises ValueError for a condition on none of them, and for a
    rule without words or condition.
    """
    when = None if stated.when is None else read_condition(stated.when, fields)
    if stated.field not in (when.fields if when else ("",)):
        raise ValueError("field は、when の項目の一つにしてください")
    words = {name: getattr(stated, name) for name in ("title", "message", "action")}
    if when and stated.field != REQUIRED:
        said = say_rule(when, stated.field, fields)._asdict()
        words = {name: words[name] or said[name] for name in words}
    if not all(words.values()):
        raise ValueError("title、message、action を書いてください")
    return Rule(
        stated.code,
        stated.severity,
        **words,
        asked=stated.asked,
        entry=stated.entry if isinstance(stated, _ListedRule) else "",
        field=stated.field,
        when=when,
    )
