"""Render blocks as Typst markup, for the PDF.

Every text goes through `literal`, a Typst string: nothing in it is ever read as markup. The look
stands in `templates/report.typ`; what is written here calls its functions.
"""

import json
import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby

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
from analysis.document.svg import find_numbers, leave_seen
from analysis.document.tags import tell_link, tell_table
from analysis.document.text import printable
from analysis.document.tiles import Tile, Tiles
from analysis.figures.figure import Figure
from analysis.figures.rounding import NO_NUMBER

LONGEST_UNBROKEN = 600
# Counted in bytes, as a kana is wider than a letter. Typst never parts so few lines; to keep a row
# of more together, it lays it out once more.
LONGEST_OF_THREE_LINES = 60
LONGEST_OF_ONE_LINE = 30
# In lines, as far as their number can be told from a text's length, and one for the space of a row.
TALLEST_UNBROKEN = 52
MANY_COLUMNS = 8

# Typst breaks no word without a hyphenation pattern; a longer one would run out of its cell.
_LONG_WORD = re.compile(r"[!-~]{70}")
# A list of rows and a figure's id may be long, and are broken where they are read in parts.
_JOINTS = re.compile(r"(?<=\d),(?=\d)|(?<=\w)[/_](?=\w)")


def render(block: Block) -> str:
    """Return a block's Typst markup, to be set with the functions of `report.typ`."""
    match block:
        case Group(blocks=blocks):
            return "\n".join(render(part) for part in blocks)
        case Masthead():
            return ""
        case Paragraph(parts=parts, kind=kind):
            return f"#prose({literal(kind)})[{render_inline(parts)}]"
        case Bullets(items=items):
            return "#bullets(" + "".join(f"[{render_inline(item)}], " for item in items) + ")"
        case Table():
            return _table(block.on_paper or block)
        case Chart() | Tiles():
            return _drawn(block)
    raise TypeError(f"no Typst for {type(block).__name__}")


def _drawn(block: Chart | Tiles) -> str:
    if isinstance(block, Tiles):
        return "#tiles(" + "".join(f"{_tile(tile)}, " for tile in block.tiles) + ")"
    drawing = f"image(bytes({literal(leave_seen(block.svg))}), format: {literal('svg')}, "
    drawing += f"alt: {literal(block.alt_text)}, width: 100%)"
    height, numbers = find_numbers(block.svg)
    links = "".join(
        f"(to: {literal(box.figure_id)}, x: {box.left:.4f}, y: {box.top:.4f}, "
        f"width: {box.width:.4f}, height: {box.height:.4f}), "
        for box in numbers
    )
    named = {figure.id: f"{figure.label} {figure.scope_name}" for figure in block.figures}
    told = "".join(tell_link(f"{named[box.figure_id]} {box.text}") for box in numbers)
    return f"{told}#chart([{render_inline(block.title)}], {height:.4f}, ({links}), {drawing})"


def _tile(tile: Tile) -> str:
    filled = "none" if tile.filled is None else f"{tile.filled:.4f}"
    return (
        f"(label: {literal(tile.label)}, shown: [{render_inline((tile.shown,))}], "
        f"about: [{render_inline(tile.about)}], filled: {filled})"
    )


def literal(text: str) -> str:
    """Return a text as a Typst string, in quotes: whatever it holds stays text."""
    # JSON's quoting is Typst's but for control characters written by their code; none is left.
    return json.dumps(printable(text), ensure_ascii=False)


def markup(text: str) -> str:
    """Return a text for use in markup: strings, so that no sign in it is markup."""
    return "#linebreak()".join(f"#{line};" for line in _lines(text))


@lru_cache(4096)  # statuses, sections and scopes stand in a table again and again
def _lines(text: str) -> list[str]:
    broken = _LONG_WORD.sub("\\g<0>\u200b", _JOINTS.sub("\\g<0>\u200b", printable(text)))
    return [literal(line) for line in broken.split("\n")]


def render_inline(parts: Sequence[Inline]) -> str:
    """Return stretches of a sentence as markup."""
    written = []
    for part in parts:
        match part:
            case Quoted(text=text) | (str() as text):
                written.append(markup(text))
            case Shown():
                written.append(f"#{lead_to_evidence(part.figure.id, part.text)};")
            case Strong(parts=inner):
                written.append(f"#strong[{render_inline(inner)}]")
            case Link():
                written.append(f"#{_cell(part)};")
    return "".join(written)


def lead_to_evidence(figure_id: str, text: str) -> str:
    """Return a number as code: it leads to where its figure stands in the evidence."""
    return f"figure-value({literal(figure_id)}, {literal(text)})"


