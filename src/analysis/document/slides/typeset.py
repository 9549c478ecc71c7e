"""Render slides as Typst markup: the blocks as in every report, charts as bars of its own.

A drawing's letters would be too small on a wall; bars set by Typst grow with the text around them.
The look stands in `templates/slides.typ`.
"""

from collections.abc import Sequence

from analysis.document import typst
from analysis.document.blocks import Chart, Table
from analysis.document.plot import Plot, PlottedBar
from analysis.document.slide import Part, Slide, halve
from analysis.document.typst import literal
from analysis.looks import COLOURS


def render(slide: Slide) -> str:
    """Return a slide's Typst markup, to be set with the functions of `slides.typ`."""
    message = typst.render_inline(slide.message)
    widths = ", ".join(f"{width}fr" for width in slide.widths)
    columns = "".join(f"({_column(own)}), " for own in (slide.parts, slide.beside) if own)
    return (
        f"#slide(title: {literal(slide.title)}, message: [{message}], "
        f"opening: {'true' if slide.opening else 'false'}, widths: ({widths}),\n"
        f"  ({columns}))"
    )


def _column(parts: Sequence[Part]) -> str:
    # What tells of a table stands at the beginning of a line.
    return "".join(f"[\n{_part(part)}], " for part in parts)


def _part(part: Part) -> str:
    match part:
        case Chart(plot=Plot() as plot):
            return _plot(part, plot)
        case Table():
            halves = "".join(f"[\n{typst.render(half)}], " for half in halve(part))
            return f"#halves({halves})"
    return typst.render(part)


def _plot(chart: Chart, plot: Plot) -> str:
    span = plot.high - plot.low
    whole = "none"
    if plot.whole is not None:
        at = (float(plot.whole.value or 0) - plot.low) / span
        whole = f"({_shown(plot.whole.id, plot.whole.cell_text)}, at: {at:.4f})"
    bars = "".join(f"{_bar(bar, plot.low, span)}, " for bar in plot.bars)
    return (
        f"#plot(caption: {literal(chart.caption)}, alt: {literal(chart.alt_text)}, "
        f"whole: {whole}, ({bars}))"
    )


def _bar(bar: PlottedBar, low: float, span: float) -> str:
    left, right = sorted((bar.start, bar.end))
    before = "none"
    if bar.before is not None and bar.before.value is not None:
        before = f"{(float(bar.before.value) - low) / span:.4f}"
    fill = COLOURS["canvas"] if bar.look.fill == COLOURS["paper"] else bar.look.fill
    return (
        f"(label: {literal(bar.label)}, {_shown(bar.figure.id, bar.sign + bar.figure.cell_text)}, "
        f"from: {(left - low) / span:.4f}, long: {(right - left) / span:.4f}, "
        f"fill: {literal(fill)}, before: {before})"
    )


def _shown(figure_id: str, text: str) -> str:
    return f"id: {literal(figure_id)}, shown: {literal(text)}"
