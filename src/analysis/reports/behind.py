"""Who and what stands behind the reasons that only others can remove, ranked: agencies, laws."""

from collections.abc import Sequence

from analysis.document.blocks import Cell, Column, Quoted, Table
from analysis.figures.agencies import NOBODYS
from analysis.figures.findings import Findings
from analysis.figures.requests import (
    AGENCY,
    FIRST_LAW,
    LAW,
    REQUESTED,
    name_request,
)
from analysis.figures.road import VOLUME
from analysis.questionnaire.questionnaire import REASON
from analysis.reports.figure_columns import FigureColumn, FigureColumns


def rank_agencies(findings: Findings) -> list[str]:
    """Return the agencies that are asked, by code: most procedures first, those of nobody last."""

    def place(code: str) -> tuple[bool, int, int]:
        return (code == NOBODYS, *_place(findings, name_request(code)))

    return sorted(findings.ledger.behind.list_agencies(), key=place)


def rank_laws(findings: Findings, agency: str) -> list[str]:
    """Return the laws, by code, because of which an agency is asked: most procedures first."""
    own = {
        name_request(*pair): pair[1] for pair in findings.ledger.behind.pairs if pair[0] == agency
    }
    return [own[measure] for measure in sorted(own, key=lambda name: _place(findings, name))]


def tell_agencies(findings: Findings) -> Table:
    """Return the agencies with their procedures by reason, and the yearly volume."""
    asked = findings.cycle.questionnaire
    names = asked.derived[AGENCY].choices
    reasons = asked.lobbied
    columns = FigureColumns(findings, count_columns(findings))
    by_reason = FigureColumns(
        findings, (FigureColumn(f"{{}}_for_{code}", asked.reasons[code]) for code in reasons)
    )
    whole = FigureColumns(
        findings, (FigureColumn(f"reason_{code}", asked.reasons[code]) for code in reasons)
    )
    measures = [(names[code], name_request(code)) for code in rank_agencies(findings)]
    return Table(
        caption="働きかけの相手先別の手続き数",
        columns=(Column("相手先", weight=4), *by_reason.head, *columns.head),
        rows=(
            *(
                (name, *by_reason.cells(measure=own), *columns.cells(measure=own))
                for name, own in measures
            ),
            ("計", *whole.cells(), *columns.cells(measure=REQUESTED)),
        ),
        ledger=findings.ledger,
        notes=(*_note_several(findings), *_note_volume(findings)),
    )


def tell_laws(findings: Findings, agency: str | None = None) -> Table:
    """Return the laws with their procedures, most first: of one agency (its code), or of all."""
    asked = findings.cycle.questionnaire
    names, laws = asked.derived[AGENCY].choices, asked.derived[FIRST_LAW].choices
    columns = FigureColumns(findings, count_columns(findings))
    pairs = [p for p in findings.ledger.behind.pairs if agency in (None, p[0])]
    own = {name_request(*pair): pair for pair in pairs}
    rows: list[tuple[Cell, ...]] = []
    for measure in sorted(own, key=lambda name: _place(findings, name)):
        code, law = own[measure]
        told = () if agency else (names[code],)
        rows.append((Quoted(laws[law]), *told, *columns.cells(measure=measure)))
    total = REQUESTED if agency is None else name_request(agency)
    blank = () if agency else ("",)
    return Table(
        caption=f"{asked.named[LAW].header}別の手続き数",
        columns=(
            Column(asked.named[LAW].header, weight=8),
            *(() if agency else (Column("相手先", weight=3),)),
            *columns.head,
        ),
        rows=(*rows, ("計", *blank, *columns.cells(measure=total))),
        ledger=findings.ledger,
        notes=_note_volume(findings),
    )


def count_columns(findings: Findings) -> Sequence[FigureColumn]:
    """Return the columns of a row's procedures and of their yearly volume, if that is asked."""
    field = findings.cycle.questionnaire.named[VOLUME]
    volume = [FigureColumn("{}_volume", f"{field.header}の計")] if field.is_asked else []
    return [FigureColumn("{}", "手続き数"), *volume]


def _place(findings: Findings, measure: str) -> tuple[int, int]:
    """Return what puts the measure of most procedures first, of as many that of most use."""
    items, figure = findings.ledger.items, findings.ledger.figure
    volume = f"{measure}_volume"
    used = figure(volume).numerator if volume in items else 0
    return -(figure(measure).numerator or 0), -(used or 0)


def _note_several(findings: Findings) -> tuple[str, ...]:
    asked = findings.cycle.questionnaire
    if not asked.named[REASON].multiple:
        return ()
    return (f"{asked.named[REASON].header}が複数の手続きは、理由ごとに数えています。",)


def _note_volume(findings: Findings) -> tuple[str, ...]:
    field = findings.cycle.questionnaire.named[VOLUME]
    if not field.is_asked:
        return ()
    return (f"{field.header}の計は、件数の分かる手続きの計です。",)
