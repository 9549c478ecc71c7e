"""Second interpreter: the rows a measure counts, and in each row the cells that made it count.

The evidence of a share is the rows of its whole, the part's marked; that of a change is what moved
in and what moved out since the previous cycle, with the same procedure's cells in both cycles.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from analysis.figures.evaluate import matches, previous_tables
from analysis.figures.measure import Change, Count, Measure, Share
from analysis.figures.tables import CORRECTED, Level, Tables, pair_ids

ROLES = {
    "counted": "数えた行",
    "part": "分子・分母とも数えた行",
    "whole": "分母だけに数えた行",
    "in": "新たに数えた行",
    "out": "数えなくなった行",
    "part_in": "分子に新たに数えた行",
    "part_out": "分子に数えなくなった行",
    "whole_in": "分母に新たに数えた行",
    "whole_out": "分母に数えなくなった行",
}
"""What each role of a row is called, in the order in which rows are listed."""

PLACE = ("cycle", "procedure_id", "name", "department", "workbook", "sheet", "row")

CELL_KEYS = ("field", "cell", "raw", "value", "corrected")
CELL_PARTS = ("_cell", "_raw", "", CORRECTED)
"""What follows a field's name in the columns that hold all but the first of the keys."""

DECIDED_BY = {
    "fate": "procedure_id",
    "paired_by": "procedure_id",
    "went_online": "status",
    "left_online": "status",
    "renamed": "name",
    "moved": "section",
}
"""Which answer of a procedure's two cycles decides each column of the transitions."""


@dataclass(frozen=True)
class Selection:
    """Rows of one table in one role. `positions` maps each scope to its rows, by position.

    `fields` are the fields whose cells made a row count; `partner` is the same procedures' table in
    the other cycle, so that a change shows both answers.
    """

    role: str
    frame: pd.DataFrame
    fields: tuple[str, ...]
    positions: dict[str, list[int]]
    partner: pd.DataFrame | None = None


def select(measure: Measure, tables: Tables, level: Level) -> list[Selection]:
    """Return the rows that the measure counts, for every scope of a level at once."""
    match measure:
        case Count(table="transitions"):
            return _select_transitions(measure, tables, level)
        case Count():
            return [_select_counted(measure, tables, level, "counted")]
        case Share(part=part, whole=whole):
            return _select_share(part, whole, tables, level)
        case Change(of=Share(part=part, whole=whole)):
            return [
                *_select_moved(part, tables, level, "part_"),
                *_select_moved(whole, tables, level, "whole_"),
            ]
        case Change(of=Count() as count):
            return _select_moved(count, tables, level, "")
    raise TypeError(f"not a measure: {measure!r}")


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


def list_evidence(measure: Measure, tables: Tables, level: Level, scope: str) -> pd.DataFrame:
    """Return one figure's evidence as a frame, a row a cell; columns as in `list_cells`."""
    columns = ["role", *PLACE, *CELL_KEYS]
    return pd.DataFrame(list(list_cells(select(measure, tables, level), scope)), columns=columns)


def _select_counted(count: Count, tables: Tables, level: Level, role: str) -> Selection:
    frame = tables.current[count.table]
    counted = frame.loc[matches(frame, count.where), f"scope_{level}"].dropna()
    return Selection(role, frame, _deciding_fields(count, level), _group(counted))


def _select_share(part: Count, whole: Count, tables: Tables, level: Level) -> list[Selection]:
    """Select the whole's rows, those of the part told from the rest; all show the cells of both."""
    counted = _select_counted(part, tables, level, "part")
    among = _select_counted(whole, tables, level, "whole")
    inside = {row for rows in counted.positions.values() for row in rows}
    rest = {
        scope: [row for row in rows if row not in inside] for scope, rows in among.positions.items()
    }
    fields = tuple(dict.fromkeys(counted.fields + among.fields))
    return [replace(counted, fields=fields), replace(among, fields=fields, positions=rest)]


