"""The rules that the survey is held to, from `rules.toml`: nothing else words a problem."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator

from analysis.settings import read_toml
from analysis.survey.condition import REQUIRED, Condition, read_condition, say_rule
from analysis.survey.vocabulary import Field

Severity = Literal["error", "warning", "notice"]

RULES_PATH = Path(__file__).with_name("rules.toml")
SEVERITY_LABELS: dict[Severity, str] = {"error": "誤り", "warning": "要確認", "notice": "参考"}


class Rule(BaseModel):
    """One rule: its code, how grave a breach is, its sentence, and the words of a breach.

    `asked` is what a department is asked to do, where that is another action than the analyst's.
    `entry` names the entry of a file of ours, which has no cells, with all that is its own. A rule
    across the fields of a row is broken in the cell of `field` where `when` holds.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str
    severity: Severity
    field: str = ""
    when: Annotated[Condition, BeforeValidator(read_condition)] | None = None
    title: str = ""
    message: str = ""
    action: str = ""
    asked: str = ""
    entry: str = ""

    @model_validator(mode="after")
    def _require_sense(self) -> Self:
        if self.field not in (self.when.fields if self.when else ("",)):
            raise ValueError("field は、when の項目の一つにしてください")
        says_itself = self.when and self.field != REQUIRED
        if not says_itself and not (self.title and self.message and self.action):
            raise ValueError("title、message、action を書いてください")
        return self


class _Rules(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    rule: tuple[Rule, ...]


class FieldRule(NamedTuple):
    """A rule across the fields of a row: broken in the cell of `field` where `when` holds."""

    code: str
    field: str
    when: Condition


@lru_cache(maxsize=1)
def load_rules() -> dict[str, Rule]:
    """Return the rules by code, in the order of the quality report, all of them in words."""
    return {rule.code: _put_into_words(rule) for rule in read_toml(RULES_PATH, _Rules).rule}


def list_rules(asked: Sequence[Field]) -> list[Rule]:
    """Return the rules that hold for a cycle which asks for these fields and no others."""
    names = {REQUIRED, *(field.name for field in asked)}
    rules = load_rules().values()
    return [rule for rule in rules if not rule.when or names.issuperset(rule.when.fields)]


def list_field_rules(asked: Sequence[Field]) -> Iterator[FieldRule]:
    """Yield the rules across fields that hold for a cycle which asks for these fields only."""
    required = [field.name for field in asked if field.required]
    for rule in list_rules(asked):
        for name in required if rule.field == REQUIRED else (rule.field,):
            if rule.when:
                yield FieldRule(rule.code, name, rule.when.put(name))


def _put_into_words(rule: Rule) -> Rule:
    """Return the rule with what its condition says in the place of sentences it has not."""
    if not rule.when or rule.field == REQUIRED:
        return rule
    said = say_rule(rule.when, rule.field)._asdict()
    return rule.model_copy(update={name: getattr(rule, name) or said[name] for name in said})
