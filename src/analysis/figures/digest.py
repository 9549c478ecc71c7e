"""A short proof of a figure's evidence: how many rows, and a hash over their cells."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from analysis.figures.evidence import name_parts
from analysis.figures.select import Selection, list_pair_ids
from analysis.figures.values import list_values


@dataclass(frozen=True)
class Digest:
    """How many rows stand behind a figure, and a hash over their cells."""

    rows: int
    sha256: str


class Digester:
    """Digests evidence; remembers each table's lines, which many measures share.

    `digests` are those already made, by the figure's id: who asks for them keeps them here.
    """

    def __init__(self) -> None:
        """Start with nothing remembered."""
        self.digests: dict[str, Digest] = {}
        self._known: dict[int, _Lines] = {}

    def digest(self, selections: list[Selection], scopes: list[str]) -> list[Digest]:
        """Return the digest of each scope's evidence, in the order of `scopes`.

        `rows` counts the rows selected; the same procedure's row in the other cycle, which a change
        shows beside it, is not counted again. The hash covers each role's name and then, a line a
        cell in the order of `list_cells`, the JSON of [cycle, workbook, sheet, cell, raw] or, of a
        corrected cell, [cycle, workbook, sheet, cell, raw, value]: it changes when a counted cell
        or its place does, and when a decision about it does.
        """
        hashes = [hashlib.sha256() for _ in scopes]
        rows = [0 for _ in scopes]
        for selection in selections:
            own = self._lines_of(selection.frame)
            for place, scope in enumerate(scopes):
                chosen = selection.positions.get(scope, [])
                rows[place] += len(chosen)
                lines = own.write(chosen, selection.fields)
                if selection.partner is not None:
                    beside = self.rows_beside(selection, chosen)
                    lines += self._lines_of(selection.partner).write(beside, selection.fields)
                hashes[place].update(f"{selection.role}\n".encode())
                hashes[place].update(lines)
        return [
            Digest(count, hashed.hexdigest()) for count, hashed in zip(rows, hashes, strict=True)
        ]

    def rows_beside(self, selection: Selection, rows: Iterable[int]) -> list[int]:
        """Return the rows in which a selection's partner has the procedures of some of its rows."""
        if selection.partner is None:
            return []
        return self._lines_of(selection.frame).rows_in(self._lines_of(selection.partner), rows)

    def forget_lines(self) -> None:
        """Forget the tables' lines, which are most of what is remembered; they can be made anew."""
        for known in self._known.values():
            known.forget()

    def _lines_of(self, frame: pd.DataFrame) -> "_Lines":
        # What is known of a table keeps the table, so that no other can have its id.
        return self._known.setdefault(id(frame), _Lines(frame))


class _Lines:
    """The lines of one table's cells, a column at a time."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame = frame
        self._columns: dict[str, list[str]] = {}
        self._lines: dict[tuple[str, ...], list[bytes]] = {}

    def write(self, rows: list[int], fields: tuple[str, ...]) -> bytes:
        """Return the rows' lines, a line a cell."""
        if fields not in self._lines:
            columns = [self._column(field) for field in fields if f"{field}_cell" in self._frame]
            columns = columns or [self._column("")]
            cells = zip(*columns, strict=True)
            self._lines[fields] = ["".join(lines).encode() for lines in cells]
        lines = self._lines[fields]
        return b"".join([lines[row] for row in rows])

    def forget(self) -> None:
        """Forget every line."""
        self._columns.clear()
        self._lines.clear()

    def rows_in(self, other: "_Lines", rows: Iterable[int]) -> list[int]:
        """Return the rows in which the other cycle's table has the same procedures."""
        ids, places = self._ids, other._places
        return [places[ids[row]] for row in rows if ids[row] in places]

    @cached_property
    def _ids(self) -> list[object]:
        return list_pair_ids(self._frame)

    @cached_property
    def _places(self) -> dict[object, int]:
        return {key: place for place, key in enumerate(self._ids)}

    @cached_property
    def _sheets(self) -> list[str]:
        """What each row's lines begin with: cycle, workbook and sheet."""
        named = (list_values(self._frame, name) for name in ("cycle", "workbook", "sheet"))
        return [", ".join(map(_write, place)) for place in zip(*named, strict=True)]

    def _column(self, field: str) -> list[str]:
        """Return the lines of a field's cells; of no field, those of rows without fields' cells."""
        if field not in self._columns:
            parts = (list_values(self._frame, name) for name in name_parts(self._frame, field))
            self._columns[field] = [
                f"[{sheet}, {_write(cell)}, {_write(raw)}"
                + ("]\n" if decision is None else f", {_write(value)}]\n")
                for sheet, cell, raw, value, decision in zip(self._sheets, *parts, strict=True)
            ]
        return self._columns[field]


# Made once: `json.dumps` makes one at each call that is not of the plainest.
_encode = json.JSONEncoder(ensure_ascii=False).encode


def _write(part: object) -> str:
    return "null" if part is None else _encode(str(part))
