"""Render blocks as HTML, for JupyterLab and for the HTML report.

Every text is escaped by the template engine's own `escape`; nothing is marked safe that came from
outside. Tables have thousands of cells, so these are written as plain text: what stands in braces
there is escaped in place, or is a constant, or was written by one of these functions. The look
stands in `templates/report.css`.
"""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from itertools import groupby

from markupsafe import Markup, escape

from analysis.document.blocks import (
    Block,
    Bullets,
    Cell,
    Chart,
    Column,
    Group,
    Inline,
    Link,
    Masthead,
    Paragraph,
    Quoted,
    Shown,
    Strong,
    Table,
)
from analysis.document.text import link_to, printable
from analysis.document.tiles import Tile, Tiles
from analysis.figures.figure import Figure
from analysis.figures.rounding import NO_NUMBER
from analysis.looks import fill_css

TEMPLATES = files("analysis.document") / "templates"

LONGEST_TABLE = 500
"""A table of more rows is written in parts: a browser draws those alone that are looked at."""

ROWS_OF_A_PART = 200

_HEADINGS = {"heading": "<h2>{1}</h2>", "page": '<h2 class="page">{1}</h2>'}

_NOTHING = Markup('<span role="img" aria-label="該当なし">{}</span>').format(NO_NUMBER)


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
            return Markup(form).format(kind, _inline(parts))  # noqa: S704  one of these
        case Bullets(items=items):
            lines = Markup("\n").join(Markup("<li>{}</li>").format(_inline(i)) for i in items)
            return Markup("<ul>\n{}\n</ul>").format(lines)
        case Table():
            return _table(block)
        case Chart() | Tiles():
            return _drawn(block)
    raise TypeError(f"no HTML for {type(block).__name__}")


def _drawn(block: Chart | Tiles) -> Markup:
    if isinstance(block, Tiles):
        tiles = Markup("\n").join(map(_tile, block.tiles))
        return Markup('<dl class="tiles">\n{}\n</dl>').format(tiles)
    return Markup(
        '<figure class="chart" aria-describedby="{0}">\n<figcaption>{1}</figcaption>\n'
        '<div class="drawing">{2}</div>\n<details id="{0}"><summary>図の説明</summary>'
        "<p>{3}</p></details>\n</figure>"
    ).format(
        block.name,
        block.caption,
        Markup(block.svg),  # noqa: S704  our own drawing
        _inline(block.alt),
    )


def _tile(tile: Tile) -> Markup:
    bar = Markup("")
    if tile.filled is not None:
        # The number above says it: the bar is for the eye alone.
        bar = Markup(
            '<svg class="bar" viewBox="0 0 100 3" preserveAspectRatio="none" aria-hidden="true">'
            '<rect class="whole" width="100" height="3"/><rect width="{:.2f}" height="3"/></svg>'
        ).format(100 * tile.filled)
    about = Markup('<dd class="note">{}</dd>').format(_inline(tile.about)) if tile.about else ""
    return Markup("<div><dt>{}</dt><dd>{}</dd>{}{}</div>").format(
        tile.label, _inline((tile.shown,)), bar and Markup("<dd>{}</dd>").format(bar), about
    )


def write_cell_style() -> str:
    """Return the look of what cells of JupyterLab show; its own aligns every cell to the right."""
    return fill_css((TEMPLATES / "notebook.css").read_text(encoding="utf-8"))


def strip_style(shown: str) -> str:
    """Return what a cell shows without the style that this version puts into it."""
    return shown.replace(_cell_style(), "")


@cache
def _cell_style() -> Markup:
    return Markup("<style>{}</style>").format(Markup(write_cell_style()))  # noqa: S704  our own


def escape_text(text: str) -> Markup:
    """Return a text escaped, its line breaks kept."""
    lines = printable(text)
    if "\n" not in lines:
        return escape(lines)
    return Markup("<br>").join(lines.split("\n"))


def _inline(parts: Sequence[Inline]) -> Markup:
    written: list[Markup] = []
    for part in parts:
        match part:
            case str():
                written.append(escape_text(part))
            case Quoted(text=text):
                written.append(Markup('<span class="quoted">{}</span>').format(escape_text(text)))
            case Shown():
                written.append(_figure(part.figure, part.text))
            case Strong(parts=inner):
                written.append(Markup("<strong>{}</strong>").format(_inline(inner)))
            case Link():
                written.append(_cell(part))
    return Markup("").join(written)


