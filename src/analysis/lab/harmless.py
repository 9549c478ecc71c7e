"""Let JupyterLab show the outputs of a notebook as they are where these can do nothing.

It trusts those alone that were made on this computer, and takes the charts out of others, so of a
notebook that a build delivered. Which outputs do nothing is not believed but looked at: every tag
and every attribute in them is one of those that reports are written with, none of which runs
or loads anything.
"""

import re
from collections.abc import Mapping
from typing import Any

from nbformat import sign

from analysis.document.block import MASTHEAD_MIME, TYPST_MIME
from analysis.document.html import strip_style
from analysis.document.slide import SLIDE_MIME

TAGS = {
    "a", "br", "caption", "col", "colgroup", "dd", "details", "div", "dl", "dt", "figcaption",
    "figure", "h1", "h2", "h3", "li", "p", "section", "span", "strong", "summary", "table", "tbody",
    "td", "th", "thead", "tr", "ul", "svg", "g", "path", "rect", "text", "tspan", "defs", "use",
    "pattern", "clipPath", "line", "polyline", "polygon", "circle", "ellipse", "title",
}  # fmt: skip
ATTRIBUTES = {
    "class", "id", "scope", "colspan", "rowspan", "role", "tabindex", "href", "xlink:href",
    "xmlns", "xmlns:xlink", "viewBox", "d", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r",
    "rx", "ry", "width", "height", "points", "transform", "fill", "stroke", "opacity",
    "clip-path", "patternUnits", "patternTransform", "patternContentUnits", "font-size",
    "font-weight", "text-anchor", "stroke-width", "stroke-linecap", "stroke-linejoin",
    "stroke-miterlimit", "stroke-dasharray", "stroke-dashoffset", "stroke-opacity",
    "fill-opacity", "fill-rule", "clip-rule", "font-family", "aria-label", "aria-describedby",
    "aria-labelledby", "aria-hidden", "preserveAspectRatio",
    # What a table tells the list's script of its columns; other data-* may command JupyterLab.
    "data-column", "data-picks", "data-codes", "data-order",
}  # fmt: skip
_KNOWN = {"text/html", "text/plain", TYPST_MIME, MASTHEAD_MIME, SLIDE_MIME}
PAINTED = frozenset({"fill", "stroke", "clip-path"})
_ATTRIBUTE = r'\s+([\w:-]+)="([^"<>]*)"'
_TAG = re.compile(rf"<(?:/(\w+)|(\w+)((?:{_ATTRIBUTE})*)\s*/?)>")
_NAMED = re.compile(_ATTRIBUTE)
# To a place in the page, or to a file beside it.
_HREF = re.compile(r"(?:[\w-]+(?:%[0-9A-F]{2})*[\w-]*\.(?:html|pdf|csv|xlsx|pptx))?(?:#[^\s:]*)?")

_PAINT = re.compile(r"url\(#[\w-]+\)|#?\w+")


class HarmlessNotary(sign.NotebookNotary):
    """Trusts what the stock one does, and what can do nothing."""

    def check_signature(self, nb: Mapping[str, Any]) -> bool:
        """Say whether a notebook's outputs may be shown as they are."""
        return bool(super().check_signature(nb)) or is_harmless(nb)  # type: ignore[no-untyped-call]


def trust_harmless(contents: Any) -> None:
    """Let a server's contents be judged so."""
    contents.notary = HarmlessNotary(parent=contents)  # type: ignore[no-untyped-call]


def is_harmless(notebook: Mapping[str, Any]) -> bool:
    """Say whether a notebook has outputs, and all of them are such that a report's cell shows."""
    shown = [
        output
        for cell in notebook["cells"]
        if cell["cell_type"] == "code"
        for output in cell["outputs"]
    ]
    return bool(shown) and all(map(_does_nothing, shown))


def _does_nothing(output: Mapping[str, Any]) -> bool:
    data = output.get("data", {})
    if not data or data.keys() - _KNOWN:
        return False
    written = data.get("text/html", "")
    return is_inert(written if isinstance(written, str) else "".join(written))


def is_inert(written: str) -> bool:
    """Say whether HTML is made of nothing but texts and known tags that do nothing.

    >>> is_inert('<p class="note">1 &lt; 2</p>'), is_inert("<p onclick='x()'>1</p>")
    (True, False)
    """
    written = strip_style(written)
    return "<" not in _TAG.sub("", written) and all(map(_is_known, _TAG.finditer(written)))


def _is_known(tag: re.Match[str]) -> bool:
    named = _NAMED.findall(tag[3] or "")
    return (tag[1] or tag[2]) in TAGS and all(_is_idle(*one) for one in named)


def _is_idle(name: str, value: str) -> bool:
    """Say whether an attribute loads nothing: `url(` may lead within the drawing alone."""
    if name.endswith("href"):
        return _HREF.fullmatch(value) is not None
    if name in PAINTED and not _PAINT.fullmatch(value):
        return False
    return name in ATTRIBUTES
