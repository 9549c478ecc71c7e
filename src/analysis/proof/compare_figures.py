"""Compare the figures of two sides, and name the rows and cells that make one differ.

The one way in which `verify` (delivered against recomputed) and `diff` (any two) compare.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from analysis.figures.figure import split_id
from analysis.figures.measure import compares, find_earlier, tables_of
from analysis.figures.select import Selection
from analysis.figures.tables import pair_ids
from analysis.proof.compare_cells import say_changes
from analysis.proof.side import Side

VALUES = ("value", "text", "unit", "numerator", "denominator")
WORDS = ("scope", "label", "definition")
EVIDENCE = ("evidence_rows", "evidence_sha256")

_Key = tuple[str, ...]
_Line = Mapping[str, str]
"""A line of figures.csv by its columns."""


@dataclass(frozen=True, eq=False)
class Pair:
    """The same figure on both sides; None where a side doesn't have it."""

    a: _Line | None
    b: _Line | None

    @property
    def either(self) -> _Line:
        """The figure of the second side, or else of the first.

        >>> Pair({"text": "1"}, {"text": "2"}).either["text"]
        '2'
        >>> Pair({"text": "1"}, None).either["text"]
        '1'
        """
        return next(row for row in (self.b, self.a) if row is not None)

    @property
    def scope(self) -> str:
        """The slug of the scope."""
        return split_id(self.either["figure_id"])[1]

    def differs_in(self, columns: tuple[str, ...] = (*VALUES, *WORDS)) -> bool:
        """Say whether the sides differ in one of these columns, or only one has the figure."""
        if self.a is None or self.b is None:
            return True
        return any(self.a[column] != self.b[column] for column in columns)

    def say(self) -> str:
        """Return both values as printed; their parts, or the words, where only these differ."""
        a, b = self.a, self.b
        if a is None or b is None or a["text"] != b["text"]:
            return f"{_say_value(a)} → {_say_value(b)}"
        if not self.differs_in(VALUES):
            words = [(a[name], b[name]) for name in WORDS]
            return "、".join(f"「{old}」→「{new}」" for old, new in words if old != new)
        return " → ".join(f"{_say_value(row)}{_say_parts(row)}" for row in (a, b))


def pair_figures(a: Side, b: Side) -> list[Pair]:
    """Return every figure of either side, in the order of the second, then of the first.

    Matched by id within a cycle, else by scope and measure, each of its side's own cycle.
    """
    left, right = _keyed(a, b), _keyed(b, a)
    return [Pair(left.get(key), right.get(key)) for key in {**right, **left}]


@dataclass(frozen=True, eq=False)
class RowChanges:
    """The rows that one side counts for a figure and the other doesn't, or in another role."""

    sides: tuple[Side, Side]
    pair: Pair

    @cached_property
    def keys(self) -> list[_Key]:
        """The rows, in the order of the second side, then of the first.

        There are none unless both sides know theirs, and mean the same by the figure.
        """
        if self.pair.differs_in(("definition",)) or None in self._selections:
            return []
        a, b = self._roles
        return [key for key in {**b, **a} if a.get(key) != b.get(key)]

    def only_in(self, place: int) -> int:
        """Return how many rows only this side counts (0: the first, 1: the second)."""
        return sum(1 for key in self.keys if key not in self._roles[1 - place])

    def describe(self, key: _Key) -> str:
        """Return a row in one line: which it is, and the cells that differ, with both values."""
        if len(key) > 1:
            workbook, *place = key
            return f"{workbook} {'!'.join(part for part in place if part)}"
        told = [say_changes(key[0], self.sides, *frames) for frames in self._frames()]
        return "、".join(dict.fromkeys(text for text in told if text))

    @cached_property
    def _selections(self) -> list[list[Selection] | None]:
        rows = zip(self.sides, (self.pair.a, self.pair.b), strict=True)
        return [None if row is None else side.select(row["figure_id"]) for side, row in rows]

    @cached_property
    def _roles(self) -> list[dict[_Key, str]]:
        return [_role_by_key(chosen or [], self.pair.scope) for chosen in self._selections]

    def _frames(self) -> Iterator[tuple[pd.DataFrame, pd.DataFrame, tuple[str, ...]]]:
        """Yield the procedures that decide, side by side: of this cycle, and of the one before.

        Of a figure of the trend they are those of the cycle that it is of.
        """
        chosen = [selection for own in self._selections for selection in own or []]
        fields = tuple(dict.fromkeys(field for selection in chosen for field in selection.fields))
        rows = zip(self.sides, (self.pair.a, self.pair.b), strict=True)
        tables = (side.tables_of(row["figure_id"]) for side, row in rows if row is not None)
        a, b = (known for known in tables if known is not None)
        counted = tables_of(self.sides[1].items[self.pair.either["measure"]].measure)
        if earlier := [table for table in counted if find_earlier(table) is not None]:
            for table in earlier:
                yield a.current[table], b.current[table], fields
            return
        yield a.current["procedures"], b.current["procedures"], fields
        if self._looks_back() and a.previous is not None and b.previous is not None:
            yield a.previous, b.previous, fields

    def _looks_back(self) -> bool:
        return compares(self.sides[1].items[self.pair.either["measure"]].measure)


def _keyed(side: Side, other: Side) -> dict[str, _Line]:
    """Return a side's figures by what both sides call them."""
    names, columns = [*side.figures], (side.figures[name].tolist() for name in side.figures)
    lines = (dict(zip(names, line, strict=True)) for line in zip(*columns, strict=True))
    rows: dict[str, _Line] = {line["figure_id"]: line for line in lines}
    if side.cycle == other.cycle:
        return rows
    own = f"{side.cycle}/"
    return {key.removeprefix(own): row for key, row in rows.items() if key.startswith(own)}


def _role_by_key(selections: list[Selection], scope: str) -> dict[_Key, str]:
    roles: dict[_Key, str] = {}
    for selection in selections:
        chosen = selection.frame.iloc[selection.positions.get(scope, [])]
        if "procedure_id_cell" in chosen:
            keys: list[_Key] = [(str(key),) for key in pair_ids(chosen)]
        else:
            parts = [chosen[name] for name in ("workbook", "sheet", "cell") if name in chosen]
            keys = [
                tuple("" if pd.isna(part) else str(part) for part in row)
                for row in zip(*parts, strict=True)
            ]
        roles |= dict.fromkeys(keys, selection.role)
    return roles


def _say_value(row: _Line | None) -> str:
    return "（なし）" if row is None else f"{row['text']}{row['unit']}"


def _say_parts(row: _Line) -> str:
    parts = [row[name] for name in ("numerator", "denominator") if row[name]]
    return f"（{'/'.join(parts)}）"
