"""Take the rows under a header: raw texts that know their cells, and the department's own totals.

Nothing is cleaned here. Every row is a procedure, a recognised total, footnote or blank, or is
told as unknown: none is dropped silently.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from analysis.survey.header import Header
from analysis.survey.lines import LineKind, classify_line, is_subtotal, read_totals
from analysis.survey.sheet import Entry, Sheet, address
from analysis.survey.vocabulary import Lookup, load_vocabulary

Columns = dict[str, list[object]]


@dataclass(frozen=True)
class Table:
    """What stands under a header.

    `rows` maps the raw columns to their values, one per procedure, in the order of the sheet;
    `counts` tells how many rows of each kind there are; `stated` maps total, online, started and
    not_started to the cell and number of the department's own totals; `unknown` are the cells in
    which rows of no known kind begin.
    """

    rows: Columns
    counts: Mapping[LineKind, int]
    stated: Mapping[str, tuple[str, int]]
    unknown: tuple[str, ...]

    @property
    def row_numbers(self) -> list[int]:
        """The sheet's rows that are procedures."""
        return [row for row in self.rows["row"] if isinstance(row, int)]


def raw_columns() -> dict[str, str]:
    """Return the columns of raw rows with their dtypes: row, hidden, and three per field.

    For a field f: `f_raw` the text as it stands (NA if blank), `f_held` what Excel holds it as
    (NA if blank), `f_cell` where it stands (NA if the sheet has no such column).
    """
    parts = (f"{f.name}_{part}" for f in load_vocabulary() for part in ("raw", "held", "cell"))
    return {"row": "int64", "hidden": "str"} | dict.fromkeys(parts, "str")


def rows_to_frame(rows: Columns) -> pd.DataFrame:
    """Return raw rows as a frame with the dtypes of `raw_columns`, in the order of the sheet."""
    return pd.DataFrame(
        {name: pd.Series(rows.get(name, []), dtype=kind) for name, kind in raw_columns().items()}
    )


def read_own_cells(sheet: Sheet, row: int) -> dict[int, Entry]:
    """Return the cells of a row that are not blank to the eye, by column."""
    cells = sheet.cells.get(row, {})
    return {c: entry for c, entry in cells.items() if entry.text.strip() or entry.kind == "formula"}


def read_table(header: Header, lookup: Lookup) -> Table:
    """Read every row from the header to the last that holds anything."""
    sheet = header.sheet
    lines = {row: line for row in sheet.cells if (line := read_own_cells(sheet, row))}
    taker = _RowTaker(header)
    counts: Counter[LineKind] = Counter()
    stated: dict[str, tuple[str, int]] = {}
    unknown: list[str] = []
    for row in range(header.last_row + 1, max(lines, default=0) + 1):
        line = lines.get(row, {})
        kind = classify_line(line, header.columns)
        counts[kind] += 1
        if kind == "procedure":
            taker.take(row)
        elif kind == "unknown":
            unknown.append(address(row, next(iter(line))))
        elif kind == "total":
            taker.end_section()
            if not is_subtotal(line):
                totals = read_totals(line, lookup)
                stated |= {k: (address(row, column), n) for k, (column, n) in totals.items()}
    return Table(taker.rows, counts, stated, tuple(unknown))


class _RowTaker:
    """Takes procedure rows one after another into columns, filling down merges and the section.

    A filled value keeps the address where it really stands.
    """

    def __init__(self, header: Header) -> None:
        self.rows: Columns = {name: [] for name in raw_columns()}
        self._sheet = header.sheet
        self._columns = [(f.name, header.columns.get(f.name)) for f in load_vocabulary()]
        self._section: tuple[int, int] | None = None
        self._tops = {
            (row, merge.left): merge.top
            for merge in header.sheet.merges
            for row in range(merge.top + 1, min(merge.bottom, header.sheet.last_row) + 1)
        }

    def end_section(self) -> None:
        """Forget the section: a blank under its subtotal no longer means the same one."""
        self._section = None

    def take(self, row: int) -> None:
        """Add one procedure."""
        self.rows["row"].append(row)
        self.rows["hidden"].append("yes" if row in self._sheet.hidden_rows else "no")
        for name, column in self._columns:
            entry, cell = (None, None) if column is None else self._find(name, row, column)
            self.rows[f"{name}_raw"].append(entry.text or None if entry else None)
            self.rows[f"{name}_held"].append(entry.kind if entry else None)
            self.rows[f"{name}_cell"].append(cell)

    def _find(self, name: str, row: int, column: int) -> tuple[Entry | None, str]:
        """Return the entry meant for this place, and the cell where it really stands."""
        at = (self._tops.get((row, column), row), column)
        entry = self._sheet.get(*at)
        if name == "section":
            if entry is not None and entry.text.strip():
                self._section = at
            elif self._section is not None:
                at = self._section
                entry = self._sheet.get(*at)
        return entry, address(*at)
