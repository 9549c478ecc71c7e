"""What of the answers a page and a PDF carry with the figures that they print."""

from collections.abc import Iterable, Mapping, Sequence

from analysis.evidence.answers import IDENTITY, order_fields
from analysis.evidence.appendix import list_beside
from analysis.figures.asked import DEPARTMENT, EVERYTHING, FIELDS, FIGURE
from analysis.figures.figure import Figure
from analysis.figures.ledger import PROCEDURES, Ledger
from analysis.figures.measure import Measure, Tallied, find_earlier, parts_of
from analysis.figures.select import DECIDED_BY, list_deciding
from analysis.questionnaire.questionnaire import Questionnaire


def list_carried(ledger: Ledger, figures: Sequence[Figure]) -> set[str]:
    """Return what is asked of the answers (see `asked`) by whoever shows what is behind figures.

    `figures` are as `gather_figures` returns them.
    """
    counts = keep_counts(close_measures(ledger, {figure.measure for figure in figures}))
    tables = {count.table for count in counts} - {*PROCEDURES}
    if any(find_earlier(table) is None for table in tables):
        return {EVERYTHING}
    questionnaire = ledger.cycle.questionnaire
    asked = {f"{FIGURE} {figure.id}" for figure in figures}
    beside = {figure.id for figure in list_beside(ledger, figures)}
    own = {ledger.scopes[figure.scope].department for figure in figures if figure.id not in beside}
    if None in own:
        fields = list_decisive(counts, {*IDENTITY, "name"}, questionnaire)
    else:
        asked |= {f"{DEPARTMENT} {slug}" for slug in own}
        measures = {figure.measure for figure in figures if figure.id in beside}
        # Whether any procedure has another id than before is said on every page.
        fields = list_decisive(
            keep_counts(close_measures(ledger, measures)), {"procedure_id"}, questionnaire
        )
    return asked | {f"{FIELDS} {' '.join(fields)}"}


def close_measures(ledger: Ledger, names: set[str]) -> dict[str, Measure]:
    """Return the measures by name, with those that they are made from, in catalogue order.

    >>> list(close_measures(ledger, {"online_rate_change"}))
    ['total', 'online', 'online_rate', 'online_rate_change']
    """
    wanted = set(names)
    waiting = [*names]
    while waiting:
        parts = parts_of(ledger.items[waiting.pop()].measure)
        waiting += (fresh := {ledger.name_of(part) for part in parts} - wanted)
        wanted |= fresh
    return {name: item.measure for name, item in ledger.items.items() if name in wanted}


def keep_counts(measures: Mapping[str, Measure]) -> list[Tallied]:
    """Return those of some measures that are counts, or totals of numbers.

    >>> keep_counts({"total": Count(), "rate": Share(Count(where(status="online")), Count())})
    [Count(where=Where(conditions=()), table='procedures')]
    """
    return [measure for measure in measures.values() if isinstance(measure, Tallied)]


def list_decisive(
    counts: Iterable[Tallied], identity: Iterable[str], asked: Questionnaire
) -> tuple[str, ...]:
    """Return the fields of an identity, and those that decide whether a procedure counts.

    A derived one stands there with the answers that it follows from.

    >>> counts = [Count(where(status="online")), Count(where(moved="yes"), "transitions")]
    >>> list_decisive(counts, {"procedure_id"}, survey.asked)
    ('procedure_id', 'section', 'status')
    """
    decided_by = {name: (name, *own.decided_by) for name, own in asked.derived.items()}
    decided_by |= {name: (own,) for name, own in DECIDED_BY.items()}
    decisive = {
        field
        for count in counts
        if count.table in PROCEDURES
        for field in list_deciding(count, decided_by)
    }
    return order_fields(decisive | {*identity}, asked)
