"""What a survey asks: its columns, their words, what is done about a reason, rules of its own.

Words are data. What the program must know of them is said there as well: which role a status plays,
and by which route the city deals with a reason.
"""

import datetime
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, PrivateAttr
from pydantic import Field as Default

from analysis.questionnaire.condition import BLANK, REQUIRED, Condition
from analysis.questionnaire.field import Code, Derived, Field, FieldKind, Role
from analysis.questionnaire.rules import Rule, StatedRule, load_rules, read_rule
from analysis.questionnaire.spellings import match_key
from analysis.settings import Name

STATUS, REASON = "status", "reason"
# How many statuses of one role are named where a role is.
_MOST_NAMED = 3

ALWAYS: dict[str, FieldKind] = {
    "procedure_id": "id",
    "section": "text",
    "name": "text",
    STATUS: "choice",
}
"""The fields that every survey has."""

KNOWN: dict[str, FieldKind] = {
    "law": "text",
    "annual_volume": "number",
    "online_date": "date",
    REASON: "choice",
    "reason_detail": "text",
    "remarks": "text",
}
"""Those that are compared between cycles, quoted, or looked at where a survey has them."""


class Route(BaseModel):
    """What the city does about some reasons; `lobbied`: others must act before a guideline helps.

    `because` and `plan` go on, after the number of the route's procedures, to say what that is.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: Code
    label: Name
    lobbied: bool = False
    because: str = ""
    plan: str = ""


class FieldRule(NamedTuple):
    """A rule across the fields of a row: broken in the cell of `field` where `when` holds."""

    rule: Rule
    field: str
    when: Condition


class Questionnaire(BaseModel):
    """The contents of a `survey.toml`; equal only to itself, as one file is read once."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    field: tuple[Field, ...] = Default(min_length=1)
    route: tuple[Route, ...] = ()
    rule: tuple[StatedRule, ...] = ()
    _derived: tuple[Derived, ...] = PrivateAttr(())

    def __eq__(self, other: object) -> bool:
        """Tell whether it is this very one."""
        return self is other

    def __hash__(self) -> int:
        """Return what tells it from any other."""
        return id(self)

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """The fields in the order of the form, whichever cycle asks for them.

        Last come those that the program looks at and this survey never asks for: always blank.
        """
        own = {field.name for field in self.field}
        return (*self.field, *(_leave_blank(name) for name in KNOWN if name not in own))

    @property
    def derived(self) -> dict[str, Derived]:
        """The columns that are worked out from answers, by code name."""
        return {field.name: field for field in self._derived}

    def add_derived(self, derived: Sequence[Derived]) -> "Questionnaire":
        """Return what asks the same and has these columns worked out."""
        # Another questionnaire (see `__eq__`), so that nothing remembered of one is the other's.
        copy = self.model_copy()
        copy._derived = tuple(derived)
        return copy

    @cached_property
    def named(self) -> dict[str, Field]:
        """The fields by code name."""
        return {field.name: field for field in self.fields}

    def find_field(self, written: str) -> Field | None:
        """Return the field that is meant by its code name, or by its title on the form, or None."""
        key = match_key(written)
        titled = (field for field in self.field if match_key(field.header) == key)
        return self.named.get(written) or next(titled, None)

    @cached_property
    def rules(self) -> dict[str, Rule]:
        """The rules by code, in the order of the quality report: every survey's, then its own."""
        own = {rule.code: read_rule(rule, self.named) for rule in self.rule}
        return load_rules() | own

    @cached_property
    def reasons(self) -> dict[str, str]:
        """The labels of the reasons by code, in the order of their routes; none if none asked."""
        field = self.named[REASON]
        if not field.is_asked:
            return {}
        order = [code for route in self.route for code in self.list_reasons(route.code)]
        return {code: field.choices[code] for code in [*order, *field.choices]}

    @property
    def routes(self) -> tuple[Route, ...]:
        """The routes that some reason takes, in the order of the reports."""
        return tuple(
            route for route in self.route if self.reasons and self.list_reasons(route.code)
        )

    @cached_property
    def may_lack_reason(self) -> bool:
        """Whether a procedure that is not started may have no reason: no rule stops that."""
        stopped = {STATUS: self.list_statuses("not_started"), REASON: (BLANK,)}
        return not any(
            rule.severity == "error" and rule.when and dict(rule.when.parts) == stopped
            for rule in self.rules.values()
        )

    @property
    def lobbied(self) -> tuple[str, ...]:
        """The codes of the reasons that only others can remove, in the order of the reports."""
        return tuple(
            code for route in self.routes if route.lobbied for code in self.list_reasons(route.code)
        )

    @property
    def words(self) -> list[str]:
        """All texts that a report may print: titles, answers, routes and rules."""
        said = [text for field in self.fields for text in (field.header, *field.choices.values())]
        said += [text for route in self.route for text in (route.label, route.because, route.plan)]
        roles: tuple[Role, ...] = ("online", "started", "not_started", "excluded")
        said += [self.name_role(role) for role in roles]
        for derived in self._derived:
            said += [derived.header, *derived.choices.values()]
        for rule in self.rules.values():
            said += [rule.title, rule.title.removesuffix("。"), rule.action]
        return said

    def list_fields(self, as_of: datetime.date) -> tuple[Field, ...]:
        """Return the fields that the cycle of this date asks for, in the order of its form."""
        return tuple(field for field in self.fields if field.since <= as_of)

    def list_rules(self, asked: Sequence[Field]) -> list[Rule]:
        """Return the rules that hold for a cycle which asks for these fields and no others."""
        names = {REQUIRED, *(field.name for field in asked)}
        return [r for r in self.rules.values() if not r.when or names.issuperset(r.when.fields)]

    def list_field_rules(self, asked: Sequence[Field]) -> Iterator[FieldRule]:
        """Yield the rules across fields that hold for a cycle which asks for these fields only."""
        required = [field.name for field in asked if field.required]
        for rule in self.list_rules(asked):
            for name in required if rule.field == REQUIRED else (rule.field,):
                if rule.when:
                    yield FieldRule(rule, name, rule.when.put(name))

    def list_statuses(self, *roles: Role) -> tuple[str, ...]:
        """Return the codes of the statuses that play one of these roles, in the form's order."""
        told = self.named[STATUS].roles
        return tuple(code for code in self.named[STATUS].choices if told[code] in roles)

    def name_role(self, role: Role) -> str:
        """Return what the statuses of a role are called, the first of many; nothing for none."""
        labels = [self.label(STATUS, code) for code in self.list_statuses(role)]
        more = "ほか" if len(labels) > _MOST_NAMED else ""
        return "・".join(labels[:_MOST_NAMED]) + more

    def list_reasons(self, route: str) -> tuple[str, ...]:
        """Return the codes of the reasons that a route is for, in the form's order."""
        field = self.named[REASON]
        return tuple(code for code in field.choices if field.routes.get(code) == route)

    def label(self, field: str, code: str) -> str:
        """Return the printed label of a choice's code; raise KeyError if there is none."""
        return self.named[field].choices[code]


def _leave_blank(name: str) -> Field:
    """Return a field that no cycle asks for."""
    kind = "text" if name == REASON else KNOWN[name]
    return Field(name=name, header=name, kind=kind, width=1, since=datetime.date.max)
