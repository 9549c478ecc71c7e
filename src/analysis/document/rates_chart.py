"""A chart of rates: a bar each to a line at 100 %, the city's rate across, and what was before."""

from collections.abc import Callable, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from analysis.document.blocks import Chart, Shown
from analysis.document.canvas import (
    BAR,
    DIAMOND,
    LegendKey,
    explain,
    finish,
    length_of,
    name_rows,
    open_axes,
    open_canvas,
    plain,
    write_figure,
)
from analysis.document.chart import DRAWN, INK, PAPER, ROW_INCHES, tell_rows
from analysis.document.drawing import drawing
from analysis.document.message import Label, Message, say_ends
from analysis.document.plot import Plot, PlottedBar
from analysis.document.pointed import stand_for
from analysis.figures.figure import Figure
from analysis.looks import COLOURS

ALL = 100
"""Where a bar of all would end, in percent."""
NUMBER_GAP, RATE_ROOM = 1.5, 12
"""Between a rate's bar and its number, and beyond a bar of all for its number, in percent."""
_LEAST_ROOM = 10
_MARK_ROOM = 6.5
"""Between the names and nought, in points, where marks may stand there."""


@drawing
def draw_rates(
    caption: str,
    rows: Sequence[tuple[Label, Figure, Figure | None]],
    whole: Figure | None,
    *,
    message: Message | None = None,
    say: Callable[[str], str] = str,
) -> Chart:
    """Draw rates as bars with a line for the whole: (label, rate now, rate before or None).

    Rates of the whole itself have no line. The title says `message`, or whose rate is the highest
    and whose the lowest.
    """
    canvas = open_canvas(ROW_INCHES * len(rows) + 0.6, "constrained")
    axes = open_axes(canvas)
    places = range(len(rows))
    drawn = axes.barh(places, [length_of(now) for _, now, _ in rows], height=BAR, color=INK)
    for place, (_, now, before) in enumerate(rows):
        stand_for(now, drawn[place])
        if before is not None and before.value is not None:
            (mark,) = axes.plot(length_of(before), place, **DIAMOND, clip_on=False)
            stand_for(before, mark)
        at, align = _place_rate(now, before)
        # A box within the bar would part it.
        is_within = at < length_of(now)
        write_figure(
            axes, axes.transData, (at, place), now, now.cell_text,
            align=align, ink=PAPER if is_within else DRAWN, boxed=not is_within,
        )  # fmt: skip
    axes.axvline(ALL, color=COLOURS["edge"], linewidth=0.6, zorder=0)
    if whole is not None:
        dashed: Any = {"color": DRAWN, "linestyle": (0, (4, 2)), "linewidth": 0.9}
        stand_for(whole, axes.axvline(length_of(whole), **dashed, zorder=0.5))
        _cross_bars(axes, length_of(whole), [length_of(now) for _, now, _ in rows])
    axes.set_xlim(0, ALL + RATE_ROOM)
    axes.set_xticks([])
    name_rows(axes, [label for label, _, _ in rows])
    # A mark at nought stands half to the left of it.
    axes.tick_params(pad=_MARK_ROOM)
    keys: list[LegendKey] = []
    if any(before is not None for _, _, before in rows):
        diamond = Line2D(
            [], [], linestyle="", marker="D", markersize=4.5, markerfacecolor=PAPER,
            markeredgecolor=DRAWN, label=say("前回"),
        )  # fmt: skip
        keys += [(Patch(color=INK, label=say("今回")), None), (diamond, None)]
    if whole is not None:
        line = Line2D([], [], **dashed, label=say(f"市全体　{whole.cell_text}"))
        keys.append((line, whole))
    edge = Line2D([], [], color=COLOURS["edge"], linewidth=0.6, label=say("右の線　すべて"))
    keys.append((edge, None))
    explain(canvas, keys, len(keys))
    told = [(label, (now,) if before is None else (now, before)) for label, now, before in rows]
    order = "今回・前回の順に、" if any(before for _, _, before in rows) else ""
    compared = ("。",) if whole is None else ("。市全体は", Shown(whole), "。")
    alt = (f"横棒グラフ。{caption}。{order}", *tell_rows(told), *compared)
    figures = [f for _, now, before in rows for f in (now, before) if f is not None]
    if message is None:
        message = say_ends([(label, now) for label, now, _ in rows])
    bars = tuple(PlottedBar(plain(label), now, before=before) for label, now, before in rows)
    plot = Plot(bars, float(ALL), whole)
    figures += [] if whole is None else [whole]
    return finish(canvas, caption, alt, figures, plot, message=message)


def _cross_bars(axes: Axes, at: float, ends: Sequence[float]) -> None:
    """Draw the line of the whole on the bars that it crosses: light, and too thin to part them."""
    crossed = [place for place, end in enumerate(ends) if end > at]
    if crossed:
        feet, heads = ([place + side * BAR / 2 for place in crossed] for side in (1, -1))
        axes.vlines([at] * len(crossed), heads, feet, colors=PAPER, linewidths=0.9, linestyles=":")


def _place_rate(now: Figure, before: Figure | None) -> tuple[float, str]:
    """Return where a rate's number stands, and which side of it: at its bar's end.

    Never beside the mark of a greater rate before, whose number it would be taken for.
    """
    end, was = length_of(now), length_of(before or now)
    if end < was < end + RATE_ROOM and end >= RATE_ROOM:
        return end - NUMBER_GAP, "right"
    # A rate below 10 % is written with a digit less.
    is_free = was >= end + min(RATE_ROOM, max(_LEAST_ROOM, end))
    return (end if is_free else max(end, was)) + NUMBER_GAP, "left"
