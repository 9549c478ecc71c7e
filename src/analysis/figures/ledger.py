"""The ledger: every figure that any report of a cycle shows, by id.

`listing` writes it out as figures.csv; `trace` reads one line of it down to the cells.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from analysis.cycle import WHOLE, Cycle
from analysis.errors import FigureError
from analysis.figures.catalogue import Item, list_measures, require_free_ids
from analysis.figures.definition import define
from analysis.figures.digest import Digester
from analysis.figures.evaluate import evaluate, previous_tables, tables_before
from analysis.figures.evidence import list_evidence
from analysis.figures.figure import Figure, split_id
from analysis.figures.guideline import Guideline, read_guideline, require_in_force
from analysis.figures.measure import Change, Measure, Share, tables_of
from analysis.figures.reconcile import read_published, reconcile
from analysis.figures.scopes import Level, Scope, list_scopes
from analysis.figures.select import Selection, Selector
from analysis.figures.tables import Tables, prepare_tables
from analysis.survey.survey import Survey


@dataclass(frozen=True, eq=False)
class Ledger:
    """A cycle's figures with the tables they count. Build one with `build_ledger`.

    A figure is evaluated when it is asked for, with those of the same measure in every scope of its
    level: they take one pass over the table together.
    """

    cycle: Cycle
    guideline: Guideline
    items: dict[str, Item]
    scopes: dict[str, Scope]
    tables: Tables

    @property
    def has_previous(self) -> bool:
        """Whether there is a cycle before this one to compare with."""
        return self.tables.before is not None

    @cached_property
    def figures(self) -> dict[str, Figure]:
        """Every figure by id, in the order of scopes, then of the catalogue.

        The previous cycle's values, of whatever counts procedures, come last.
        """
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
        return self.find(f"{self.tables.previous_cycle}/{scope}/{measure}")

    def find(self, figure_id: str) -> Figure:
        """Return a figure by its id; the scope may be a department's name.

        Raises FigureError that proposes the nearest ids.
        """
        cycle, scope, measure = split_id(figure_id)
        slug = self._slugs_by_name.get(scope, scope)
        figure = self.look_up(cycle, slug, measure)
        if figure is None:
            nearest = "\n".join(self._propose(f"{cycle}/{slug}/{measure}"))
            raise FigureError(f"数値「{figure_id}」はありません。近いもの:\n{nearest}")
        return figure

    def look_up(self, cycle: str, scope: str, measure: str) -> Figure | None:
        """Return a figure by the parts of its id (slugs), or None if the ledger has none such."""
        item, place = self._items_of(cycle).get(measure), self.scopes.get(scope)
        if item is None or place is None or place.level not in item.levels:
            return None
        return self._evaluate(cycle, item, place.level)[scope]

    def name_of(self, measure: Measure) -> str:
        """Return the first name that the catalogue gives a measure; raise KeyError for none."""
        return self._names[measure]

    def parts(self, figure: Figure) -> tuple[Figure, ...]:
        """Return what a figure was made from: a share's two counts, a change's two sides, else ().

        The counts are numerator and denominator, the sides now and before.
        """
        match self.items[figure.measure].measure:
            case Share(part=part, whole=whole):
                names = (self.name_of(part), self.name_of(whole))
                return tuple(self.find(f"{figure.cycle}/{figure.scope}/{name}") for name in names)
            case Change(of=of):
                name, scope = self.name_of(of), figure.scope
                return (self.figure(name, scope), self.previous_figure(name, scope))
        return ()

    def select(self, figure: Figure) -> list[Selection]:
        """Return the rows of a figure's measure, for every scope of the figure's level at once."""
        level = self.scopes[figure.scope].level
        selector = self._selector if figure.cycle == self.cycle.name else self._selector.before
        return selector.select(self.items[figure.measure].measure, level)

    def evidence(self, figure: Figure) -> pd.DataFrame:
        """Return a figure's evidence, a row a cell (columns: see `list_evidence`)."""
        measure, level = self.items[figure.measure].measure, self.scopes[figure.scope].level
        return list_evidence(measure, self._tables_of(figure.cycle), level, figure.scope)

    def _evaluate(self, cycle: str, item: Item, level: Level) -> dict[str, Figure]:
        """Return a measure's figures in every scope of a level, by slug."""
        key = (cycle, item.name, level)
        if key not in self._evaluated:
            scopes = [scope for scope in self.scopes.values() if scope.level == level]
            definition = define(item.measure)
            tables = self.tables if cycle == self.tables.cycle else tables_before(self.tables)
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
            for scope in self.scopes.values():
                for item in items:
                    if scope.level in item.levels:
                        yield cycle, scope, item

    def _propose(self, figure_id: str) -> Iterator[str]:
        """Yield a line for each of the nearest ids, the nearest first."""
        from rapidfuzz import fuzz, process  # noqa: PLC0415 - only where an id is wrong

        labels = {
            f"{cycle}/{scope.slug}/{item.name}": item.label
            for cycle, scope, item in self._list_entries()
        }
        for near, *_ in process.extract(figure_id, list(labels), scorer=fuzz.ratio, limit=5):
            yield f"  {near}  {labels[near]}"

    @property
    def _cycles(self) -> tuple[str, ...]:
        before = self.tables.previous_cycle
        return (self.tables.cycle,) if before is None else (self.tables.cycle, before)

    def _items_of(self, cycle: str) -> dict[str, Item]:
        if cycle == self.tables.cycle:
            return self.items
        return self._previous_items if cycle in self._cycles else {}

    def _tables_of(self, cycle: str) -> Tables:
        return self.tables if cycle == self.tables.cycle else self._previous_tables

    @cached_property
    def _names(self) -> dict[Measure, str]:
        return {item.measure: item.name for item in reversed(self.items.values())}

    @cached_property
    def _evaluated(self) -> dict[tuple[str, str, Level], dict[str, Figure]]:
        return {}

    @cached_property
    def _selector(self) -> Selector:
        return Selector(self.tables)

    @cached_property
    def _previous_items(self) -> dict[str, Item]:
        # Of the previous cycle only the procedures are kept.
        return {
            name: item
            for name, item in self.items.items()
            if tables_of(item.measure) == {"procedures"} and not isinstance(item.measure, Change)
        }

    @cached_property
    def _previous_tables(self) -> Tables:
        return previous_tables(self.tables)

    @cached_property
    def _slugs_by_name(self) -> dict[str, str]:
        return {scope.name: scope.slug for scope in self.scopes.values()}


