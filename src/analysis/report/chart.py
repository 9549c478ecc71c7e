"""Draw figures as SVG. A chart is given figures and writes their texts; it computes nothing.

Read in grey: parts differ in lightness and hatch, the last cycle has a mark of its own shape, and
every bar carries its number. Text stays text, so that it can be searched and read aloud.
"""

import hashlib
import io
import warnings
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import Any

from matplotlib import font_manager, rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure as Canvas
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from analysis.errors import ReportError
from analysis.figures.figure import Figure
from analysis.report.blocks import Chart
from analysis.report.fonts import FAMILIES, FILES
from analysis.report.svg import clean_drawing
from analysis.report.text import printable

WIDTH_INCHES = 6.8
ROW_INCHES = 0.19
INK = "#16324f"
GREY = "#6b6b6b"
LOOKS = (
    ("#16324f", ""),
    ("#8fa6bd", "///"),
    ("#dfe6ec", ""),
    ("#ffffff", "|||"),
)
"""Fill and hatch of the parts of a whole, told apart by lightness alone."""

RATE_COLUMN = 112
"""Where the numbers of a chart of rates stand, right of 100 %."""

STYLE: dict[Any, Any] = {
    "font.family": list(FAMILIES),
    "font.size": 8,
    "svg.fonttype": "none",
    "text.parse_math": False,
    "hatch.linewidth": 0.5,
    "axes.edgecolor": GREY,
    "axes.linewidth": 0.6,
}


@rc_context(STYLE)
def draw_rates(
    caption: str, rows: Sequence[tuple[str, Figure, Figure | None]], whole: Figure
) -> Chart:
    """Draw rates as bars with a line for the whole: (label, rate now, rate before or None)."""
    axes = _axes(ROW_INCHES * len(rows) + 0.6)
    places = range(len(rows))
    axes.barh(places, [_length(now) for _, now, _ in rows], height=0.62, color=INK)
    for place, (_, now, before) in enumerate(rows):
        if before is not None:
            axes.plot(
                _length(before), place, "D", markersize=4.5, clip_on=False,
                markerfacecolor="white", markeredgecolor="black", markeredgewidth=0.9,
            )  # fmt: skip
        _write(axes, RATE_COLUMN, place, now, now.cell_text, align="right")
    # The white edge keeps the line visible where it crosses a dark bar.
    axes.axvline(_length(whole), color="white", linewidth=2.2, zorder=2.9)
    axes.axvline(_length(whole), color="black", linestyle=(0, (4, 2)), linewidth=0.9, zorder=3)
    axes.set_xlim(0, RATE_COLUMN)
    axes.set_xticks(range(0, 101, 20), [])
    _name_rows(axes, [label for label, _, _ in rows])
    handles: list[Patch | Line2D] = [Patch(color=INK, label="今回")]
    if any(before is not None for _, _, before in rows):
        handles.append(
            Line2D([], [], linestyle="", marker="D", markersize=4.5, markerfacecolor="white",
                   markeredgecolor="black", label="前回")
        )  # fmt: skip
    handles.append(
        Line2D([], [], color="black", linestyle=(0, (4, 2)), linewidth=0.9,
               label=f"市全体　{whole.cell_text}")
    )  # fmt: skip
    _explain(axes, handles, len(handles))
    told = "、".join(f"{label} {now.cell_text}" for label, now, _ in rows)
    alt = f"横棒グラフ。{caption}。{told}。市全体は{whole.cell_text}。"
    figures = [f for _, now, before in rows for f in (now, before) if f is not None]
    return _finish(axes, caption, alt, [*figures, whole])


