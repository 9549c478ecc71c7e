"""What another version of the guideline would decide otherwise, procedure by procedure, and why."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from analysis.figures.decide import Decision, Ruling
from analysis.figures.decided import decide_rows, list_answers
from analysis.figures.decision_tables import UNSETTLED_NAME
from analysis.figures.effort import find_grade, name_rules
from analysis.figures.guideline import Guideline
from analysis.figures.questions import TableQuestion, list_asked_for, list_questions
from analysis.questionnaire.questionnaire import Questionnaire

_ROW = ["procedure_id", "department", "section", "name"]
NO_TABLE = "（表がない）"
"""What a version says of a table that it has not."""


class Decided(NamedTuple):
    """What one table says of a procedure by two versions; `because` of which answers, by the later.

    It is empty where that one has no such table, or lacks an answer.
    """

    table: str
    before: str
    after: str
    because: str


class Reevaluated(NamedTuple):
    """A procedure of which two versions say different things: who it is, its grades, and where."""

    procedure: tuple[str, ...]
    grades: tuple[str, str]
    differences: tuple[Decided, ...]


def reevaluate(
    versions: tuple[Guideline, Guideline], asked: Questionnaire, procedures: pd.DataFrame
) -> list[Reevaluated]:
    """Return the procedures that two versions decide otherwise, in the order of the rows.

    `procedures` are tidy rows. A table is the same in both by its code; what counts is what its
    rules are called and what they give.

    >>> reevaluate((ledger.guideline, ledger.guideline), survey.asked, rows)
    []
    """
    both = zip(
        procedures[_ROW].itertuples(index=False, name=None),
        *(decide_rows(version, asked, procedures) for version in versions),
        list_answers(versions[1], asked, procedures),
        strict=True,
    )
    named = list_asked_for(versions[1].tables, list_questions(asked))
    found = []
    for row, before, after, answers in both:
        if before is None or after is None:
            continue
        told = {own.table.code: own.codes[0] for own in after.rulings}
        known = {field: code for field, code in {**answers, **told}.items() if code}
        if differences := tuple(_compare(versions, before, after, _Answers(named, known))):
            grades = (_grade(versions[0], before), _grade(versions[1], after))
            found.append(Reevaluated(tuple(map(str, row)), grades, differences))
    return found


def _grade(version: Guideline, decision: Decision) -> str:
    grade = find_grade(version, decision)
    return grade.label if grade else UNSETTLED_NAME


class _Answers(NamedTuple):
    """What is known of a procedure by the later version, and how it is called."""

    named: Mapping[str, TableQuestion]
    known: Mapping[str, str]

    def say(self, ruling: Ruling | None) -> str:
        """Return the answers for which a table's rules hold."""
        fields = dict.fromkeys(
            field for rule in (ruling.rules if ruling else ()) for field in rule.when
        )
        return "、".join(
            f"{self.named[field].title}：{self.named[field].choices[self.known[field]]}"
            for field in fields
        )


def _compare(
    versions: tuple[Guideline, Guideline], before: Decision, after: Decision, answers: _Answers
) -> Iterator[Decided]:
    sides = [{own.table.code: own for own in decision.rulings} for decision in (before, after)]
    for code in dict.fromkeys([*sides[1], *sides[0]]):
        rulings = [side.get(code) for side in sides]
        told = [_say(version, ruling) for version, ruling in zip(versions, rulings, strict=True)]
        if told[0] != told[1]:
            title = next(own.table.title for own in reversed(rulings) if own is not None)
            # The steps and gifts are told by the rule's name, unless only they differ.
            names = [text[0] for text in told]
            whole = ["：".join(filter(None, text)) for text in told]
            shown = whole if names[0] == names[1] else names
            yield Decided(title, shown[0], shown[1], answers.say(rulings[1]))


def _say(version: Guideline, ruling: Ruling | None) -> tuple[str, str]:
    """Return what a table's rules are called, and what they give and ask to do."""
    if ruling is None:
        return NO_TABLE, ""
    labels = name_rules(ruling.table, version)
    given = [text for rule in ruling.rules for text in (*rule.gives, *filter(None, [rule.step]))]
    return "、".join(labels[code] for code in ruling.codes), "、".join(given)


def list_transitions(changed: Sequence[Reevaluated]) -> dict[tuple[str, str], list[Reevaluated]]:
    """Return the procedures by what their grade was and is, those whose grade stays last."""
    found: dict[tuple[str, str], list[Reevaluated]] = {}
    for own in sorted(changed, key=lambda own: own.grades[0] == own.grades[1]):
        found.setdefault(own.grades, []).append(own)
    return found
