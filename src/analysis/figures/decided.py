"""What the guideline's tables decide of the rows of a survey, each by its answers."""

from collections.abc import Mapping

import pandas as pd

from analysis.figures.decide import Decision, decide
from analysis.figures.derived import Rows
from analysis.figures.guideline import Guideline
from analysis.figures.questions import list_questions
from analysis.figures.road import STAGE, list_stage_derivations
from analysis.figures.statuses import NO_REASON_NAME
from analysis.questionnaire.questionnaire import STATUS, Questionnaire


def list_answers(
    guideline: Guideline, asked: Questionnaire, procedures: pd.DataFrame
) -> list[Mapping[str, str | None]]:
    """Return each procedure's answers to what the tables ask, as codes by field; None is missing.

    One result per row of `procedures` (tidy rows), in their order. Alike answers are one object.

    >>> list_answers(ledger.guideline, survey.asked, rows)[1]["law_kind"]
    'ordinance'
    """
    questions = list_questions(asked)
    wanted = {field for table in guideline.tables for field in table.fields} & questions.keys()
    (stage,) = list_stage_derivations(asked)
    columns = {
        field: (stage.derive(Rows(procedures)) if field == STAGE else procedures[field]).tolist()
        for field in sorted(wanted)
    }
    unsaid = NO_REASON_NAME if asked.reasons else None
    known: dict[tuple[str | None, ...], Mapping[str, str | None]] = {}
    found = []
    for answers in zip(*columns.values(), strict=True) if columns else ((),) * len(procedures):
        given = tuple(c if isinstance(c, str) and c != unsaid else None for c in answers)
        if given not in known:
            known[given] = dict(zip(columns, given, strict=True))
        found.append(known[given])
    return found


def decide_rows(
    guideline: Guideline, asked: Questionnaire, procedures: pd.DataFrame
) -> list[Decision | None]:
    """Return what the tables decide of each procedure, None for one that is online or not counted.

    One result per row of `procedures` (tidy rows), in their order. Alike answers share theirs.

    >>> _, waiting = decide_rows(ledger.guideline, survey.asked, rows)
    >>> print(waiting.missing[:2], waiting.of("ask")[0].given[1])
    ('identity', 'attachment') 行政マネジメント課（アナログ規制に関すること）
    """
    is_open = procedures[STATUS].isin(asked.list_statuses("started", "not_started")).tolist()
    known: dict[int, Decision] = {}
    decisions: list[Decision | None] = []
    answers = list_answers(guideline, asked, procedures)
    for given, opened in zip(answers, is_open, strict=True):
        if opened and id(given) not in known:
            known[id(given)] = decide(guideline.tables, given)
        decisions.append(known[id(given)] if opened else None)
    return decisions
