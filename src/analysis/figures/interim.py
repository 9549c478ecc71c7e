"""The words of a cycle whose figures do without some departments: 暫定, and which they are."""

from collections.abc import Iterator

from analysis.cycle import Cycle
from analysis.names import INTERIM
from analysis.survey.survey import STATE_LABELS

COUNTED = ("workbooks", "workbooks_answered")
"""The measures of how many departments there are, and how many of them are counted."""


def mark_interim(cycle: Cycle, title: str) -> str:
    """Return a title as a cycle's reports have it: marked at its end where they are interim."""
    return f"{title}（{INTERIM}）" if cycle.is_interim else title


def list_uncounted(cycle: Cycle) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Yield each state in which departments are that are not counted, with these and their reasons.

    A reason is blank but where the settings give it: what is wrong is told by the state.
    """
    for state, label in STATE_LABELS.items():
        if found := [
            (own.department.name, own.reason if state == "left_out" else "")
            for own in cycle.uncounted
            if own.state == state
        ]:
            yield label, found


def say_uncounted(cycle: Cycle) -> str:
    """Return which departments are not counted and why, in a plain sentence a state."""
    return "".join(
        f"{label}：{'、'.join(f'{name}（{why}）' if why else name for name, why in found)}。"
        for label, found in list_uncounted(cycle)
    )
