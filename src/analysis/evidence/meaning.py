"""What a measure means, as a page carries it: an expression that its script reads."""

from collections.abc import Callable, Mapping
from typing import Any

from analysis.figures.definition import write_percent
from analysis.figures.figure import Unit
from analysis.figures.ledger import Ledger
from analysis.figures.measure import (
    Change,
    Count,
    Duration,
    PerMonth,
    Share,
    Shortfall,
    Total,
)

Word = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""What says the words of a page's evidence, as a mapping, in the page's language."""


def write_meaning(ledger: Ledger, name: str) -> dict[str, Any]:
    """Return a measure of the catalogue as an expression, with its label and its unit.

    Others that it is made from stand in it by name. Raises KeyError for no such measure, and
    FigureError for one that is made from what the catalogue doesn't name.

    >>> write_meaning(ledger, "online_rate")["part"]
    'online'
    """
    item = ledger.items[name]
    meaning: dict[str, Any]
    match item.measure:
        case Count(where=condition, table=table):
            meaning = {"count": table, "where": condition.conditions}
        case Total(field=field, where=condition, table=table):
            meaning = {"count": table, "where": condition.conditions, "summed": field}
        case Share(part=part, whole=whole):
            meaning = {"part": ledger.name_of(part), "whole": ledger.name_of(whole)}
        case Shortfall(part=part, whole=whole, percent=percent):
            goal = (percent.numerator, percent.denominator, write_percent(percent))
            parts = {"part": ledger.name_of(part), "whole": ledger.name_of(whole)}
            meaning = parts | {"goal": goal}
        case Change(of=of):
            meaning = {"of": ledger.name_of(of)}
        case PerMonth(of=paced, months=months):
            meaning = {"over": ledger.name_of(paced), "under": months}
        case Duration(of=short, pace=pace):
            meaning = {"over": ledger.name_of(short), "under": ledger.name_of(pace)}
    return {"label": item.label, "unit": _write_unit(item.unit), **meaning}


def _write_unit(unit: Unit) -> dict[str, Any]:
    return {
        "name": unit.name, "scale": unit.scale, "places": unit.places, "signed": unit.signed
    }  # fmt: skip
