"""What several reports say alike of a scope: its progress, and the reasons it has not started."""

from analysis.cycle import WHOLE
from analysis.document.blocks import Cell, Column, Inline, Shown, Strong, Table
from analysis.figures.catalogue import CHANGE, REASONS, ROUTES
from analysis.figures.figure import Figure
from analysis.figures.findings import Findings, write_month, write_previous
from analysis.reports.figure_columns import FigureColumn, FigureColumns

PROGRESS = ("total", "online", "online_rate", "not_online", "started", "not_started")
"""The measures that say how far a scope has come, in the order of its table."""


def say_progress(findings: Findings, scope: str) -> tuple[Inline, ...]:
    """Return the sentence on the online procedures of a scope; it turns with the sign."""
    figure = findings.ledger.figure
    rate = Shown(figure("online_rate", scope))
    if not findings.ledger.has_previous:
        return (
            "オンライン化済み手続きは",
            Strong((Shown(figure("online", scope)),)),
            "で、",
            rate,
            "です",
        )
    change = figure("online_change", scope)
    same = "同じ部局の" if scope == WHOLE and findings.cycle.uncounted else ""
    return (
        f"オンライン化済み手続きは、{same}前回調査時（{write_previous(findings)}時点）から",
        Strong(_say_change(change)),
        "、" if not change.value else "し、",
        rate,
        "となりました（",
        Shown(figure("online_rate_change", scope)),
        "）",
    )


def list_progress(findings: Findings, scope: str) -> list[tuple[Figure, ...]]:
    """Return a scope's figure of each of PROGRESS, with its change if there is a cycle before."""
    columns = FigureColumns(findings, now_and_change())
    return [columns.list_figures(scope, name) for name in PROGRESS]


def now_and_change(
    group: str | None = None,
    scope: str | None = None,
    *,
    weight: int | None = 2,
    with_unit: bool = False,
) -> tuple[FigureColumn, ...]:
    """Return the columns of a table whose rows are PROGRESS: the figure, and its change."""
    return (
        FigureColumn("{}", "今回", group, weight, scope),
        FigureColumn(f"{{}}{CHANGE}", "前回からの増減", group, weight, scope, with_unit),
    )


def progress_columns(findings: Findings) -> FigureColumns:
    """Return the columns of the published table that stand beside a scope's name."""
    now = f"{write_month(findings.cycle)}時点"
    online, rate = "オンライン化済手続き数", "オンライン化率"
    return FigureColumns(
        findings,
        (
            FigureColumn("total", "総手続き数"),
            FigureColumn("online", now, online),
            FigureColumn("online_change", "前回からの増減", online),
            FigureColumn("online_rate", now, rate),
            FigureColumn("online_rate_change", "前回からの増減（ポイント）", rate),
        ),
    )


def reason_table(findings: Findings, scope: str) -> Table:
    """Return a scope's not-started procedures by reason, with the route's total beneath each."""
    columns = FigureColumns(
        findings,
        (FigureColumn("{}", "手続き数"), FigureColumn("{}_share", "未着手に占める割合", weight=3)),
    )
    rows: list[tuple[Cell, ...]] = []
    subtotals = []
    for route, (label, route_reasons) in ROUTES.items():
        rows += [
            (REASONS[reason], *columns.cells(scope, f"reason_{reason}"), label)
            for reason in route_reasons
        ]
        subtotals.append(len(rows))
        rows.append((f"小計：{label}", *columns.cells(scope, f"route_{route}"), ""))
    rows.append(("計", findings.ledger.figure("not_started", scope), "", ""))
    return Table(
        caption="未着手の理由と今後の進め方",
        columns=(
            Column("未着手の理由", weight=4),
            *columns.head,
            Column("今後の進め方", weight=4),
        ),
        rows=tuple(rows),
        ledger=findings.ledger,
        subtotals=tuple(subtotals),
    )


def _say_change(change: Figure) -> tuple[str | Shown, ...]:
    if not change.value:
        return ("増減なし",)
    return (Shown(change, magnitude=True), "増加" if change.value > 0 else "減少")