def select_together(
    ledger: Ledger, figures: Iterable[Figure]
) -> Iterator[tuple[list[Figure], list[Selection]]]:
    """Yield the figures of one cycle, measure and level at a time, with the rows they count."""
    alike: dict[tuple[str, str, Level], list[Figure]] = {}
    for figure in figures:
        key = (figure.cycle, figure.measure, ledger.scopes[figure.scope].level)
        alike.setdefault(key, []).append(figure)
    for group in alike.values():
        yield group, ledger.select(group[0])


def build_ledger(cycle: Cycle, survey: Survey, previous: Survey | None) -> Ledger:
    """Return the ledger of a cycle: every measure of the catalogue in every scope.

    `previous` is the survey of the cycle before (None: a first cycle, which has no changes). Raises
    SettingsError for names, a guideline or published values that can't be used.
    """
    guideline = read_guideline(cycle.guideline_path)
    require_free_ids(guideline, cycle.guideline_path)
    require_in_force(guideline, cycle)
    # Read here, so that a wrong one is told whatever figure is asked for.
    published = read_published(cycle)

    def recompute(scope: str, measure: str) -> Figure | None:
        # How many published numbers agree can't itself be among the numbers compared.
        item = ledger.items.get(measure)
        if item is None or "published" in tables_of(item.measure):
            return None
        return ledger.look_up(cycle.name, scope, measure)

    ledger = Ledger(
        cycle,
        guideline,
        {item.name: item for item in list_measures(guideline, has_previous=previous is not None)},
        {scope.slug: scope for scope in list_scopes(cycle, survey, previous)},
        prepare_tables(cycle, survey, previous, lambda: reconcile(cycle, published, recompute)),
    )
    return ledger
