"""Take the rows under a header: raw texts that know their cells, and the department's own totals.

Nothing is cleaned here. Every row is a procedure or a line of a known kind, or is told as unknown:
none is dropped silently.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from analysis.files.sheet import Entry, address
from analysis.questionnaire.field import Field
from analysis.survey.lookup import Lookup
from analysis.survey.table.fill import Columns, RowTaker
from analysis.survey.table.header import Header
from analysis.survey.table.lines import LineKind, LineReader
from analysis.survey.table.totals import read_totals

MOST_BLANK_ROWS = 1000
"""A longer run of blank rows ends the table: what follows was typed far down by mistake."""

_MOST_FOOT_CELLS = 2


class Line(NamedTuple):
    """A row under the header that is no procedure: its kind, and the first cell it fills.

    The cell of a blank row is that in the table's first column.
    """

    row: int
    kind: LineKind
    cell: str


class _Found(NamedTuple):
    """A row under the header: its kind, and the first column it fills."""

    row: int
    kind: LineKind
    column: int


class WideMerge(NamedTuple):
    """Two columns of the survey merged in a procedure's row: its first cell, and both fields."""

    cell: str
    left: str
    right: str


@dataclass(frozen=True)
class TableBody:
    """What stands under a header.

    `rows` maps the raw columns to their values, one per procedure, and `lines` are all other rows,
    both in the order of the sheet; `answered` are the cells in which those begin that are called a
    total or a note and yet answer the survey; `stated` maps total, online, started and not_started
    to the cell and number of the department's own totals; `beyond` is the first cell after more
    than 1,000 blank rows, where reading ended; `merged` are cells merged across columns, and
    `struck` the cells of ids and names that are struck through, both in procedures' rows.
    """

    rows: Columns
    lines: tuple[Line, ...]
    answered: tuple[str, ...]
    stated: Mapping[str, tuple[str, int]]
    beyond: str | None
    merged: tuple[WideMerge, ...]
    struck: tuple[str, ...]

    @property
    def row_numbers(self) -> list[int]:
        """The sheet's rows that are procedures."""
        return [row for row in self.rows["row"] if isinstance(row, int)]

    @property
    def unknown(self) -> list[str]:
        """The cells in which rows of no known kind begin that answer nothing either."""
        answered = set(self.answered)
        unknown = (line.cell for line in self.lines if line.kind == "unknown")
        return [cell for cell in unknown if cell not in answered]


def raw_columns(fields: Sequence[Field]) -> list[str]:
    """Return the columns of raw rows: row, hidden, and four per field.

    For a field f: `f_raw` the text as it stands (None if blank), `f_held` what Excel holds it as
    (None if blank), `f_cell` where it stands (None if the sheet has no such column), and `f_fill`
    by what it holds for a row it does not stand in: merge, group (a section written once) or ditto,
    None where it stands in its own row.
    """
    parts = ("raw", "held", "cell", "fill")
    return ["row", "hidden", *(f"{field.name}_{part}" for field in fields for part in parts)]


def read_table(header: Header, lookup: Lookup) -> TableBody:
    """Read every row from the header to the last that holds anything."""
    fields = lookup.asked.fields
    found, stated, beyond = _read_lines(header, lookup)
    found = _settle_foot(found, header)
    taker = RowTaker(header, fields, {name: [] for name in raw_columns(fields)})
    lines: list[Line] = []
    answered: list[str] = []
    for row, kind, column in found:
        if kind == "procedure":
            taker.take(row)
            continue
        cell = address(row, column)
        if kind == "answered":
            answered.append(cell)
        lines.append(Line(row, "unknown" if kind == "answered" else kind, cell))
        if kind == "heading":
            taker.begin_section(row, column)
        elif kind in ("total", "subtotal"):
            taker.end_group()
    rows = [row for row, kind, _ in found if kind == "procedure"]
    return TableBody(
        taker.rows,
        tuple(lines),
        tuple(answered),
        stated,
        beyond,
        tuple(_find_wide_merges(header, frozenset(rows))),
        tuple(filter(None, (find_struck(header, row) for row in rows))),
    )


def _read_lines(
    header: Header, lookup: Lookup
) -> tuple[list[_Found], dict[str, tuple[str, int]], str | None]:
    """Return every row's kind, the totals stated, and where reading ended before the end."""
    reader = LineReader(header, lookup)
    found: list[_Found] = []
    stated: dict[str, tuple[str, int]] = {}
    last = header.last_row
    for row in (row for row in header.sheet.cells if row > header.last_row):
        cells = reader.read_own_cells(row)
        if not cells:
            continue
        if row - last > MOST_BLANK_ROWS:
            return found, stated, address(row, next(iter(cells)))
        for blank in range(last + 1, row):
            found.append(_Found(blank, reader.classify(blank, {}), header.first_column))
        last = row
        found.append(_Found(row, reader.classify(row, cells), next(iter(cells))))
        if found[-1].kind == "total":
            totals = read_totals(cells, reader.above, lookup)
            stated |= {name: (address(row, column), n) for name, (column, n) in totals.items()}
    return found, stated, None


def _settle_foot(found: Sequence[_Found], header: Header) -> list[_Found]:
    """Return the rows, those of a few words below the totals of the foot told as its notes.

    The foot begins with the first total below the last procedure of more than such words.
    """

    def is_words(line: _Found) -> bool:
        cells = header.sheet.cells.get(line.row, {})
        named = {header.columns.get(name) for name in ("name", "status")}
        return len(cells) <= _MOST_FOOT_CELLS and not named & cells.keys()

    at = len(found)
    while at and (found[at - 1].kind != "procedure" or is_words(found[at - 1])):
        at -= 1
    while at < len(found) and found[at].kind != "total":
        at += 1
    return [
        line._replace(kind="footnote")
        if place > at and line.kind in ("procedure", "unknown") and is_words(line)
        else line
        for place, line in enumerate(found)
    ]


def _find_wide_merges(header: Header, rows: frozenset[int]) -> Iterator[WideMerge]:
    """Yield the cells of procedures' rows that are merged over two columns of the survey."""
    fields = {column: name for name, column in header.columns.items()}
    for merge in header.sheet.merges:
        entry: Entry | None = header.sheet.get(merge.top, merge.left)
        if merge.right == merge.left or merge.top not in rows or entry is None:
            continue
        over = [name for column, name in fields.items() if merge.left <= column <= merge.right]
        if merge.left in fields and len(over) > 1:
            right = fields[max(column for column in fields if column <= merge.right)]
            yield WideMerge(address(merge.top, merge.left), fields[merge.left], right)


def find_struck(header: Header, row: int) -> str | None:
    """Return the first cell of a row's id and name that is struck through, if any is."""
    columns = [header.columns[n] for n in ("procedure_id", "name") if n in header.columns]
    cells = header.sheet.cells[row]
    struck = (address(row, c) for c in columns if c in cells and cells[c].struck)
    return next(struck, None)
