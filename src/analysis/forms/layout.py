"""How a form is laid out: its columns, and where its table stands on the sheet."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from xlsxwriter.utility import xl_col_to_name

from analysis.survey.vocabulary import Field, load_vocabulary

LAYOUT_PATH = Path(__file__).with_name("layout.toml")

HEADER_ROW = 4
FIRST_ROW = 6


@dataclass(frozen=True)
class Column:
    """One column of the form: its field, the group's title above it, its width in letters.

    `example` is an answer as a department might type it.
    """

    field: Field
    group: str
    width: int
    example: str


@lru_cache(maxsize=1)
def load_columns() -> tuple[Column, ...]:
    """Return the form's columns in the order of the vocabulary."""
    layout = tomllib.loads(LAYOUT_PATH.read_text(encoding="utf-8"))
    columns = []
    for field in load_vocabulary():
        known = layout[field.name]
        example = next(iter(field.choices.values()), known.get("example", ""))
        columns.append(Column(field, known["group"], known["width"], example))
    return tuple(columns)


@dataclass(frozen=True)
class Grid:
    """Where the table's rows stand, counted from 0 as XlsxWriter does.

    `prefilled` rows hold procedures known before; `room` rows below them are for new ones.
    """

    prefilled: int
    room: int

    @property
    def first_new(self) -> int:
        """The first row for a new procedure."""
        return FIRST_ROW + self.prefilled

    @property
    def last(self) -> int:
        """The last row of the table; the totals stand below it."""
        return FIRST_ROW + self.prefilled + self.room - 1

    @property
    def last_column(self) -> int:
        """The last column of the table."""
        return len(load_columns()) - 1

    def cell(self, name: str) -> str:
        """Return a field's cell in the table's first row, for a formula that moves down with it."""
        return f"${_letter(name)}{FIRST_ROW + 1}"

    def span(self, name: str) -> str:
        """Return all cells of a field's column, for a formula."""
        return f"${_letter(name)}${FIRST_ROW + 1}:${_letter(name)}${self.last + 1}"

    def row(self) -> str:
        """Return the table's first row, for a formula that moves down with it."""
        return f"$A{FIRST_ROW + 1}:${xl_col_to_name(self.last_column)}{FIRST_ROW + 1}"


@lru_cache(maxsize=64)
def number_of(name: str) -> int:
    """Return a field's column, counted from 0; raise ValueError if the form has none."""
    return [column.field.name for column in load_columns()].index(name)


def _letter(name: str) -> str:
    letter: str = xl_col_to_name(number_of(name))
    return letter
