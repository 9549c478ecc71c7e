"""Render blocks as HTML, for JupyterLab and for the HTML report.

Every text is escaped by the template engine's own `escape`; nothing is marked safe that came from
outside. Tables have thousands of cells, so these are written as plain text: what stands in braces
there is escaped in place, or is a constant, or was written by one of these functions. The look
stands in `templates/report.css`.
"""

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
from analysis.document.html_inline import write_inline
from analysis.document.html_table import write_html_table

TEMPLATES = files("analysis.document") / "templates"


def render(block: Block) -> str:
    """Return a block's HTML."""
    match block:
        case Group(blocks=blocks):
            return "\n".join(render(part) for part in blocks)
        case Masthead():
            # Seen in JupyterLab only, whose own style aligns every cell to the right.
            style = Markup((TEMPLATES / "notebook.css").read_text(encoding="utf-8"))  # noqa: S704
            notice = Markup(render(block.notice)) if block.notice else ""  # noqa: S704
            return Markup('<style>{}</style>\n<h1>{}</h1>\n<p class="subtitle">{}</p>{}').format(
                style, block.title, block.subtitle, notice
            )
        case Paragraph(parts=parts, kind=kind):
            form = "<h2>{1}</h2>" if kind == "heading" else '<p class="{0}">{1}</p>'
            return Markup(form).format(kind, write_inline(parts))  # noqa: S704  one of these two
        case Bullets(items=items):
            lines = Markup("\n").join(Markup("<li>{}</li>").format(write_inline(i)) for i in items)
            return Markup("<ul>\n{}\n</ul>").format(lines)
        case Table():
            return write_html_table(block)
        case Chart():
            return Markup(
                '<figure class="chart" aria-describedby="{0}">\n<figcaption>{1}</figcaption>\n'
                '<div class="drawing">{2}</div>\n<details id="{0}"><summary>図の説明</summary>'
                "<p>{3}</p></details>\n</figure>"
            ).format(
                block.name,
                block.caption,
                Markup(block.svg),  # noqa: S704  our own drawing
                write_inline(block.alt),
            )
    raise TypeError(f"no HTML for {type(block).__name__}")
