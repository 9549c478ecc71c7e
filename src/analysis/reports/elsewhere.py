"""What is online elsewhere though it is called impossible here: proposals, with both sides."""

import pandas as pd

from analysis.document.blocks import Block, Cell, Column, Group, Paragraph, Quoted, Shown, Table
from analysis.figures.findings import Findings
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
    lead = Paragraph(
        (
            f"{reasons}とされた手続きのうち、名称か法令が同じものがほかの部局で"
            f"「{asked.name_role('online')}」のものは、",
            Shown(figure(TWINS)),
            "です。手続きの中身が同じとは限らないので、確かめるための候補です。",
        )
    )
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
    return Group((lead, table))


def _tell(asked: Questionnaire, rows: pd.DataFrame, twin: Twin, ground: str) -> tuple[Cell, ...]:
    own = rows.iloc[twin.row]
    others = [_name(rows.iloc[place]) for place in twin.others[:_SHOWN]]
    more = ["ほか"] if len(twin.others) > _SHOWN else []
    reason = name_codes(str(own[REASON]), asked.reasons)
    return (ground, Quoted(_name(own)), reason, Quoted("\n".join([*others, *more])))


def _name(row: "pd.Series[str]") -> str:
    """Return a procedure as people find it: department, 課, name, law and id."""
    law = f"（{row[LAW]}）" if isinstance(row[LAW], str) else ""
    return f"{row['department']}　{row['section']}　{row['name']}{law}　{row['procedure_id']}"
