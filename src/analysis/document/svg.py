"""A drawing made fit to stand in a page: matplotlib's SVG without what a page must not hold.

A page's Content-Security-Policy refuses `style` attributes and elements, so the look becomes
presentation attributes. Several drawings stand on one page: only ids that something refers to are
kept, and they begin with the drawing's own name. A group named for a figure becomes a link, so that
its number can be traced like any other, as can what stands for it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree import ElementTree

from analysis.document.pointed import SVG, link_figures, write_place

XLINK = "{http://www.w3.org/1999/xlink}href"
FONTS = "Noto Sans CJK JP, Noto Sans JP, Hiragino Sans, Yu Gothic, Meiryo, sans-serif"
AS_QUOTED = "quoted"
"""The id, which becomes the class, of a text whose digits are not ours."""

_UNSEEN = re.compile(
    '<a [^>]*tabindex[^>]*>.*?</a>|<title>.*?</title>|<rect [^>]*fill-opacity="0" />'
)
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_FONT = re.compile(r"(?:(\w+) )?(?:(\d+) )?([\d.]+)px .*")
_DRAWING = re.compile("<svg .*?</svg>", re.DOTALL)
_LINK, _OLD_LINK = '<a class="figure" href=', '<a class="figure" xlink:href='
_ASCENT, _NARROW = 0.9, 0.56


# Where matplotlib tells places to a millionth of a point; a hundredth is more than is seen.
_PLACED = {"d", "transform", "x", "y"}
_LONG = re.compile(r"-?\d+\.\d{3,}")
_COMMAND = re.compile(" ?([A-Za-z]) ?")
_UNTURNED = "rotate(-0 "
_SIZE = "8px"


@dataclass(frozen=True)
class NumberBox:
    """Where a drawn number stands, in fractions of the drawing's width."""

    figure_id: str
    text: str
    left: float
    top: float
    width: float
    height: float


def clean_drawing(written: str, name: str, told: Mapping[str, str]) -> str:
    """Return matplotlib's SVG as an element for a page.

    `name` begins each id; `told` says, by its id, what each figure is that it draws.
    """
    ElementTree.register_namespace("", SVG)
    # matplotlib wrote it a moment ago: there is no entity or document type of a stranger in it.
    root = ElementTree.fromstring(written)  # noqa: S314
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in {f"{{{SVG}}}metadata", f"{{{SVG}}}style"}:
                parent.remove(child)
    for element in root.iter():
        _spread_style(element)
        if (target := element.attrib.pop(XLINK, None)) is not None:
            element.set("href", target)
        _shorten_places(element)
    link_figures(root, told)
    _rename(root, name)
    _unwrap(root)
    # What the dropped style element said of everything, and the size that most texts have.
    root.set("stroke-linejoin", "round")
    root.set("font-family", FONTS)
    root.set("font-size", _SIZE)
    for attribute in ("width", "height", "version"):
        root.attrib.pop(attribute, None)
    for element in root.iter():
        element.text = element.text if element.text and element.text.strip() else None
        element.tail = None
        if element is not root and element.get("font-size") == _SIZE:
            del element.attrib["font-size"]
    return ElementTree.tostring(root, encoding="unicode")


def find_numbers(svg: str) -> tuple[float, list[NumberBox]]:
    """Return a clean drawing's height as a fraction of its width, and where its numbers stand.

    A PDF can't follow a link within a drawing; it lays one over each of these boxes.
    """
    root = ElementTree.fromstring(svg)  # noqa: S314  our own drawing
    _, _, width, height = (float(part) for part in root.get("viewBox", "").split())
    boxes = []
    for link in root.iter(f"{{{SVG}}}a"):
        text = next(link.iter(f"{{{SVG}}}text"), None)
        if text is None:
            continue
        size = float(text.get("font-size", _SIZE).removesuffix("px"))
        shown = text.text or ""
        length = sum(size * (_NARROW if sign.isascii() else 1) for sign in shown)
        start = {"middle": length / 2, "end": length}.get(text.get("text-anchor", ""), 0.0)
        left, top = float(text.get("x", "")) - start, float(text.get("y", "")) - size * _ASCENT
        figure_id = link.get("href", "")[1:].replace("%25", "%")
        boxes.append(
            NumberBox(
                figure_id, shown, left / width, top / width, length / width, size * 1.2 / width
            )
        )
    return height / width, boxes


def leave_seen(svg: str) -> str:
    """Return a clean drawing without what only a pointer finds, for paper."""
    return _UNSEEN.sub("", svg)


def to_cell(written: str) -> str:
    """Return a block's HTML for a cell of JupyterLab, which takes every `a` for HTML's.

    It sets the property `href` of each that has the attribute. A drawing's link has no such
    property to set, and the cell turns red; so its attribute gets the older name, `xlink:href`.
    """
    return _DRAWING.sub(lambda drawing: drawing[0].replace(_LINK, _OLD_LINK), written)


def from_cell(shown: str) -> str:
    """Return what a cell shows as a page has it."""
    return shown.replace(_OLD_LINK, _LINK)


def _shorten_places(element: ElementTree.Element) -> None:
    """Leave out a turn by nothing, and of places what is not seen."""
    if element.get("transform", "").startswith(_UNTURNED):
        del element.attrib["transform"]
    for key in _PLACED & element.attrib.keys():
        told = " ".join(element.attrib[key].split())
        places = _LONG.sub(lambda long: write_place(float(long[0])), told)
        element.set(key, _COMMAND.sub(r"\1", places) if key == "d" else places)


def _unwrap(element: ElementTree.Element) -> None:
    """Let what stands in a group that says nothing of it stand in the group's place."""
    for child in element:
        _unwrap(child)
    bare = [child.tag == f"{{{SVG}}}g" and not child.attrib for child in element]
    parts = zip(bare, list(element), strict=True)
    element[:] = [own for is_bare, child in parts for own in (child if is_bare else (child,))]


def _spread_style(element: ElementTree.Element) -> None:
    """Turn a `style` attribute into one attribute for each of its declarations."""
    for declaration in filter(None, element.attrib.pop("style", "").split(";")):
        key, value = (part.strip() for part in declaration.split(":", 1))
        if key == "font" and (font := _FONT.fullmatch(value)):
            element.set("font-size", font[3])
            weight = font[2] or font[1]
            if weight:
                element.set("font-weight", weight)
        elif key != "font-family":
            element.set(key, value)


def _rename(root: ElementTree.Element, name: str) -> None:
    """Keep only the ids that are referred to, and let them begin with the drawing's name."""
    wanted = {
        reference
        for element in root.iter()
        for value in element.attrib.values()
        for reference in (*_REFERENCE.findall(value), *re.findall("^#(.+)", value))
    }
    for element in root.iter():
        own = element.attrib.pop("id", None)
        if own == AS_QUOTED:
            element.set("class", AS_QUOTED)
        elif own in wanted:
            element.set("id", f"{name}-{own}")
        for key, value in element.attrib.items():
            element.set(key, _REFERENCE.sub(rf"url(#{name}-\1)", value))
        is_link = element.tag == f"{{{SVG}}}a"
        if not is_link and (target := element.get("href", "")).startswith("#"):
            element.set("href", f"#{name}-{target[1:]}")
