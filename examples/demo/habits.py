"""Each department's habits: how it lays out its workbook and how it spells its answers."""

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from demo.catalogue import load_table


@dataclass(frozen=True)
class ExtraColumn:
    """A column that the department put into the form for itself."""

    title: str
    after: str
    texts: list[str]


@dataclass(frozen=True)
class Habits:
    """One department's way with the form; the defaults are the form as it was sent out.

    `sections` is `each` (written in every row), `merged` or `once` (then blank). `hidden` counts
    rows from 1. `spellings` leads from a field and the survey's answer to what is typed instead;
    `volumes`, `dates` and `spacing` name the ways of `mess`; a way that stands twice is likelier.
    """

    respondent: str
    shift_rows: int = 0
    shift_columns: int = 0
    note: str = ""
    sections: str = "each"
    subtotals: bool = False
    blank_rows: bool = False
    hidden: list[int] = field(default_factory=list)
    instructions: bool = False
    footnotes: list[str] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    extra: ExtraColumn | None = None
    fullwidth_ids: bool = False
    spellings: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    volumes: list[str] = field(default_factory=lambda: ["number"])
    dates: list[str] = field(default_factory=lambda: ["excel"])
    spacing: list[str] = field(default_factory=lambda: ["plain"])


@dataclass(frozen=True)
class Typed:
    """An answer typed into one cell of one cycle, whatever the habits say."""

    cycle: str
    department: str
    procedure: str
    field: str
    value: str | int


@cache
def load_habits(slug: str) -> Habits:
    """Read a department's habits."""
    table: dict[str, Any] = dict(load_table("habits.toml")[slug])
    extra = table.pop("extra", None)
    return Habits(extra=ExtraColumn(**extra) if extra else None, **table)


@cache
def load_typed() -> tuple[Typed, ...]:
    """Read the answers that were typed into single cells."""
    return tuple(Typed(**entry) for entry in load_table("typed.toml")["typed"])
