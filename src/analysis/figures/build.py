"""Build a cycle's ledger from its answers, the guideline and the published numbers."""

from analysis.cycle import Cycle
from analysis.figures.catalogue import list_measures, require_free_ids
from analysis.figures.figure import Figure
from analysis.figures.guideline import read_guideline, require_in_force
from analysis.figures.ledger import Ledger
from analysis.figures.measure import tables_of
from analysis.figures.reconcile import read_published, reconcile
from analysis.figures.scopes import list_scopes
from analysis.figures.tables import prepare_tables
from analysis.survey.survey import Survey


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
