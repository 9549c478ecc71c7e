"""A measure: what a figure counts, as a small value that three interpreters read.

The same value is evaluated to a number (`evaluate`), to its evidence (`evidence`) and to an Excel
formula (`formula`), and put into words (`definition`). A measure knows nothing of cycles, scopes
or files: these are given to the interpreters.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

TableName = Literal[
    "procedures",
    "transitions",
    "workbooks",
    "lines",
    "problems",
    "corrections",
    "steps",
    "published",
    "waiting",
]

WAITING: TableName = "waiting"
"""The last answers of departments that are not counted: no figure but its own counts them."""


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
class Share:
    """The rows of `part` in proportion to those of `whole`; the part is among the whole."""

    part: Count
    whole: Count


@dataclass(frozen=True)
class Change:
    """A measure's value now less its value in the previous cycle, both unrounded."""

    of: Count | Share


Measure: TypeAlias = Count | Share | Change


def parts_of(measure: Measure) -> tuple[Count | Share, ...]:
    """Return the measures a measure is made from: a share's two counts, what a change compares.

    >>> online, total = Count(where(status="online")), Count()
    >>> parts_of(Change(Share(online, total))) == (Share(online, total),)
    True
    """
    match measure:
        case Count():
            return ()
        case Share(part=part, whole=whole):
            return (part, whole)
        case Change(of=of):
            return (of,)


def tables_of(measure: Measure) -> frozenset[TableName]:
    """Return the tables whose rows the measure counts.

    >>> tables_of(Change(Count(where(status="online"))))
    frozenset({'procedures'})
    """
    if isinstance(measure, Count):
        return frozenset({measure.table})
    return frozenset(table for part in parts_of(measure) for table in tables_of(part))
