"""The answers of the cycles before the previous one, as a cycle's trend counts them."""

from collections.abc import Callable

from analysis.ancestry import open_ancestors
from analysis.cycle import Cycle
from analysis.survey.survey import Survey, require_usable
from analysis.survey.uncounted import follow_successions, keep_compared


def load_earlier(cycle: Cycle, load: Callable[[Cycle], Survey]) -> dict[str, Survey]:
    """Return the surveys of the cycles before the previous one by name, the latest first.

    `load` gets a cycle's survey. Every procedure is with the department and 課 that it would belong
    to today: the successions of each cycle after its own are followed, one after the other. Of an
    interim cycle there are the departments that it counts. Raises SettingsError for a cycle that
    can't be opened, and SurveyError for one whose answers can't be used.

    >>> load_earlier(ledger.cycle, lambda cycle: findings.previous)
    {}
    """
    ancestors, found = open_ancestors(cycle), {}
    for place, own in enumerate(ancestors[1:], start=1):
        survey = load(own)
        require_usable(survey, own.name)
        for later in reversed(ancestors[:place]):
            survey = follow_successions(later, survey)
        found[own.name] = keep_compared(cycle, survey)
    return found