def _select_transitions(count: Count, tables: Tables, level: Level) -> list[Selection]:
    """Select the procedures of the transitions counted, with their cells in both cycles."""
    transitions = tables.current["transitions"]
    scopes = transitions.loc[matches(transitions, count.where), f"scope_{level}"].dropna()
    ids = transitions["procedure_id"].loc[scopes.index]
    by_id = pd.Series(scopes.array, index=ids.array)
    now, before = tables.current["procedures"], previous_tables(tables).current["procedures"]
    fields = tuple(
        dict.fromkeys(["procedure_id", *(DECIDED_BY[field] for field in count.where.fields)])
    )
    ids, ids_before = pair_ids(now), pair_ids(before)
    here = ids.isin(by_id.index)
    gone = ids_before.isin(by_id.index) & ~ids_before.isin(ids)
    return [
        Selection("counted", now, fields, _group(ids[here].map(by_id)), before),
        Selection("counted", before, fields, _group(ids_before[gone].map(by_id))),
    ]


def _select_moved(count: Count, tables: Tables, level: Level, prefix: str) -> list[Selection]:
    """Select the procedures that are counted in a scope in one cycle and not in the other."""
    before = previous_tables(tables)
    frames = [tables.current[count.table], before.current[count.table]]
    scopes = [frame.loc[matches(frame, count.where), f"scope_{level}"].dropna() for frame in frames]
    keys = [
        pd.MultiIndex.from_arrays([scope.array, pair_ids(frame).loc[scope.index].array])
        for scope, frame in zip(scopes, frames, strict=True)
    ]
    fields = _deciding_fields(count, level)
    return [
        Selection(
            f"{prefix}{role}",
            frames[side],
            fields,
            _group(scopes[side][~keys[side].isin(keys[1 - side])]),
            frames[1 - side],
        )
        for side, role in enumerate(("in", "out"))
    ]


def _deciding_fields(count: Count, level: Level) -> tuple[str, ...]:
    """Return the fields by which a row counts: a procedure's id, its section, its answers."""
    if count.table != "procedures":
        return count.where.fields
    section = ("section",) if level == "section" else ()
    return ("procedure_id", *section, *count.where.fields)


def _take_ids(frame: pd.DataFrame, rows: Sequence[int]) -> list[object]:
    if "procedure_id" not in frame:
        return [None] * len(rows)
    taken: list[object] = pair_ids(frame).iloc[list(rows)].to_numpy(dtype=object).tolist()
    return taken


def _group(scopes: pd.Series) -> dict[str, list[int]]:
    grouped: dict[str, list[int]] = defaultdict(list)
    for position, scope in zip(scopes.index.tolist(), scopes.to_numpy().tolist(), strict=True):
        grouped[scope].append(position)
    return grouped


def cells_of(
    frame: pd.DataFrame, rows: Sequence[int], fields: tuple[str, ...]
) -> Iterator[tuple[int, dict[str, object]]]:
    """Yield the rows' positions, each with one record a cell, keys as in `list_cells` but role.

    A row of a table without fields' cells (a workbook, a problem, a published number) has one.
    """

    def take(column: str) -> list[object]:
        if column not in frame:
            return [None] * len(rows)
        # Arrow's texts are slow to walk one by one.
        taken: list[object] = frame[column].iloc[list(rows)].to_numpy(dtype=object).tolist()
        return taken

    columns: list[tuple[list[object], ...]] = [
        ([field] * len(rows), *(take(f"{field}{part}") for part in CELL_PARTS))
        for field in fields
        if f"{field}_cell" in frame
    ]
    if not columns:
        raw, field = ("raw", "field") if "raw" in frame else ("value", "")
        columns = [tuple(take(name) for name in (field, "cell", raw, "value", "corrected"))]
    places = zip(*(take(column) for column in PLACE), strict=True)
    cells = [zip(*column, strict=True) for column in columns]
    for position, place, *found in zip(rows, places, *cells, strict=True):
        for values in found:
            record = dict(zip(CELL_KEYS, values, strict=True))
            if not isinstance(record["corrected"], str):
                record["corrected"] = None
            yield position, {**dict(zip(PLACE, place, strict=True)), **record}
