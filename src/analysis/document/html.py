"""Render blocks as HTML, for JupyterLab and for the HTML report.

Every text is escaped by the template engine's own `escape`; nothing is marked safe that came from
outside. Tables have thousands of cells, so these are written as plain text: what stands in braces
there is escaped in place, or is a constant, or was written by one of these functions. The look
stands in `templates/report.css`.
"""

from functools import cache
from importlib.resources import files

from markupsafe import Markup

from analysis.document.blocks import (
    Block,
    Bullets,
    Chart,
    Group,
    Masthead,
    Paragraph,
    Table,
)
from analysis.document.html_inline import lead_past, write_inline
from analysis.document.html_table import write_html_table
from analysis.document.tiles import Tile, Tiles
from analysis.looks import fill_plain

TEMPLATES = files("analysis.document") / "templates"

_HEADINGS = {"heading": "<h2>{1}</h2>", "page": '<h2 class="page">{1}</h2>'}


def render(block: Block) -> str:
    """Return a block's HTML."""
    match block:
        case Group(blocks=blocks):
            return "\n".join(render(part) for part in blocks)
        case Masthead():
            notice = Markup(render(block.notice)) if block.notice else ""  # noqa: S704
            return Markup('{}\n<h1>{}</h1>\n<p class="subtitle">{}</p>{}').format(
                _cell_style(), block.title, block.subtitle, notice
            )
        case Paragraph(parts=parts, kind=kind):
            form = _HEADINGS.get(kind, '<p class="{0}">{1}</p>')
            return Markup(form).format(kind, write_inline(parts))  # noqa: S704  one of these
        case Bullets(items=items):
            lines = Markup("\n").join(Markup("<li>{}</li>").format(write_inline(i)) for i in items)
            return Markup("<ul>\n{}\n</ul>").format(lines)
        case Table():
            return write_html_table(block)
        case Chart() | Tiles():
            return _drawn(block)
    raise TypeError(f"no HTML for {type(block).__name__}")


def _drawn(block: Chart | Tiles) -> Markup:
    if isinstance(block, Tiles):
        tiles = Markup("\n").join(map(_tile, block.tiles))
        return Markup('<dl class="tiles">\n{}\n</dl>').format(tiles)
    figure = Markup(
        '<figure class="chart" aria-describedby="{0}">\n<figcaption>{1}</figcaption>\n'
        '<div class="drawing">{2}</div>\n<details id="{0}"><summary>図の説明</summary>'
        "<p>{3}</p></details>\n</figure>"
    ).format(
        block.name,
        write_inline(block.title),
        Markup(block.svg),  # noqa: S704  our own drawing
        write_inline(block.alt),
    )
    return lead_past(figure, block.caption)


def _tile(tile: Tile) -> Markup:
    bar = Markup("")
    if tile.filled is not None:
        # The number above says it: the bar is for the eye alone.
        bar = Markup(
            '<svg class="bar" viewBox="0 0 100 3" preserveAspectRatio="none" aria-hidden="true">'
            '<rect class="whole" width="100" height="3"/><rect width="{:.2f}" height="3"/></svg>'
        ).format(100 * tile.filled)
    about = (
        Markup('<dd class="note">{}</dd>').format(write_inline(tile.about)) if tile.about else ""
    )
    return Markup("<div><dt>{}</dt><dd>{}</dd>{}{}</div>").format(
        tile.label, write_inline((tile.shown,)), bar and Markup("<dd>{}</dd>").format(bar), about
    )


def write_cell_style() -> str:
    """Return the look of what cells of JupyterLab show; its own aligns every cell to the right."""
    return fill_plain((TEMPLATES / "notebook.css").read_text(encoding="utf-8"))


def strip_style(shown: str) -> str:
    """Return what a cell shows without the style that this version puts into it."""
    return shown.replace(_cell_style(), "")


@cache
def _cell_style() -> Markup:
    return Markup("<style>{}</style>").format(Markup(write_cell_style()))  # noqa: S704  our own
