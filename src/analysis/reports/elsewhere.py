"""What is online elsewhere though it is called impossible here: proposals, with both sides."""

from collections.abc import Sequence

import pandas as pd

from analysis.document.blocks import Block, Cell, Column, Group, Paragraph, Quoted, Shown, Table
from analysis.figures.findings import Findings
from analysis.figures.national import GROUNDS as NATIONAL_GROUNDS
from analysis.figures.national import NATIONAL, find_proposals
from analysis.figures.requests import LAW
from analysis.figures.twins import TWINS, Twin, find_twins, list_grounds
from analysis.questionnaire.field import name_codes
from analysis.questionnaire.questionnaire import REASON, Questionnaire

_SHOWN = 3


def tell_twins(findings: Findings) -> Block:
    """Return the procedures that others like them are online elsewhere, what tells most first."""
    asked, figure = findings.cycle.questionnaire, findings.ledger.figure
    rows = findings.ledger.tables.current["procedures"]
    grounds = list_grounds(asked)
    order = [*grounds]
    twins = sorted(find_twins(asked, rows), key=lambda twin: order.index(twin.ground))
    reasons = "・".join(f"「{asked.reasons[code]}」" for code in asked.lobbied)
    lead = (
        f"{reasons}とされた手続きのうち、名称か法令が同じものがほかの部局で"
        f"「{asked.name_role('online')}」のものは、",
        Shown(figure(TWINS)),
    )
    if not twins:
        return Paragraph((*lead, "です。"))
    why = "です。手続きの中身が同じとは限らないので、確かめるための候補です。"
    table = Table(
        caption=f"ほかの部局に「{asked.name_role('online')}」の例がある手続き（候補）",
        columns=(
            Column("共通点", weight=3),
            Column("この手続き", weight=6),
            Column(asked.named[REASON].header, weight=3),
            Column("ほかの部局の例", weight=6),
        ),
        rows=tuple(_tell(asked, rows, twin, grounds[twin.ground]) for twin in twins),
        headings=0,
    )
    return Group((Paragraph((*lead, why)), table))


def _tell(asked: Questionnaire, rows: pd.DataFrame, twin: Twin, ground: str) -> tuple[Cell, ...]:
    own = rows.iloc[twin.row]
    others = _shorten([_name(rows.iloc[place]) for place in twin.others])
    reason = name_codes(str(own[REASON]), asked.reasons)
    return (ground, Quoted(_name(own)), reason, Quoted("\n".join(others)))


def _name(row: "pd.Series[str]") -> str:
    """Return a procedure as people find it: department, 課, name, law and id."""
    law = f"（{row[LAW]}）" if isinstance(row[LAW], str) else ""
    return f"{row['department']}　{row['section']}　{row['name']}{law}　{row['procedure_id']}"


def tell_national(findings: Findings) -> Block:
    """Return the procedures whose like a ministry reports as online, the nearest first.

    Nothing where no inventory is named.
    """
    inventory, asked = findings.ledger.behind.inventory, findings.cycle.questionnaire
    if not inventory.name:
        return Group(())
    rows = findings.ledger.tables.current["procedures"]
    found = sorted(find_proposals(asked, inventory, rows), key=lambda own: -own.nearness)
    order = [*NATIONAL_GROUNDS]
    found.sort(key=lambda own: order.index(own.ground))
    heading = Paragraph(("国が実施済とする手続きとの比較",), kind="heading")
    lead = (
        "市だけでは進められないとされた手続きのうち、法令と条が同じ手続きを所管府省庁が"
        "「実施済」と報告しているものは、",
        Shown(findings.ledger.figure(NATIONAL)),
    )
    source = ("出典：デジタル庁「行政手続等の悉皆調査結果等」（", Quoted(inventory.name), "）")
    note = Paragraph(source, kind="note")
    if not found:
        return Group((heading, Paragraph((*lead, "です。")), note))
    why = "です。同じ手続きとは限らないので、確かめるための候補です。"
    table = Table(
        caption="国が「実施済」と報告した手続きと法令と条が同じ手続き（候補）",
        columns=(
            Column("共通点", weight=3),
            Column("この手続き", weight=6),
            Column(asked.named[REASON].header, weight=3),
            Column("国の報告", weight=6),
        ),
        rows=tuple(
            (
                NATIONAL_GROUNDS[own.ground],
                Quoted(_name(rows.iloc[own.row])),
                name_codes(str(rows.iloc[own.row][REASON]), asked.reasons),
                Quoted("\n".join(_shorten([" ".join(told) for told in own.reported]))),
            )
            for own in found
        ),
        headings=0,
    )
    return Group((heading, Paragraph((*lead, why)), table, note))


def _shorten(names: Sequence[str]) -> list[str]:
    """Return the first of many names, and that there are more."""
    return [*names[:_SHOWN], *(["ほか"] if len(names) > _SHOWN else [])]
