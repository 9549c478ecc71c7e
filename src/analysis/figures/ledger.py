"""The ledger: every figure that any report of a cycle shows, by id.

`figures.csv` is the ledger written out; `trace` reads one line of it down to the cells.
"""

import difflib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import pandas as pd

from analysis.cycle import Cycle
from analysis.errors import FigureError
from analysis.figures.catalogue import Item, list_measures
from analysis.figures.definition import define
from analysis.figures.digest import Digest, Digester
from analysis.figures.evaluate import evaluate, previous_tables
from analysis.figures.evidence import list_evidence, select
from analysis.figures.figure import Figure
from analysis.figures.guideline import Guideline, read_guideline
from analysis.figures.measure import Change, Count
from analysis.figures.reconcile import reconcile
from analysis.figures.tables import WHOLE, Level, Scope, Tables, add_scopes, list_scopes
from analysis.survey.collect import Survey
from analysis.survey.match import match_cycles

NEAREST_SHOWN = 5


@dataclass(frozen=True)
class Ledger:
    """A cycle's figures with the tables they count. Build one with `build_ledger`."""

    cycle: Cycle
    guideline: Guideline
    items: dict[str, Item]
    scopes: dict[str, Scope]
    tables: Tables
    figures: dict[str, Figure]

    @property
    def has_previous(self) -> bool:
        """Whether there is a cycle before this one to compare with."""
        return self.tables.previous is not None

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
        cycle, _, rest = figure_id.partition("/")
        scope, _, measure = rest.rpartition("/")
        slug = self._slugs_by_name.get(scope, scope)
        known = self.figures.get(f"{cycle}/{slug}/{measure}")
        if known is None:
            near = difflib.get_close_matches(
                f"{cycle}/{slug}/{measure}", self.figures, NEAREST_SHOWN, cutoff=0
            )
            raise FigureError(
                f"数値「{figure_id}」はありません。近いもの:\n"
                + "\n".join(f"  {item}  {self.figures[item].label}" for item in near)
            )
        return known

    def evidence(self, figure: Figure) -> pd.DataFrame:
        """Return a figure's evidence, a row a cell (columns: see `list_evidence`)."""
        level = self.scopes[figure.scope].level
        measure = self.items[figure.measure].measure
        return list_evidence(measure, self._tables_of(figure.cycle), level, figure.scope)

    def to_frame(self) -> pd.DataFrame:
        """Return the contents of `figures.csv`: one row a figure, by scope, then measure.

        `value` is the reported value in plain digits, `text` as printed; `numerator` and
        `denominator` are exact. An undefined value (a share of nothing) is blank. All columns are
        text but evidence_rows.
        """
        digests = self._digest_all()
        return pd.DataFrame(
            {
                "figure_id": figure.id,
                "scope": figure.scope_name,
                "measure": figure.measure,
                "label": figure.label,
                "value": "" if figure.value is None else f"{figure.value}",
                "text": figure.text,
                "unit": figure.unit.name,
                "numerator": "" if figure.numerator is None else f"{figure.numerator}",
                "denominator": "" if figure.denominator is None else f"{figure.denominator}",
                "evidence_rows": digests[figure.id].rows,
                "evidence_sha256": digests[figure.id].sha256,
                "definition": figure.definition,
            }
            for figure in self.figures.values()
        )

    def _digest_all(self) -> dict[str, Digest]:
        digester = Digester()
        digests: dict[str, Digest] = {}
        wanted: dict[tuple[str, str, Level], list[Figure]] = defaultdict(list)
        for figure in self.figures.values():
            wanted[figure.cycle, figure.measure, self.scopes[figure.scope].level].append(figure)
        for (cycle, measure, level), figures in wanted.items():
            selections = select(self.items[measure].measure, self._tables_of(cycle), level)
            found = digester.digest(selections, [figure.scope for figure in figures])
            digests |= {figure.id: d for figure, d in zip(figures, found, strict=True)}
        return digests

    def _tables_of(self, cycle: str) -> Tables:
        return self.tables if cycle == self.tables.cycle else self._previous_tables

    @cached_property
    def _previous_tables(self) -> Tables:
        return previous_tables(self.tables)

    @cached_property
    def _slugs_by_name(self) -> dict[str, str]:
        return {scope.name: scope.slug for scope in self.scopes.values()}


def build_ledger(cycle: Cycle, survey: Survey, previous: Survey | None) -> Ledger:
    """Evaluate every measure of the catalogue for every scope of a cycle.

    `survey` and `previous` are the tidy rows of this cycle and of the one before (None: a first
    cycle, which has no changes). Figures stand in the order of scopes, then of the catalogue; the
    previous cycle's values of whatever has a change come last.
    """
    guideline = read_guideline(cycle.guideline_path)
    items = list_measures(guideline, has_previous=previous is not None)
    before = None if previous is None else previous.rows
    scopes = list_scopes(cycle, survey.rows)
    slugs = survey.problems["department"].map({d.name: d.slug for d in cycle.departments})
    tables = Tables(
        cycle.name,
        {
            "procedures": add_scopes(survey.rows),
            "transitions": add_scopes(match_cycles(survey.rows, before)),
            **{
                name: add_scopes(frame.assign(cycle=cycle.name))
                for name, frame in (
                    ("workbooks", survey.workbooks.assign(value=survey.workbooks["sha256"])),
                    ("problems", survey.problems.assign(department_slug=slugs)),
                    ("corrections", survey.corrections),
                )
            },
        },
        cycle.settings.previous,
        None if before is None else add_scopes(before),
    )
    first = _evaluate_all([i for i in items if not _counts_published(i)], tables, scopes)
    published = reconcile(cycle, {figure.id: figure for figure in first}).assign(cycle=cycle.name)
    tables = replace(tables, current={**tables.current, "published": add_scopes(published)})
    figures = _evaluate_all(items, tables, scopes)
    if before is not None:
        changing = {item.measure.of for item in items if isinstance(item.measure, Change)}
        figures += _evaluate_all(
            [item for item in items if item.measure in changing], previous_tables(tables), scopes
        )
    return Ledger(
        cycle,
        guideline,
        {item.name: item for item in items},
        {scope.slug: scope for scope in scopes},
        tables,
        {figure.id: figure for figure in figures},
    )


def _evaluate_all(items: Sequence[Item], tables: Tables, scopes: Sequence[Scope]) -> list[Figure]:
    by_scope: dict[str, list[Figure]] = {scope.slug: [] for scope in scopes}
    for item in items:
        definition = define(item.measure)
        for level in item.levels:
            here = [scope for scope in scopes if scope.level == level]
            numbers = evaluate(item.measure, tables, level, [scope.slug for scope in here])
            for scope, number in zip(here, numbers, strict=True):
                by_scope[scope.slug].append(
                    Figure(
                        cycle=tables.cycle,
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
                )
    return [figure for figures in by_scope.values() for figure in figures]


def _counts_published(item: Item) -> bool:
    return isinstance(item.measure, Count) and item.measure.table == "published"
