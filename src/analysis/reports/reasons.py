"""The reasons why procedures are not started: by department, by route, and in the words given."""

from analysis.document.blocks import (
    Block,
    Column,
    Group,
    Link,
    Masthead,
    Paragraph,
    Quoted,
    Shown,
    Table,
)
from analysis.document.chart import draw_stacks
from analysis.document.sums import require_sum
from analysis.figures.catalogue import REASONS, ROUTES
from analysis.figures.findings import Findings
from analysis.reports.figure_columns import FigureColumn, FigureColumns
from analysis.reports.heading import head_report
from analysis.reports.progress import reason_table

QUOTED = ("section", "name", "reason_detail")


def masthead(findings: Findings) -> Masthead:
    """Return the head of the report."""
    return head_report(findings, "reasons")


def routes(findings: Findings) -> Block:
    """Return the reasons of the whole city with the totals of the two routes."""
    figure = findings.ledger.figure
    return Group(
        (
            Paragraph(
                (
                    "未着手の",
                    Shown(figure("not_started"), unit="手続き"),
                    "のうち、",
                    Shown(figure("route_promote"), unit="手続き"),
                    "（",
                    Shown(figure("route_promote_share")),
                    "）はガイドラインに基づきオンライン化を進め、",
                    Shown(figure("route_lobby"), unit="手続き"),
                    "（",
                    Shown(figure("route_lobby_share")),
                    "）は関係機関に働きかけます。",
                ),
                kind="lead",
            ),
            reason_table(findings, "all"),
        )
    )


def by_department(findings: Findings) -> Block:
    """Return departments by reasons, with the total of each route, and its chart."""
    figure = findings.ledger.figure
    by_route = [
        column
        for route, (label, reasons) in ROUTES.items()
        for column in (
            *(FigureColumn(f"reason_{reason}", REASONS[reason], label) for reason in reasons),
            FigureColumn(f"route_{route}", "計", label, weight=1),
        )
    ]
    whole = FigureColumn("not_started", "未着手", weight=1)
    columns = FigureColumns(findings, (*by_route, whole))
    scopes = [(d.name, d.slug) for d in findings.cycle.departments]
    for route, (label, reasons) in ROUTES.items():
        for _, slug in scopes:
            parts = [figure(f"reason_{reason}", slug) for reason in reasons]
            require_sum(findings.ledger, label, parts, figure(f"route_{route}", slug))
    return Group(
        (
            Table(
                caption="部局別・理由別の未着手の手続き数",
                columns=(Column("部局名", weight=3), *columns.head),
                rows=tuple(
                    (
                        "計" if slug == "all" else Link(name, f"department-{slug}"),
                        *columns.cells(slug),
                    )
                    for name, slug in [*scopes, ("計", "all")]
                ),
                ledger=findings.ledger,
            ),
            draw_stacks(
                findings.ledger,
                "部局別・理由別の未着手の手続き数",
                [
                    (
                        name,
                        [figure(f"reason_{reason}", slug) for reason in REASONS],
                        figure("not_started", slug),
                    )
                    for name, slug in scopes
                ],
                list(REASONS.values()),
            ),
        )
    )


def details(findings: Findings) -> Block:
    """Return the reasons in the departments' own words, a table for each reason."""
    frame = findings.ledger.tables.current["procedures"]
    frame = frame[(frame["status"] == "not_started") & frame["reason_detail"].notna()]
    return Group(
        tuple(
            Table(
                caption=f"{label}：理由の詳細",
                columns=(
                    Column("部局名", weight=3),
                    Column("課名", weight=3),
                    Column("手続き名", weight=6),
                    Column("理由の詳細", weight=6),
                ),
                rows=tuple(
                    (department, *map(Quoted, quoted))
                    for department, *quoted in frame.loc[
                        frame["reason"] == reason, ["department", *QUOTED]
                    ].itertuples(index=False, name=None)
                ),
                headings=0,
                empty="理由の詳細の記入はありません。",
            )
            for reason, label in REASONS.items()
        )
    )
