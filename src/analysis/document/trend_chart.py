"""Draw how a figure went from cycle to cycle, on an axis of time with true distances."""

import datetime
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from analysis.document.blocks import Chart, Shown
from analysis.document.canvas import finish, length_of, open_axes, open_canvas, write_figure
from analysis.document.drawing import drawing
from analysis.document.message import say_way
from analysis.document.pointed import stand_for
from analysis.figures.figure import Figure
from analysis.looks import COLOURS

Point = tuple[datetime.date, str, Figure]
"""A day, what it is called, and the figure of that day."""

_HEIGHT_INCHES = 1.9
_ROOM = 0.08
"""On either side of the first and the last day, of the time between them."""

_NEAR = 0.17
"""How near two days may stand, of the whole time, before their names would meet."""

_ABOVE = 0.09
"""How far a number stands above its point, of the drawing's height."""


_POINT: dict[str, Any] = {"color": COLOURS["ink"], "marker": "o", "markersize": 4.5}


@drawing
def draw_trend(caption: str, points: Sequence[Point]) -> Chart:
    """Draw figures of one measure as a line from zero up, the oldest first, a number at each.

    One that has no value is left out.
    """
    known = [point for point in points if point[2].value is not None]
    canvas = open_canvas(_HEIGHT_INCHES, "constrained")
    axes = open_axes(canvas)
    axes.spines["bottom"].set_visible(True)
    axes.spines["left"].set_visible(False)
    days = [float(day.toordinal()) for day, _, _ in known]
    span = max(days[-1] - days[0], 1.0) if days else 1.0
    values = [length_of(figure) for _, _, figure in known]
    top = max(values, default=0.0) * 1.3 or 1.0
    axes.plot(days, values, clip_on=False, color=COLOURS["ink"], linewidth=1.4)
    for at, value, (_, _, figure) in zip(days, values, known, strict=True):
        place = (at, value + _ABOVE * top)
        text = f"{figure.text}{figure.unit.name}"
        (point,) = axes.plot(at, value, clip_on=False, **_POINT)
        stand_for(figure, point)
        write_figure(axes, axes.transData, place, figure, text, align="center")
    if days:
        axes.set_xlim(days[0] - _ROOM * span, days[-1] + _ROOM * span)
    axes.set_ylim(0, top)
    axes.set_yticks([])
    are_near = any(after - before < _NEAR * span for before, after in pairwise(days))
    axes.set_xticks(days, [told for _, told, _ in known], rotation=90 if are_near else 0)
    axes.tick_params(length=2)
    told: list[str | Shown] = []
    for _, name, figure in known:
        told += [f"{'、' if told else ''}{name} ", Shown(figure)]
    alt = (f"折れ線グラフ。{caption}。", *told, "。")
    figures = [figure for _, _, figure in known]
    return finish(canvas, caption, alt, figures, message=say_way(figures))
