"""The trend over three cycles and more: how far the city and its departments were in each."""

import datetime
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from analysis.ancestry import open_ancestors
from analysis.cycle import WHOLE, WHOLE_NAME
from analysis.document.blocks import Block, Cell, Column, Link, Paragraph, Table
from analysis.document.trend_chart import Point, draw_trend
from analysis.figures.figure import Figure
from analysis.figures.findings import Findings, write_date
from analysis.figures.trend import TREND_MEASURES, list_trend_cycles, name_trend

_MOST_COLUMNS = 6
"""How many cycles stand beside one another in a table: more would not fit on paper."""

_RATE = "online_rate"
_INVENTED = "数値は、架空の回答によるものです。"
# Where all answers are made up, what differs is that these were held to nothing.
_UNMATCHED = "架空の回答は、公表された件数と照合していません。"


class Stop(NamedTuple):
    """A cycle of the trend: its day, as told, and where its figures stand.

    `earlier` is its name if it is before the previous one; of the others `is_current` tells which.
    """

    day: datetime.date
    told: str
    earlier: str | None
    is_current: bool

    def find(self, findings: Findings, measure: str, scope: str = WHOLE) -> Figure | None:
        """Return the figure of a measure; None if the scope had no counterpart then."""
        ledger = findings.ledger
        if self.earlier is not None:
            return ledger.look_up(ledger.cycle.name, scope, name_trend(measure, self.earlier))
        return (ledger.figure if self.is_current else ledger.previous_figure)(measure, scope)


def show_trend(findings: Findings) -> Iterator[Block]:
    """Yield the whole city's trend as a table and a chart, and that of each department's rate.

    Nothing with fewer than three cycles.
    """
    stops = _list_stops(findings)
    if not stops:
        return
    label = findings.ledger.items[_RATE].label
    yield Paragraph((f"{label}の推移",), kind="heading")
    yield _list_table(findings, f"市全体の{label}の推移", stops, WHOLE)
    found = [(stop.day, stop.told, stop.find(findings, _RATE)) for stop in stops]
    points: list[Point] = [(day, told, own) for day, told, own in found if own is not None]
    yield draw_trend(f"市全体の{label}", points)
    yield _cross_table(findings, f"部局別の{label}の推移", stops[-_MOST_COLUMNS:])


def show_department_trend(findings: Findings, scope: str) -> Iterator[Block]:
    """Yield a department's trend as a table; nothing with fewer than three cycles."""
    if stops := _list_stops(findings):
        label = findings.ledger.items[_RATE].label
        caption = f"{findings.department(scope).name}の{label}の推移"
        yield _list_table(findings, caption, stops, scope)


def _list_stops(findings: Findings) -> list[Stop]:
    """Return the cycles from the oldest to this one; none if they are fewer than three."""
    ancestors = open_ancestors(findings.cycle)
    earlier = {*list_trend_cycles(findings.ledger.items.values())}
    if not earlier:
        return []
    return [
        Stop(
            own.settings.as_of,
            write_date(own),
            own.name if own.name in earlier else None,
            is_current=own is findings.cycle,
        )
        for own in (*reversed(ancestors), findings.cycle)
    ]


def _list_table(findings: Findings, caption: str, stops: list[Stop], scope: str) -> Table:
    """Return a scope's table: a cycle a row, the oldest first."""
    items = findings.ledger.items
    rows = tuple(
        (stop.told, *(stop.find(findings, measure, scope) for measure in TREND_MEASURES))
        for stop in stops
    )
    return Table(
        caption=caption,
        columns=(
            Column("時点", weight=3),
            *(Column(items[name].label, numeric=True, weight=3) for name in TREND_MEASURES),
        ),
        rows=rows,
        notes=(*_list_notes(findings), *_explain_missing(rows)),
    )


def _cross_table(findings: Findings, caption: str, stops: list[Stop]) -> Table:
    """Return the table of the departments' rates: a department a row, a cycle a column."""
    named: list[tuple[str | Link, str]] = [
        (Link(own.name, f"department-{own.slug}"), own.slug) for own in findings.cycle.departments
    ]
    named.append((WHOLE_NAME, WHOLE))
    rows = tuple(
        (name, *(stop.find(findings, _RATE, slug) for stop in stops)) for name, slug in named
    )
    return Table(
        caption=caption,
        columns=(
            Column("部局名", weight=3),
            *(Column(stop.told, numeric=True, weight=2) for stop in stops),
        ),
        rows=rows,
        marks=(*(None for _ in rows[:-1]), "quiet"),
        notes=tuple(_explain_missing(rows)),
    )


def _list_notes(findings: Findings) -> Iterator[str]:
    ancestors = open_ancestors(findings.cycle)
    if any(own.takeovers for own in (findings.cycle, *ancestors)):
        yield "これまでの手続きは、組織の引継ぎを順にたどり、今の部局で数えています。"
    for own in ancestors[1:]:
        if own.settings.demonstration:
            is_alone = not findings.cycle.settings.demonstration
            yield f"{write_date(own)}時点の{_INVENTED if is_alone else _UNMATCHED}"
        if own.uncounted:
            names = "、".join(left.department.name for left in own.uncounted)
            yield f"{write_date(own)}時点では、{names}を数えていません。"


def _explain_missing(rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    if any(cell is None for row in rows for cell in row):
        yield "—は、その時点に、今の部局に当たる部局の手続きがなかったことを示します。"
