"""What a chart says, for its title: one sentence of the figures that it draws.

Where none of them stands out, as where two are the largest, nothing is said.
"""

from collections.abc import Sequence

from analysis.document.inline import Quoted, Shown
from analysis.figures.figure import Figure

Label = str | Quoted
"""What a row of a chart is called; quoted where others chose the name."""

Message = tuple[str | Quoted | Shown, ...]
"""A title's sentence; nothing where it is empty."""

Row = tuple[Label, Figure]
"""What a figure is called in a chart, and the figure."""


def say_largest_part(parts: Sequence[Row], total: Figure) -> Message:
    """Say which part of a whole is the largest."""
    if (found := _find_most(parts)) is None or not found[1].value:
        return ()
    label, figure = found
    if figure.value == total.value:
        return (Shown(total), "のすべてが「", label, "」")
    return (Shown(total), "のうち、「", label, "」が", Shown(figure), "で最も多い")


def say_most(rows: Sequence[Row]) -> Message:
    """Say which figure is the greatest."""
    found = _find_most(rows)
    return ("最も多いのは", found[0], "の", Shown(found[1])) if found else ()


def say_ends(rows: Sequence[Row]) -> Message:
    """Say which rate is the highest and which the lowest."""
    highest, lowest = _find_most(rows), _find_most(rows, least=True)
    if highest is None or lowest is None:
        return ()
    return (
        *("最も高いのは", highest[0], "の", Shown(highest[1])),
        *("、最も低いのは", lowest[0], "の", Shown(lowest[1])),
    )


def say_contribution(rows: Sequence[Row], whole: Figure) -> Message:
    """Say who made most of a rise."""
    found = _find_most(rows)
    if found is None or not whole.exact or whole.exact < 0:
        return ()
    # Where others fell, one can have risen by more than all did together.
    if found[1].exact is None or found[1].exact > whole.exact:
        return ()
    return (
        *(Shown(whole, magnitude=True), "増加のうち、", found[0], "が"),
        *(Shown(found[1], magnitude=True), "増"),
    )


def say_way(figures: Sequence[Figure]) -> Message:
    """Say from where to where a figure went, the first given to the last; nothing if nowhere."""
    known = [figure for figure in figures if figure.exact is not None]
    if not known or known[0].exact == known[-1].exact:
        return ()
    return (Shown(known[0]), "から", Shown(known[-1]), "へ")


def find_edge(rows: Sequence[Row], *, least: bool = False) -> Row | None:
    """Return the one row of the greatest, or the least, value; None if no one row has it.

    >>> two = [("全体", ledger.figure("online")), ("環境部", ledger.figure("online", "kankyo"))]
    >>> find_edge(two[:1])[0], find_edge([two[0], two[0]])
    ('全体', None)
    """
    known = [(figure.exact, label, figure) for label, figure in rows if figure.exact is not None]
    if not known:
        return None
    choose = min if least else max
    edge = choose(exact for exact, _, _ in known)
    found = [(label, figure) for exact, label, figure in known if exact == edge]
    return found[0] if len(found) == 1 else None


def _find_most(rows: Sequence[Row], *, least: bool = False) -> Row | None:
    """Return the same of several rows: one alone is not the most of anything."""
    known = [row for row in rows if row[1].exact is not None]
    return find_edge(known, least=least) if len(known) > 1 else None
