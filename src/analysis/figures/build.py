"""Build a cycle's ledger from its answers, the guideline and the published numbers."""

from collections.abc import Mapping
from copy import copy
from dataclasses import replace
from types import MappingProxyType

from analysis.cycle import Cycle
from analysis.cycle_toml import Target
from analysis.figures.bridge import list_bridge_derivations
from analysis.figures.catalogue import list_measures, require_free_ids
from analysis.figures.derived import Derivation
from analysis.figures.figure import Figure
from analysis.figures.guideline import read_guideline, require_in_force
from analysis.figures.ledger import Ledger
from analysis.figures.measure import tables_of
from analysis.figures.reconcile import read_published, reconcile
from analysis.figures.road import find_horizon, list_stage_derivations
from analysis.figures.scopes import list_scopes
from analysis.figures.tables import prepare_tables
from analysis.figures.trend import is_of_trend, list_trend
from analysis.questionnaire.questionnaire import Questionnaire
from analysis.survey.survey import Survey


def build_ledger(
    cycle: Cycle,
    survey: Survey,
    previous: Survey | None,
    waiting: Survey | None = None,
    earlier: Mapping[str, Survey] = MappingProxyType({}),
) -> Ledger:
    """Return the ledger of a cycle: every measure of the catalogue in every scope.

    `previous` is the survey of the cycle before (None: a first cycle, which has no changes),
    `waiting` that of its departments that this cycle doesn't count (None: there are none),
    `earlier` those of the cycles before that (see `load_earlier`). Raises SettingsError for names,
    a guideline or published values that can't be used. What was published was of every department:
    an interim cycle is not compared with it.
    """
    asked, horizon = cycle.questionnaire, find_horizon(cycle)
    guideline = read_guideline(cycle.guideline_path, asked)
    require_free_ids(guideline, asked, horizon, cycle.guideline_path)
    require_in_force(guideline, cycle)
    # Read here, so that a wrong one is told whatever figure is asked for.
    published = read_published(cycle)
    if cycle.is_interim:
        published = published.iloc[:0]

    def recompute(scope: str, measure: str) -> Figure | None:
        # How many published numbers agree can't itself be among the numbers compared.
        item = ledger.items.get(measure)
        if item is None or "published" in tables_of(item.measure):
            return None
        return ledger.look_up(cycle.name, scope, measure)

    measures = list_measures(
        guideline,
        asked,
        horizon,
        has_previous=previous is not None,
        has_waiting=waiting is not None,
    )
    rows = {name: own.rows for name, own in earlier.items()}
    measures += list_trend(asked, rows, {item.name: item.label for item in measures})
    derivations = list_derivations(asked)
    fields = [own.field for own in derivations]
    # Who shows the figures finds the words of derived columns where those of answers are.
    cycle = copy(cycle)
    cycle.questionnaire = asked.add_derived(fields)
    ledger = Ledger(
        cycle,
        guideline,
        {item.name: item for item in measures},
        {scope.slug: scope for scope in list_scopes(cycle, survey, previous, waiting)},
        prepare_tables(
            cycle,
            survey,
            previous,
            lambda: reconcile(cycle, published, recompute),
            waiting,
            earlier=earlier,
            derivations=derivations,
        ),
    )
    return ledger


def aim(ledger: Ledger, target: Target) -> Ledger:
    """Return the ledger of the same answers with another target: only what the road counts differs.

    >>> import datetime
    >>> half = aim(ledger, Target(rate_percent=50, by=datetime.date(2025, 9, 1)))
    >>> half.figure("online_rate").text, half.figure("shortfall").text
    ('50.0', '0')
    """
    cycle = copy(ledger.cycle)
    cycle.settings = cycle.settings.model_copy(update={"target": target})
    measures = list_measures(
        ledger.guideline,
        cycle.questionnaire,
        find_horizon(cycle),
        has_previous=ledger.has_previous,
        has_waiting=bool(ledger.list_waiting()),
    )
    measures += filter(is_of_trend, ledger.items.values())
    return replace(ledger, cycle=cycle, items={item.name: item for item in measures})


def list_derivations(asked: Questionnaire) -> tuple[Derivation, ...]:
    """Return what works out the derived columns by which the measures count procedures."""
    return (*list_stage_derivations(asked), *list_bridge_derivations(asked))