def _table(table: Table) -> str:
    if not table.rows:
        return f"#empty-table({literal(table.caption)}, {literal(table.empty)})"
    dense = len(table.columns) > MANY_COLUMNS or bool(table.lines_of)
    lines = table.lines_of or (None,) * len(table.rows)
    headings = 0 if dense else table.headings
    columns = [column for column in table.columns if not column.heads]
    height = len(table.parted) * 2 + sum(
        2 + max(_measure(row)) // LONGEST_OF_ONE_LINE for row in table.rows
    )
    rows = "".join(
        f"  {_head_part(table, at)}{_row(_leave_heads(table, row), look, line, headings)},\n"
        for at, (row, look, line) in enumerate(zip(table.rows, table.looks, lines, strict=True))
    )
    return (
        f"{tell_table(_count_headings(table))}#report-table(caption: {literal(table.caption)}, "
        f"definition: {literal(table.definition)}, dense: {_flag(dense)}, "
        f"from-top: {_flag(bool(table.lines_of))}, "
        f"unbroken: {_flag(height <= TALLEST_UNBROKEN)},\n"
        f"  widths: ({''.join(_width(column) for column in columns)}),\n"
        f"  numeric: ({''.join(f'{_flag(column.numeric)}, ' for column in columns)}),\n"
        f"  header: ({_header(columns)}),\n"
        f"  notes: ({''.join(f'{literal(note)}, ' for note in table.notes)}),\n{rows})"
    )


def _count_headings(table: Table) -> int:
    """Return how many cells of a row, without those above its part, are its headings."""
    return sum(not column.heads for column in table.columns[: table.headings])


def _leave_heads(table: Table, row: Sequence[Cell]) -> Sequence[Cell]:
    """Return a row's cells but for those that stand above its part."""
    if not table.parted:
        return row
    return [cell for cell, own in zip(row, table.columns, strict=True) if not own.heads]


def _head_part(table: Table, at: int) -> str:
    """Return what stands above a row that is the first of its part."""
    if not (head := table.parted.get(at)):
        return ""
    wide = sum(not column.heads for column in table.columns)
    return f"part-head({wide}, [{render_inline(head)}]), "


def _row(row: Sequence[Cell], look: str, line: Figure | None, headings: int) -> str:
    """Return a row's cells. A figure in its own line of evidence is where its links lead: text."""
    cells = [
        _words(cell.text) if isinstance(cell, Shown) and cell.figure is line else _cell(cell)
        for cell in row
    ]
    if line:
        cells[0] = f"line-of({literal(line.id)}, {cells[0]})"
    cells[:headings] = [f"bold({cell})" for cell in cells[:headings]]
    lengths = _measure(row)
    longest = lengths.index(max(lengths))
    whole = (
        lengths[longest] > LONGEST_OF_THREE_LINES and len(_text(row[longest])) <= LONGEST_UNBROKEN
    )
    if look:
        return f"..marked({literal(look)}, {_flag(whole)}, {', '.join(cells)})"
    if whole:
        cells[longest] = f"whole({cells[longest]})"
    return ", ".join(cells)


def _measure(row: Sequence[Cell]) -> list[int]:
    """Return how long each cell's text is, in bytes."""
    return [len(_text(cell).encode()) for cell in row]


def _text(cell: Cell) -> str:
    text = cell.text if isinstance(cell, Quoted) else cell
    return text if isinstance(text, str) else ""


def _cell(cell: Cell) -> str:
    match cell:
        case None:
            return literal(NO_NUMBER)
        case Figure():
            return lead_to_evidence(cell.id, cell.cell_text)
        case Shown(figure=figure):
            return lead_to_evidence(figure.id, cell.text)
        case Link(text=text, target=target, suffix=suffix):
            name = f"{target}.{suffix or 'pdf'}"
            return f"link({literal(name)}, {_words(text)})"
        case Quoted(text=text) | (str() as text):
            return _words(text)


def _words(text: str) -> str:
    """Return a text for use in code: a string where it has one line, which Typst reads fastest."""
    lines = _lines(text)
    return lines[0] if len(lines) == 1 else f"[{markup(text)}]"


def _header(columns: Sequence[Column]) -> str:
    """Return the header's rows: column groups above, the columns' own titles below."""
    if not any(column.group for column in columns):
        return "(" + "".join(f"(title: {literal(c.title)}, x: 1, y: 1), " for c in columns) + "), "
    upper, lower = [], []
    for group, members in groupby(columns, key=lambda column: column.group):
        inside = list(members)
        if group is None:
            upper += [f"(title: {literal(c.title)}, x: 1, y: 2), " for c in inside]
        else:
            upper.append(f"(title: {literal(group)}, x: {len(inside)}, y: 1), ")
            lower += [f"(title: {literal(c.title)}, x: 1, y: 1), " for c in inside]
    return f"({''.join(upper)}), ({''.join(lower)}), "


def _width(column: Column) -> str:
    return "auto, " if column.weight is None else f"{column.weight}fr, "


def _flag(value: bool) -> str:
    return "true" if value else "false"
