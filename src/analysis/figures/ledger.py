"""The ledger: every figure that any report of a cycle shows, by id (written out by `listing`)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from analysis.cycle import WHOLE, Cycle
from analysis.errors import FigureError
from analysis.figures.asked import note_department, note_everything, note_figure
from analysis.figures.definition import define
from analysis.figures.digest import Digester
from analysis.figures.evaluate import evaluate, tables_before
from analysis.figures.evidence import list_evidence
from analysis.figures.figure import Figure, split_id
from analysis.figures.guideline import Guideline
from analysis.figures.item import Item
from analysis.figures.measure import PREVIOUS, Change, Measure, parts_of
from analysis.figures.nearest import Called, list_nearest
from analysis.figures.requests import NOBODY, Behind
from analysis.figures.scopes import Level, Scope
from analysis.figures.select import Selection, Selector
from analysis.figures.tables import Tables

PROCEDURES = ("procedures", "transitions", PREVIOUS)
"""The tables that are made of the procedures of both cycles, and of nothing else."""


@dataclass(frozen=True, eq=False)
class Ledger:
    """A cycle's figures with the tables they count. Build one with `build.build_ledger`.

    A figure is evaluated when it is asked for, with those of the same measure in every scope of its
    level: they take one pass over the table together. What is asked for is noted (see `asked`).
    `left_out` says by name why there is no figure of some of the survey's own measures.
    """

    cycle: Cycle
    guideline: Guideline
    items: dict[str, Item]
    _scopes: dict[str, Scope]
    _tables: Tables
    _behind: Behind = NOBODY
    left_out: Mapping[str, str] = field(default_factory=dict)

    @property
    def scopes(self) -> dict[str, Scope]:
        """Every scope by its slug, in the order of the reports."""
        note_everything()
        return self._scopes

    def list_departments(self) -> list[Scope]:
        """Return the departments in official order, then those that only the cycle before has."""
        departments = (s for s in self._scopes.values() if s.level == "department")
        return [scope for scope in departments if not scope.waits]

    def list_waiting(self) -> list[Scope]:
        """Return the departments that are not counted and have last answers, in official order."""
        return [scope for scope in self._scopes.values() if scope.waits]

    def list_sections(self, department: str) -> list[Scope]:
        """Return the sections of a department (its slug) in the order of its rows."""
        note_department(department)
        scopes = self._scopes.values()
        return [s for s in scopes if s.level == "section" and s.department == department]

    def rows_of(
        self, department: str, table: str, columns: Sequence[str] = ("department_slug",)
    ) -> pd.DataFrame:
        """Return the rows of a table that have a department (its slug) in any of the columns.

        >>> ledger.rows_of("kodomo", "procedures")["procedure_id"].tolist()
        ['K-002']
        """
        if table in PROCEDURES:
            note_department(department)
        else:
            note_everything()
        frame = self._tables.current[table]
        return frame[frame[list(columns)].isin([department]).any(axis="columns")]

    @property
    def behind(self) -> Behind:
        """Who and what is behind the procedures that only others can move."""
        note_everything()
        return self._behind

    @property
    def tables(self) -> Tables:
        """The tables that figures count."""
        note_everything()
        return self._tables

    @property
    def has_previous(self) -> bool:
        """Whether there is a cycle before this one to compare with."""
        return self._tables.before is not None

    @property
    def figures(self) -> dict[str, Figure]:
        """Every figure by id, in the order of scopes, then of the catalogue.

        The previous cycle's values, of whatever counts procedures, come last.
        """
        note_everything()
        return self._figures

    @cached_property
    def _figures(self) -> dict[str, Figure]:
        return {
            f"{cycle}/{scope.slug}/{item.name}": self._evaluate(cycle, item, scope.level)[
                scope.slug
            ]
            for cycle, scope, item in self._list_entries()
        }

    @cached_property
    def digester(self) -> Digester:
        """What digests these figures' evidence: it remembers the lines of the tables."""
        return Digester()

    def figure(self, measure: str, scope: str = WHOLE) -> Figure:
        """Return the figure of a measure in a scope (slugs); raise FigureError if there is none."""
        return self.find(f"{self.cycle.name}/{scope}/{measure}")

    def previous_figure(self, measure: str, scope: str = WHOLE) -> Figure:
        """Return the same figure of the previous cycle; raise FigureError if there is none."""
        return self.find(f"{self._tables.previous_cycle}/{scope}/{measure}")

    def find(self, figure_id: str) -> Figure:
        """Return a figure by its id; raise FigureError that proposes the nearest ids."""
        figure = self.look_up(*split_id(figure_id))
        if figure is None:
            every = self._list_entries()
            entries = (Called(day, s.slug, item.name, s.name, item.label) for day, s, item in every)
            near = list_nearest(split_id(figure_id), entries)
            raise FigureError(f"数値「{figure_id}」はありません。近いもの:\n{near}")
        return figure

    def look_up(self, cycle: str, scope: str, measure: str) -> Figure | None:
        """Return a figure by the parts of its id (slugs), or None if the ledger has none such."""
        note_figure(f"{cycle}/{scope}/{measure}")
        item, place = self._items_of(cycle).get(measure), self._scopes.get(scope)
        if item is None or place is None or not item.is_given_for(place):
            return None
        return self._evaluate(cycle, item, place.level)[scope]

    def name_of(self, measure: Measure) -> str:
        """Return a measure's first name, of those of the most levels; raise FigureError if none.

        >>> ledger.name_of(Count(where(status="online")))
        'online'
        """
        if measure not in self._names:
            told = define(measure, self.cycle.questionnaire)
            raise FigureError(f"ほかの数値のもとが figures/catalogue.py にありません: {told}")
        return self._names[measure]

    def parts(self, figure: Figure) -> tuple[Figure, ...]:
        """Return what a figure was made from: a share's two counts, a change's two sides, else ().

        The counts are numerator and denominator, the sides now and before; of a quotient, what is
        divided and what divides it, unless that is a number of months.
        """
        match self.items[figure.measure].measure:
            case Change(of=of):
                name, scope = self.name_of(of), figure.scope
                return (self.figure(name, scope), self.previous_figure(name, scope))
            case measure:
                names = [self.name_of(part) for part in parts_of(measure)]
                return tuple(self.find(f"{figure.cycle}/{figure.scope}/{name}") for name in names)

    def select(self, figure: Figure) -> list[Selection]:
        """Return the rows of a figure's measure, for every scope of the figure's level at once."""
        note_everything()
        level = self._scopes[figure.scope].level
        selector = self._selector if figure.cycle == self.cycle.name else self._selector.before
        return selector.select(self.items[figure.measure].measure, level)

    def evidence(self, figure: Figure) -> pd.DataFrame:
        """Return a figure's evidence, a row a cell (columns: see `list_evidence`).

        >>> ledger.evidence(ledger.figure("online"))["cell"].tolist()
        ['A6', 'G6']
        """
        return list_evidence(self.select(figure), figure.scope)

    def _evaluate(self, cycle: str, item: Item, level: Level) -> dict[str, Figure]:
        """Return a measure's figures in every scope of a level, by slug."""
        key = (cycle, item.name, level)
        if key not in self._evaluated:
            scopes = [scope for scope in self._scopes.values() if scope.level == level]
            definition = define(item.measure, self.cycle.questionnaire)
            tables = self._tables if cycle == self._tables.cycle else tables_before(self._tables)
            numbers = evaluate(item.measure, tables, level, [scope.slug for scope in scopes])
            self._evaluated[key] = {
                scope.slug: Figure(
                    cycle=cycle,
                    scope=scope.slug,
                    scope_name=scope.name,
                    measure=item.name,
                    label=item.label,
                    definition=definition,
                    unit=item.unit,
                    exact=number.exact,
                    numerator=number.numerator,
                    denominator=number.denominator,
                )
                for scope, number in zip(scopes, numbers, strict=True)
            }
        return self._evaluated[key]

    def _list_entries(self) -> Iterator[tuple[str, Scope, Item]]:
        """Yield what makes up each figure's id, in the order of `figures`."""
        for cycle in self._cycles:
            items = self._items_of(cycle).values()
            for scope in self._scopes.values():
                for item in items:
                    if item.is_given_for(scope):
                        yield cycle, scope, item

    @property
    def _cycles(self) -> tuple[str, ...]:
        before = self._tables.previous_cycle
        return (self._tables.cycle,) if before is None else (self._tables.cycle, before)

    def _items_of(self, cycle: str) -> dict[str, Item]:
        if cycle == self._tables.cycle:
            return self.items
        return self._previous_items if cycle in self._cycles else {}

    @cached_property
    def _names(self) -> dict[Measure, str]:
        known = sorted(self.items.values(), key=lambda item: len(item.levels), reverse=True)
        return {item.measure: item.name for item in reversed(known)}

    @cached_property
    def _evaluated(self) -> dict[tuple[str, str, Level], dict[str, Figure]]:
        return {}

    @cached_property
    def _selector(self) -> Selector:
        return Selector(self._tables)

    @cached_property
    def _previous_items(self) -> dict[str, Item]:
        # Of the previous cycle only the procedures are kept.
        return {name: item for name, item in self.items.items() if item.has_previous_value}
