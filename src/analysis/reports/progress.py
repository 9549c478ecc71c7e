"""What several reports say alike of a scope: its progress, and the reasons it has not started."""

from analysis.document.blocks import Cell, Column, Inline, Shown, Strong, Table
from analysis.figures.catalogue import REASONS, ROUTES
from analysis.figures.figure import Figure
from analysis.figures.findings import Findings, write_month, write_previous

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
    return (
        f"オンライン化済み手続きは、前回調査時（{write_previous(findings)}時点）から",
        Strong(_say_change(change)),
        "、" if not change.value else "し、",
        rate,
        "となりました（",
        Shown(figure("online_rate_change", scope)),
        "）",
    )


def list_progress(findings: Findings, scope: str) -> list[tuple[Figure, ...]]:
    """Return a scope's figure of each of PROGRESS, with its change if there is a cycle before."""
    figure = findings.ledger.figure
    if not findings.ledger.has_previous:
        return [(figure(name, scope),) for name in PROGRESS]
    return [(figure(name, scope), figure(f"{name}_change", scope)) for name in PROGRESS]


def progress_columns(findings: Findings) -> tuple[Column, ...]:
    """Return the columns of the published table that stand beside a scope's name."""
    if not findings.ledger.has_previous:
        return (
            Column("総手続き数", numeric=True, weight=2),
            Column("オンライン化済手続き数", numeric=True, weight=2),
            Column("オンライン化率", numeric=True, weight=2),
        )
    now = f"{write_month(findings.cycle)}時点"
    return (
        Column("総手続き数", numeric=True, weight=2),
        Column(now, "オンライン化済手続き数", numeric=True, weight=2),
        Column("前回からの増減", "オンライン化済手続き数", numeric=True, weight=2),
        Column(now, "オンライン化率", numeric=True, weight=2),
        Column("前回からの増減（ポイント）", "オンライン化率", numeric=True, weight=2),
    )


def progress_cells(findings: Findings, scope: str) -> tuple[Cell, ...]:
    """Return a scope's figures for `progress_columns`."""
    names = ["total", "online", "online_change", "online_rate", "online_rate_change"]
    if not findings.ledger.has_previous:
        names = [name for name in names if not name.endswith("_change")]
    return tuple(findings.ledger.figure(name, scope) for name in names)


def reason_table(findings: Findings, scope: str) -> Table:
    """Return a scope's not-started procedures by reason, with the route's total beneath each."""
    figure = findings.ledger.figure
    rows: list[tuple[Cell, ...]] = []
    subtotals = []
    for route, (label, route_reasons) in ROUTES.items():
        rows += [
            (
                REASONS[reason],
                figure(f"reason_{reason}", scope),
                figure(f"reason_{reason}_share", scope),
                label,
            )
            for reason in route_reasons
        ]
        subtotals.append(len(rows))
        rows.append(
            (
                f"小計：{label}",
                figure(f"route_{route}", scope),
                figure(f"route_{route}_share", scope),
                "",
            )
        )
    rows.append(("計", figure("not_started", scope), "", ""))
    return Table(
        caption="未着手の理由と今後の進め方",
        columns=(
            Column("未着手の理由", weight=4),
            Column("手続き数", numeric=True, weight=2),
            Column("未着手に占める割合", numeric=True, weight=3),
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
