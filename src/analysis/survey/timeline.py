"""Time runs forward: hold the dates that people write down for a cycle to the cycle's own.

No clock is asked, so that a check says the same on every day; dates are compared with one another.
"""

import datetime
from collections.abc import Iterator

from analysis.cycle import SETTINGS_NAME, Cycle
from analysis.survey.problems import Place, Problem, report

_YEARS_BEFORE, _YEARS_AFTER = 1, 10


def find_decision_span(cycle: Cycle) -> tuple[str, str]:
    """Return the first and the last day, in ISO form, on which a cycle's answers can be decided on.

    Not before the previous cycle (of a first one: a year before), whose answers are decided on by
    themselves; and ten years after, for as long as an old cycle may be corrected: a year mistyped
    (2999, 1924) lies outside.
    """
    as_of = cycle.settings.as_of
    first = cycle.settings.previous or _add_years(as_of, -_YEARS_BEFORE)
    return first, _add_years(as_of, _YEARS_AFTER)


def check_target(cycle: Cycle) -> Iterator[Problem]:
    """Yield what is to be told of a target that the cycle's day has passed."""
    target, as_of = cycle.settings.target, cycle.settings.as_of
    if target is not None and target.by < as_of:
        place, by = Place(None, SETTINGS_NAME), target.by.isoformat()
        yield report("target_passed", place, value=by, as_of=as_of.isoformat())


def _add_years(day: datetime.date, years: int) -> str:
    year = min(day.year + years, datetime.MAXYEAR)
    try:
        return day.replace(year=year).isoformat()
    except ValueError:
        return day.replace(year=year, day=28).isoformat()
