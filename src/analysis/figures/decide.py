"""What the guideline's tables say of the answers of one procedure: a small interpreter.

The navigator's page has another, in JavaScript, and is compared with this one. An answer that is
missing satisfies no rule; it is asked for where a rule may still hold once it is given.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from analysis.figures.decision_tables import UNSETTLED, DecisionRole, DecisionRule, DecisionTable


class Ruling(NamedTuple):
    """What one table decided: by which rules, and which answers are missing for more."""

    table: DecisionTable
    rules: tuple[DecisionRule, ...]
    missing: tuple[str, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the rules; UNSETTLED where there is none."""
        return tuple(rule.code for rule in self.rules) or (UNSETTLED,)

    @property
    def given(self) -> tuple[str, ...]:
        """What the rules give, each once."""
        return tuple(dict.fromkeys(text for rule in self.rules for text in rule.gives))


class Decision(NamedTuple):
    """What all tables decided of one procedure, in their order: the path through the rules."""

    rulings: tuple[Ruling, ...]

    def of(self, role: DecisionRole) -> tuple[Ruling, ...]:
        """Return the rulings of the tables with a role."""
        return tuple(ruling for ruling in self.rulings if ruling.table.role == role)

    @property
    def effort(self) -> DecisionRule | None:
        """The rule that gave the grade; None where answers are missing for it."""
        return next((rule for own in self.of("effort") for rule in own.rules), None)

    @property
    def steps(self) -> tuple[str, ...]:
        """What to do next, in the order of the tables; that of the effort comes first."""
        first = self.of("effort")
        ordered = (*first, *(own for own in self.rulings if own.table.role != "effort"))
        steps = (rule.step for own in ordered for rule in own.rules if rule.step)
        return tuple(dict.fromkeys(steps))

    @property
    def missing(self) -> tuple[str, ...]:
        """The answers that any table lacks, each once."""
        return tuple(dict.fromkeys(field for own in self.rulings for field in own.missing))


def decide(tables: Iterable[DecisionTable], answers: Mapping[str, str | None]) -> Decision:
    """Return what the tables say of answers, which are codes by field; None is a missing one."""
    known = {field: answer for field, answer in answers.items() if answer}
    lacking: dict[str, tuple[str, ...]] = {}
    rulings = []
    for table in tables:
        rules, unanswered = _match(table, known)
        missing = [own for field in unanswered for own in lacking.get(field, (field,))]
        ruling = Ruling(table, tuple(rules), tuple(dict.fromkeys(missing)))
        rulings.append(ruling)
        if ruling.rules and not table.several:
            known[table.code] = ruling.rules[0].code
        else:
            lacking[table.code] = ruling.missing
    return Decision(tuple(rulings))


def _match(
    table: DecisionTable, known: Mapping[str, str]
) -> tuple[Sequence[DecisionRule], Sequence[str]]:
    """Return the rules that hold, and what others ask for that may hold once it is answered."""
    matched, unanswered = [], []
    for rule in table.rules:
        lacking = [field for field in rule.when if field not in known]
        if all(rule.holds(field, known[field]) for field in rule.when if field in known):
            if lacking:
                unanswered += lacking
            else:
                matched.append(rule)
    return matched, [] if matched and not table.several else unanswered
