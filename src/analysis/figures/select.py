"""Select the rows that a measure counts, and name the fields by which it counts them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pandas as pd

from analysis.figures.evaluate import previous_tables
from analysis.figures.measure import (
    PREVIOUS,
    WAITING,
    Change,
    Count,
    Duration,
    Measure,
    PerMonth,
    Share,
    Shortfall,
    Tallied,
    Total,
    find_earlier,
)
from analysis.figures.scopes import Level
from analysis.figures.tables import Tables
from analysis.figures.values import list_values
from analysis.questionnaire.field import NOTHING
from analysis.survey.broken import is_one

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


class Selector:
    """Selects the rows that measures of one cycle's tables count, and remembers them."""

    def __init__(self, tables: Tables) -> None:
        """Start with nothing remembered."""
        self._tables = tables
        self._rows: dict[Tallied, list[int]] = {}
        self._columns: dict[tuple[str, str], list[Any]] = {}
        self._selections: dict[tuple[Measure, Level], list[Selection]] = {}

    @cached_property
    def before(self) -> "Selector":
        """What selects from the previous cycle's tables."""
        return Selector(previous_tables(self._tables))

    def select(self, measure: Measure, level: Level) -> list[Selection]:
        """Return the rows that the measure counts, for every scope of a level at once.

        >>> change = Change(Count(where(status="online")))
        >>> come, gone = Selector(ledger.tables).select(change, "department")
        >>> come.role, dict(come.positions), come.fields
        ('in', {'kankyo': [0]}, ('procedure_id', 'status'))
        >>> gone.role, dict(gone.positions)
        ('out', {})
        """
        key = (measure, level)
        if key not in self._selections:
            self._selections[key] = self._select(measure, level)
        return self._selections[key]

    def _select(self, measure: Measure, level: Level) -> list[Selection]:
        match measure:
            case Count(table="transitions"):
                return self._select_transitions(measure, level)
            case Count() | Total():
                return [self._select_counted(measure, level, "counted")]
            case Share(part=part, whole=whole) | Shortfall(part=part, whole=whole):
                return self._select_share(part, whole, level)
            case Change(of=Share(part=part, whole=whole)):
                return [
                    *self._select_moved(part, level, "part_"),
                    *self._select_moved(whole, level, "whole_"),
                ]
            case Change(of=Count() | Total() as count):
                return self._select_moved(count, level, "")
            case PerMonth(of=of) | Duration(of=of):
                # A duration's pace is a figure of its own.
                return self.select(of, level)
        raise TypeError(f"not a measure: {measure!r}")

    def _select_counted(self, count: Tallied, level: Level, role: str) -> Selection:
        fields = self._deciding_fields(count, level)
        partner = None
        if not self._tables.compared.isdisjoint(count.where.fields):
            other = self._tables if count.table == PREVIOUS else self.before._tables
            partner = other.current["procedures"]
        positions = _group(self._place(count, level))
        return Selection(role, self._frame(count), fields, positions, partner)

    def _select_share(self, part: Tallied, whole: Tallied, level: Level) -> list[Selection]:
        """Select the whole's rows, the part's told from the rest; all show the cells of both."""
        counted = self._select_counted(part, level, "part")
        inside = set(self._rows_of(part))
        rest = _group((row, s) for row, s in self._place(whole, level) if row not in inside)
        fields = tuple(dict.fromkeys(counted.fields + self._deciding_fields(whole, level)))
        return [
            replace(counted, fields=fields),
            Selection("whole", self._frame(whole), fields, rest),
        ]

    def _select_transitions(self, count: Count, level: Level) -> list[Selection]:
        """Select the procedures of the transitions counted, with their cells in both cycles."""
        ids = self._column("transitions", "procedure_id")
        scopes = {ids[row]: scope for row, scope in self._place(count, level)}
        now, before = (side._procedure_ids for side in (self, self.before))
        gone = scopes.keys() - set(now)
        here = _group((row, scopes[key]) for row, key in enumerate(now) if key in scopes)
        there = _group((row, scopes[key]) for row, key in enumerate(before) if key in gone)
        frame = self._tables.current["procedures"]
        partner = self.before._tables.current["procedures"]
        fields = tuple(
            dict.fromkeys(["procedure_id", *(DECIDED_BY[field] for field in count.where.fields)])
        )
        return [
            Selection("counted", frame, fields, here, partner),
            Selection("counted", partner, fields, there),
        ]

    def _select_moved(self, count: Tallied, level: Level, prefix: str) -> list[Selection]:
        """Select the procedures that are counted in a scope in one cycle and not in the other."""
        sides = (self, self.before)
        number = count.field if isinstance(count, Total) else None
        fields = self._deciding_fields(count, level)
        keyed: list[dict[int, tuple[object, ...]]] = []
        for side in sides:
            ids = side._procedure_ids
            # A number that is another now has gone and come.
            told = side._column(count.table, number) if number else [None] * len(ids)
            keyed.append(
                {row: (scope, ids[row], told[row]) for row, scope in side._place(count, level)}
            )
        selections = []
        for place, role in enumerate(("in", "out")):
            elsewhere = set(keyed[1 - place].values())
            moved = (
                (row, str(key[0])) for row, key in keyed[place].items() if key not in elsewhere
            )
            frame, partner = (side._frame(count) for side in (sides[place], sides[1 - place]))
            selections.append(Selection(f"{prefix}{role}", frame, fields, _group(moved), partner))
        return selections

    @cached_property
    def _procedure_ids(self) -> list[object]:
        return list_pair_ids(self._tables.current["procedures"])

    def _frame(self, count: Tallied) -> pd.DataFrame:
        return self._tables.current[count.table]

    def _rows_of(self, count: Tallied) -> list[int]:
        """Return the rows counted, by position."""
        if count not in self._rows:
            rows = list(range(len(self._frame(count))))
            for field, codes in count.where.conditions:
                answers = self._column(count.table, field)
                held = {answer for answer in {*answers} if is_one(answer or NOTHING, codes)}
                rows = [row for row in rows if answers[row] in held]
            if isinstance(count, Total):
                numbers = self._column(count.table, count.field)
                rows = [row for row in rows if numbers[row] is not None]
            self._rows[count] = rows
        return self._rows[count]

    def _place(self, count: Tallied, level: Level) -> list[tuple[int, str]]:
        """Return the rows counted that stand in a scope of the level, each with that scope."""
        scopes = self._column(count.table, f"scope_{level}")
        return [(row, scope) for row in self._rows_of(count) if (scope := scopes[row]) is not None]

    def _deciding_fields(self, count: Tallied, level: Level) -> tuple[str, ...]:
        """Return the fields by which a row counts: a procedure's id, its section, its answers."""
        fields = list_deciding(count, self._tables.decided_by)
        is_of_earlier = find_earlier(count.table) is not None
        if count.table not in ("procedures", PREVIOUS, WAITING) and not is_of_earlier:
            return fields
        section = ("section",) if level == "section" else ()
        return tuple(dict.fromkeys(("procedure_id", *section, *fields)))

    def _column(self, table: str, column: str) -> list[Any]:
        key = (table, column)
        if key not in self._columns:
            self._columns[key] = list_values(self._tables.current[table], column)
        return self._columns[key]


