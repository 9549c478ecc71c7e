"""What several reports say alike of a scope: its progress, and the reasons it has not started."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from analysis.cycle import WHOLE
from analysis.document.blocks import Cell, Chart, Column, Inline, Shown, Strong, Table
from analysis.document.chart import draw_parts
from analysis.document.tiles import Tile
from analysis.figures.figure import Figure
from analysis.figures.findings import Findings, write_month, write_previous
from analysis.figures.item import CHANGE
from analysis.figures.statuses import NO_REASON, NO_REASON_NAME, name_reasons, name_statuses
from analysis.looks import SERIES, look_by_place
from analysis.questionnaire.questionnaire import REASON
from analysis.reports.figure_columns import FigureColumn, FigureColumns

SEVERAL_REASONS = "複数回答のため、理由ごとの手続き数の合計は手続きの数と一致しません。"
"""What a table of reasons says where a procedure may have several."""


ROUNDED_SHARES = (
    "割合は一つずつ四捨五入しているため、内訳の合計が計や小計と一致しないところがあります。"
)
"""What a table says whose shares add up to another one than it prints."""


def progress_measures(findings: Findings) -> tuple[str, ...]:
    """Return the measures that say how far a scope has come, in the order of its table."""
    statuses = [name for name in name_statuses(findings.cycle.questionnaire) if name != "online"]
    excluded = ["excluded"] if "excluded" in findings.ledger.items else []
    return ("total", "online", "online_rate", "not_online", *statuses, *excluded)


def say_progress(findings: Findings, scope: str) -> tuple[Inline, ...]:
    """Return the sentence on the online procedures of a scope; it turns with the sign."""
    figure = findings.ledger.figure
    rate = Shown(figure("online_rate", scope))
    if not findings.ledger.has_previous:
        return (
            f"{_name_online(findings)}手続きは",
            Strong((Shown(figure("online", scope)),)),
            "で、",
            rate,
            "です",
        )
    change, points = figure("online_change", scope), figure("online_rate_change", scope)
    same = "同じ部局の" if scope == WHOLE and findings.cycle.uncounted else ""
    return (
        f"{_name_online(findings)}手続きは、{same}前回調査時（{write_previous(findings)}時点）から",
        *_say_change(change, rate, points),
    )


def show_progress(findings: Findings, scope: str) -> tuple[Tile, ...]:
    """Return a scope's headline numbers: its rate, and what has not started."""
    figure, names = findings.ledger.figure, name_statuses(findings.cycle.questionnaire)
    rate = figure("online_rate", scope)
    about: list[Inline] = [
        Shown(figure("total", scope), unit="手続き"),
        "のうち",
        Shown(figure("online", scope), unit="手続き"),
    ]
    if findings.ledger.has_previous:
        points, count = (figure(f"{name}{CHANGE}", scope) for name in ("online_rate", "online"))
        is_moved = points.value or count.value
        moved: list[Inline] = [Shown(points), "（", Shown(count), "）"]
        about += ["。前回から", *(moved if is_moved else ["増減なし"])]
    waiting: list[Inline] = []
    if "started" in names:
        waiting = [f"{names['started']}は", Shown(figure("started", scope), unit="手続き")]
    not_started = Shown(figure("not_started", scope), unit="手続き")
    return (
        Tile(findings.ledger.items["online_rate"].label, Shown(rate), tuple(about), rate),
        Tile(names["not_started"], not_started, tuple(waiting)),
    )


def list_progress(findings: Findings, scope: str) -> list[tuple[Figure, ...]]:
    """Return a scope's figures, each with its change if there is a cycle before."""
    columns = FigureColumns(findings, now_and_change())
    return [columns.list_figures(scope, name) for name in progress_measures(findings)]


def now_and_change(
    group: str | None = None,
    scope: str | None = None,
    *,
    weight: int | None = 2,
    with_unit: bool = False,
) -> tuple[FigureColumn, ...]:
    """Return the columns of a table whose rows are measures: the figure, and its change."""
    return (
        FigureColumn("{}", "今回", group, weight, scope),
        FigureColumn(f"{{}}{CHANGE}", "前回からの増減", group, weight, scope, with_unit),
    )


