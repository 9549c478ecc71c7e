"""The guideline's decision tables as staff read them: which answers lead to what, and how often."""

from collections.abc import Mapping

from analysis.document.blocks import Block, Bullets, Cell, Column, Group, Paragraph, Table
from analysis.figures.decision_tables import (
    UNSETTLED,
    UNSETTLED_NAME,
    DecisionRule,
    DecisionTable,
    Grade,
)
from analysis.figures.findings import Findings
from analysis.figures.questions import TableQuestion, list_asked_for, list_questions
from analysis.reports.navigator import TITLE, link_navigator

ANY = "すべて"
"""What stands for the answers of a rule that asks for none."""

_ABOUT = (
    "オンライン化していない手続きのそれぞれについて、調査票の回答を、次の表に上から順に当てはめます。",
    "「回答」の欄のすべてに当たる規則の「結果」が、その手続きの方法、先に変えるもの、相談先、手間の段階です。",
    "上の表の結果を回答の一つとする規則もあります。そのときは、表の題と、その規則の名を書いています。",
    "回答がない手続きは、決まるところまで決め、足りない回答の名を示します。",
    "もとの文言のない規則は、ガイドラインにない、当市が加えた規則です。",
)


def show_tables(findings: Findings) -> Block:
    """Return how the tables are read, the grades, and each table; nothing without tables."""
    guideline = findings.ledger.guideline
    if guideline.effort is None:
        return Group(())
    asked_for = list_asked_for(guideline.tables, list_questions(findings.cycle.questionnaire))
    return Group(
        (
            Paragraph(("決定表（回答から決まること）",), kind="heading"),
            Bullets(tuple((text,) for text in _ABOUT)),
            Paragraph(
                (
                    link_navigator(TITLE),
                    "では、手続きを選ぶか質問に答えると、その手続きについてこの表から決まることを、"
                    "規則の道すじとともに見られます。",
                )
            ),
            _show_grades(findings),
            *(_show_table(findings, table, asked_for) for table in guideline.tables),
        )
    )


def say_when(rule: DecisionRule, asked_for: Mapping[str, TableQuestion]) -> str:
    """Return the answers that a rule asks for, a line each."""
    told = [
        f"{asked_for[field].title}：{'／'.join(asked_for[field].choices[code] for code in codes)}"
        for field, codes in rule.when.items()
    ]
    return "\n".join(told) or ANY


def _show_grades(findings: Findings) -> Table:
    """Return the grades, each with the procedures that are not online and their yearly use."""
    ledger = findings.ledger
    names = [(f"grade_{grade.code}", grade.label, _say_grade(grade)) for grade in _used(findings)]
    names.append((f"grade_{UNSETTLED}", UNSETTLED_NAME, "手間の段階を決める回答が足りない"))
    return Table(
        caption="手間の段階",
        columns=(
            Column("段階", weight=3),
            Column("内容", weight=10),
            Column("未対応の手続き", numeric=True, weight=2),
        ),
        rows=(
            *((label, about, ledger.figure(name)) for name, label, about in names),
            ("計", "", ledger.figure("not_online")),
        ),
        ledger=ledger,
    )


def _used(findings: Findings) -> list[Grade]:
    guideline = findings.ledger.guideline
    return [grade for grade in guideline.grades if guideline.list_graded(grade)]


def _say_grade(grade: Grade) -> str:
    return grade.about if grade.weight else f"{grade.about}（市だけでは進められない）"


def _show_table(
    findings: Findings, table: DecisionTable, asked_for: Mapping[str, TableQuestion]
) -> Table:
    """Return a table's rules, with how many procedures each of a counted one speaks of."""
    ledger = findings.ledger
    grades = {grade.code: grade.label for grade in ledger.guideline.grades}
    is_counted = table.role in ("first", "effort")
    is_quoting = any(rule.words for rule in table.rules)
    sections = {section.number: section.title for section in ledger.guideline.sections}
    numbers = [section.number for section in ledger.guideline.sections]
    named = f"（{table.section} {sections[table.section]}）" if table.section in numbers else ""

    def row(rule: DecisionRule) -> tuple[Cell, ...]:
        given = [*rule.gives, *filter(None, [rule.step and f"次に：{rule.step}"])]
        if rule.grade is not None:
            given.insert(0, f"手間：{grades[rule.grade]}")
        counted = (ledger.figure(f"{table.code}_{rule.code}"),) if is_counted else ()
        return (
            rule.label,
            say_when(rule, asked_for),
            "\n".join(given),
            *(["\n".join(rule.words) or None] if is_quoting else ()),
            *counted,
        )

    return Table(
        caption=f"{table.title}{named}",
        columns=(
            Column("規則", weight=4),
            Column("回答", weight=8),
            Column("結果", weight=7),
            *([Column("もとの文言", weight=8)] if is_quoting else ()),
            *([Column("未対応", numeric=True, weight=2)] if is_counted else ()),
        ),
        rows=tuple(row(rule) for rule in table.rules),
        notes=("一つの手続きに、いくつもの規則が当たることがあります。",) if table.several else (),
    )
