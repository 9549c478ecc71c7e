"""A short proof of a figure's evidence: how many rows, and a hash over their cells."""

import hashlib
import json
from dataclasses import dataclass

import pandas as pd

from analysis.figures.evidence import Selection, cells_of
from analysis.figures.tables import pair_ids


@dataclass(frozen=True)
class Digest:
    """How many rows stand behind a figure, and a hash over their cells."""

    rows: int
    sha256: str


class Digester:
    """Digests evidence; remembers each table's lines, which many measures share."""

    def __init__(self) -> None:
        """Start with nothing remembered."""
        self._lines: dict[tuple[int, tuple[str, ...]], list[str]] = {}
        self._places: dict[int, dict[object, int]] = {}

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
            own = self._lines_of(selection.frame, selection.fields)
            beside = self._partner_lines(selection)
            for place, scope in enumerate(scopes):
                chosen = selection.positions.get(scope, [])
                rows[place] += len(chosen)
                text = "".join([lines[row] for lines in (own, beside) for row in chosen])
                hashes[place].update(f"{selection.role}\n{text}".encode())
        return [
            Digest(count, hashed.hexdigest()) for count, hashed in zip(rows, hashes, strict=True)
        ]

    def _partner_lines(self, selection: Selection) -> list[str]:
        if selection.partner is None:
            return [""] * len(selection.frame)
        lines = self._lines_of(selection.partner, selection.fields)
        known = self._places_of(selection.partner)
        return [
            lines[known[key]] if key in known else "" for key in self._places_of(selection.frame)
        ]

    def _places_of(self, frame: pd.DataFrame) -> dict[object, int]:
        """Return each procedure's position, by the id that it has in both cycles."""
        if id(frame) not in self._places:
            ids = pair_ids(frame).to_numpy(dtype=object).tolist()
            self._places[id(frame)] = {key: place for place, key in enumerate(ids)}
        return self._places[id(frame)]

    def _lines_of(self, frame: pd.DataFrame, fields: tuple[str, ...]) -> list[str]:
        key = (id(frame), fields)
        if key not in self._lines:
            present = [field for field in fields if f"{field}_cell" in frame]
            if len(present) > 1:
                parts = [self._lines_of(frame, (field,)) for field in present]
                self._lines[key] = ["".join(line) for line in zip(*parts, strict=True)]
            else:
                cells = cells_of(frame, range(len(frame)), fields)
                self._lines[key] = [_line(cell) for _, cell in cells]
        return self._lines[key]


# Made once: `json.dumps` makes one at each call that is not of the plainest.
_encode = json.JSONEncoder(ensure_ascii=False).encode


def _line(cell: dict[str, object]) -> str:
    keys = ["cycle", "workbook", "sheet", "cell", "raw"]
    if cell["corrected"] is not None:
        keys.append("value")
    return _encode([_text(cell[key]) for key in keys]) + "\n"


def _text(part: object) -> str | None:
    if isinstance(part, str):
        return part
    return None if pd.isna(part) else str(part)  # type: ignore[call-overload]
