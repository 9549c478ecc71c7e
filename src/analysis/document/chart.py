"""Draw figures as SVG. A chart is given figures and writes their texts; it computes nothing.

Read in grey: parts differ in lightness and hatch, the last cycle has a mark of its own shape, and
every bar carries its number. Text stays text, so that it can be searched and read aloud.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.transforms import Affine2D

from analysis.document.blocks import Chart, Shown
from analysis.document.canvas import (
    BAR,
    DIAMOND,
    WIDTH_INCHES,
    LegendKey,
    drawing,
    explain,
    finish,
    length_of,
    name_rows,
    open_axes,
    open_canvas,
    patch,
    plain,
    stack,
    write_figure,
)
from analysis.document.sums import require_sum
from analysis.figures.figure import Figure
from analysis.figures.ledger import Ledger
from analysis.looks import COLOURS, PARTS, Look, find_look

ROW_INCHES = 0.19
PART_INCHES = 0.48
MARGIN_INCHES = 0.055
INK, PAPER, DRAWN = (COLOURS[name] for name in ("ink", "paper", "drawn"))
MOST_IN_ONE_LINE = 3
"""How many parts a legend names side by side."""

RATE_COLUMN = 112
"""Where the numbers of a chart of rates stand, right of 100 %."""


@drawing
def draw_rates(
    caption: str,
    rows: Sequence[tuple[str, Figure, Figure | None]],
    whole: Figure,
    *,
    say: Callable[[str], str] = str,
) -> Chart:
    """Draw rates as bars with a line for the whole: (label, rate now, rate before or None)."""
    canvas = open_canvas(ROW_INCHES * len(rows) + 0.6, "constrained")
    axes = open_axes(canvas)
    places = range(len(rows))
    axes.barh(places, [length_of(now) for _, now, _ in rows], height=BAR, color=INK)
    for place, (_, now, before) in enumerate(rows):
        if before is not None:
            axes.plot(length_of(before), place, **DIAMOND, clip_on=False)
        write_figure(axes, axes.transData, (RATE_COLUMN, place), now, now.cell_text, align="right")
    # The white edge keeps the line visible where it crosses a dark bar.
    axes.axvline(length_of(whole), color=PAPER, linewidth=2.2, zorder=2.9)
    axes.axvline(length_of(whole), color=DRAWN, linestyle=(0, (4, 2)), linewidth=0.9, zorder=3)
    axes.set_xlim(0, RATE_COLUMN)
    axes.set_xticks(range(0, 101, 20), [])
    name_rows(axes, [label for label, _, _ in rows])
    keys: list[LegendKey] = [(Patch(color=INK, label=say("今回")), None)]
    if any(before is not None for _, _, before in rows):
        diamond = Line2D(
            [], [], linestyle="", marker="D", markersize=4.5, markerfacecolor=PAPER,
            markeredgecolor=DRAWN, label=say("前回"),
        )  # fmt: skip
        keys.append((diamond, None))
    line = Line2D(
        [], [], color=DRAWN, linestyle=(0, (4, 2)), linewidth=0.9,
        label=say(f"市全体　{whole.cell_text}"),
    )  # fmt: skip
    keys.append((line, whole))
    explain(canvas, keys, len(keys))
    told = [(label, (now,)) for label, now, _ in rows]
    alt = (f"横棒グラフ。{caption}。", *_tell(told), "。市全体は", Shown(whole), "。")
    figures = [f for _, now, before in rows for f in (now, before) if f is not None]
    return finish(canvas, caption, alt, [*figures, whole])


@drawing
def draw_counts(caption: str, rows: Sequence[tuple[str, Figure]]) -> Chart:
    """Draw counts, or changes of counts, as bars from nought: (label, count) each."""
    canvas = open_canvas(ROW_INCHES * len(rows) + 0.4, "constrained")
    axes = open_axes(canvas)
    lengths = [length_of(figure) for _, figure in rows]
    least, most = min([0.0, *lengths]), max([0.0, *lengths])
    room = 0.12 * max(most - least, 1)
    axes.barh(range(len(rows)), lengths, height=BAR, color=INK)
    for place, ((_, figure), length) in enumerate(zip(rows, lengths, strict=True)):
        align, beyond = ("right", -0.1) if length < 0 else ("left", 0.1)
        write_figure(
            axes, axes.transData, (length + beyond * room, place), figure, figure.text, align=align
        )
    axes.axvline(0, color=COLOURS["edge"], linewidth=0.6)
    axes.set_xlim(least - room if least < 0 else 0, most + room)
    axes.set_xticks([])
    name_rows(axes, [label for label, _ in rows])
    told = _tell([(label, (figure,)) for label, figure in rows])
    return finish(canvas, caption, (f"横棒グラフ。{caption}。", *told, "。"), [f for _, f in rows])


@drawing
def draw_parts(
    ledger: Ledger,
    caption: str,
    parts: Sequence[tuple[str, Figure]],
    total: Figure,
    looks_of: Mapping[str, Look] = PARTS,
    *,
    say: Callable[[str], str] = str,
) -> Chart:
    """Draw the parts of a whole as one bar: (label, count) each; `looks_of` are by measure.

    Raises ReportError if they don't add up to `total`.
    """
    looks = _find_looks([figure for _, figure in parts], looks_of)
    require_sum(ledger, caption, [figure for _, figure in parts], total)
    rows_of_legend = -(-len(parts) // 2) if len(parts) > MOST_IN_ONE_LINE else 1
    height = 0.62 + 0.2 * rows_of_legend
    canvas = open_canvas(height)
    # One bar needs no axes, whose making takes longer than all the rest.
    longest = max(length_of(total), 1)
    scale = (
        Affine2D()
        .scale((WIDTH_INCHES - 2 * MARGIN_INCHES) / longest, -PART_INCHES / BAR)
        .translate(MARGIN_INCHES, height - MARGIN_INCHES - PART_INCHES / 2)
        + canvas.dpi_scale_trans
    )
    edges = stack(canvas, scale, 0, [figure for _, figure in parts], looks)
    for (start, end), (_, figure), look in zip(edges, parts, looks, strict=True):
        if end - start > 0.06 * longest:
            # A box keeps a number apart from the hatch, and looks alike in every light part.
            write_figure(
                canvas, scale, ((start + end) / 2, 0), figure, figure.text,
                align="center", ink=look.ink, boxed=look.ink != PAPER,
            )  # fmt: skip
    keys: list[LegendKey] = [
        (patch(look, say(f"{label}　{figure.text}{figure.unit.name}")), figure)
        for (label, figure), look in zip(parts, looks, strict=True)
    ]
    explain(canvas, keys, 2 if rows_of_legend > 1 else len(parts))
    told = _tell([(label, (figure,)) for label, figure in parts])
    alt = (f"帯グラフ。{caption}。計", Shown(total), "のうち、", *told, "。")
    return finish(canvas, caption, alt, [*(figure for _, figure in parts), total])


@drawing
def draw_stacks(
    ledger: Ledger,
    caption: str,
    rows: Sequence[tuple[str, Sequence[Figure], Figure]],
    part_labels: Sequence[str],
    looks_of: Mapping[str, Look] = PARTS,
) -> Chart:
    """Draw several wholes and their parts as stacked bars: (label, counts, total) each.

    Raises ReportError if the counts of one don't add up to its total.
    """
    looks = _find_looks(rows[0][1] if rows else (), looks_of)
    for _, parts, total in rows:
        require_sum(ledger, caption, parts, total)
    canvas = open_canvas(ROW_INCHES * len(rows) + 0.7, "constrained")
    axes = open_axes(canvas)
    for place, (_, parts, _) in enumerate(rows):
        stack(axes, axes.transData, place, parts, looks)
    longest = max((length_of(total) for _, _, total in rows), default=1)
    for place, (_, _, total) in enumerate(rows):
        beyond = length_of(total) + 0.01 * longest
        write_figure(axes, axes.transData, (beyond, place), total, total.text)
    axes.set_xlim(0, max(longest, 1) * 1.08)
    axes.set_xticks([])
    name_rows(axes, [label for label, _, _ in rows])
    keys: list[LegendKey] = [
        (patch(look, label), None) for label, look in zip(part_labels, looks, strict=True)
    ]
    explain(canvas, keys, 2)
    order = "、".join(part_labels)
    told = _tell([(f"{label} 計", (total, *parts)) for label, parts, total in rows])
    alt = (f"積み上げ横棒グラフ。{caption}。部局ごとに、計、{order}の順に、", *told, "。")
    figures = [figure for _, parts, total in rows for figure in (*parts, total)]
    return finish(canvas, caption, alt, figures)


def _tell(rows: Sequence[tuple[str, Sequence[Figure]]]) -> Iterator[str | Shown]:
    """Yield each row's label and figures, for an alternative text."""
    for place, (label, figures) in enumerate(rows):
        yield f"{'、' if place else ''}{plain(label)} "
        for position, figure in enumerate(figures):
            if position:
                yield "・"
            yield Shown(figure)


def _find_looks(parts: Sequence[Figure], of: Mapping[str, Look]) -> list[Look]:
    """Return the looks of a whole's parts; refuse two that could not be told apart."""
    looks = [find_look(figure.measure, figure.label, of) for figure in parts]
    if len({*looks}) < len(looks):
        raise ValueError(f"parts that look alike: {', '.join(part.measure for part in parts)}")
    return looks
