"""What a drawing tells who points at it: of whatever shape stands for a figure, which and how much.

By SVG alone, without a script: a link has a `title`, and over the shape lies a target that is not
seen. The shape joins the link of its number. One whose number is not written is no further stop
for the keyboard, which finds the figure in the words beneath the drawing.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from analysis.document.text import link_to, on_one_line
from analysis.figures.figure import Figure

if TYPE_CHECKING:
    from matplotlib.artist import Artist

SVG = "http://www.w3.org/2000/svg"
Drawn = TypeVar("Drawn", bound="Artist")

SHAPE, LEGEND = "shape ", "legend "
"""How the ids begin of what stands for a figure, and of a legend's text that tells it."""

_LEAST = 5.0
"""How wide and how high a target is at least, in points."""
_MARK = 13.0
"""The same of a mark's, which has a size of its own."""

_NUMBER = re.compile(r"-?[\d.]+")


def stand_for(figure: Figure, shape: Drawn) -> Drawn:
    """Return a shape that stands for a figure; who points at it finds the figure."""
    shape.set_gid(SHAPE + figure.id)
    return shape


def tell_figures(figures: Sequence[Figure]) -> dict[str, str]:
    """Return what is said of each of a drawing's figures, by its id; of an earlier one, when."""
    now = max((figure.cycle for figure in figures), default="")
    return {figure.id: tell_figure(figure, is_now=figure.cycle == now) for figure in figures}


def tell_figure(figure: Figure, *, is_now: bool) -> str:
    """Return what is said of a figure: of what, whose, how much, and of which cycle."""
    return on_one_line(figure.told if is_now else f"{figure.cycle} {figure.told}")


def retell(svg: str, drawn: Sequence[Figure], said: Sequence[Figure]) -> str:
    """Return a clean drawing that tells its figures as they are said, in the same order."""
    pairs = zip(tell_figures(drawn).values(), tell_figures(said).values(), strict=True)
    for old, new in pairs:
        if old != new:
            svg = svg.replace(f"<title>{escape(old)}</title>", f"<title>{escape(new)}</title>")
    return svg


def link_figures(root: ElementTree.Element, told: Mapping[str, str]) -> None:
    """Make links of the groups that are named for figures; `told` says what each figure is."""
    shapes: list[tuple[str, ElementTree.Element]] = []
    numbers: dict[str, list[ElementTree.Element]] = {}
    for group in root.iter(f"{{{SVG}}}g"):
        own = group.get("id", "")
        figure_id = own.removeprefix(LEGEND)
        if own.startswith(SHAPE):
            shapes.append((own.removeprefix(SHAPE), group))
            del group.attrib["id"]
        elif figure_id in told:
            group.tag = f"{{{SVG}}}a"
            group.attrib.clear()
            group.attrib |= {"class": "figure", "href": link_to(figure_id)}
            group.insert(0, _title(told[figure_id]))
            if own == figure_id:
                numbers.setdefault(figure_id, []).append(group)
    for figure_id, shape in shapes:
        target = _cover(shape)
        if numbers.get(figure_id):
            numbers[figure_id].pop(0).insert(1, target)
        else:
            named = {"class": "figure", "href": link_to(figure_id), "tabindex": "-1"}
            alone = ElementTree.SubElement(root, f"{{{SVG}}}a", named)
            alone.extend([_title(told[figure_id]), target])


def write_place(value: float) -> str:
    """Return a place in a drawing: a hundredth of a point is more than is seen."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _title(text: str) -> ElementTree.Element:
    title = ElementTree.Element(f"{{{SVG}}}title")
    title.text = text
    return title


def _cover(shape: ElementTree.Element) -> ElementTree.Element:
    """Return what lies over a shape: a frame without ink, for pointers."""
    marks = list(shape.iter(f"{{{SVG}}}use"))
    least = _MARK if marks else _LEAST
    places = [float(mark.get(axis, "")) for mark in marks for axis in "xy"]
    if not marks:
        lines = (path.get("d", "") for path in shape.iter(f"{{{SVG}}}path"))
        places = [float(number) for line in lines for number in _NUMBER.findall(line)]
    frame = _span(places[::2], least), _span(places[1::2], least)
    (left, wide), (top, high) = frame
    named = {"x": left, "y": top, "width": wide, "height": high}
    attributes = {name: write_place(value) for name, value in named.items()}
    # Without opacity, not without a fill: pointers pass through that.
    return ElementTree.Element(f"{{{SVG}}}rect", attributes | {"fill-opacity": "0"})


def _span(places: Iterable[float], least: float) -> tuple[float, float]:
    """Return where places begin and how far they reach, at least so far around their middle."""
    ends = sorted(places)
    long = max(ends[-1] - ends[0], least)
    return (ends[0] + ends[-1] - long) / 2, long
