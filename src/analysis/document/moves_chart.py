"""Draw what changed a count: from one cycle's to the next, step by step, and who changed it most.

Lengths are changes, so none of these bars starts at a count of nothing: a level is a mark.
"""

from collections.abc import Callable, Sequence

from matplotlib.artist import Artist
from matplotlib.axes import Axes

from analysis.document.blocks import Chart, Shown
from analysis.document.canvas import (
    BAR,
    DIAMOND,
    explain,
    fill,
    finish,
    length_of,
    name_rows,
    open_axes,
    open_canvas,
    patch,
    plain,
    write_figure,
)
from analysis.document.drawing import drawing
from analysis.document.message import say_contribution, say_way
from analysis.document.plot import Plot, PlottedBar
from analysis.document.pointed import stand_for
from analysis.document.sums import require_difference, require_sum
from analysis.figures.figure import Figure
from analysis.figures.ledger import Ledger
from analysis.looks import COLOURS, LEVEL_LOOK, MOVES

BridgeStep = tuple[str, Figure, bool]
"""A step of a bridge: what it is called, how many, and whether they were gained."""

_ROW_INCHES = 0.19
_GAP = 0.02
"""Between a bar and its number, of the drawing's width."""


@drawing
def draw_bridge(
    ledger: Ledger,
    caption: str,
    change: Figure,
    steps: Sequence[BridgeStep],
    sums: tuple[Figure, Figure],
    *,
    say: Callable[[str], str] = str,
) -> Chart:
    """Draw how a count became what it is: its level before, each step, its level now.

    `change` is that of the count; `sums` are all gained and all lost. Raises ReportError if the
    steps don't add up to these, or these not to the change.
    """
    for whole, is_gain in zip(sums, (True, False), strict=True):
        require_sum(ledger, caption, [own for _, own, is_up in steps if is_up is is_gain], whole)
    require_difference(ledger, caption, *sums, change)
    now, before = ledger.parts(change)
    canvas = open_canvas(_ROW_INCHES * (len(steps) + 2) + 0.5, "constrained")
    axes = open_axes(canvas)
    axes.spines["left"].set_visible(False)  # it would be taken for nought
    levels = [length_of(before)]
    for _, figure, is_up in steps:
        levels.append(levels[-1] + (length_of(figure) if is_up else -length_of(figure)))
    span = max(max(levels) - min(levels), 1.0)
    _draw_level(axes, 0, levels[0], before)
    write_figure(axes, axes.transData, (levels[0] + _GAP * span, 0), before, before.text)
    for place, (_, figure, is_up) in enumerate(steps, start=1):
        ends = sorted(levels[place - 1 : place + 1])
        stand_for(figure, _draw_step(axes, place, ends, is_up=is_up))
        # It hangs on the level before.
        axes.plot([levels[place - 1]] * 2, [place - 1, place], color=COLOURS["edge"], linewidth=0.6)
        write_figure(axes, axes.transData, (ends[1] + _GAP * span, place), figure, figure.text)
    last = len(steps) + 1
    axes.plot([levels[-1]] * 2, [last - 1, last], color=COLOURS["edge"], linewidth=0.6)
    _draw_level(axes, last, levels[-1], now)
    write_figure(axes, axes.transData, (levels[-1] + _GAP * span, last), now, now.text)
    axes.set_xlim(min(levels) - _GAP * span, max(levels) + 0.12 * span)
    axes.set_xticks([])
    name_rows(axes, [say("前回"), *(label for label, _, _ in steps), say("今回")])
    explain(canvas, [(patch(MOVES[side], say(words)), None) for side, words in _SIDES.items()], 2)
    told: list[str | Shown] = []
    for label, figure, is_up in steps:
        told += [f"、{plain(label)} ", Shown(figure), "増" if is_up else "減"]
    alt = (f"滝グラフ。{caption}。前回は", Shown(before), *told, "、今回は", Shown(now), "。")
    bars = [
        # On a slide neither hatch nor legend tells a fall, and a count has no sign.
        PlottedBar(
            f"{label}（{'増' if is_up else '減'}）",
            figure,
            look,
            start=min(levels[at : at + 2]),
            sign="+" if is_up else "−",
        )
        for at, (label, figure, is_up) in enumerate(steps)
        for look in (MOVES["gained" if is_up else "lost"],)
    ]
    plot = Plot(
        (PlottedBar("前回", before, LEVEL_LOOK), *bars, PlottedBar("今回", now, LEVEL_LOOK))
    )
    figures = [before, *(figure for _, figure, _ in steps), now]
    return finish(canvas, caption, alt, figures, plot, message=say_way([before, now]))


_SIDES = {"gained": "増えた手続き", "lost": "減った手続き"}


@drawing
def draw_changes(
    ledger: Ledger, caption: str, rows: Sequence[tuple[str, Figure]], whole: Figure
) -> Chart:
    """Draw changes as bars to either side of none: (label, change) each.

    Raises ReportError if they don't add up to `whole`.
    """
    require_sum(ledger, caption, [figure for _, figure in rows], whole)
    canvas = open_canvas(_ROW_INCHES * len(rows) + 0.5, "constrained")
    axes = open_axes(canvas)
    axes.spines["left"].set_visible(False)  # it would be taken for nought
    values = [length_of(figure) for _, figure in rows]
    low, high = min(0.0, *values), max(0.0, *values)
    span = max(high - low, 1.0)
    for place, ((_, figure), value) in enumerate(zip(rows, values, strict=True)):
        stand_for(figure, _draw_step(axes, place, sorted((0.0, value)), is_up=value > 0))
        at = (max(value, 0.0) + _GAP * span, place)
        write_figure(axes, axes.transData, at, figure, figure.text)
    axes.axvline(0, color=COLOURS["edge"], linewidth=0.6)
    axes.set_xlim(low - _GAP * span, high + 0.12 * span)
    axes.set_xticks([])
    name_rows(axes, [label for label, _ in rows])
    told: list[str | Shown] = []
    for place, (label, figure) in enumerate(rows):
        told += [f"{'、' if place else ''}{plain(label)} ", Shown(figure)]
    alt = (f"横棒グラフ。{caption}。", *told, "、計 ", Shown(whole), "。")
    figures, message = [*(figure for _, figure in rows), whole], say_contribution(rows, whole)
    return finish(canvas, caption, alt, figures, message=message)


def _draw_step(axes: Axes, place: int, ends: Sequence[float], *, is_up: bool) -> Artist:
    look = MOVES["gained" if is_up else "lost"]
    step: Artist = axes.barh(place, ends[1] - ends[0], left=ends[0], height=BAR, **fill(look))[0]
    return step


def _draw_level(axes: Axes, place: int, level: float, figure: Figure) -> None:
    (mark,) = axes.plot(level, place, **DIAMOND, clip_on=False)
    stand_for(figure, mark)
