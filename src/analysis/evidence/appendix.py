"""数値の根拠: the section that closes every report, a line for each figure that it prints.

A printed number leads to its line, and the line to the figures it was made from and to the rows it
counts, by workbook, sheet and row. The lines of one measure stand under its definition.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby

import pandas as pd

from analysis.cycle import WHOLE, WHOLE_NAME
from analysis.document.blocks import Cell, Column, Link, Quoted, Shown, Table
from analysis.figures.evidence import ROLES
from analysis.figures.figure import Figure
from analysis.figures.ledger import Ledger
from analysis.figures.listing import select_together
from analysis.figures.measure import Change, Duration, Measure, PerMonth, Share, Shortfall, Tallied
from analysis.figures.select import Selection
from analysis.figures.values import list_values

EVIDENCE_TITLE = "数値の根拠"
EVIDENCE_NOTE = (
    "この報告書のすべての数値について、定義と、根拠の行を示します。本文の数値を選ぶと、その数値の行に移ります。"
    "行は、調査票のファイル名、シート名と行番号です。印刷には、定義と値を載せます。"
)
NO_ROWS = "（該当なし）"

CITY_REPORT = "overview"
"""The report whose own evidence lists the rows of the whole city's figures."""

_PARTS = {
    Share: ("分子", "分母"),
    Shortfall: ("これまで", "全体"),
    Change: ("今回", "前回"),
    PerMonth: ("もとの数",),
    Duration: ("残り", "速さ"),
}
_WITHOUT_ROWS = (Share, Shortfall, PerMonth, Duration)
"""Measures whose rows stand in the lines of what they were made from."""

_SHEET = ("cycle", "workbook", "sheet")
_Sheet = tuple[str, str, str | None]
_Say = Callable[[str], str]


class _Places:
    """Where the rows of a table stand: each one's sheet, and its number or, without one, a cell."""

    def __init__(self, frame: pd.DataFrame) -> None:
        known: dict[_Sheet, int] = {}
        sheets = zip(*(list_values(frame, name) for name in _SHEET), strict=True)
        self._codes = [known.setdefault(sheet, len(known)) for sheet in sheets]
        self._sheets = list(known)
        self._is_numbered = "row" in frame
        self._within = list_values(frame, "row" if self._is_numbered else "cell")

    def say(self, rows: Sequence[int], cycle: str, say: _Say) -> Iterator[str]:
        """Yield where some rows stand, a text a sheet: `環境部.xlsx 調査票!7-9,12`."""
        for code, members in groupby(rows, key=self._codes.__getitem__):
            own, workbook, sheet = self._sheets[code]
            within = [self._within[row] for row in members]
            told = write_ranges(within) if self._is_numbered else _list_cells(within)
            file = (
                ("" if own == cycle else say(f"{own}の"))
                + workbook
                + (f" {sheet}" if sheet else "")
            )
            yield file + (f"{'!' if sheet else ' '}{told}" if told else "")


def gather_figures(ledger: Ledger, printed: Iterable[str]) -> list[Figure]:
    """Return the figures with these ids and all that they were made from, by measure, then scope.

    A share brings its two counts, a change both its sides. Raises FigureError for an unknown id.
    """
    found: dict[str, Figure] = {}
    waiting = [ledger.find(figure_id) for figure_id in dict.fromkeys(printed)]
    while waiting:
        figure = waiting.pop()
        if figure.id not in found:
            found[figure.id] = figure
            waiting += ledger.parts(figure)
    measures = {name: place for place, name in enumerate(ledger.items)}
    scopes = {slug: place for place, slug in enumerate(ledger.scopes)}
    return sorted(
        found.values(),
        key=lambda f: (measures[f.measure], f.cycle != ledger.cycle.name, scopes[f.scope]),
    )


def write_tables(
    ledger: Ledger,
    figures: Sequence[Figure],
    *,
    city_rows_elsewhere: bool = False,
    say: _Say = str,
) -> list[Table]:
    """Return the section's tables, one a measure; `figures` as `gather_figures` returns them.

    By `say` the words are said that stand between the places of rows.

    With `city_rows_elsewhere`, figures of the whole city beside a department's (`list_beside`) lead
    to their rows in the overview instead of listing them.
    """
    rows = say_rows(ledger, figures, city_rows_elsewhere=city_rows_elsewhere, say=say)
    tables = []
    for name, members in groupby(figures, key=lambda figure: figure.measure):
        group = tuple(members)
        kind = type(ledger.items[name].measure)
        lists_rows = kind not in _WITHOUT_ROWS
        table = Table(
            caption=group[0].label,
            columns=(
                Column("範囲", weight=3),
                Column("数値ID", weight=4),
                Column("値", numeric=True),
                *(Column(title, numeric=True) for title in _PARTS.get(kind, ())),
                *([Column("根拠の行", weight=12)] if lists_rows else []),
            ),
            rows=tuple(
                (
                    _quote_scope(ledger, figure),
                    Quoted(figure.id),
                    *(Shown(number) for number in (figure, *ledger.parts(figure))),
                    *([rows[figure.id]] if lists_rows else []),
                )
                for figure in group
            ),
            lines_of=group,
            definition=group[0].definition,
        )
        tables.append(table)
    return tables