def select(measure: Measure, tables: Tables, level: Level) -> list[Selection]:
    """Return the rows that the measure counts, for every scope of a level at once.

    >>> (online,) = select(Count(where(status="online")), ledger.tables, "department")
    >>> dict(online.positions)
    {'kankyo': [0]}
    """
    return Selector(tables).select(measure, level)


def list_deciding(count: Tallied, decided_by: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Return the answers by which a row counts; `decided_by` tells those of derived fields.

    >>> count = Count(where(stage="started"))
    >>> list_deciding(count, {"stage": ("status", "reason")})
    ('status', 'reason')
    """
    summed = (count.field,) if isinstance(count, Total) else ()
    fields = [own for field in count.where.fields for own in decided_by.get(field, (field,))]
    return tuple(dict.fromkeys((*fields, *summed)))


def list_pair_ids(frame: pd.DataFrame) -> list[object]:
    """Return the ids by which a table's procedures are known in both cycles, in their order.

    >>> list_pair_ids(ledger.tables.previous)
    ['K-001', 'K-003', 'K-002']
    """
    return list_values(frame, "pair_id" if "pair_id" in frame else "procedure_id")


def _group(placed: Iterable[tuple[int, str]]) -> dict[str, list[int]]:
    grouped: dict[str, list[int]] = defaultdict(list)
    for row, scope in placed:
        grouped[scope].append(row)
    return grouped
