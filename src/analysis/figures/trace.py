"""Follow one figure down to the cells behind it, as text for the command line."""

from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd

from analysis.errors import FigureError
from analysis.figures.definition import field_name, value_name
from analysis.figures.evidence import ROLES, list_cells
from analysis.figures.figure import Figure, split_id
from analysis.figures.ledger import Ledger
from analysis.figures.measure import Change, Duration, PerMonth, Share, Shortfall
from analysis.figures.named import read_id
from analysis.questionnaire.questionnaire import Questionnaire

_MADE_FROM = {Shortfall: ("これまで", "全体"), PerMonth: ("もとの数",), Duration: ("残り", "速さ")}


def trace(ledger: Ledger, figure_id: str) -> str:
    """Return a figure's definition, numbers, rows and cells.

    `figure_id` may call scope and measure as the reports do (see `read_id`). Raises FigureError,
    with the nearest ids, for an unknown one, and says what became of a department that has none.
    """
    try:
        figure = ledger.find(read_id(ledger, figure_id))
    except FigureError as error:
        why = ledger.cycle.tell_absent(split_id(figure_id)[1])
        raise FigureError(f"{why}\n{error}".lstrip()) from None
    return "\n".join(
        [
            f"{figure.scope_name}　{figure.label}: {figure.full_text}",
            f"数値ID: {figure.id}",
            f"定義: {figure.definition}",
            *_say_numbers(ledger, figure),
            *_list_rows(
                list_cells(ledger.select(figure), figure.scope), ledger.cycle.questionnaire
            ),
        ]
    )


def _say_numbers(ledger: Ledger, figure: Figure) -> Iterator[str]:
    measure = ledger.items[figure.measure].measure
    if isinstance(measure, Share):
        yield f"分子: {figure.numerator:,}　分母: {figure.denominator:,}"
    made_from = {
        Shortfall: ("これまで", "全体"),
        PerMonth: ("もとの数",),
        Duration: ("残り", "速さ"),
    }
    if words := made_from.get(type(measure)):
        for word, value in zip(words, ledger.parts(figure), strict=True):
            yield f"{word}: {value.full_text}　数値ID: {value.id}"
    if isinstance(measure, Change):
        for word, value in zip(("今回", "前回"), ledger.parts(figure), strict=True):
            parts = f"（{value.numerator:,}/{value.denominator:,}）" if value.denominator else ""
            yield f"{word}: {value.full_text}{parts}　数値ID: {value.id}"
        if isinstance(measure.of, Share) and figure.exact is not None:
            yield f"四捨五入前の差: {figure.numerator}/{figure.denominator}"


def _list_rows(cells: Iterable[dict[str, Any]], asked: Questionnaire) -> Iterator[str]:
    """Yield a heading for each role, then each row with its cells."""
    cells_by_role: dict[str, list[dict[str, Any]]] = {}
    for cell in cells:
        cells_by_role.setdefault(cell["role"], []).append(cell)
    for role, words in ROLES.items():
        if role not in cells_by_role:
            continue
        rows: dict[tuple[object, ...], list[str]] = {}
        for cell in cells_by_role[role]:
            # A change shows a procedure's cells of both cycles under the one procedure.
            named = not (pd.isna(cell["procedure_id"]) or pd.isna(cell["row"]))
            key = (cell["pair_id"],) if named else (cell["workbook"], cell["cell"], len(rows))
            names = [cell[key] for key in ("procedure_id", "name")]
            title = "　".join(str(name) for name in names if not pd.isna(name))
            lines = rows.setdefault(key, [f"  {title or '―'}"])
            lines.append(f"    {_say_cell(cell, asked)}")
            if not pd.isna(cell["corrected"]):
                lines.append(f"      {cell['corrected']}")
        yield f"\n{words}: {len(rows):,}件"
        for lines in rows.values():
            yield from lines


def _say_cell(cell: dict[str, Any], asked: Questionnaire) -> str:
    place = " ".join(
        str(part)
        for part in (cell["cycle"], cell["workbook"], _address(cell["sheet"], cell["cell"]))
        if part
    )
    raw = "（空欄）" if pd.isna(cell["raw"]) else f"「{cell['raw']}」"
    if pd.isna(cell["field"]):
        return f"{place}  {raw}"
    field = str(cell["field"])
    value = value_name(field, cell["value"], asked)
    return f"{place}  {field_name(field, asked)}{raw}" + (
        "" if value == cell["raw"] else f" → {value}"
    )


def _address(sheet: Any, cell: Any) -> str:
    known = [str(part) for part in (sheet, cell) if not pd.isna(part)]
    return "!".join(known)
