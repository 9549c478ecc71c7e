"""A measure: what a figure counts, as a small value that three interpreters read.

The same value is evaluated to a number (`evaluate`), to its evidence (`evidence`) and to an Excel
formula (`formula`), and put into words (`definition`). A measure knows nothing of cycles, scopes
or files: these are given to the interpreters.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

TableName: TypeAlias = str
"""procedures, transitions, workbooks, lines, problems, corrections, steps, published, or below."""

PREVIOUS: TableName = "previous"
"""The procedures of the cycle before, as a figure of this one counts them."""

WAITING: TableName = "waiting"
"""The last answers of departments that are not counted: no figure but its own counts them."""

_EARLIER = "earlier-"


def name_earlier(cycle: str) -> TableName:
    """Return the table of the procedures of a cycle before the previous one.

    >>> name_earlier("2023-09-30")
    'earlier-2023-09-30'
    """
    return f"{_EARLIER}{cycle}"


def find_earlier(table: TableName) -> str | None:
    """Return which cycle's procedures a table holds, None for one of this or the previous cycle.

    >>> find_earlier("earlier-2023-09-30"), find_earlier("procedures")
    ('2023-09-30', None)
    """
    return table.removeprefix(_EARLIER) if table.startswith(_EARLIER) else None


@dataclass(frozen=True)
class Where:
    """Rows in which every named field holds one of the codes given for it. Empty: all rows."""

    conditions: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that decide."""
        return tuple(field for field, _ in self.conditions)

    def __and__(self, other: "Where") -> "Where":
        """Return the rows in which both hold; they may not speak of the same field."""
        if shared := set(self.fields) & set(other.fields):
            raise ValueError(f"both conditions speak of {sorted(shared)}")
        return Where(self.conditions + other.conditions)


def where(**conditions: str | tuple[str, ...]) -> Where:
    """Write conditions as keywords: `where(status="not_started", reason=("other", ...))`.

    >>> where(status="not_started", reason=("other", "law_prevents")).fields
    ('status', 'reason')
    >>> where(status="online")
    Where(conditions=(('status', ('online',)),))
    """
    return Where(
        tuple(
            (field, (codes,) if isinstance(codes, str) else codes)
            for field, codes in conditions.items()
        )
    )


@dataclass(frozen=True)
class Count:
    """The number of rows of a table that satisfy a condition."""

    where: Where = Where()
    table: TableName = "procedures"


@dataclass(frozen=True)
class Total:
    """The sum of a number over the rows of a table that satisfy a condition and have one."""

    field: str
    where: Where = Where()
    table: TableName = "procedures"


Tallied: TypeAlias = Count | Total
"""What is worked out from rows and nothing else."""


@dataclass(frozen=True)
class Share:
    """The rows of `part` in proportion to those of `whole`; the part is among the whole."""

    part: Tallied
    whole: Tallied


@dataclass(frozen=True)
class Change:
    """A measure's value now less its value in the previous cycle, both unrounded."""

    of: Tallied | Share


@dataclass(frozen=True)
class Shortfall:
    """How many rows `part` lacks until it is `percent` of `whole`; 0 if it has them."""

    part: Count
    whole: Count
    percent: Fraction


@dataclass(frozen=True)
class PerMonth:
    """A measure divided by a number of months: a pace."""

    of: Shortfall | Change
    months: int


@dataclass(frozen=True)
class Duration:
    """How many months something takes at a pace; None at none or less."""

    of: Shortfall
    pace: PerMonth


Measure: TypeAlias = Tallied | Share | Change | Shortfall | PerMonth | Duration


def parts_of(measure: Measure) -> tuple[Measure, ...]:
    """Return the measures a measure is made from: a share's two counts, what a change compares.

    >>> online, total = Count(where(status="online")), Count()
    >>> parts_of(Change(Share(online, total))) == (Share(online, total),)
    True
    """
    match measure:
        case Count() | Total():
            return ()
        case Share(part=part, whole=whole) | Shortfall(part=part, whole=whole):
            return (part, whole)
        case Change() | PerMonth():
            return (measure.of,)
        case Duration(of=of, pace=pace):
            return (of, pace)


def tables_of(measure: Measure) -> frozenset[TableName]:
    """Return the tables whose rows the measure counts.

    >>> tables_of(Change(Count(where(status="online"))))
    frozenset({'procedures'})
    """
    if isinstance(measure, Tallied):
        return frozenset({measure.table})
    return frozenset(table for part in parts_of(measure) for table in tables_of(part))


def compares(measure: Measure) -> bool:
    """Tell whether a measure has no value in a first cycle: it compares with the one before.

    >>> compares(Change(Count())), compares(Count(where(fate="new"), "transitions"))
    (True, True)
    """
    if isinstance(measure, Tallied):
        return measure.table in ("transitions", PREVIOUS)
    return isinstance(measure, Change) or any(map(compares, parts_of(measure)))
