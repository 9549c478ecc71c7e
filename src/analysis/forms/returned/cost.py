"""What it takes to mark a workbook, told before openpyxl makes an object of all that is in it.

The bounds of the process that marks are the last resort: to reach them takes a minute.
"""

import re
from collections.abc import Mapping

from openpyxl.utils.cell import range_boundaries

from analysis.files.bounded import UnfinishedError
from analysis.files.package import open_package

MOST_WORK = 1_200_000
"""Elements of XML, or what takes as long: those of 30,000 rows, for which it takes 15 to 40 s."""

MOST_CELLS_TOGETHER = 500_000
"""Cells of all workbooks that go back at one time; to mark so many takes some fifteen seconds.

A city's survey has less than a tenth of them.
"""

LARGEST_PARTS = 32 * 1024**2

CELL_WORK = 2
"""The elements of a cell, so that a CSV is held to the same."""

# As long as so many elements take a cell with a mark, and one that a range covers.
_MARK, _COVERED = 20, 5
_PARSED = (".xml", ".rels", ".vml")
# openpyxl makes a cell of every place that one of these covers.
_COVERING = re.compile(
    rb"""<(?:\w+:)?(?:mergeCell|hyperlink)\s[^>]*?\bref\s*=\s*["']([A-Z]+\d+:[A-Z]+\d+)["']"""
)


def require_affordable(content: bytes, marks: int) -> None:
    """Raise UnfinishedError, saying why, for a workbook that takes too long to mark so often."""
    package = open_package(content)
    parsed = [info for name, info in package.parts.items() if name.endswith(_PARSED)]
    size = sum(info.file_size for info in parsed)
    if size > LARGEST_PARTS:
        raise UnfinishedError(f"中身が{size // 1024**2:,} MB")
    covered = 0
    for found in (f for info in parsed for f in _COVERING.finditer(package.archive.read(info))):
        left, top, right, bottom = range_boundaries(found[1].decode())
        covered += (right - left + 1) * (bottom - top + 1)
    weigh(sum(package.tags.values()), covered, marks)


def find_affordable(cells: Mapping[str, int]) -> set[str]:
    """Return the workbooks, of so many cells each, that are marked: the smallest, while it lasts.

    >>> sorted(find_affordable({"a": 600_000, "b": 20_000, "c": 400_000}))
    ['b', 'c']
    """
    found, spent = set(), 0
    for name, own in sorted(cells.items(), key=lambda item: (item[1], item[0])):
        spent += own
        if spent > MOST_CELLS_TOGETHER:
            break
        found.add(name)
    return found


def weigh(elements: int, covered: int, marks: int) -> None:
    """Raise UnfinishedError if it takes too long; it says what takes most."""
    work = {
        f"中身の要素が{elements:,}個": elements,
        f"結合したセルとリンクの範囲が{covered:,}セル": _COVERED * covered,
        f"印を付ける問題が{marks:,}件": _MARK * marks,
    }
    if sum(work.values()) > MOST_WORK:
        raise UnfinishedError(max(work, key=work.__getitem__))
