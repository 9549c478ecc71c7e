"""A table as columns for a page: each text once, each cell as short as it can be read back."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from analysis.figures.corrected import CORRECTED
from analysis.figures.definition import code_name, field_name, value_name
from analysis.figures.values import list_values
from analysis.questionnaire.field import Field, name_codes
from analysis.questionnaire.questionnaire import Questionnaire

_DIGITS = "0123456789"
_LONGEST_SERIAL = 9


def list_procedures(
    frame: pd.DataFrame, fields: Sequence[str], asked: Questionnaire
) -> dict[str, Any]:
    """Return the columns of procedures: where they stand, and of each field f its value.

    `f_raw` is the raw text where the cell holds another than the value's name (empty: a blank
    cell), `f_cell` the cell, of which only the letter is kept where its row is the row's own, and
    `f_corrected` the decision that corrected it, where any row was corrected.

    >>> columns = list_procedures(rows, ["procedure_id", "annual_volume"], survey.asked)
    >>> columns["procedure_id"], columns["annual_volume"], columns["annual_volume_raw"]
    (['K-001', 1], [120, 210], [None, '120'])
    """
    rows: list[int] = list_values(frame, "row")
    columns: dict[str, Any] = {
        name: write_column(list_values(frame, name))
        for name in ("department", "department_slug", "workbook", "sheet")
    }
    # Rows follow one another: their steps compress to next to nothing.
    columns["row_step"] = [row - before for row, before in zip(rows, [0, *rows], strict=False)]
    numbers = [str(row) for row in rows]
    for name in fields:
        values = list_values(frame, name)
        columns[name] = _write_ids(values) if name == "procedure_id" else write_column(values)
        if f"{name}_cell" not in frame:
            continue
        cells, raws = list_values(frame, f"{name}_cell"), list_values(frame, f"{name}_raw")
        columns[f"{name}_raw"] = write_column(_list_other_texts(asked.named[name], values, raws))
        columns[f"{name}_cell"] = write_column(map(_shorten, cells, numbers))
        if f"{name}{CORRECTED}" in frame:
            columns[f"{name}{CORRECTED}"] = write_column(list_values(frame, f"{name}{CORRECTED}"))
    return columns


def list_uncompared(
    frame: pd.DataFrame, fields: Sequence[str], names: Mapping[object, str], asked: Questionnaire
) -> dict[str, Any]:
    """Return the columns of procedures as neither this cycle nor the previous one has them.

    As `list_procedures` does, with their names, but for those that `names` tells of the same id.

    >>> columns = list_uncompared(rows, ["procedure_id"], {"K-001": "届出その1"}, survey.asked)
    >>> columns["procedure_id"], columns["name"]
    (['K-001', 1], [None, '届出その2'])
    """
    named = zip(list_values(frame, "procedure_id"), list_values(frame, "name"), strict=True)
    shown = [name if name != names.get(key) else None for key, name in named]
    return list_procedures(frame, fields, asked) | {"name": write_column(shown)}


def list_others(
    frame: pd.DataFrame,
    decisive: Sequence[str],
    names: Mapping[str, str],
    asked: Questionnaire,
) -> dict[str, Any]:
    """Return the columns of a table that holds no answers: its place, what it says, its codes.

    >>> problems = ledger.tables.current["problems"]
    >>> columns = list_others(problems, ["severity"], {"kankyo": "環境部"}, survey.asked)
    >>> columns["department"], columns["cell"], columns["severity"]
    (['環境部'], ['H6'], ['warning'])
    """
    slugs = list_values(frame, "department_slug")
    return {
        "department": write_column(map(names.get, slugs)),
        "department_slug": write_column(slugs),
        **{name: write_column(list_values(frame, name)) for name in ("workbook", "sheet", "cell")},
        "told": write_column(_tell(frame, asked)),
        **{name: write_column(list_values(frame, name)) for name in decisive},
    }


def write_column(values: Iterable[Any]) -> list[Any] | dict[str, list[Any]]:
    """Return a column as a list, or, where values come again, as the values and their places.

    A missing value is None.
    """
    listed = list(values)
    places = {value: place for place, value in enumerate(dict.fromkeys(listed))}
    if 2 * len(places) > len(listed):
        return listed
    return {"of": list(places), "at": list(map(places.__getitem__, listed))}


def read_column(column: list[Any] | dict[str, list[Any]]) -> list[Any]:
    """Return the values of a column as `write_column` wrote it.

    >>> read_column(write_column(["a", "a", "a", None]))
    ['a', 'a', 'a', None]
    """
    if isinstance(column, list):
        return column
    return [column["of"][place] for place in column["at"]]


def _write_ids(ids: Iterable[str]) -> list[str | int]:
    """Return ids, each as the step from the one before where only the number at its end differs."""
    written: list[str | int] = []
    before: tuple[str, str] | None = None
    for own in ids:
        digits = min(len(own) - len(own.rstrip(_DIGITS)), _LONGEST_SERIAL)
        parts = (own[:-digits], own[-digits:]) if digits else None
        if parts and before and (parts[0], len(parts[1])) == (before[0], len(before[1])):
            written.append(int(parts[1]) - int(before[1]))
        else:
            written.append(own)
        before = parts
    return written


def _list_other_texts(field: Field, values: Sequence[Any], raws: Sequence[Any]) -> Iterator[Any]:
    """Yield the raw texts that are not the value's name, empty for a blank cell, else None."""
    told: dict[Any, str | None] = {
        value: name_codes(str(value), field.choices) if field.choices else str(value)
        for value in {*values} - {None}
    }
    told[None] = None
    for value, raw in zip(values, raws, strict=True):
        yield None if told[value] == raw else "" if raw is None else raw


def _shorten(cell: str | None, row: str) -> str | None:
    """Return the letters of a cell that stands in its row's own, any other as it is."""
    letters = cell.removesuffix(row) if cell else ""
    return letters if letters.isalpha() else cell


def _tell(frame: pd.DataFrame, asked: Questionnaire) -> Iterator[str]:
    """Yield what each row of such a table says, by what the table holds."""

    def rows(*names: str) -> Iterator[tuple[Any, ...]]:
        return zip(*(list_values(frame, name) for name in names), strict=True)

    if "message" in frame:
        yield from (str(message) for (message,) in rows("message"))
    elif "corrected" in frame:
        for key, field, decision in rows("procedure_id", "field", "corrected"):
            yield f"{key} {field_name(field, asked)}：{decision}"
    elif "step" in frame:
        for key, field, raw, value in rows("procedure_id", "field", "raw", "value"):
            was = "（空欄）" if raw is None else f"「{raw}」"
            yield f"{key} {field_name(field, asked)}：{was} → {value_name(field, value, asked)}"
    elif "published" in frame:
        yield from (" ".join(map(str, said)) for said in rows("scope", "measure", "published"))
    elif "kind" in frame:
        yield from (code_name("kind", kind, asked) for (kind,) in rows("kind"))
    else:
        for (value,) in rows("value"):
            yield "" if value is None else f"SHA-256 {value}"
