"""What is nearest to a name that nothing has: by what the reports call it, or by its own name."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from analysis.questionnaire.spellings import match_key

_LISTED, _NAMED = 5, 3


class Called(NamedTuple):
    """What a figure is called: its id's three parts, and what its scope and measure are called."""

    cycle: str
    scope: str
    measure: str
    scope_name: str
    label: str


def name_nearest(word: str, labels: Mapping[str, str]) -> str:
    """Return the names nearest to one that is none, each with its label, in one line.

    >>> name_nearest("onlin", {"online": "済", "total": "総数", "online_rate": "率"})
    'online（済）、online_rate（率）、total（総数）'
    """
    likeness = _Likeness(word)
    found = sorted(labels, key=lambda name: -likeness.find(name, labels[name]))[:_NAMED]
    return "、".join(f"{name}（{labels[name]}）" for name in found)


def list_nearest(written: tuple[str, str, str], entries: Iterable[Called]) -> str:
    """Return a line for each of the figures nearest to an id that is none, given by its parts.

    Those whose parts together are most like what is written; of alike ones the first.
    """
    cycle, scope, measure = map(_Likeness, written)
    found = sorted(
        entries,
        key=lambda own: (
            -(
                cycle.find(own.cycle)
                + scope.find(own.scope, own.scope_name)
                + measure.find(own.measure, own.label)
            )
        ),
    )
    return "\n".join(
        f"  {own.cycle}/{own.scope}/{own.measure}  {own.scope_name}　{own.label}"
        for own in found[:_LISTED]
    )


class _Likeness:
    """How like a word something is that has several names: as much as the one that is most so."""

    def __init__(self, word: str) -> None:
        self._word = match_key(word).casefold()
        self._known: dict[str, float] = {}

    def find(self, *names: str) -> float:
        return max(map(self._compare, names))

    def _compare(self, name: str) -> float:
        """Return how like a name is: that the word stands in it counts for more than the rest."""
        if name not in self._known:
            from rapidfuzz import fuzz  # noqa: PLC0415 - only where a name is wrong

            key = match_key(name).casefold()
            whole, part = fuzz.ratio(self._word, key), fuzz.partial_ratio(self._word, key)
            self._known[name] = whole + 2 * part
        return self._known[name]
