"""What to take up next: the effort of what is not online beside its use, and the first ten."""

import pandas as pd

from analysis.document.blocks import Block, Column, Group, Paragraph, Quoted, Table
from analysis.document.chart import draw_parts
from analysis.figures.decide import Decision
from analysis.figures.decided import decide_rows
from analysis.figures.decision_tables import UNSETTLED, UNSETTLED_NAME
from analysis.figures.effort import find_grade, list_grades
from analysis.figures.findings import Findings
from analysis.figures.guideline import Guideline
from analysis.figures.order import take_next
from analysis.figures.questions import list_questions
from analysis.figures.road import VOLUME
from analysis.looks import SERIES, look_by_place
from analysis.questionnaire.questionnaire import Questionnaire

_NEXT = 10
_ROW = ["procedure_id", "section", "name"]


def show_next(findings: Findings, scope: str) -> Block:
    """Return a scope's efforts beside its use, and what to take up next; nothing without tables."""
    guideline, asked = findings.ledger.guideline, findings.cycle.questionnaire
    if guideline.effort is None:
        return Group(())
    parts: list[Block] = [
        Paragraph(("次に進める手続き",), kind="heading"),
        *_draw(findings, scope, ""),
    ]
    if asked.named[VOLUME].is_asked:
        parts += _draw(findings, scope, "_volume")
    return Group((*parts, _list_next(findings, scope)))


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


def _draw(findings: Findings, scope: str, of: str) -> list[Block]:
    """Return the chart of the grades by count, or by yearly use; none where grades are too many.

    One procedure is no whole to draw parts of.
    """
    ledger = findings.ledger
    if ledger.figure("not_online", scope).value in (None, 0, 1):
        return []
    # Where every answer is there, nothing is said of missing ones.
    grades = [
        grade
        for grade in list_grades(ledger.guideline)
        if grade[0] != UNSETTLED or ledger.figure(f"grade_{UNSETTLED}").value
    ]
    if len(grades) > len(SERIES):
        return []
    names = [f"grade_{code}{of}" for code, _, _ in grades]
    use = findings.cycle.questionnaire.named[VOLUME].header
    return [
        draw_parts(
            ledger,
            f"未対応の手続きの手間の段階（{use}）"
            if of
            else "未対応の手続きの手間の段階（手続き数）",
            [
                (label, ledger.figure(name, scope))
                for name, (_, label, _) in zip(names, grades, strict=True)
            ],
            ledger.figure(f"not_online{of}", scope),
            look_by_place(names),
        )
    ]


def _list_next(findings: Findings, scope: str) -> Table:
    """Return the table of what to take up next."""
    guideline, asked = findings.ledger.guideline, findings.cycle.questionnaire
    frame = findings.ledger.rows_of(scope, "procedures")
    decisions = decide_rows(guideline, asked, frame)
    rows = []
    for place in take_next(guideline, decisions, frame, _NEXT):
        decision, row = decisions[place], frame.iloc[place]
        if decision is not None:
            rows.append(
                (
                    *(Quoted(str(row[name])) for name in _ROW),
                    *_quote_volume(row, asked),
                    say_effort(guideline, decision),
                    "\n".join(filter(None, [*decision.steps, say_missing(decision, asked)])),
                )
            )
    named = asked.named
    has_volume = named[VOLUME].is_asked
    return Table(
        caption="次に進める手続き",
        columns=(
            Column(named["procedure_id"].header, weight=4),
            Column(named["section"].header, weight=6),
            Column(named["name"].header, weight=9),
            *([Column(named[VOLUME].header, numeric=True, weight=4)] if has_volume else ()),
            Column("手間の段階", weight=7),
            Column("次にすること", weight=18),
        ),
        rows=tuple(rows),
        notes=(
            f"手間の段階と次にすることは、「{guideline.title}」の規則によります。"
            f"並びは、{named[VOLUME].header}を手間の重みで割った大きさの順です。",
        ),
        empty="市だけで進められる未対応の手続きはありません。",
    )


def _quote_volume(row: "pd.Series[str]", asked: Questionnaire) -> list[Quoted | None]:
    """Return the cell of a procedure's yearly use, if the survey asks for it."""
    if not asked.named[VOLUME].is_asked:
        return []
    volume = row[VOLUME]
    return [None if pd.isna(volume) else Quoted(f"{int(volume):,}")]
