"""The requests: for each agency a page from which a letter can be written: laws, procedures."""

from collections.abc import Iterator

import pandas as pd

from analysis.document.blocks import (
    Block,
    Column,
    Group,
    Inline,
    Masthead,
    Paragraph,
    Quoted,
    Shown,
    Table,
)
from analysis.figures.agencies import NOBODYS, Agency
from analysis.figures.findings import Findings
from analysis.figures.requests import AGENCY, FIRST_LAW, LAW, REQUESTED, name_request
from analysis.figures.road import VOLUME
from analysis.questionnaire.field import SAID_BETWEEN, list_codes
from analysis.questionnaire.questionnaire import REASON
from analysis.reports.behind import rank_agencies, rank_laws, tell_agencies, tell_laws
from analysis.reports.heading import head_report

_WEIGHTS = {LAW: 6, "name": 7, VOLUME: 2}


def masthead(findings: Findings) -> Masthead:
    """Return the head of the report."""
    return head_report(findings, "requests")


def agencies(findings: Findings) -> Block:
    """Return whom the city asks to act, and for how many procedures."""
    figure = findings.ledger.figure
    if not figure(REQUESTED).value:
        return Paragraph(("市だけでは進められない手続きはありません。",), kind="lead")
    lead = Paragraph(
        ("市だけでは進められない", Shown(figure(REQUESTED), unit="手続き"), "の相手先です。"),
        kind="lead",
    )
    how = Paragraph(
        (
            "相手先は、回答が最初に挙げる法令から、市が定めた対応によって決めています。"
            "一つの手続きは一つの相手先に数えます。",
        ),
        kind="note",
    )
    return Group((lead, tell_agencies(findings), how))


def letters(findings: Findings) -> Block:
    """Return a page for each agency: to whom, because of which laws, which procedures."""
    return Group(
        tuple(block for code in rank_agencies(findings) for block in _write_letter(findings, code))
    )


def _write_letter(findings: Findings, agency: str) -> Iterator[Block]:
    asked, figure = findings.cycle.questionnaire, findings.ledger.figure
    name, measure = asked.derived[AGENCY].choices[agency], name_request(agency)
    yield Paragraph((Quoted(name),), kind="page")
    count = Shown(figure(measure), unit="手続き")
    if agency == NOBODYS:
        yield Paragraph(
            (
                "所管が定められていない",
                count,
                "です。法令と相手先の対応を定めると、その相手先に移ります。",
            )
        )
    else:
        told = next(own for own in findings.ledger.behind.agencies.agency if own.code == agency)
        yield from _address(findings, told)
        yield Paragraph(
            (
                "次の",
                count,
                *_say_volume(findings, measure),
                "は、法令等の定めや貴機関の事務の取扱いにより、市だけではオンライン化できません。",
            )
        )
        yield Paragraph(tuple(_say_rule(findings, told)), kind="note")
    if asked.named[LAW].is_asked:
        yield tell_laws(findings, agency)
    yield _list_procedures(findings, agency)


def _say_rule(findings: Findings, told: Agency) -> Iterator[Inline]:
    """Yield by what the procedures are the agency's: no answer tells who decides on each."""
    asked = findings.cycle.questionnaire
    law = asked.named[LAW].header
    yield f"これらの手続きは、所管法令によります（「{law}」が最初に挙げる法令の所管"
    if told.reasons:
        labels = "".join(f"「{asked.reasons[code]}」" for code in told.reasons)
        yield f"と、{asked.named[REASON].header}{labels}"
    yield "から選んでいます）。許認可や交付を別の機関がする手続きを含むことがあります。"


def _address(findings: Findings, told: Agency) -> Iterator[Block]:
    yield Paragraph(("宛先：", Quoted(told.addressee or told.name)))
    settings = findings.cycle.settings
    yield Paragraph(("差出人：", Quoted("　".join((settings.city, *settings.publisher)))))


def _say_volume(findings: Findings, measure: str) -> tuple[str | Shown, ...]:
    field = findings.cycle.questionnaire.named[VOLUME]
    if not field.is_asked:
        return ()
    volume = Shown(findings.ledger.figure(f"{measure}_volume"))
    return (f"（{field.header}の計", volume, "）")


def _list_procedures(findings: Findings, agency: str) -> Table:
    """Return an agency's procedures, those of one law together, the laws as they are ranked."""
    asked = findings.cycle.questionnaire
    frame = findings.ledger.tables.current["procedures"]
    order = rank_laws(findings, agency)
    frame = frame[frame[AGENCY] == agency]
    frame = frame.sort_values(FIRST_LAW, key=lambda laws: laws.map(order.index), kind="stable")
    names = [name for name in (LAW, "name", VOLUME) if asked.named[name].is_asked]
    titles = {name: asked.named[name].header for name in (*names, REASON)}
    columns = [
        *(Column(titles[name], weight=_WEIGHTS[name], numeric=name == VOLUME) for name in names),
        Column("部局・課", weight=4),
        Column(titles[REASON], weight=4),
    ]
    rows = [
        (
            *(_quote(row[name]) for name in names),
            Quoted(f"{row['department']}　{row['section']}"),
            SAID_BETWEEN.join(
                asked.reasons[code] for code in list_codes(row[REASON]) if code in asked.lobbied
            ),
        )
        for row in frame[[REASON, *names, "department", "section"]].to_dict("records")
    ]
    return Table(
        caption="対象の手続き",
        columns=tuple(columns),
        rows=tuple(rows),
        headings=0,
    )


def _quote(value: object) -> Quoted | None:
    """Return an answer as it was read; None for one that there is not."""
    if pd.isna(value):  # type: ignore[call-overload]
        return None
    return Quoted(value if isinstance(value, str) else f"{value:,}")