def _figure(figure: Figure, text: str) -> Markup:
    link = escape(link_to(figure.id))
    return Markup(f'<a class="figure" href="{link}">{escape(text)}</a>')  # noqa: S704


def _table(table: Table) -> Markup:
    if not table.rows:
        return Markup('<p class="empty"><strong>{}</strong> {}</p>').format(
            table.caption, table.empty
        )
    notes = Markup("").join(
        Markup('\n<p class="note">{}</p>').format(escape_text(note)) for note in table.notes
    )
    definition = (
        Markup('<p class="definition">{}</p>').format(table.definition) if table.definition else ""
    )
    rows, is_long = _list_rows(table), len(table.rows) > LONGEST_TABLE
    step = ROWS_OF_A_PART if is_long else len(rows)
    parts = [
        _write_part(table, rows[at : at + step], "（続き）" if at else definition)
        for at in range(0, len(rows), step)
    ]
    if is_long:
        parts = [Markup('<div class="part">{}</div>').format(part) for part in parts]
    return Markup(
        '<div class="table{0}" role="region" tabindex="0" aria-label="{1}">\n{2}\n</div>{3}'
    ).format(" long" if is_long else "", table.caption, Markup("\n").join(parts), notes)


def _write_part(table: Table, rows: Sequence[Markup], beside: str | Markup) -> Markup:
    """Return some rows as a table with the header of all; `beside` follows its caption."""
    return Markup(
        "<table>\n<caption>{}{}</caption>\n<thead>\n{}\n</thead>\n<tbody>\n{}\n</tbody>\n</table>"
    ).format(table.caption, beside, _header(table.columns), Markup("\n").join(rows))


def _list_rows(table: Table) -> list[Markup]:
    """Return a table's rows."""
    kinds = [_kind_of(place, column, table) for place, column in enumerate(table.columns)]
    lines = table.lines_of or (None,) * len(table.rows)
    written = []
    for own, look, line in zip(table.rows, table.looks, lines, strict=True):
        name = f' id="{escape(line.id)}"' if line else ""
        mark = f' class="{escape(look)}"' if look else ""
        cells = [
            f"{quoted if isinstance(cell, Quoted) else opened}{_cell(cell)}{closed}"
            for cell, (opened, quoted, closed) in zip(own, kinds, strict=True)
        ]
        row = f"<tr{name}{mark}>{''.join(cells)}</tr>"
        written.append(Markup(row))  # noqa: S704  every part is
    return written


def _kind_of(place: int, column: Column, table: Table) -> tuple[str, str, str]:
    """Return what opens a column's cells, what opens those that quote, and what closes both."""
    name, scope = ("th", ' scope="row"') if place < table.headings else ("td", "")
    opened = f"<{name}{scope}" + (' class="number">' if column.numeric else ">")
    quoted = f'<{name}{scope} class="{"number quoted" if column.numeric else "quoted"}">'
    return opened, quoted, f"</{name}>"


def _cell(cell: Cell) -> Markup:
    match cell:
        case None:
            return _NOTHING
        case Figure():
            return _figure(cell, cell.cell_text)
        case Shown(figure=figure):
            return _figure(figure, cell.text)
        case Link(text=text, target=target, suffix=suffix, line_of=figure):
            line = link_to(figure.id) if figure else ""
            return Markup('<a href="{}.{}{}">{}</a>').format(target, suffix or "html", line, text)
        case Quoted(text=text) | (str() as text):
            return escape_text(text)


def _header(columns: Sequence[Column]) -> Markup:
    """Return the header's rows: column groups above, the columns' own titles below."""

    def write(column: Column, span: str = "") -> str:
        look = ' class="number"' if column.numeric else ""
        return f'<th scope="col"{look}{span}>{escape(column.title)}</th>'

    if not any(column.group for column in columns):
        return Markup(f"<tr>{''.join(map(write, columns))}</tr>")  # noqa: S704
    upper: list[str] = []
    lower: list[str] = []
    for group, members in groupby(columns, key=lambda column: column.group):
        inside = list(members)
        if group is None:
            upper += [write(column, ' rowspan="2"') for column in inside]
        else:
            span = f'<th scope="colgroup" colspan="{len(inside)}">{escape(group)}</th>'
            upper.append(span)
            lower += map(write, inside)
    return Markup(f"<tr>{''.join(upper)}</tr>\n<tr>{''.join(lower)}</tr>")  # noqa: S704
