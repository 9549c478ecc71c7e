"""A short proof of a figure's evidence: how many rows, and a hash over their cells."""

import hashlib
import json
from dataclasses import dataclass

import pandas as pd

from analysis.figures.evidence import Selection, cells_of


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

    def digest(self, selections: list[Selection], scopes: list[str]) -> list[Digest]:
        """Return the digest of each scope's evidence, in the order of `scopes`.

        `rows` counts the rows selected; the same procedure's row in the other cycle, which a change
        shows beside it, is not counted again. The hash covers each role's name and then, a line a
        cell in the order of `list_cells`, the JSON of [cycle, workbook, sheet, cell, raw]: it
        changes when a counted cell or its place does.
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
        known = dict(zip(selection.partner["procedure_id"], lines, strict=True))
        return [known.get(key, "") for key in selection.frame["procedure_id"]]

    def _lines_of(self, frame: pd.DataFrame, fields: tuple[str, ...]) -> list[str]:
        key = (id(frame), fields)
        if key not in self._lines:
            lines = [""] * len(frame)
            for position, cell in cells_of(frame, range(len(frame)), fields):
                lines[position] += _line(cell)
            self._lines[key] = lines
        return self._lines[key]


def _line(cell: dict[str, object]) -> str:
    parts = [cell[key] for key in ("cycle", "workbook", "sheet", "cell", "raw")]
    known = [None if pd.isna(part) else str(part) for part in parts]  # type: ignore[call-overload]
    return json.dumps(known, ensure_ascii=False) + "\n"
