"""Draw counts by two orders at once: a circle a cell, as large as its count, and its number.

Some cells tell by a mark what stands in them. What is right and on top is what a reader looks for.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import sqrt
from textwrap import wrap
from typing import NamedTuple

from matplotlib.figure import Figure as Canvas
from matplotlib.lines import Line2D
from matplotlib.patches import Circle
from matplotlib.transforms import Affine2D, Transform

from analysis.document.blocks import Chart, Shown
from analysis.document.canvas import (
    WIDTH_INCHES,
    finish,
    length_of,
    open_canvas,
    plain,
    write_figure,
    write_words,
)
from analysis.document.drawing import drawing
from analysis.document.pointed import stand_for
from analysis.document.sums import require_sum
from analysis.figures.figure import Figure
from analysis.figures.ledger import Ledger
from analysis.looks import COLOURS

# In inches, from the upper left corner.
_NAMES, _SUM, _EDGE = 1.3, 0.8, 0.06
_HEAD, _CELL, _LINE, _FOOT = 0.5, 0.44, 0.15, 0.3
_RADIUS, _DIGIT, _GAP = 0.2, 0.062, 0.05
_LONGEST_NAME, _MARKS_IN_A_LINE = 11, 5


class MatrixRow(NamedTuple):
    """A row: what it is called, a count and its marks for each column, and sums beside them.

    The counts add up to the first of the sums.
    """

    label: str
    counts: tuple[Figure, ...]
    marks: tuple[tuple[str, ...], ...]
    sums: tuple[Figure, ...]


class MatrixHead(NamedTuple):
    """What stands above a matrix: what rows and columns are, the columns' names, the sums' titles.

    `note` says below what circles and marks are.
    """

    rows: str
    title: str
    columns: tuple[str, ...]
    sums: tuple[str, ...]
    note: str


@drawing
def draw_matrix(
    ledger: Ledger,
    caption: str,
    head: MatrixHead,
    rows: Sequence[MatrixRow],
    totals: Sequence[Figure],
) -> Chart:
    """Draw counts by row and column; `totals` are of all rows, one for each of their sums.

    Raises ReportError if a row's counts don't add up to its sum, or the sums not to their total.
    """
    for row in rows:
        require_sum(ledger, caption, row.counts, row.sums[0])
    for place, total in enumerate(totals):
        require_sum(ledger, caption, [row.sums[place] for row in rows], total)
    heights = [_CELL + _LINE * max(map(_count_lines, row.marks), default=0) for row in rows]
    height = _HEAD + sum(heights) + _FOOT
    canvas = open_canvas(height)
    scale = Affine2D().scale(1, -1).translate(0, height) + canvas.dpi_scale_trans
    drawing = _Drawing(canvas, scale, len(head.columns), len(head.sums))
    drawing.write_head(head)
    most = max((length_of(own) for row in rows for own in row.counts), default=0) or 1.0
    top = _HEAD
    for row, tall in zip(rows, heights, strict=True):
        drawing.draw_row(row, top, tall, most)
        top += tall
    drawing.rule(top)
    write_words(canvas, scale, (_EDGE, top + _FOOT / 2), head.note)
    alt = (f"丸の大きさで数を示す表。{caption}。", *_tell(head, rows), "。")
    drawn = [own for row in rows for own in (*row.counts, *row.sums)]
    return finish(canvas, caption, alt, [*drawn, *totals])


@dataclass(frozen=True)
class _Drawing:
    """The canvas, in inches from its upper left corner, and how its columns share its width."""

    canvas: Canvas
    scale: Transform
    columns: int
    sums: int

    @property
    def _wide(self) -> float:
        return (WIDTH_INCHES - _NAMES - _SUM * self.sums - _EDGE) / max(self.columns, 1)

    def _middle(self, column: int) -> float:
        return _NAMES + self._wide * (column + 0.5)

    def _end(self, own: int) -> float:
        return WIDTH_INCHES - _EDGE - _SUM * (self.sums - 1 - own)

    def rule(self, at: float) -> None:
        """Draw a line across."""
        line = Line2D(
            [0, WIDTH_INCHES], [at, at], color=COLOURS["edge"], linewidth=0.5, transform=self.scale
        )
        self.canvas.add_artist(line)

    def write_head(self, head: MatrixHead) -> None:
        """Write what the columns are, their names, and the titles of the sums."""
        write_words(self.canvas, self.scale, (_EDGE, 0.36), plain(head.rows))
        middle = _NAMES + self._wide * self.columns / 2
        write_words(self.canvas, self.scale, (middle, 0.13), plain(head.title), align="center")
        for column, name in enumerate(head.columns):
            write_words(self.canvas, self.scale, (self._middle(column), 0.36), name, align="center")
        for own, name in enumerate(head.sums):
            at = (self._end(own), 0.36)
            write_words(self.canvas, self.scale, at, plain(name), align="right")

    def draw_row(self, row: MatrixRow, top: float, tall: float, most: float) -> None:
        """Draw a row's circles with their numbers, its marks and its sums."""
        self.rule(top)
        name = "\n".join(wrap(plain(row.label), _LONGEST_NAME))
        write_words(self.canvas, self.scale, (_EDGE, top + tall / 2), name)
        for column, (figure, marks) in enumerate(zip(row.counts, row.marks, strict=True)):
            at = (self._middle(column), top + _CELL / 2)
            self._draw_circle(at, figure, _RADIUS * sqrt(length_of(figure) / most))
            for line, told in enumerate(_part(marks)):
                below = (at[0], top + _CELL + _LINE * (line + 0.3))
                write_words(self.canvas, self.scale, below, told, align="center")
        for own, figure in enumerate(row.sums):
            at = (self._end(own), top + tall / 2)
            write_figure(self.canvas, self.scale, at, figure, figure.text, align="right")

    def _draw_circle(self, at: tuple[float, float], figure: Figure, radius: float) -> None:
        wide = _DIGIT * len(figure.text)
        is_within = 2 * radius > wide + _GAP
        if radius:
            circle = Circle(at, radius, facecolor=COLOURS["ink"], transform=self.scale)
            self.canvas.add_artist(stand_for(figure, circle))
        if is_within or not radius:
            ink = COLOURS["paper"] if is_within else COLOURS["edge"]
            write_figure(self.canvas, self.scale, at, figure, figure.text, align="center", ink=ink)
        else:
            beside = (at[0] + radius + _GAP, at[1])
            write_figure(self.canvas, self.scale, beside, figure, figure.text)


def _part(marks: Sequence[str]) -> list[str]:
    """Return marks in lines that a cell has room for."""
    starts = range(0, len(marks), _MARKS_IN_A_LINE)
    return [" ".join(marks[at : at + _MARKS_IN_A_LINE]) for at in starts]


def _count_lines(marks: Sequence[str]) -> int:
    return len(_part(marks))


def _tell(head: MatrixHead, rows: Sequence[MatrixRow]) -> Iterator[str | Shown]:
    """Yield each row's sums and counts, with the marks in them, for an alternative text."""
    for place, row in enumerate(rows):
        yield f"{'。' if place else ''}{plain(row.label)}："
        for own, (title, figure) in enumerate(zip(head.sums, row.sums, strict=True)):
            yield f"{'、' if own else ''}{plain(title)} "
            yield Shown(figure)
        for column, figure, marks in zip(head.columns, row.counts, row.marks, strict=True):
            if figure.value:
                yield f"、{column} "
                yield Shown(figure)
                yield f"（{'・'.join(marks)}）" if marks else ""
