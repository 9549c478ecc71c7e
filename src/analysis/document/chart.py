"""Draw figures as SVG. A chart is given figures and writes their texts; it computes nothing.

Read in grey: parts differ in lightness and hatch, the last cycle has a mark of its own shape, and
every bar carries its number. Text stays text, so that it can be searched and read aloud.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from matplotlib.transforms import Affine2D

from analysis.document.blocks import Chart, Quoted, Shown
from analysis.document.canvas import (
    BAR,
    WIDTH_INCHES,
    LegendKey,
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
from analysis.document.drawing import drawing
from analysis.document.message import Label, say_largest_part, say_most
from analysis.document.plot import Plot, PlottedBar, plot_parts
from analysis.document.pointed import stand_for
from analysis.document.sums import require_sum
from analysis.figures.figure import Figure
from analysis.figures.ledger import Ledger
from analysis.looks import COLOURS, PARTS, Look, find_look

ROW_INCHES = 0.19
STACK_INCHES = 0.22
"""A row's height, and that of one whose bar has numbers in it."""
LEAST_NAMED, LEAST_SIGN = 0.06, 0.015
"""How much of a whole a part must be for a number to stand in it; so much a sign, and beside it."""
PART_INCHES = 0.48
MARGIN_INCHES = 0.055
INK, PAPER, DRAWN = (COLOURS[name] for name in ("ink", "paper", "drawn"))
MOST_IN_ONE_LINE = 3
"""How many parts a legend names side by side."""


@drawing
def draw_counts(caption: str, rows: Sequence[tuple[str, Figure]]) -> Chart:
    """Draw counts, or changes of counts, as bars from nought: (label, count) each."""
    canvas = open_canvas(ROW_INCHES * len(rows) + 0.4, "constrained")
    axes = open_axes(canvas)
    lengths = [length_of(figure) for _, figure in rows]
    least, most = min([0.0, *lengths]), max([0.0, *lengths])
    room = 0.12 * max(most - least, 1)
    bars = axes.barh(range(len(rows)), lengths, height=BAR, color=INK)
    for place, ((_, figure), length) in enumerate(zip(rows, lengths, strict=True)):
        stand_for(figure, bars[place])
        align, beyond = ("right", -0.1) if length < 0 else ("left", 0.1)
        write_figure(
            axes, axes.transData, (length + beyond * room, place), figure, figure.text, align=align
        )
    axes.axvline(0, color=COLOURS["edge"], linewidth=0.6)
    axes.set_xlim(least - room if least < 0 else 0, most + room)
    axes.set_xticks([])
    name_rows(axes, [label for label, _ in rows])
    told = tell_rows([(label, (figure,)) for label, figure in rows])
    alt = (f"横棒グラフ。{caption}。", *told, "。")
    plot = Plot(tuple(PlottedBar(label, figure) for label, figure in rows))
    return finish(canvas, caption, alt, [f for _, f in rows], plot, message=say_most(rows))


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
        if end - start > _find_least(figure) * longest:
            # A box keeps a number apart from the hatch, and looks alike in every light part.
            write_figure(
                canvas, scale, ((start + end) / 2, 0), figure, figure.text,
                align="center", ink=look.ink, boxed=look.ink != PAPER,
            )  # fmt: skip
    keys: list[LegendKey] = [
        (patch(look, say(f"{label}　{figure.full_text}")), figure)
        for (label, figure), look in zip(parts, looks, strict=True)
    ]
    explain(canvas, keys, 2 if rows_of_legend > 1 else len(parts))
    told = tell_rows([(label, (figure,)) for label, figure in parts])
    alt = (f"帯グラフ。{caption}。計", Shown(total), "のうち、", *told, "。")
    figures, message = [*(figure for _, figure in parts), total], say_largest_part(parts, total)
    return finish(canvas, caption, alt, figures, plot_parts(parts, looks), message=message)


@drawing
def draw_stacks(
    ledger: Ledger,
    caption: str,
    rows: Sequence[tuple[str, Sequence[Figure], Figure]],
    part_labels: Sequence[str],
    looks_of: Mapping[str, Look] = PARTS,
    *,
    say: Callable[[str], str] = str,
) -> Chart:
    """Draw several wholes, and beside each the shares of its parts: (label, counts, total) each.

    A whole of one can be read beside one of hundreds: each one's parts fill the same length.
    Raises ReportError if the counts of one don't add up to its total.
    """
    looks = _find_looks(rows[0][1] if rows else (), looks_of)
    for _, parts, total in rows:
        require_sum(ledger, caption, parts, total)
    canvas = open_canvas(STACK_INCHES * len(rows) + 0.8, "constrained")
    counts, shares = canvas.subplots(1, 2, width_ratios=(2, 5))
    longest = max((length_of(total) for _, _, total in rows), default=1) or 1
    for place, (_, parts, total) in enumerate(rows):
        length = length_of(total)
        (whole,) = counts.barh(place, length, height=BAR, color=COLOURS["edge"])
        stand_for(total, whole)
        at = (length + 0.03 * longest, place)
        write_figure(counts, counts.transData, at, total, total.text)
        scale = Affine2D().scale(1 / (length or 1), 1) + shares.transData
        edges = stack(shares, scale, place, parts, looks)
        for (start, end), part, look in zip(edges, parts, looks, strict=True):
            if end - start > _find_least(part) * length:
                write_figure(
                    shares, scale, ((start + end) / 2, place), part, part.text,
                    align="center", ink=look.ink, boxed=look.ink != PAPER,
                )  # fmt: skip
    for axes, right, title in ((counts, 1.35 * longest, "計"), (shares, 1, "内訳の割合")):
        axes.spines[["top", "right", "bottom"]].set_visible(False)
        axes.set_xlim(0, right)
        axes.set_xticks([])
        axes.set_title(say(title), fontsize=8, loc="left")
        name_rows(axes, [label if axes is counts else "" for label, _, _ in rows])
    keys: list[LegendKey] = [
        (patch(look, label), None) for label, look in zip(part_labels, looks, strict=True)
    ]
    explain(canvas, keys, 2)
    order = "、".join(part_labels)
    told = tell_rows([(f"{label} 計", (total, *parts)) for label, parts, total in rows])
    alt = (f"横棒グラフと帯グラフ。{caption}。部局ごとに、計、{order}の順に、", *told, "。")
    figures = [figure for _, parts, total in rows for figure in (*parts, total)]
    message = say_most([(label, total) for label, _, total in rows])
    return finish(canvas, caption, alt, figures, message=message)


def tell_rows(rows: Sequence[tuple[Label, Sequence[Figure]]]) -> Iterator[str | Quoted | Shown]:
    """Yield each row's label and figures, for an alternative text."""
    for place, (label, figures) in enumerate(rows):
        yield "、" if place else ""
        yield Quoted(plain(label)) if isinstance(label, Quoted) else plain(label)
        yield " "
        for position, figure in enumerate(figures):
            if position:
                yield "・"
            yield Shown(figure)


def _find_least(figure: Figure) -> float:
    return min(LEAST_NAMED, LEAST_SIGN * (len(figure.text) + 1))


def _find_looks(parts: Sequence[Figure], of: Mapping[str, Look]) -> list[Look]:
    """Return the looks of a whole's parts; refuse two that could not be told apart."""
    looks = [find_look(figure.measure, figure.label, of) for figure in parts]
    if len({*looks}) < len(looks):
        raise ValueError(f"parts that look alike: {', '.join(part.measure for part in parts)}")
    return looks
