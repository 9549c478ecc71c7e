"""Hold what stands above or around a total to what it adds up to.

Whoever prints a total with its parts asks here first, so none is printed that is not their sum.
"""

from collections import Counter
from collections.abc import Collection, Hashable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from analysis.errors import ReportError, list_examples
from analysis.figures.figure import COUNT, COUNT_CHANGE, Figure
from analysis.figures.measure import Change

if TYPE_CHECKING:
    from analysis.figures.ledger import Ledger

_ADDING = (COUNT, COUNT_CHANGE)
_ROW = ("cycle", "workbook", "sheet", "row", "cell", "procedure_id", "name")


def require_total(
    ledger: "Ledger", caption: str, rows: Sequence[Sequence[Any]], subtotals: Collection[int] = ()
) -> None:
    """Return if every count in the last row is the sum of those above it; else raise ReportError.

    A row of `subtotals` (by position) is the sum of the rows since the one before, and no part of
    the last. A rate is no sum, and what is no figure counts nothing.
    """
    for column in range(len(rows[-1]) if rows else 0):
        counts = [_take_count(row[column]) for row in rows]
        for parts, total in _list_sums(counts, subtotals):
            require_sum(ledger, caption, parts, total)


def require_sum(ledger: "Ledger", caption: str, parts: Sequence[Figure], total: Figure) -> None:
    """Return if the parts add up to their total; else raise ReportError.

    It names the rows that the total counts and no part, and those that only parts count, or more
    than one.
    """
    added = sum(int(part.exact or 0) for part in parts)
    if added == total.exact:
        return
    raise ReportError(
        f"「{caption}」の{total.scope_name}の{total.label}は{total.full_text}ですが、"
        f"内訳の計は{added:,}{total.unit.name}です（{total.id}）。\n"
        + "\n".join(_explain(ledger, parts, total))
    )


def require_difference(
    ledger: "Ledger", caption: str, gained: Figure, lost: Figure, change: Figure
) -> None:
    """Return if those gained less those lost are the change of a count; else raise ReportError.

    It names the rows that one cycle alone counts though they are not among these two, and those
    that both count though they are.
    """
    if (gained.exact or 0) - (lost.exact or 0) == change.exact:
        return
    kept = []
    for whole, moved in zip(ledger.parts(change), (gained, lost), strict=True):
        told = _find_pairs(ledger, moved)
        kept.append({k: row for k, row in _find_pairs(ledger, whole).items() if k not in told})
    rows = [row for side, other in (kept, kept[::-1]) for k, row in side.items() if k not in other]
    said = "、".join(f"{one.label}は{one.full_text}" for one in (change, gained, lost))
    raise ReportError(
        f"「{caption}」の{change.scope_name}の{said}で、差が合いません（{change.id}）。\n"
        f"どちらにも数えていない行: {len(rows):,}件\n{list_examples(list(map(_say_row, rows)))}"
    )


def _list_sums(
    counts: Sequence[Figure | None], subtotals: Collection[int]
) -> Iterator[tuple[list[Figure], Figure]]:
    """Yield the parts and the total of each sum in a column, the last row's at the end."""

    def gather(places: range) -> list[Figure]:
        return [part for at in places if at not in subtotals and (part := counts[at]) is not None]

    begin = 0
    for place in sorted(subtotals):
        if (subtotal := counts[place]) is not None:
            yield gather(range(begin, place)), subtotal
        begin = place + 1
    if (total := counts[-1]) is not None:
        yield gather(range(len(counts) - 1)), total


def _take_count(cell: Any) -> Figure | None:
    """Return the figure that a cell holds or shows, if it is one that adds up."""
    figure = getattr(cell, "figure", cell)
    return figure if isinstance(figure, Figure) and figure.unit in _ADDING else None


def _explain(ledger: "Ledger", parts: Sequence[Figure], total: Figure) -> Iterator[str]:
    """Yield what makes the difference; of a change, on each of its sides."""
    if isinstance(ledger.items[total.measure].measure, Change):
        sides = zip(*(ledger.parts(figure) for figure in (total, *parts)), strict=True)
        for whole, *rest in sides:
            yield from _explain(ledger, rest, whole)
        return
    whole = Counter(_list_rows(ledger, total))
    counted = Counter(row for part in parts for row in _list_rows(ledger, part))
    for words, rows in (
        ("計に数え、内訳に数えていない行", whole - counted),
        ("内訳に余分に数えている行", counted - whole),
    ):
        if rows:
            yield f"{words}: {rows.total():,}件\n{list_examples(list(map(_say_row, rows)))}"


def _list_rows(ledger: "Ledger", figure: Figure) -> Iterator[tuple[Hashable, ...]]:
    """Yield the rows that a count counts, each by its first cell."""
    seen = set()
    # What starts a build reads no frames, and here something is wrong already.
    from analysis.figures.evidence import list_cells  # noqa: PLC0415

    for cell in list_cells(ledger.select(figure), figure.scope):
        row = tuple(cell[key] for key in _ROW)
        place = row[:4] if isinstance(cell["row"], int) else row
        if place not in seen:
            seen.add(place)
            yield row


def _find_pairs(ledger: "Ledger", figure: Figure) -> dict[object, tuple[Hashable, ...]]:
    """Return the first cell of each procedure that a count counts, by its name in both cycles."""
    from analysis.figures.evidence import list_cells  # noqa: PLC0415 - as in `_list_rows`

    found: dict[object, tuple[Hashable, ...]] = {}
    for cell in list_cells(ledger.select(figure), figure.scope):
        found.setdefault(cell["pair_id"], tuple(cell[key] for key in _ROW))
    return found


def _say_row(row: Sequence[Hashable]) -> str:
    cycle, workbook, sheet, _, cell, procedure_id, name = (
        part if isinstance(part, str) else "" for part in row
    )
    place = "!".join(filter(None, (sheet, cell)))
    return "　".join(filter(None, (procedure_id, name, f"{cycle} {workbook} {place}".rstrip())))
