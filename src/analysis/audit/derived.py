"""The derived columns of a sheet of rows: formulas over the answers that decide them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import pandas as pd

from analysis.audit.sheet import AuditCell, Formula
from analysis.figures.corrected import CORRECTED
from analysis.figures.derived import Derivation, SheetLine
from analysis.figures.formula import RowSheet
from analysis.figures.tables import pair_ids
from analysis.figures.values import list_values
from analysis.questionnaire.field import name_codes


@dataclass(frozen=True)
class Laid:
    """The rows of a cycle, and the sheet in which they are laid from line 2 on."""

    sheet: RowSheet
    rows: pd.DataFrame

    def find_lines(self) -> dict[object, int]:
        """Return the place of each procedure's row, by the id by which both cycles know it."""
        return {key: place for place, key in enumerate(pair_ids(self.rows))}


def lay_derived(
    own: Laid, other: Laid | None, derivations: Sequence[Derivation]
) -> dict[str, list[AuditCell]]:
    """Return the cells of the derived columns by name, one a row; `other` is the other cycle's.

    >>> table = ledger.tables.current["procedures"]
    >>> sheet = RowSheet("手続き", ("status", "reason"), 3)
    >>> laid = lay_derived(Laid(sheet, table), None, ledger.tables.derivations[:1])
    >>> [cell.value for cell in laid["stage"]]
    ['オンライン化済', '未着手：未検討']
    """
    lines = list(_list_lines(own, other))
    laid: dict[str, list[AuditCell]] = {}
    for derivation in derivations:
        names: Mapping[str, str] = derivation.field.choices
        codes = list_values(own.rows, derivation.field.name)
        said = [None if code is None else name_codes(str(code), names) for code in codes]
        laid[derivation.field.name] = [
            label if formula is None else Formula(formula, label or "")
            for line, label in zip(lines, said, strict=True)
            for formula in (derivation.write_cell(line, label or ""),)
        ]
    return laid


def _list_lines(own: Laid, other: Laid | None) -> list[SheetLine]:
    places = {} if other is None else other.find_lines()
    marks = [_list_corrected(own.rows), {} if other is None else _list_corrected(other.rows)]
    ways = [
        dict(enumerate(list_values(laid.rows, "paired_by")))
        if laid is not None and "paired_by" in laid.rows
        else {}
        for laid in (own, other)
    ]
    found = []
    for place, key in enumerate(pair_ids(own.rows)):
        there = places.get(key)
        beside = None
        if other is not None and there is not None:
            beside = partial(_cell, other.sheet, there + 2)
        # The way is told by the rows of the cycle before, whichever of the two that is.
        way = ways[0].get(place) or (None if there is None else ways[1].get(there))
        corrected = marks[0].get(place, frozenset()) | marks[1].get(there, frozenset())
        here = partial(_local_cell, own.sheet, place + 2)
        found.append(SheetLine(here, beside, way, corrected))
    return found


def _list_corrected(rows: pd.DataFrame) -> dict[int | None, frozenset[str]]:
    """Return the fields that were corrected, by the place of the row."""
    found: dict[int | None, frozenset[str]] = {}
    for name in (name for name in rows if str(name).endswith(CORRECTED)):
        for place in rows[name].notna().to_numpy().nonzero()[0].tolist():
            found[place] = found.get(place, frozenset()) | {str(name).removesuffix(CORRECTED)}
    return found


def _cell(sheet: RowSheet, row: int, column: str) -> str:
    return sheet.cell(column, row)


def _local_cell(sheet: RowSheet, row: int, column: str) -> str:
    return sheet.local_cell(column, row)
