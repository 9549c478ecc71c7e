"""How large the letters of a slide can be: what its parts take, told from the length of the texts.

All in points. A presentation lays nothing out by itself, and the reader's machine has its own face
of the type; so lines have a fixed height, and a text is taken for a little wider than it is.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby
from math import ceil
from typing import Any, NamedTuple

SIZES = (24, 22, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5)
LINE = 1.3
"""The height of a line, of its letters' size."""

GAP = 0.6
"""Between two parts, or two sentences of a list, of the letters' size."""

TABLE, NOTE, TILE = 0.8, 0.65, 2.4
"""How large the letters of tables, of small print and of headline numbers are."""

PAD_X, PAD_Y = 5.0, 2.5
"""Within a table's cell, on each side."""

_NARROW, _WIDE = 0.64, 1.04
_BAR = 1.5
"""The least height of a chart's row, of the letters' size."""


class Room(NamedTuple):
    """A place on a slide."""

    left: float
    top: float
    width: float
    height: float


def choose_size(parts: Sequence[Mapping[str, Any]], room: Room) -> int:
    """Return the largest size of letters at which parts fit below one another; else the least."""
    for size in SIZES:
        taken = sum(height_of(part, room.width, size) for part in parts)
        if taken + GAP * size * (len(parts) - 1) <= room.height:
            return size
    return SIZES[-1]


def height_of(part: Mapping[str, Any], width: float, size: float) -> float:
    """Return how high a described part is, of a chart the least that it takes."""
    match part["kind"]:
        case "text":
            own = size * (NOTE if part["look"] == "note" else 1)
            return own * LINE * count_lines_taken(join_runs(part["lines"][0]), width, own)
        case "bullets":
            lines = [
                count_lines_taken(join_runs(line), width - 1.2 * size, size)
                for line in part["lines"]
            ]
            return size * (LINE * sum(lines) + GAP * (len(lines) - 1))
        case "tiles":
            inside = width / max(len(part["tiles"]), 1) - size
            about = [
                count_lines_taken(join_runs(tile["about"]), inside, 0.8 * size)
                for tile in part["tiles"]
            ]
            return size * LINE * (0.85 + TILE + 0.8 * max(about, default=0)) + 2.5 * size
        case "tables":
            each = (width - size * (len(part["tables"]) - 1)) / len(part["tables"])
            return max(sum(measure_table(table, each, size)) for table in part["tables"])
        case "chart":
            return size * (_BAR * len(part["bars"]) * TABLE + 2 * LINE)
    raise TypeError(f"no part of a slide: {part['kind']}")


def measure_table(table: Mapping[str, Any], width: float, size: float) -> list[float]:
    """Return the heights of a table's caption, rows of titles, rows, and notes, one by one."""
    own, widths = TABLE * size, spread(table, width)
    titles = [
        max(count_lines_taken(column["title"], wide - 2 * PAD_X, own) for column, wide in widths)
    ]
    if any(column["group"] for column in table["columns"]):
        groups = groupby(widths, key=lambda one: one[0]["group"])
        over = [(name, sum(wide for _, wide in members)) for name, members in groups if name]
        titles.insert(0, max(count_lines_taken(name, wide - 2 * PAD_X, own) for name, wide in over))
    rows = [
        max(
            count_lines_taken(join_runs(cell), wide - 2 * PAD_X, own)
            for cell, (_, wide) in zip(row, widths, strict=True)
        )
        for row in table["rows"]
    ]
    notes = sum(count_lines_taken(note, width, NOTE * size) for note in table["notes"])
    cells = [lines * own * LINE + 2 * PAD_Y for lines in (*titles, *rows)]
    return [own * LINE, *cells, notes * NOTE * size * LINE]


def spread(table: Mapping[str, Any], width: float) -> list[tuple[Mapping[str, Any], float]]:
    """Return each column of a table with its width."""
    columns = table["columns"]
    whole = sum(column["weight"] for column in columns)
    return [(column, width * column["weight"] / whole) for column in columns]


def count_lines_taken(text: str, width: float, size: float) -> int:
    """Return how many lines a text takes in a width; a line break begins another.

    >>> count_lines_taken("手続きの状況", 65, 10), count_lines_taken("手続きの状況", 50, 10)
    (1, 2)
    """
    taken = 0
    for line in text.split("\n"):
        taken += max(1, ceil(measure_length(line) * size / max(width, size)))
    return taken


def measure_length(text: str) -> float:
    """Return how long a line of text is, in sizes of its letters.

    >>> measure_length("手続き") > measure_length("abc")
    True
    """
    return sum(_NARROW if sign.isascii() else _WIDE for sign in text)


def join_runs(runs: Sequence[Mapping[str, Any]]) -> str:
    """Return the text of a described sentence."""
    return "".join(run["text"] for run in runs)


def fit_line(text: str, width: float, largest: int, least: int) -> int:
    """Return the largest size of letters at which a text takes one line; else the least.

    >>> fit_line("行政手続き", 100, 28, 10), fit_line("行政手続き", 40, 28, 10)
    (19, 10)
    """
    sizes = range(largest, least, -1)
    return next((size for size in sizes if count_lines_taken(text, width, size) == 1), least)
