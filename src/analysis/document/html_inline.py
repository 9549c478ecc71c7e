"""Render what stands in a sentence or a cell as HTML: every text escaped, every figure a link."""

from collections.abc import Sequence

from markupsafe import Markup, escape

from analysis.document.inline import Cell, Inline, Link, Quoted, Shown, Strong
from analysis.document.text import link_to, name_drawing, printable
from analysis.figures.figure import Figure
from analysis.figures.rounding import NO_NUMBER

MOST_LINKS = 20
"""More links than these one can go past by the keyboard."""

_NOTHING = Markup('<span role="img" aria-label="該当なし">{}</span>').format(NO_NUMBER)


def escape_text(text: str) -> Markup:
    """Return a text escaped, its line breaks kept."""
    lines = printable(text)
    if "\n" not in lines:
        return escape(lines)
    return Markup("<br>").join(lines.split("\n"))


def lead_past(written: Markup, caption: str) -> Markup:
    """Return a table or a drawing; where it has many links, behind a link to its end."""
    if written.count("<a ") - written.count(' tabindex="-1"><title>') <= MOST_LINKS:
        return written
    return Markup(
        '<a class="skip past" href="#{0}">「{1}」を読み飛ばす</a>\n{2}\n<span id="{0}"></span>'
    ).format(name_drawing(caption, [written]), caption, written)


def write_inline(parts: Sequence[Inline]) -> Markup:
    """Return the parts of a sentence."""
    written: list[Markup] = []
    for part in parts:
        match part:
            case str():
                written.append(escape_text(part))
            case Quoted(text=text):
                written.append(Markup('<span class="quoted">{}</span>').format(escape_text(text)))
            case Shown():
                written.append(_write_figure(part.figure, part.text))
            case Strong(parts=inner):
                written.append(Markup("<strong>{}</strong>").format(write_inline(inner)))
            case Link():
                written.append(write_cell(part))
    return Markup("").join(written)


def _write_figure(figure: Figure, text: str) -> Markup:
    link = escape(link_to(figure.id))
    return Markup(f'<a class="figure" href="{link}">{escape(text)}</a>')  # noqa: S704


def write_cell(cell: Cell) -> Markup:
    """Return what stands in a table's cell."""
    match cell:
        case None:
            return _NOTHING
        case Figure():
            return _write_figure(cell, cell.cell_text)
        case Shown(figure=figure):
            return _write_figure(figure, cell.text)
        case Link(
            text=text, target=target, suffix=suffix, line_of=figure, about=about, joint=joint
        ):
            line = link_to(figure.id) if figure else ""
            unseen = (
                Markup('<span class="spoken">{}{} </span>').format(about, joint) if about else ""
            )
            address = f"{target}.{suffix or 'html'}{line}"
            return Markup('<a href="{}">{}{}</a>').format(address, unseen, text)
        case Quoted(text=text) | (str() as text):
            return escape_text(text)
