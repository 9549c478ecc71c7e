"""The parts that charts are drawn from: a canvas, bars, numbers, a legend, and the finished SVG.

Drawn so that the same figures give the same bytes, and so that each number drawn carries its
figure's id.
"""

import io
import warnings
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise
from typing import Any, Literal

from cycler import cycler
from matplotlib import font_manager, rc_context, rcParams
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure as Canvas
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.text import Text
from matplotlib.transforms import Transform

from analysis.document.blocks import Chart, Quoted
from analysis.document.fonts import require_drawable
from analysis.document.message import Label, Message
from analysis.document.plot import Plot
from analysis.document.pointed import LEGEND, stand_for, tell_figures
from analysis.document.svg import AS_QUOTED, clean_drawing
from analysis.document.text import name_drawing, on_one_line
from analysis.document.typefaces import FAMILIES, FILES, JAPANESE, REGULAR
from analysis.errors import ReportError
from analysis.figures.figure import Figure
from analysis.looks import COLOURS, SERIES, Look

WIDTH_INCHES = 6.8
BAR = 0.62
"""A bar's height, of its row's."""

DIAMOND: dict[str, Any] = {
    "marker": "D",
    "markersize": 4.5,
    "markerfacecolor": COLOURS["paper"],
    "markeredgecolor": COLOURS["drawn"],
    "markeredgewidth": 0.9,
    "linestyle": "",
}
"""The mark of a value that no bar stands for, such as that of the cycle before."""

LegendKey = tuple[Patch | Line2D, Figure | None]
"""An entry of a legend, with the figure that its label tells."""

_VARIANTS = dict.fromkeys(map(ord, "\ufe0e\ufe0f"))
STYLE: dict[Any, Any] = {
    "font.family": JAPANESE,
    "font.size": 8,
    "svg.fonttype": "none",
    "text.parse_math": False,
    "hatch.linewidth": 0.5,
    "axes.edgecolor": COLOURS["edge"],
    "axes.linewidth": 0.6,
}


def open_canvas(height_inches: float, layout: Literal["constrained"] | None = None) -> Canvas:
    """Return an empty drawing of the page's width, to be set in the report's fonts."""
    add_chart_fonts()
    canvas = Canvas(figsize=(WIDTH_INCHES, height_inches), layout=layout)
    FigureCanvasSVG(canvas)
    return canvas


def open_axes(canvas: Canvas) -> Axes:
    """Return empty axes for bars that lie."""
    axes = canvas.add_subplot()
    axes.spines[["top", "right", "bottom"]].set_visible(False)
    return axes


def stack(
    on: Axes | Canvas,
    scale: Transform,
    place: int,
    figures: Sequence[Figure],
    looks: Sequence[Look],
) -> list[tuple[float, float]]:
    """Draw one bar of parts and return where each starts and ends.

    `scale` takes the figures' values and the bars' places to the drawing.
    """
    ends = [0.0]
    for figure in figures:
        ends.append(ends[-1] + length_of(figure))
    edges = list(pairwise(ends))
    for (start, end), figure, look in zip(edges, figures, looks, strict=True):
        if end > start:
            corner = (start, place - BAR / 2)
            part = Rectangle(corner, end - start, BAR, transform=scale, **fill(look))
            on.add_artist(stand_for(figure, part))
    return edges


def write_figure(
    on: Axes | Canvas,
    scale: Transform,
    at: tuple[float, float],
    figure: Figure,
    text: str,
    *,
    align: str = "left",
    ink: str = COLOURS["drawn"],
    boxed: bool = False,
) -> None:
    """Write a figure's number; its group carries the figure's id."""
    box = {"facecolor": COLOURS["paper"], "edgecolor": "none", "pad": 1} if boxed else None
    on.text(
        *at, text,
        ha=align, va="center", color=ink, bbox=box, gid=figure.id, transform=scale, zorder=4,
    )  # fmt: skip


def write_words(
    on: Axes | Canvas, scale: Transform, at: tuple[float, float], text: str, *, align: str = "left"
) -> None:
    """Write words, which no figure stands behind."""
    on.text(
        *at, text,
        ha=align, va="center", color=COLOURS["drawn"], transform=scale,
        fontfamily=_families_of(text.splitlines()),
    )  # fmt: skip


def name_rows(axes: Axes, labels: Sequence[Label]) -> None:
    """Name the bars, the first on top."""
    names = [plain(label) for label in labels]
    axes.set_yticks(range(len(names)), names, fontfamily=_families_of(names))
    for written, label in zip(axes.get_yticklabels(), labels, strict=True):
        written.set_gid(AS_QUOTED if isinstance(label, Quoted) else None)
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.tick_params(length=0)


