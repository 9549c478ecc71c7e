"""The navigator (手続きナビ): a page for staff that reads the guideline's tables by itself.

It carries the tables, the questions and every procedure's answers to them, as data; its script is
an interpreter of its own. What it says of a procedure is what the reports say.
"""

import json
from dataclasses import replace
from typing import Any

from analysis.document.blocks import Link, Paragraph, Quoted, Strong
from analysis.document.page import write_navigator_page
from analysis.evidence.appendix import CITY_REPORT
from analysis.figures.decided import list_answers
from analysis.figures.decision_tables import UNSETTLED_NAME, DecisionRule, DecisionTable
from analysis.figures.findings import Findings
from analysis.figures.guideline import Guideline
from analysis.figures.interim import say_uncounted
from analysis.figures.questions import TableQuestion, list_questions
from analysis.figures.road import STAGE
from analysis.names import INTERIM
from analysis.questionnaire.questionnaire import STATUS, Questionnaire
from analysis.reports.heading import head
from analysis.reports.plan import INDEX_NAME, NAVIGATOR_NAME

TITLE = "手続きナビ"
ROLE_TITLES = {
    "identity": "本人確認の方法",
    "attachments": "添付書類の出し方",
    "first": "先に変えるもの",
    "ask": "相談先",
}
"""What the parts of a sheet are called, by what their tables decide."""

_DONE = "手続きです。進めることはありません。"
"""What is said of a procedure behind its status, which is one that is asked nothing of."""
_ROW = ["procedure_id", "department", "section", "name", STATUS]


def write_navigator(findings: Findings, fingerprint: str) -> str:
    """Return the page, with the short fingerprint of what made it."""
    name = findings.cycle.name_file
    beside = ((INDEX_NAME, "報告書一覧"), (f"{CITY_REPORT}.html", "全体の報告書"))
    masthead = replace(
        head(findings, TITLE), beside=tuple((name(file), told) for file, told in beside)
    )
    data = json.dumps(_gather(findings), ensure_ascii=False, separators=(",", ":"))
    return write_navigator_page(masthead, data, _say_missing(findings), fingerprint)


def link_navigator(text: str) -> Link:
    """Return a link to the page, for a table's cell."""
    return Link(text, NAVIGATOR_NAME.partition(".")[0], "html")


def lay_tables(guideline: Guideline, asked: Questionnaire) -> dict[str, Any]:
    """Return the tables, the grades and the questions as the page's script reads them."""
    questions = list_questions(asked)
    sections = {own.number: f"{own.number} {own.title}" for own in guideline.sections}
    wanted = dict.fromkeys(field for table in guideline.tables for field in table.fields)
    closed = _list_closed(asked)
    return {
        "title": guideline.title,
        "version": guideline.version,
        "source": guideline.source,
        "unsettled": UNSETTLED_NAME,
        "roles": ROLE_TITLES,
        "grades": {
            grade.code: {"label": grade.label, "about": grade.about} for grade in guideline.grades
        },
        "fields": {
            field: {**_lay_question(questions[field], asked), "closed": closed.get(field, {})}
            for field in wanted
            if field in questions
        },
        "tables": [_lay_table(table, sections) for table in guideline.tables],
    }


def _gather(findings: Findings) -> dict[str, Any]:
    guideline, asked = findings.ledger.guideline, findings.cycle.questionnaire
    laid = lay_tables(guideline, asked)
    rows = findings.survey.rows
    answers = list_answers(guideline, asked, rows)
    unopen = asked.list_statuses("online", "excluded")
    procedures = [
        [
            *(str(text) for text in own[:-1]),
            asked.label(STATUS, own[-1]),
            int(own[-1] not in unopen),
            *(given[field] for field in laid["fields"]),
        ]
        for own, given in zip(rows[_ROW].itertuples(index=False, name=None), answers, strict=True)
    ]
    return {**laid, "done": _DONE, "procedures": procedures}


def _list_closed(asked: Questionnaire) -> dict[str, dict[str, str]]:
    """Return by field the answers of which no table says anything: it is online, or not counted."""
    codes = asked.list_statuses("online", "excluded")
    named = {code: asked.label(STATUS, code) for code in codes}
    return {STATUS: named, STAGE: named}


def _lay_question(question: TableQuestion, asked: Questionnaire) -> dict[str, Any]:
    return {
        "title": question.title,
        "asks": asked.named[question.field].header,
        "choices": question.choices,
    }


def _lay_table(table: DecisionTable, sections: dict[str, str]) -> dict[str, Any]:
    return {
        "code": table.code,
        "title": table.title,
        "role": table.role,
        "section": sections.get(table.section or ""),
        "several": table.several,
        "rules": [_lay_rule(rule) for rule in table.rules],
    }


def _say_missing(findings: Findings) -> Paragraph | None:
    """Return whose procedures there are none of; a page without evidence prints no figure."""
    if not (told := say_uncounted(findings.cycle)):
        return None
    mark = (Strong((f"{INTERIM}：",)),) if findings.cycle.is_interim else ()
    return Paragraph((*mark, Quoted(told)), kind="lead")


def _lay_rule(rule: DecisionRule) -> dict[str, Any]:
    return rule.model_dump()
