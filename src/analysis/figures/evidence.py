"""Second interpreter: the rows a measure counts, and in each row the cells that made it count.

The evidence of a share is the rows of its whole, the part's marked; that of a change is what moved
in and what moved out since the previous cycle, with the same procedure's cells in both cycles.
"""

from collections.abc import Iterable, Iterator, Sequence

import pandas as pd

from analysis.figures.corrected import CORRECTED
from analysis.figures.select import Selection
from analysis.figures.tables import pair_ids

ROLES = {
    "counted": "根拠の行",
    "part": "分子と分母に入る行",
    "whole": "分母だけに入る行",
    "in": "新たに入った行",
    "out": "外れた行",
    "part_in": "分子に新たに入った行",
    "part_out": "分子から外れた行",
    "whole_in": "分母に新たに入った行",
    "whole_out": "分母から外れた行",
}
"""What each role of a row is called, in the order in which rows are listed."""

PLACE = ("cycle", "procedure_id", "name", "department", "workbook", "sheet", "row")

CELL_KEYS = ("field", "cell", "raw", "value", "corrected")
CELL_PARTS = ("_cell", "_raw", "", CORRECTED)
"""What follows a field's name in the columns that hold all but the first of the keys."""


def list_cells(selections: Iterable[Selection], scope: str) -> Iterator[dict[str, object]]:
    """Yield the evidence of one scope, a record a cell, in the order of roles and rows.

    Keys: role, cycle, procedure_id, name, department, workbook, sheet, row, field, cell, raw (as
    the workbook has it), value (as it was read) and corrected: the decision by which another text
    was read in the raw one's place, None where nobody decided so; pair_id, by which a procedure has
    one name in both cycles. A change yields each moved procedure's cells in both cycles, where it
    stood in both.
    """
    for selection in selections:
        rows = selection.positions.get(scope, [])
        sides = [(selection.frame, rows)]
        if selection.partner is not None:
            ids = _take_ids(selection.frame, rows)
            places = {key: place for place, key in enumerate(pair_ids(selection.partner))}
            sides.append((selection.partner, [places[key] for key in ids if key in places]))
        for frame, chosen in sides:
            known = dict(zip(chosen, _take_ids(frame, chosen), strict=True))
            for position, cell in cells_of(frame, chosen, selection.fields):
                yield {"role": selection.role, **cell, "pair_id": known[position]}


def list_evidence(selections: Iterable[Selection], scope: str) -> pd.DataFrame:
    """Return the evidence of one scope as a frame, a row a cell; columns as in `list_cells`.

    >>> found = list_evidence(ledger.select(ledger.figure("online_change")), "all")
    >>> found[["role", "cycle", "field", "cell", "raw", "value"]]
      role       cycle         field cell      raw        value
    0   in  2024-09-01  procedure_id   A6    K-001        K-001
    1   in  2024-09-01        status   G6  オンライン化済       online
    2   in  2024-04-30  procedure_id   A6    K-901        K-901
    3   in  2024-04-30        status   G6      未着手  not_started
    """
    columns = ["role", *PLACE, *CELL_KEYS]
    return pd.DataFrame(list(list_cells(selections, scope)), columns=columns)


def name_parts(frame: pd.DataFrame, field: str) -> tuple[str, ...]:
    """Return the columns of a field's cells, its raw texts, its values and the decisions on it.

    Of no field: those of a table without fields' cells (workbooks, problems, published numbers).

    >>> name_parts(rows, "status")
    ('status_cell', 'status_raw', 'status', 'status_corrected')
    """
    if field:
        return tuple(f"{field}{part}" for part in CELL_PARTS)
    return ("cell", "raw" if "raw" in frame else "value", "value", "corrected")


def _take_ids(frame: pd.DataFrame, rows: Sequence[int]) -> list[object]:
    if "procedure_id" not in frame:
        return [None] * len(rows)
    taken: list[object] = pair_ids(frame).iloc[list(rows)].to_numpy(dtype=object).tolist()
    return taken


def cells_of(
    frame: pd.DataFrame, rows: Sequence[int], fields: tuple[str, ...]
) -> Iterator[tuple[int, dict[str, object]]]:
    """Yield the rows' positions, each with one record a cell, keys as in `list_cells` but role.

    A row of a table without fields' cells (a workbook, a problem, a published number) has one.

    >>> for position, cell in cells_of(rows, [1], ("status", "annual_volume")):
    ...     print(position, cell["workbook"], cell["cell"], cell["raw"], cell["value"])
    1 こども部.xlsx G6 未着手 not_started
    1 こども部.xlsx F6 120 210
    """

    def take(column: str) -> list[object]:
        if column not in frame:
            return [None] * len(rows)
        # Arrow's texts are slow to walk one by one.
        taken: list[object] = frame[column].iloc[list(rows)].to_numpy(dtype=object).tolist()
        return taken

    columns: list[tuple[list[object], ...]] = [
        ([field] * len(rows), *(take(name) for name in name_parts(frame, field)))
        for field in fields
        if f"{field}_cell" in frame
    ]
    if not columns:
        field = "field" if "raw" in frame else ""
        columns = [tuple(take(name) for name in (field, *name_parts(frame, "")))]
    places = zip(*(take(column) for column in PLACE), strict=True)
    cells = [zip(*column, strict=True) for column in columns]
    for position, place, *found in zip(rows, places, *cells, strict=True):
        for values in found:
            record = dict(zip(CELL_KEYS, values, strict=True))
            if not isinstance(record["corrected"], str):
                record["corrected"] = None
            yield position, {**dict(zip(PLACE, place, strict=True)), **record}