def explain(canvas: Canvas, keys: Sequence[LegendKey], columns: int) -> None:
    """Draw the legend below; a label that tells a number carries its figure's id."""
    # Axes that are laid out make room for it.
    place: Literal["lower left", "outside lower left"]
    place = "lower left" if canvas.get_layout_engine() is None else "outside lower left"
    handles = [handle for handle, _ in keys]
    legend = canvas.legend(
        handles=handles, loc=place, ncols=columns,
        frameon=False, handlelength=1.6, columnspacing=1.6, borderpad=0,
        prop={"family": _families_of(str(handle.get_label()) for handle in handles)},
    )  # fmt: skip
    for text, (_, figure) in zip(legend.get_texts(), keys, strict=True):
        if figure is not None:
            text.set_gid(LEGEND + figure.id)


def patch(look: Look, label: str) -> Patch:
    """Return the legend's entry of one part of a whole."""
    return Patch(label=plain(label), **fill(look))


def plain(label: Label) -> str:
    """Return a label as one line of printable text, no sign in it as one of several variants."""
    text = label.text if isinstance(label, Quoted) else label
    return on_one_line(text).translate(_VARIANTS)


def length_of(figure: Figure) -> float:
    """Return a figure's value as a length; geometry is the one place for a float."""
    return 0.0 if figure.value is None else float(figure.value)


def finish(
    canvas: Canvas,
    caption: str,
    alt: Message,
    figures: Sequence[Figure],
    plot: Plot | None = None,
    *,
    message: Message = (),
) -> Chart:
    """Write the drawing, with nothing in it that differs from run to run or from page to page."""
    require_drawable(caption, (text.get_text() for text in canvas.findobj(Text)))
    for artist in canvas.findobj():
        artist.set_clip_on(False)  # all is laid out within its axes
    name = name_drawing(caption, (figure.id for figure in figures))
    written = io.StringIO()
    with rc_context({"svg.hashsalt": name}), warnings.catch_warnings(record=True) as raised:
        warnings.simplefilter("always")
        if (layout := canvas.get_layout_engine()) is not None:
            # Saving would draw everything once more to lay it out.
            layout.execute(canvas)
            canvas.set_layout_engine(None)
        canvas.savefig(written, format="svg", metadata={"Date": None}, transparent=True)
    if told := sorted({str(warning.message) for warning in raised}):
        if any("layout" in own for own in told):
            raise ReportError(
                f"図「{caption}」に載る名称（部局名など）が長すぎて、図をかく場所がありません。"
                "名称を短くしてください。"
            )
        raise ReportError(f"図「{caption}」を描けません: {'、'.join(told)}")
    svg = clean_drawing(written.getvalue(), name, tell_figures(figures))
    return Chart(caption, svg, alt, tuple(figures), plot, message)


def fill(look: Look) -> dict[str, Any]:
    """Return how matplotlib is told to fill a part."""
    edge = {"edgecolor": COLOURS["drawn"], "linewidth": 0.5, "joinstyle": "round"}
    return {"facecolor": look.fill, "hatch": look.hatch, **edge}


def _families_of(labels: Iterable[str]) -> Sequence[str]:
    """Return the families that labels need.

    matplotlib looks up every family that it is given each time it measures a text.
    """
    japanese = font_manager.get_font(REGULAR)
    known = all(japanese.get_char_index(ord(sign)) for label in labels for sign in label)
    return (JAPANESE,) if known else FAMILIES


def use_house_style() -> None:
    """Set charts of one's own, drawn by pyplot or pandas, in the reports' type and colours.

    For this process, from now on; a report's own charts are the same before and after.
    """
    add_chart_fonts()
    # White is for what is hatched.
    fills = [look.fill for look in SERIES if look.fill != COLOURS["canvas"]]
    rcParams.update(
        {
            **STYLE,
            "font.family": list(FAMILIES),
            "axes.prop_cycle": cycler(color=fills),
            "axes.spines.top": False,
            "axes.spines.right": False,
            "figure.figsize": (WIDTH_INCHES, 0.7 * WIDTH_INCHES),
            "figure.constrained_layout.use": True,
        }
    )


@cache
def add_chart_fonts() -> None:
    """Make the reports' type known to matplotlib, and open its Japanese face."""
    for path in FILES:
        font_manager.fontManager.addfont(path)
    font_manager.get_font(REGULAR)
