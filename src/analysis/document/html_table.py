"""Render a table as HTML: its header, its rows, and how a browser may sort and choose them."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from markupsafe import Markup, escape

from analysis.document.blocks import Cell, Column, Quoted, Table
from analysis.document.html_inline import (
    escape_text,
    lead_past,
    write_cell,
    write_inline,
)

LONGEST_TABLE = 500
"""A table of more rows is written in parts: a browser draws those alone that are looked at."""

ROWS_OF_A_PART = 200

LONGEST_CODE = 12
"""In characters."""

WIDE = 14
"""From which weight on a column has sentences, which a phone must not squeeze."""

_HEAD = '{}<tr class="head"><th colspan="{}" scope="rowgroup">{}</th></tr>\n'
_NEXT = "</tbody>\n<tbody>\n"


def write_html_table(table: Table) -> Markup:
    """Return a table, or the sentence that stands for one without rows."""
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
    looks = f"table{' long' if is_long else ''}{' tool' if table.tool else ''}"
    # A group and no region: a page has dozens of them, and landmarks are for its few parts.
    box = Markup('<div class="{}" role="group" tabindex="0" aria-label="{}">\n{}\n</div>').format(
        looks, table.caption, Markup("\n").join(parts)
    )
    return lead_past(box, table.caption) + notes


def _write_part(table: Table, rows: Sequence[Markup], beside: str | Markup) -> Markup:
    """Return some rows as a table with the header of all; `beside` follows its caption."""
    # The evidence has a table a measure under one heading: each is headed by its own.
    caption = Markup("<h3>{}</h3>").format(table.caption) if table.lines_of else table.caption
    return Markup(
        "<table>\n<caption>{}{}</caption>\n<thead>\n{}\n</thead>\n<tbody>\n{}\n</tbody>\n</table>"
    ).format(caption, beside, _header(table), Markup("\n").join(rows))


def _list_rows(table: Table) -> list[Markup]:
    """Return a table's rows, before the first of a part what heads it."""
    kinds = [_kind_of(place, column, table) for place, column in enumerate(table.columns)]
    lines = table.lines_of or (None,) * len(table.rows)
    written = []
    for at, (own, look, line) in enumerate(zip(table.rows, table.looks, lines, strict=True)):
        name = f' id="{escape(line.id)}"' if line else ""
        mark = f' class="{escape(look)}"' if look else ""
        cells = [
            f"{quoted if isinstance(cell, Quoted) else opened}{write_cell(cell)}{closed}"
            for cell, (opened, quoted, closed) in zip(own, kinds, strict=True)
        ]
        row = f"<tr{name}{mark}>{''.join(cells)}</tr>"
        if head := table.parted.get(at):
            wide = sum(not column.heads for column in table.columns)
            row = _HEAD.format("" if at == 0 else _NEXT, wide, write_inline(head)) + row
        written.append(Markup(row))  # noqa: S704  every part is
    return written


def _kind_of(place: int, column: Column, table: Table) -> tuple[str, str, str]:
    """Return what opens a column's cells, what opens those that quote, and what closes both."""
    name, scope = ("th", ' scope="row"') if place < table.headings else ("td", "")
    looks = [name for name in _list_looks(column) if name]
    if all(_is_code(row[place]) for row in table.rows):
        looks.append("code")
    if all(isinstance(row[place], str) and len(str(row[place])) == 1 for row in table.rows):
        looks.append("sign")
    opened = f"<{name}{scope}{_classed(looks)}>"
    return opened, f"<{name}{scope}{_classed([*looks, 'quoted'])}>", f"</{name}>"


def _is_code(cell: Cell) -> bool:
    """Return whether a cell holds a short name such as an id's, that reads badly in two lines."""
    return isinstance(cell, Quoted) and len(cell.text) <= LONGEST_CODE and cell.text.isascii()


def _list_looks(column: Column) -> Iterator[str]:
    yield "number" if column.numeric else ""
    yield "heading" if column.heads else ""


def _classed(looks: Sequence[str]) -> str:
    return f' class="{" ".join(looks)}"' if looks else ""


def _header(table: Table) -> Markup:
    """Return the header's rows: column groups above, the columns' own titles below."""
    columns = table.columns

    def write(column: Column, span: str = "") -> str:
        looks = [name for name in _list_looks(column) if name]
        if not column.numeric and (column.weight or 0) >= WIDE:
            looks.append("wide")
        # A cell without a title heads nothing.
        if not column.title:
            return f"<td{_classed(looks)}{span}></td>"
        told = _tell_tool(columns.index(column), column) if table.tool else ""
        return f'<th scope="col"{_classed(looks)}{span}{told}>{escape(column.title)}</th>'

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


def _tell_tool(place: int, column: Column) -> str:
    """Return what a browser is told of a column: its place, how it picks rows, its codes."""
    codes = "\n".join(f"{code} {text}" for code, text in column.codes)
    order = "\n".join(column.order)
    return (
        f' data-column="{place}"'
        + (f' data-picks="{column.picks}"' if column.picks else "")
        + (f' data-codes="{escape(codes)}"' if codes else "")
        + (f' data-order="{escape(order)}"' if order else "")
    )
