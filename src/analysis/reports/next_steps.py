"""What to take up next: the effort of what is not online beside its use, and the first ten."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from analysis.document.blocks import Block, Column, Group, Paragraph, Quoted, Table
from analysis.figures.bridge import OTHER_SIDE
from analysis.figures.decide import Decision
from analysis.figures.decided import decide_rows
from analysis.figures.decision_tables import UNSETTLED_NAME
from analysis.figures.effort import find_grade
from analysis.figures.findings import Findings
from analysis.figures.guideline import Guideline
from analysis.figures.order import take_next
from analysis.figures.questions import list_questions
from analysis.figures.road import VOLUME
from analysis.figures.statuses import derived_code
from analysis.questionnaire.questionnaire import STATUS, Questionnaire
from analysis.reports.efforts import Chosen, draw_efforts

_NEXT = 10
_SIGNS = "アイウエオカキクケコ"
_ROW = ["procedure_id", "section", "name"]


def show_next(findings: Findings, scope: str) -> Block:
    """Return a scope's efforts beside its use, and what to take up next; nothing without tables."""
    if findings.ledger.guideline.effort is None:
        return Group(())
    chosen = _take(findings, scope)
    heading = Paragraph(("次に進める手続き",), kind="heading")
    return Group((heading, *draw_efforts(findings, scope, chosen), _list_next(findings, chosen)))


def say_effort(guideline: Guideline, decision: Decision) -> str:
    """Return the grade of a procedure with the rule that gave it; "" where none was given.

    >>> say_effort(ledger.guideline, Decision(()))
    ''
    """
    grade = find_grade(guideline, decision)
    return f"{grade.label}：{decision.effort.label}" if grade and decision.effort else ""


def name_grade(guideline: Guideline, decision: Decision | None) -> str | None:
    """Return the grade of a procedure's effort in words, None for one that has none.

    >>> name_grade(ledger.guideline, None) is None
    True
    """
    if decision is None or guideline.effort is None:
        return None
    grade = find_grade(guideline, decision)
    return grade.label if grade else UNSETTLED_NAME


def say_missing(decision: Decision, asked: Questionnaire) -> str:
    """Return which answers the tables lack for a procedure; "" if none.

    >>> say_missing(Decision(()), survey.asked)
    ''
    """
    questions = list_questions(asked)
    titles = [asked.named[questions[field].field].header for field in decision.missing]
    return f"足りない回答：{'、'.join(dict.fromkeys(titles))}" if titles else ""


def _say_before(asked: Questionnaire, row: "pd.Series[Any]") -> str:
    """Return that a procedure was online in the previous cycle; "" if not."""
    was = {derived_code(code): asked.label(STATUS, code) for code in asked.list_statuses("online")}
    label = was.get(str(row.get(OTHER_SIDE)))
    return f"（前回は{label}）" if label else ""


def _take(findings: Findings, scope: str) -> list[Chosen]:
    """Return what to take up next, each with a sign of its own."""
    guideline, asked = findings.ledger.guideline, findings.cycle.questionnaire
    frame = findings.ledger.rows_of(scope, "procedures")
    decisions = decide_rows(guideline, asked, frame)
    found = []
    for sign, place in zip(_SIGNS, take_next(guideline, decisions, frame, _NEXT), strict=False):
        if (decision := decisions[place]) is not None:
            row = frame.iloc[place]
            use = row[VOLUME] if asked.named[VOLUME].is_asked else None
            volume = None if use is None or pd.isna(use) else int(use)
            found.append(Chosen(sign, row, volume, decision))
    return found


def _list_next(findings: Findings, chosen: Sequence[Chosen]) -> Table:
    """Return the table of what to take up next."""
    guideline, asked = findings.ledger.guideline, findings.cycle.questionnaire
    named = asked.named
    has_volume = named[VOLUME].is_asked
    rows = tuple(
        (
            own.sign,
            *(Quoted(str(own.row[name])) for name in _ROW),
            *([None if own.volume is None else Quoted(f"{own.volume:,}")] if has_volume else ()),
            say_effort(guideline, own.decision),
            "\n".join(
                filter(
                    None,
                    [
                        _say_before(asked, own.row),
                        *own.decision.steps,
                        say_missing(own.decision, asked),
                    ],
                )
            ),
        )
        for own in chosen
    )
    return Table(
        caption="次に進める手続き",
        columns=(
            Column("記号", weight=2),
            Column(named["procedure_id"].header, weight=4),
            Column(named["section"].header, weight=6),
            Column(named["name"].header, weight=9),
            *([Column(named[VOLUME].header, numeric=True, weight=4)] if has_volume else ()),
            Column("手間の段階", weight=7),
            Column("次にすること", weight=18),
        ),
        rows=rows,
        headings=2,
        notes=(
            f"手間の段階と次にすることは、「{guideline.title}」の規則によります。"
            f"並びは、{named[VOLUME].header}を手間の重みで割った大きさの順です。",
        ),
        empty="市だけで進められる未対応の手続きはありません。",
    )
