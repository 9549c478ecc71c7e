"""A department's report: its numbers beside the city's, its sections, its procedures."""

from collections.abc import Iterator

from analysis.cycle import WHOLE, WHOLE_NAME, Department
from analysis.document.blocks import (
    Block,
    Column,
    Group,
    Masthead,
    Paragraph,
    Quoted,
    Shown,
    Table,
)
from analysis.document.chart import draw_parts
from analysis.document.rates_chart import draw_rates
from analysis.document.tiles import Tiles
from analysis.figures.findings import Findings
from analysis.figures.statuses import name_statuses
from analysis.reports.bridge import show_bridge
from analysis.reports.figure_columns import FigureColumns
from analysis.reports.heading import head_report
from analysis.reports.moves import CONCERNED, MOVED, list_moves
from analysis.reports.next_steps import show_next
from analysis.reports.outlook import say_verdict, show_outlook
from analysis.reports.procedure_table import lay_out_procedures
from analysis.reports.progress import (
    now_and_change,
    progress_columns,
    progress_measures,
    reason_table,
    say_only_reason,
    say_progress,
    show_progress,
)
from analysis.reports.trend import show_department_trend


def masthead(findings: Findings, department: str) -> Masthead:
    """Return the head of a department's report."""
    return head_report(findings, "department", findings.department(department).name)


def headline(findings: Findings, department: str) -> Block:
    """Return the department's sentence, whether it meets the target, and it beside the city."""
    own = findings.department(department)
    figure = findings.ledger.figure
    # The city's rate stands in the table below.
    told = next(say_verdict(findings, own.slug), ())
    verdict = (*told, "。") if told else ()
    return Group(
        (
            Tiles((*show_progress(findings, own.slug), *show_outlook(findings, own.slug))),
            Paragraph(
                (
                    f"{own.name}の",
                    Shown(figure("total", own.slug), unit="手続き"),
                    "について、",
                    *say_progress(findings, own.slug),
                    "。",
                    *verdict,
                ),
                kind="lead",
            ),
            _compare(findings, own),
            *_draw_statuses(findings, own),
        )
    )


def sections(findings: Findings, department: str) -> Block:
    """Return the department's sections with the columns of the published table.

    Of a department of one section that would be its own numbers once more.
    """
    own = findings.department(department)
    listed = findings.ledger.list_sections(own.slug)
    if len(listed) == 1:
        name = listed[0].name.removeprefix(f"{own.name} ")
        return Paragraph(("手続きのある課は、", Quoted(name), "だけです。"))
    columns = progress_columns(findings)
    table = Table(
        caption="課別のオンライン化の状況",
        columns=(
            Column(findings.cycle.questionnaire.named["section"].header, weight=3),
            *columns.head,
        ),
        rows=(
            *(
                (
                    Quoted(scope.name.removeprefix(f"{own.name} ")),
                    *columns.cells(scope.slug),
                )
                for scope in listed
            ),
            ("計", *columns.cells(own.slug)),
        ),
        ledger=findings.ledger,
    )
    return Group((table, _draw_sections(findings, own)))


def reasons(findings: Findings, department: str) -> Block:
    """Return the department's not-started procedures by reason; nothing if none is asked for.

    Of one procedure a sentence says as much as the table.
    """
    own, asked = findings.department(department), findings.cycle.questionnaire
    if not asked.reasons:
        return Group(())
    called = asked.name_role("not_started")
    heading = Paragraph((f"{called}の理由",), kind="heading")
    if not findings.ledger.figure("not_started", own.slug).value:
        return Group((heading, Paragraph((f"{called}の手続きはありません。",))))
    if said := say_only_reason(findings, own.slug):
        return Group((heading, Paragraph(said)))
    return Group((heading, reason_table(findings, own.slug)))


def changes(findings: Findings, department: str) -> Block:
    """Return what changed since the last cycle, procedure by procedure."""
    own, asked = findings.department(department), findings.cycle.questionnaire
    if not findings.ledger.has_previous:
        return Paragraph(("今回が最初の調査のため、前回からの異動はありません。",))
    moves = findings.ledger.rows_of(own.slug, "transitions", CONCERNED)[MOVED]
    rows = [
        row for record in moves.to_dict("records") for row in list_moves(record, own.slug, asked)
    ]
    trend = show_department_trend(findings, own.slug)
    if not rows:
        return Group((Paragraph(("前回調査からの異動はありません。",)), *trend))
    return Group(
        (
            *show_bridge(findings, own.slug),
            *trend,
            Table(
                caption="前回調査からの異動",
                columns=(
                    Column("異動", weight=3),
                    Column(asked.named["procedure_id"].header, weight=2),
                    Column(asked.named["name"].header, weight=7),
                    Column("前回", weight=3),
                    Column("今回", weight=3),
                ),
                rows=tuple(rows),
            ),
        )
    )


def next_steps(findings: Findings, department: str) -> Block:
    """Return the efforts that the guideline grades, and what to take up next."""
    return show_next(findings, findings.department(department).slug)


def procedures(findings: Findings, department: str) -> Block:
    """Return the full list of the department's procedures with what the guideline proposes."""
    return lay_out_procedures(findings, findings.department(department))


def _draw_statuses(findings: Findings, own: Department) -> Iterator[Block]:
    """Yield the chart of the statuses, where there is more than one procedure to draw."""
    figure = findings.ledger.figure
    total = figure("total", own.slug)
    if total.value in (None, 0, 1):
        return
    names = name_statuses(findings.cycle.questionnaire)
    parts = [(label, figure(name, own.slug)) for name, label in names.items()]
    yield draw_parts(findings.ledger, "手続きの状況", parts, total)


def _draw_sections(findings: Findings, own: Department) -> Block:
    """Return the chart of the sections' rates beside the city's."""
    ledger = findings.ledger
    rows = [
        (
            Quoted(scope.name.removeprefix(f"{own.name} ")),
            ledger.figure("online_rate", scope.slug),
            ledger.previous_figure("online_rate", scope.slug) if ledger.has_previous else None,
        )
        for scope in ledger.list_sections(own.slug)
    ]
    return draw_rates("課別のオンライン化率", rows, ledger.figure("online_rate"))


def _compare(findings: Findings, own: Department) -> Table:
    has_previous = findings.ledger.has_previous
    # Two columns alone are as wide as what stands in them.
    weight = 2 if has_previous else None
    sides = ((own.name, own.slug), (WHOLE_NAME, WHOLE))
    columns = FigureColumns(
        findings, (column for side in sides for column in now_and_change(*side, weight=weight))
    )
    return Table(
        caption=f"{own.name}と市全体",
        columns=(Column("", weight=4), *columns.head),
        rows=tuple(
            (findings.ledger.items[name].label, *columns.cells(measure=name))
            for name in progress_measures(findings)
        ),
        notes=("オンライン化率の増減の単位はポイント。",) if has_previous else (),
    )