def _quote_scope(ledger: Ledger, figure: Figure) -> Cell:
    """Return the name of a scope; that of the city, which is there so often, without a mark."""
    name = name_scope(ledger, figure)
    return name if name == WHOLE_NAME else Quoted(name)


def name_scope(ledger: Ledger, figure: Figure) -> str:
    """Return a figure's scope, with its cycle where that is another than the ledger's."""
    of = "" if figure.cycle == ledger.cycle.name else f"（{figure.cycle}）"
    return f"{figure.scope_name}{of}"


def say_rows(
    ledger: Ledger,
    figures: Sequence[Figure],
    *,
    city_rows_elsewhere: bool = False,
    say: _Say = str,
) -> dict[str, Cell]:
    """Return where the rows of figures stand, in words, by the figure's id.

    One that is made from others has none of its own. See `write_tables`.
    """
    rows: dict[str, Cell] = {}
    if beside := list_beside(ledger, figures):
        rows |= (
            {figure.id: _lead(figure) for figure in beside}
            if city_rows_elsewhere
            else say_city_rows(ledger, tuple(figure.id for figure in beside))
        )
    rows |= _say_all_rows(ledger, [figure for figure in figures if figure.id not in rows], say)
    return rows


def list_beside(ledger: Ledger, figures: Iterable[Figure]) -> list[Figure]:
    """Return those of the whole city that stand beside some departments' to compare with.

    There are none where figures of every department, or of no department, are among the figures.
    """
    figures = list(figures)
    shown = {ledger.scopes[figure.scope].department for figure in figures} - {None}
    if not shown or shown >= {department.slug for department in ledger.cycle.departments}:
        return []
    return [figure for figure in figures if figure.scope == WHOLE]


@lru_cache(maxsize=1)
def say_city_rows(ledger: Ledger, ids: tuple[str, ...]) -> dict[str, Cell]:
    """Return the rows of these figures of the whole city in words, by the figure's id.

    Every department's PDF says the same: a process, and those forked from it, write it once.
    """
    return dict(_say_all_rows(ledger, [ledger.find(name) for name in ids]))


def _lead(figure: Figure) -> Link:
    return Link("全体の報告書", CITY_REPORT, line_of=figure)


def _say_all_rows(
    ledger: Ledger, figures: Sequence[Figure], say: _Say = str
) -> Iterator[tuple[str, Cell]]:
    """Yield the rows of counts, totals and changes in words."""
    figures = [f for f in figures if not isinstance(ledger.items[f.measure].measure, _WITHOUT_ROWS)]
    places = _places_of(ledger)
    for group, selections in select_together(ledger, figures):
        measure = ledger.items[group[0].measure].measure
        for selection in selections:
            if id(selection.frame) not in places:
                places[id(selection.frame)] = _Places(selection.frame)
        placed = [(selection, places[id(selection.frame)]) for selection in selections]
        for figure in group:
            yield figure.id, _say_rows(figure, measure, placed, say)


@lru_cache(maxsize=1)
def _places_of(ledger: Ledger) -> dict[int, _Places]:
    """Return where the rows of a ledger's tables stand, by the table's id, as far as known."""
    return {}


def _say_rows(
    figure: Figure, measure: Measure, selections: Sequence[tuple[Selection, _Places]], say: _Say
) -> Cell:
    """Return where a figure's rows stand."""
    told: dict[str, list[str]] = {}
    for selection, places in selections:
        if said := list(places.say(selection.positions.get(figure.scope, []), figure.cycle, say)):
            told.setdefault(selection.role, []).extend(said)
    if not told:
        return NO_ROWS
    if isinstance(measure, Tallied):
        return Quoted(say("、").join(place for places in told.values() for place in places))
    between, colon = say("、"), say("：")
    return Quoted(
        say("／").join(f"{say(ROLES[role])}{colon}{between.join(told[role])}" for role in told)
    )


def write_ranges(rows: Sequence[int]) -> str:
    """Return row numbers as ranges, in their order: `7-9,12`."""
    ranges: list[list[int]] = []
    for row in rows:
        if ranges and row == ranges[-1][-1] + 1:
            ranges[-1][1:] = [row]
        else:
            ranges.append([row])
    return ",".join("-".join(map(str, ends)) for ends in ranges)


def _list_cells(cells: Iterable[str | None]) -> str:
    return ",".join(dict.fromkeys(cell for cell in cells if cell is not None))
