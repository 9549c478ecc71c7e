"""The rules that the answers are held to, and what people confirmed between two cycles."""

from analysis.document.blocks import Block, Column, Group, Paragraph, Quoted, Shown, Table
from analysis.figures.catalogue import RULE_PREFIX
from analysis.figures.findings import Findings, write_previous
from analysis.names import say_day
from analysis.questionnaire.rules import SEVERITY_LABELS


def show_rules(findings: Findings) -> Block:
    """Return every rule of the survey, how grave a breach is, and how many answers breach it.

    Errors stop a build, so their counts are always none.
    """
    figure, asked = findings.ledger.figure, findings.cycle.questionnaire
    return Table(
        caption="調査票の検査規則",
        columns=(
            Column("規則", weight=9),
            Column("重さ", weight=2),
            Column("該当", numeric=True, weight=1),
        ),
        rows=tuple(
            (
                rule.title,
                SEVERITY_LABELS[rule.severity],
                figure(f"{RULE_PREFIX}{rule.code}"),
            )
            for rule in asked.list_rules(asked.list_fields(findings.cycle.settings.as_of))
        ),
        notes=("「誤り」があると集計しません。「要確認」と「参考」は集計を止めません。",),
    )


def list_pairings(findings: Findings) -> Block:
    """Return how the procedures of both cycles were paired, and what people confirmed."""
    if not findings.ledger.has_previous:
        return Paragraph(("今回が最初の調査のため、前回調査との対応はありません。",))
    figure = findings.ledger.figure
    named = (
        ("手続きIDが同じものが", "paired_id"),
        ("、名称と根拠法令等が同じものが", "paired_name"),
        ("、人が確かめたものが", "paired_confirmed"),
        ("、新規が", "new"),
        ("、廃止が", "abolished"),
    )
    return Group(
        (
            Paragraph(
                (
                    f"{write_previous(findings)}の手続きとの対応は、",
                    *(part for text, name in named for part in (text, Shown(figure(name)))),
                    "です。",
                )
            ),
            Table(
                caption="前回調査との対応の確認",
                columns=(
                    Column("前回の手続きID", weight=2),
                    Column("今回の手続きID", weight=2),
                    Column("確認", weight=3),
                    Column("理由", weight=6),
                    Column("決定", weight=5),
                ),
                rows=tuple(
                    (
                        Quoted(line["previous_id"]) if line["previous_id"] else None,
                        Quoted(line["current_id"]) if line["current_id"] else None,
                        _name_decision(line["previous_id"], line["current_id"]),
                        Quoted(line["reason"]),
                        Quoted(f"{line['decided_by']}（{say_day(line['decided_on'])}）"),
                    )
                    for line in findings.survey.matches.fillna("").to_dict("records")
                ),
                headings=0,
                empty="人が確かめた対応はありません。",
            ),
        )
    )


def _name_decision(previous_id: str, current_id: str) -> str:
    if previous_id and current_id:
        return "同じ手続き"
    return "廃止" if previous_id else "新規"
