"""Merged ranges: a cell that one covers has no value of its own, and may stand for the one above.

Excel empties the covered cells; LibreOffice and other programs may leave in them what nobody sees.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from analysis.files.sheet import Merge, Sheet


class Hidden(NamedTuple):
    """What stands in a covered cell though another text is shown over it."""

    merge: Merge
    row: int
    column: int
    text: str


def uncover(sheet: Sheet) -> Sheet:
    """Return the sheet with no value where a merge covers the cell; the same one if none is."""
    covered: dict[int, set[int]] = {}
    for row, column, _ in _find_covered(sheet):
        covered.setdefault(row, set()).add(column)
    if not covered:
        return sheet
    kept = {
        row: {column: entry for column, entry in line.items() if column not in covered[row]}
        if row in covered
        else line
        for row, line in sheet.cells.items()
    }
    return replace(sheet, cells={row: line for row, line in kept.items() if line})


def list_hidden(sheet: Sheet, first_row: int, columns: Collection[int]) -> list[Hidden]:
    """Return what differs, in these columns from this row on, from the text that is shown over it.

    `sheet` is as it stands in the file.
    """
    found = []
    for row, column, merge in _find_covered(sheet):
        if row >= first_row and column in columns:
            shown = sheet.get(merge.top, merge.left)
            text = sheet.cells[row][column].text.strip()
            if text and text != (shown.text.strip() if shown else ""):
                found.append(Hidden(merge, row, column, text))
    return found


def map_tops(sheet: Sheet, columns: Collection[int]) -> Mapping[tuple[int, int], int]:
    """Return, for each place below the top of a merge, the row that the merge begins in.

    Only for merges that begin in one of these columns.
    """
    tops: dict[tuple[int, int], int] = {}
    reached: dict[int, int] = {}
    bottom = sheet.last_row
    for merge in sheet.merges:
        if merge.left not in columns:
            continue
        # Ranges overlap only in a file made to hurt: each place is looked at once.
        first = max(merge.top, reached.get(merge.left, 0)) + 1
        last = min(merge.bottom, bottom)
        tops |= {(row, merge.left): merge.top for row in range(first, last + 1)}
        reached[merge.left] = max(reached.get(merge.left, 0), last)
    return tops


def _find_covered(sheet: Sheet) -> Iterator[tuple[int, int, Merge]]:
    """Yield the filled cells that a merge covers, row by row, each with a merge that does."""
    spans: dict[int, list[tuple[int, int, Merge]]] = {}
    bottom = sheet.last_row if sheet.merges else 0
    for merge in sheet.merges:
        for row in range(merge.top, min(merge.bottom, bottom) + 1):
            if row in sheet.cells:
                # The first cell of all is the one that is shown.
                first = merge.left + (row == merge.top)
                spans.setdefault(row, []).append((first, merge.right, merge))
    for row, own in sorted(spans.items()):
        own.sort()
        at, reach, over = 0, 0, own[0][2]
        for column in sheet.cells[row]:
            # Where ranges overlap, the one that reaches the furthest: none is looked at twice.
            while at < len(own) and own[at][0] <= column:
                if own[at][1] > reach:
                    _, reach, over = own[at]
                at += 1
            if column <= reach:
                yield row, column, over
