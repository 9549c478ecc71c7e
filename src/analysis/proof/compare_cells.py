"""Say which cells of a procedure differ between two tables, with the text on each side."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from analysis.figures.definition import value_name
from analysis.figures.evidence import cells_of
from analysis.figures.tables import pair_ids
from analysis.proof.side import Side

_Cell = dict[str, object]


def say_changes(
    procedure_id: str,
    sides: tuple[Side, Side],
    a: pd.DataFrame,
    b: pd.DataFrame,
    fields: Sequence[str],
) -> str:
    """Return the cells of a procedure that differ among `fields`; nothing if none does.

    `a` and `b` are tidy rows of the two sides; rows of another cycle than a side's own are told
    with it. For a procedure that only one side has, the cell of its id stands for the row. Where
    the same text is read otherwise (a correction, an alias), both readings are told.

    >>> parts = ("2024-09-01", survey.asked, pd.DataFrame(), {}, None)
    >>> sides = tuple(Side(name, *parts) for name in ("A", "B"))
    >>> say_changes("K-002", sides, rows.assign(status_raw="着手済"), rows, ["status"])
    'こども部.xlsx 調査票!G6「着手済」→「未着手」（K-002 届出その2）'
    """
    left, right = (_find_cells(frame, procedure_id, fields) for frame in (a, b))
    known = left or right
    if not known:
        return ""
    names = [_text(next(iter(side.values()))["name"]) for side in (left, right) if side]
    # Between cycles an id may have come to stand for another procedure.
    title = f"（{procedure_id} {' → '.join(dict.fromkeys(names))}）"
    if not left or not right:
        own = known.get("procedure_id") or next(iter(known.values()))
        side = sides[0 if left else 1]
        return f"{_place(own, side)}{_quote(own['raw'])}は{side.name}だけにあります{title}"
    both = [(left[field], right[field]) for field in left if field in right]
    changes = [_say_change(*cells, sides) for cells in both if _differ(*cells)]
    return "、".join(changes) + title if changes else ""


def _find_cells(frame: pd.DataFrame, procedure_id: str, fields: Sequence[str]) -> dict[str, _Cell]:
    found = (pair_ids(frame) == procedure_id).to_numpy().nonzero()[0]
    rows = [int(place) for place in found[:1]]
    wanted = tuple(dict.fromkeys(("procedure_id", *fields)))
    return {str(cell["field"]): cell for _, cell in cells_of(frame, rows, wanted)}


def _differ(a: _Cell, b: _Cell) -> bool:
    return any(_text(a[part]) != _text(b[part]) for part in ("workbook", "raw", "value"))


def _say_change(a: _Cell, b: _Cell, sides: tuple[Side, Side]) -> str:
    """Return a cell with its text on both sides; the second place only where it is another."""
    here, there = (_place(cell, side) for cell, side in zip((a, b), sides, strict=True))
    if (a["workbook"], a["sheet"]) == (b["workbook"], b["sheet"]):
        there = "" if a["cell"] == b["cell"] else _text(b["cell"])
    if _text(a["raw"]) == _text(b["raw"]) and _text(a["value"]) != _text(b["value"]):
        readings = [
            value_name(str(cell["field"]), cell["value"], side.asked)
            for cell, side in zip((a, b), sides, strict=True)
        ]
        return f"{here}{_quote(a['raw'])}の読み取り「{readings[0]}」→{there}「{readings[1]}」"
    return f"{here}{_quote(a['raw'])}→{there}{_quote(b['raw'])}"


def _place(cell: _Cell, side: Side) -> str:
    cycle = "" if cell["cycle"] == side.cycle else f"{cell['cycle']} "
    address = "!".join(text for text in (_text(cell["sheet"]), _text(cell["cell"])) if text)
    return f"{cycle}{_text(cell['workbook'])} {address}"


def _quote(raw: object) -> str:
    return f"「{_text(raw)}」" if _text(raw) else "（空欄）"


def _text(value: Any) -> str:
    return "" if value is None or pd.isna(value) else str(value)