def progress_columns(findings: Findings) -> FigureColumns:
    """Return the columns of the published table that stand beside a scope's name."""
    now = f"{write_month(findings.cycle)}時点"
    online = findings.ledger.items["online"].label
    rate = findings.ledger.items["online_rate"].label
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
    """Return a scope's not-started procedures by reason, with the route's total beneath each.

    Where a procedure may have several reasons, the rows are no parts of a whole, and it says so.
    """
    asked, ledger = findings.cycle.questionnaire, findings.ledger
    waiting, header = asked.name_role("not_started"), asked.named[REASON].header
    share = FigureColumn("{}_share", f"{waiting}に占める割合", weight=3)
    columns = FigureColumns(findings, (FigureColumn("{}", "手続き数"), share))
    has_routes, is_several = bool(asked.routes), asked.named[REASON].multiple

    def line(label: str, measure: str, then: str) -> tuple[Cell, ...]:
        return (label, *columns.cells(scope, measure), *([then] if has_routes else ()))

    rows: list[tuple[Cell, ...]] = []
    subtotals = []
    for route in asked.routes:
        codes = asked.list_reasons(route.code)
        rows += [line(asked.reasons[code], f"reason_{code}", route.label) for code in codes]
        subtotals.append(len(rows))
        rows.append(line(f"小計：{route.label}", f"route_{route.code}", ""))
    routed = {code for route in asked.routes for code in asked.list_reasons(route.code)}
    rows += [
        line(label, f"reason_{code}", "")
        for code, label in asked.reasons.items()
        if code not in routed
    ]
    if asked.may_lack_reason:
        rows.append(line(NO_REASON, NO_REASON_NAME, ""))
    whole = f"{waiting}の手続き" if is_several else "計"
    rows.append(line(whole, "not_started", ""))
    return Table(
        caption=f"{header}と今後の進め方" if has_routes else header,
        columns=(
            Column(header, weight=4),
            *columns.head,
            *([Column("今後の進め方", weight=4)] if has_routes else ()),
        ),
        rows=tuple(rows),
        ledger=None if is_several else ledger,
        subtotals=tuple(subtotals),
        notes=(SEVERAL_REASONS,) if is_several else _note_rounding(rows, subtotals),
    )


def say_only_reason(findings: Findings, scope: str) -> tuple[Inline, ...]:
    """Return the reason of a scope's only not-started procedure in words, else nothing."""
    asked, figure = findings.cycle.questionnaire, findings.ledger.figure
    whole = figure("not_started", scope)
    found = [code for code in asked.reasons if figure(f"reason_{code}", scope).value == 1]
    if whole.value != 1 or len(found) != 1:
        return ()
    routes = [route.label for route in asked.routes if found[0] in asked.list_reasons(route.code)]
    then = f"、今後の進め方は「{routes[0]}」" if routes else ""
    reason = f"の理由は「{asked.reasons[found[0]]}」{then}です。"
    return (asked.name_role("not_started"), "の", Shown(whole, unit="手続き"), reason)


def _note_rounding(rows: Sequence[tuple[Cell, ...]], subtotals: Sequence[int]) -> tuple[str, ...]:
    """Return what a table says whose shares, each rounded for itself, do not add up."""
    shares = [row[2] for row in rows]
    values = [own.value or Decimal() if isinstance(own, Figure) else Decimal() for own in shares]
    parts, sums = [value for at, value in enumerate(values[:-1]) if at not in subtotals], []
    begin = 0
    for at in subtotals:
        sums.append((sum(values[begin:at]), values[at]))
        begin = at + 1
    sums.append((sum(parts), values[-1]))
    return (ROUNDED_SHARES,) if any(added != total for added, total in sums) else ()


def draw_reasons(findings: Findings, scope: str) -> Iterator[Chart]:
    """Yield the chart of a scope's reasons, where they are parts of a whole and few enough."""
    asked, figure = findings.cycle.questionnaire, findings.ledger.figure
    names = name_reasons(asked)
    if asked.named[REASON].multiple or len(names) > len(SERIES):
        return
    yield draw_parts(
        findings.ledger,
        asked.named[REASON].header,
        [(label, figure(name, scope)) for name, label in names.items()],
        figure("not_started", scope),
        look_by_place(names),
    )


def join(parts: Sequence[tuple[Inline, ...]], between: str = "、") -> list[Inline]:
    """Return stretches of a sentence as a list within it, or sentences as a text."""
    joined: list[Inline] = []
    for place, part in enumerate(parts):
        joined += [*([between] if place else []), *part]
    return joined


def _name_online(findings: Findings) -> str:
    """Return what online procedures are called in a sentence."""
    label = findings.cycle.questionnaire.name_role("online")
    return f"{label}み" if label.endswith("済") and "・" not in label else f"「{label}」の"


def _say_change(change: Figure, rate: Shown, points: Figure) -> tuple[Inline, ...]:
    """Return how a count changed and where its rate stands; what did not move is said once."""
    moved: tuple[Inline, ...] = ("（", Shown(points), "）") if points.value else ()
    if change.value:
        parts = (Shown(change, magnitude=True), "増加" if change.value > 0 else "減少")
        return (Strong(parts), "し、", rate, "となりました", *moved)
    if moved:
        return (Strong(("増減がなく",)), "、", rate, "となりました", *moved)
    return (Strong(("増減がなく",)), "、", rate, "のままです")
