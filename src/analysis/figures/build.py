"""Build a cycle's ledger from its answers, the guideline and the published numbers."""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import replace
from functools import partial
from types import MappingProxyType

from analysis.cycle import AGENCIES_NAME, Cycle
from analysis.cycle_toml import Target
from analysis.errors import SettingsError, list_examples
from analysis.figures.agencies import read_agencies
from analysis.figures.asked import unnoted
from analysis.figures.bridge import list_bridge_derivations
from analysis.figures.catalogue import list_measures, require_free_ids
from analysis.figures.derived import Derivation
from analysis.figures.effort import find_lacking, list_decision_derivations
from analysis.figures.figure import Figure
from analysis.figures.formula_limits import require_recountable
from analysis.figures.guideline import Guideline, read_guideline, require_in_force
from analysis.figures.inventory import read_inventory
from analysis.figures.item import Item
from analysis.figures.ledger import Ledger
from analysis.figures.measure import tables_of
from analysis.figures.national import list_national, list_national_derivations
from analysis.figures.own_measures import OwnRead, read_own_measures
from analysis.figures.reconcile import read_published, reconcile
from analysis.figures.requests import (
    Behind,
    find_behind,
    list_request_derivations,
    list_requests,
)
from analysis.figures.road import Horizon, find_horizon, list_road, list_stage_derivations
from analysis.figures.scopes import list_scopes
from analysis.figures.tables import prepare_tables
from analysis.figures.trend import list_trend
from analysis.figures.twins import list_twin_derivations
from analysis.figures.use_bands import list_use_derivations
from analysis.inputs import MEASURES_NAME
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
        # They are compared once, whoever asks first; what comes of it is in the comparison's rows.
        with unnoted():
            return ledger.look_up(cycle.name, scope, measure)

    agencies = read_agencies(cycle.agencies_path, asked)
    before = None if previous is None else previous.rows
    inventory = read_inventory(cycle.inventory_path)
    behind = find_behind(asked, agencies, survey.rows, before, inventory)
    measures = list_measures(
        guideline,
        asked,
        horizon,
        has_previous=previous is not None,
        has_waiting=waiting is not None,
    )
    measures = add_requests(measures, asked, behind)
    rows = {name: own.rows for name, own in earlier.items()}
    measures += list_trend(asked, rows, {item.name: item.label for item in measures})
    derivations = list_derivations(asked, guideline, behind)
    fields = [own.field for own in derivations]
    # Who shows the figures finds the words of derived columns where those of answers are.
    cycle = copy(cycle)
    cycle.questionnaire = asked.add_derived(fields)
    own = _read_own_measures(cycle, guideline, behind)
    require_recountable(cycle, guideline, derivations, [*measures, *own.items])
    measures += [item for item in own.items if previous is not None or not item.needs_previous]
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
        behind,
        own.left_out,
    )
    return ledger


def _read_own_measures(cycle: Cycle, guideline: Guideline, behind: Behind) -> OwnRead:
    """Return the measures of the survey's own file; raise SettingsError with all that is wrong."""
    # Whatever a cycle may have is no free name: the file is of all cycles.
    horizon = Horizon(find_horizon(cycle).percent, 1, 1)
    asked = cycle.questionnaire
    known = list_measures(guideline, asked, horizon, has_previous=True, has_waiting=True)
    path = cycle.survey_path.with_name(MEASURES_NAME)
    lacking = partial(find_lacking, guideline)
    return read_own_measures(path, asked, add_requests(known, asked, behind), lacking)


def aim(ledger: Ledger, target: Target) -> Ledger:
    """Return the ledger of the same answers with another target: only what the road counts differs.

    >>> import datetime
    >>> half = aim(ledger, Target(rate_percent=50, by=datetime.date(2025, 9, 1)))
    >>> half.figure("online_rate").text, half.figure("shortfall").text
    ('50.0', '0')
    """
    cycle = copy(ledger.cycle)
    cycle.settings = cycle.settings.model_copy(update={"target": target})
    before, now = (
        {item.name: item for item in list_road(one.questionnaire, find_horizon(one))}
        for one in (ledger.cycle, cycle)
    )
    items = {name: item for name, item in ledger.items.items() if name not in before}
    items |= {n: item for n, item in now.items() if ledger.has_previous or not item.needs_previous}
    return replace(ledger, cycle=cycle, items=items)


def list_derivations(
    asked: Questionnaire, guideline: Guideline, behind: Behind
) -> tuple[Derivation, ...]:
    """Return what works out the derived columns by which the measures count procedures."""
    return (
        *list_stage_derivations(asked),
        *list_bridge_derivations(asked),
        *list_decision_derivations(guideline, asked),
        *list_use_derivations(guideline, asked),
        *list_request_derivations(asked, behind),
        *list_twin_derivations(asked),
        *list_national_derivations(asked, behind.inventory),
    )


def add_requests(measures: Sequence[Item], asked: Questionnaire, behind: Behind) -> list[Item]:
    """Return the catalogue with the measures of the requests.

    Raises SettingsError for an agency whose measures would be named as others are.
    """
    named = {item.name: item.label for item in measures}
    own = [*list_requests(asked, behind), *list_national(asked, behind.inventory)]
    if wrong := [f"{item.name}: 「{named[item.name]}」" for item in own if item.name in named]:
        raise SettingsError(
            f"ほかの数値と同じ名前の数値が{len(wrong)}件できます。{AGENCIES_NAME} の code か、"
            f"ガイドラインの id を別のものにしてください。\n{list_examples(wrong)}"
        )
    return [*measures, *own]