@rc_context(STYLE)
def draw_parts(caption: str, parts: Sequence[tuple[str, Figure]], total: Figure) -> Chart:
    """Draw the parts of a whole as one bar: (label, count) each, adding up to `total`."""
    _require_looks(parts)
    rows_of_legend = -(-len(parts) // 2) if len(parts) > len(LOOKS) - 1 else 1
    axes = _axes(0.62 + 0.2 * rows_of_legend)
    edges = _stack(axes, 0, [figure for _, figure in parts])
    for (start, end), (_, figure), (_, hatch) in zip(edges, parts, LOOKS, strict=False):
        if end - start > 0.06 * max(_length(total), 1):
            dark = start == 0 and not hatch
            _write(
                axes, (start + end) / 2, 0, figure, figure.text,
                align="center", color="white" if dark else "black", boxed=not dark,
            )  # fmt: skip
    axes.set_xlim(0, max(_length(total), 1))
    axes.set_axis_off()
    handles = [
        Patch(facecolor=colour, hatch=hatch, edgecolor="black", linewidth=0.5,
              label=_plain(f"{label}　{figure.text}{figure.unit.name}"))
        for (label, figure), (colour, hatch) in zip(parts, LOOKS, strict=False)
    ]  # fmt: skip
    _explain(axes, handles, 2 if rows_of_legend > 1 else len(parts))
    told = "、".join(f"{label} {figure.text}{figure.unit.name}" for label, figure in parts)
    alt = f"帯グラフ。{caption}。計{total.text}{total.unit.name}のうち、{told}。"
    return _finish(axes, caption, alt, [*(figure for _, figure in parts), total])


@rc_context(STYLE)
def draw_stacks(
    caption: str,
    rows: Sequence[tuple[str, Sequence[Figure], Figure]],
    part_labels: Sequence[str],
) -> Chart:
    """Draw several wholes and their parts as stacked bars: (label, counts, total) each."""
    _require_looks(part_labels)
    axes = _axes(ROW_INCHES * len(rows) + 0.7)
    for place, (_, parts, _) in enumerate(rows):
        _stack(axes, place, parts)
    longest = max((_length(total) for _, _, total in rows), default=1)
    for place, (_, _, total) in enumerate(rows):
        _write(axes, _length(total) + 0.01 * longest, place, total, total.text)
    axes.set_xlim(0, max(longest, 1) * 1.08)
    axes.set_xticks([])
    _name_rows(axes, [label for label, _, _ in rows])
    handles = [
        Patch(facecolor=colour, hatch=hatch, edgecolor="black", linewidth=0.5, label=_plain(label))
        for label, (colour, hatch) in zip(part_labels, LOOKS, strict=False)
    ]
    _explain(axes, handles, 2)
    told = "。".join(
        f"{label} 計{total.text}件（"
        + "、".join(f"{name} {f.text}件" for name, f in zip(part_labels, parts, strict=True))
        + "）"
        for label, parts, total in rows
    )
    figures = [figure for _, parts, total in rows for figure in (*parts, total)]
    return _finish(axes, caption, f"積み上げ横棒グラフ。{caption}。{told}。", figures)


def _axes(height_inches: float) -> Axes:
    _load_fonts()
    canvas = Canvas(figsize=(WIDTH_INCHES, height_inches), layout="constrained")
    FigureCanvasSVG(canvas)
    axes = canvas.add_subplot()
    axes.spines[["top", "right", "bottom"]].set_visible(False)
    return axes


def _stack(axes: Axes, place: int, figures: Sequence[Figure]) -> list[tuple[float, float]]:
    """Draw one bar of parts and return where each starts and ends."""
    ends = [0.0]
    for figure in figures:
        ends.append(ends[-1] + _length(figure))
    edges = list(pairwise(ends))
    for (start, end), (colour, hatch) in zip(edges, LOOKS, strict=False):
        if end > start:
            axes.barh(
                place, end - start, left=start, height=0.62,
                facecolor=colour, hatch=hatch, edgecolor="black", linewidth=0.5,
            )  # fmt: skip
    return edges


def _write(
    axes: Axes,
    x: float,
    y: float,
    figure: Figure,
    text: str,
    *,
    align: str = "left",
    color: str = "black",
    boxed: bool = False,
) -> None:
    """Write a figure's number; its group carries the figure's id."""
    box = {"facecolor": "white", "edgecolor": "none", "pad": 1} if boxed else None
    axes.text(x, y, text, ha=align, va="center", color=color, bbox=box, gid=figure.id)


def _name_rows(axes: Axes, labels: Sequence[str]) -> None:
    axes.set_yticks(range(len(labels)), [_plain(label) for label in labels])
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.tick_params(length=0)


def _explain(axes: Axes, handles: Sequence[Patch | Line2D], columns: int) -> None:
    canvas = axes.get_figure()
    if canvas is not None:
        canvas.legend(
            handles=list(handles), loc="outside lower left", ncols=columns, frameon=False,
            handlelength=1.6, columnspacing=1.6, borderpad=0,
        )  # fmt: skip


def _require_looks(parts: Sequence[object]) -> None:
    """Refuse more parts than there are looks: the last would silently not be drawn."""
    if len(parts) > len(LOOKS):
        raise ValueError(f"{len(parts)} parts, but only {len(LOOKS)} looks to tell them apart")


def _plain(label: str) -> str:
    """Return a label as one line of printable text."""
    return printable(label).replace("\n", " ")


def _length(figure: Figure) -> float:
    """Return a figure's value as a length; geometry is the one place for a float."""
    return 0.0 if figure.value is None else float(figure.value)


def _finish(axes: Axes, caption: str, alt: str, figures: Sequence[Figure]) -> Chart:
    """Write the drawing, with nothing in it that differs from run to run or from page to page."""
    name = hashlib.sha256("\n".join([caption, *(f.id for f in figures)]).encode()).hexdigest()[:8]
    written = io.StringIO()
    canvas = axes.get_figure(root=True)
    if canvas is None:
        raise ValueError("the axes have no canvas")
    with rc_context({"svg.hashsalt": name}), warnings.catch_warnings(record=True) as raised:
        warnings.simplefilter("always")
        canvas.savefig(written, format="svg", metadata={"Date": None}, transparent=True)
    if raised:
        raise ReportError(
            f"図「{caption}」に印刷できない文字があります: "
            + "、".join(sorted({str(warning.message) for warning in raised}))
            + "\n図に載る名称（部局名など）の文字を確かめてください。"
        )
    svg = clean_drawing(written.getvalue(), name, {figure.id for figure in figures})
    return Chart(caption, svg, alt, tuple(figures))


@cache
def _load_fonts() -> None:
    for path in FILES:
        font_manager.fontManager.addfont(path)
