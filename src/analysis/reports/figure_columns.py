"""Columns of figures: each names its measure and title once, for its head and for its cells."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from analysis.cycle import WHOLE
from analysis.document.blocks import Cell, Column, Shown
from analysis.figures.figure import Figure
from analysis.figures.findings import Findings
from analysis.figures.item import CHANGE


@dataclass(frozen=True)
class FigureColumn:
    """A column of figures: of which measure, by what title, under which group's, how wide.

    In a table whose rows are measures `{}` stands for the row's: `{}_share`. A `scope` is for a
    column that is about the same one in each row; `with_unit` for figures of several units.
    """

    measure: str
    title: str
    group: str | None = None
    weight: int | None = 2
    scope: str | None = None
    with_unit: bool = False


class FigureColumns:
    """The columns of figures of one table; those of changes fall away in a first cycle.

    A group of which one column is left is that column: the group's title stands over it.
    """

    def __init__(self, findings: Findings, columns: Iterable[FigureColumn]) -> None:
        """Take the columns, in their order, that these findings have figures for."""
        self._ledger = findings.ledger
        self._columns = [
            column
            for column in columns
            if self._ledger.has_previous or not column.measure.endswith(CHANGE)
        ]

    @property
    def head(self) -> tuple[Column, ...]:
        """The columns as a table takes them."""
        members = Counter(column.group for column in self._columns)
        return tuple(
            Column(column.title, column.group, numeric=True, weight=column.weight)
            if column.group is None or members[column.group] > 1
            else Column(column.group, numeric=True, weight=column.weight)
            for column in self._columns
        )

    def list_figures(self, scope: str = WHOLE, measure: str = "") -> tuple[Figure, ...]:
        """Return a row's figures: of a scope (slug), and of a measure where rows are measures."""
        return tuple(
            self._ledger.figure(column.measure.format(measure), column.scope or scope)
            for column in self._columns
        )

    def cells(self, scope: str = WHOLE, measure: str = "") -> tuple[Cell, ...]:
        """Return a row's figures as a table prints them."""
        return tuple(
            Shown(figure) if column.with_unit else figure
            for column, figure in zip(self._columns, self.list_figures(scope, measure), strict=True)
        )
