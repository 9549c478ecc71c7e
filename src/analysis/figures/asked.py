"""What is asked of a cycle's answers, noted while a report is made: that is what it is made from.

The notes are the process's own, as a notebook has a process to itself. An ask is a line:
`figure <id>`, `department <slug>` (all answers of its procedures, in both cycles), `fields <field>
...` (these answers of every procedure, in both cycles), or `everything`.
"""

from collections.abc import Iterator
from contextlib import contextmanager

EVERYTHING = "everything"
FIGURE, DEPARTMENT, FIELDS = "figure", "department", "fields"

_asked: set[str] = set()


@contextmanager
def unnoted() -> Iterator[None]:
    """Note nothing of what is asked within: who asks shows none of it."""
    before = {*_asked}
    try:
        yield
    finally:
        _asked.clear()
        _asked.update(before)


def note_figure(figure_id: str) -> None:
    """Note that somebody asked for a figure."""
    _asked.add(f"{FIGURE} {figure_id}")


def note_department(slug: str) -> None:
    """Note that somebody asked for answers of a department."""
    _asked.add(f"{DEPARTMENT} {slug}")


def note_everything() -> None:
    """Note that somebody was given what could tell him any answer."""
    _asked.add(EVERYTHING)


def take_asked() -> list[str]:
    """Return what was asked since it was last taken, sorted, and begin anew.

    Who shows something takes what was asked for it, so that a cell which is run again, for another
    department, leaves nothing behind.
    """
    taken = sorted(_asked)
    _asked.clear()
    return taken


def begin_notes() -> None:
    """Forget what was asked before."""
    _asked.clear()
