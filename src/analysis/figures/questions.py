"""What the guideline's tables may ask of a procedure that is not online, and its answers."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from analysis.figures.decision_tables import DecisionTable
from analysis.figures.road import STAGE, list_stage_derivations
from analysis.figures.statuses import NO_REASON_NAME
from analysis.questionnaire.questionnaire import REASON, STATUS, Questionnaire


class TableQuestion(NamedTuple):
    """A question: its title, its answers' labels by code, and the survey's field of it.

    The stage's is the field of the reason: without one it is not known.
    """

    title: str
    choices: dict[str, str]
    field: str


def list_questions(asked: Questionnaire) -> dict[str, TableQuestion]:
    """Return the questions by the name of their field: the choices of the survey, and the stage.

    >>> questions = list_questions(survey.asked)
    >>> questions["fee"].choices
    {'yes': 'あり', 'no': 'なし'}
    >>> list(questions["stage"].choices)[:2]
    ['started', 'reason_not_considered']
    """
    unopen = asked.list_statuses("online", "excluded")
    questions = {
        field.name: TableQuestion(
            field.header,
            {code: label for code, label in field.choices.items() if code not in unopen}
            if field.name == STATUS
            else dict(field.choices),
            field.name,
        )
        for field in asked.fields
        if field.is_asked and field.choices and not field.multiple and field.name != REASON
    }
    (stage,) = (own.field for own in list_stage_derivations(asked))
    # Where no reason is asked for, nothing is missing in one that is not started.
    left = {*unopen, NO_REASON_NAME} if asked.reasons else {*unopen}
    choices = {code: label for code, label in stage.choices.items() if code not in left}
    return questions | {
        STAGE: TableQuestion(stage.header, choices, REASON if asked.reasons else STATUS)
    }


def ask_of(table: DecisionTable) -> TableQuestion:
    """Return a table as what later ones ask: which of its rules held."""
    return TableQuestion(table.title, {rule.code: rule.label for rule in table.rules}, table.code)


def list_asked_for(
    tables: Iterable[DecisionTable], questions: Mapping[str, TableQuestion]
) -> dict[str, TableQuestion]:
    """Return all that rules may ask for by its name: the questions, and the tables' results."""
    return {**questions, **{table.code: ask_of(table) for table in tables}}
