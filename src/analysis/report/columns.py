"""A table as columns for a page: each text once, each cell as short as it can be read back."""

import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from analysis.figures.definition import code_name, field_name, value_name
from analysis.figures.tables import CORRECTED

_CELL = re.compile(r"([A-Z]+)([0-9]+)")
_SERIAL = re.compile(r"(.*?)([0-9]{1,9})")


def list_procedures(frame: pd.DataFrame, fields: Sequence[str]) -> dict[str, Any]:
    """Return the columns of procedures.

    Of a field f: its value, `f_raw` where the cell holds another text than the value's name (empty:
    a blank cell), `f_cell`, of which only the letter is kept where its row is the row's own, and
    `f_corrected`, the decision that corrected it, where any row was corrected.
    """
    rows = [int(row) for row in frame["row"]]
    columns = {
        name: write_column(frame[name])
        for name in ("name", "department", "department_slug", "workbook", "sheet")
    }
    # Rows follow one another: their steps compress to next to nothing.
    columns["row_step"] = [row - before for row, before in zip(rows, [0, *rows], strict=False)]
    for name in fields:
        ids = name == "procedure_id"
        columns[name] = _write_ids(frame[name]) if ids else write_column(frame[name])
        if f"{name}_cell" not in frame:
            continue
        columns[f"{name}_raw"] = write_column(
            None if _same(name, value, raw) else ("" if pd.isna(raw) else raw)
            for value, raw in zip(frame[name], frame[f"{name}_raw"], strict=True)
        )
        columns[f"{name}_cell"] = write_column(
            _shorten(cell, row) for cell, row in zip(frame[f"{name}_cell"], rows, strict=True)
        )
        if f"{name}{CORRECTED}" in frame:
            columns[f"{name}{CORRECTED}"] = write_column(frame[f"{name}{CORRECTED}"])
    return columns


def list_others(
    frame: pd.DataFrame, decisive: Sequence[str], names: Mapping[str, str]
) -> dict[str, Any]:
    """Return the columns of a table that holds no answers: its place, what it says, its codes."""
    blank = pd.Series(pd.NA, index=frame.index, dtype="str")
    return {
        "department": write_column(frame["department_slug"].map(names)),
        "department_slug": write_column(frame["department_slug"]),
        **{name: write_column(frame.get(name, blank)) for name in ("workbook", "sheet", "cell")},
        "told": write_column(_tell(record) for record in frame.to_dict("records")),
        **{name: write_column(frame[name]) for name in decisive},
    }


def write_column(values: Iterable[Any]) -> list[Any] | dict[str, list[Any]]:
    """Return a column as a list, or, where values come again, as the values and their places."""
    plain = [None if pd.isna(value) else value for value in values]
    places = {value: place for place, value in enumerate(dict.fromkeys(plain))}
    if 2 * len(places) > len(plain):
        return plain
    return {"of": list(places), "at": [places[value] for value in plain]}


def _write_ids(ids: Iterable[str]) -> list[str | int]:
    """Return ids, each as the step from the one before where only the number at its end differs."""
    written: list[str | int] = []
    before: tuple[str, str] | None = None
    for own in ids:
        found = _SERIAL.fullmatch(own)
        parts = (found[1], found[2]) if found else None
        if parts and before and (parts[0], len(parts[1])) == (before[0], len(before[1])):
            written.append(int(parts[1]) - int(before[1]))
        else:
            written.append(own)
        before = parts
    return written


def _same(field: str, value: Any, raw: Any) -> bool:
    if pd.isna(value) or pd.isna(raw):
        return bool(pd.isna(value) and pd.isna(raw))
    return value_name(field, value) == str(raw)


def _shorten(cell: Any, row: int) -> str | None:
    if pd.isna(cell):
        return None
    found = _CELL.fullmatch(cell)
    return found[1] if found and int(found[2]) == row else str(cell)


def _tell(record: Mapping[Hashable, Any]) -> str:
    """Return what a row of such a table says, by what it holds."""
    if "message" in record:
        return str(record["message"])
    if "corrected" in record:
        return f"{record['procedure_id']} {field_name(record['field'])}：{record['corrected']}"
    if "step" in record:
        field, raw = str(record["field"]), record["raw"]
        texts = "（空欄）" if pd.isna(raw) else f"「{raw}」", value_name(field, record["value"])
        return f"{record['procedure_id']} {field_name(field)}：{' → '.join(texts)}"
    if "published" in record:
        return f"{record['scope']} {record['measure']} {record['published']}"
    if "kind" in record:
        return code_name("kind", record["kind"])
    return "" if pd.isna(record["value"]) else f"SHA-256 {record['value']}"
