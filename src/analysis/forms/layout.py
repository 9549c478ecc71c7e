"""Where a form's table stands on the sheet, and in which column each field."""

from dataclasses import dataclass

from xlsxwriter.utility import xl_col_to_name

from analysis.questionnaire.field import Field

HEADER_ROW = 4
FIRST_ROW = 6


@dataclass(frozen=True)
class Grid:
    """Where the table's rows and columns stand, counted from 0 as XlsxWriter does.

    `fields` have a column each, in this order. `prefilled` rows hold procedures known before;
    `room` rows below them are for new ones.
    """

    fields: tuple[Field, ...]
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
        return len(self.fields) - 1

    def number_of(self, name: str) -> int:
        """Return a field's column; raise ValueError if the form has none."""
        return [field.name for field in self.fields].index(name)

    def find(self, name: str) -> Field:
        """Return a field by its name; raise ValueError if the form has none."""
        return self.fields[self.number_of(name)]

    def cell(self, name: str) -> str:
        """Return a field's cell in the table's first row, for a formula that moves down with it."""
        return f"${self._letter(name)}{FIRST_ROW + 1}"

    def span(self, name: str) -> str:
        """Return all cells of a field's column, for a formula."""
        letter = self._letter(name)
        return f"${letter}${FIRST_ROW + 1}:${letter}${self.last + 1}"

    def row(self) -> str:
        """Return the table's first row, for a formula that moves down with it."""
        return f"$A{FIRST_ROW + 1}:${xl_col_to_name(self.last_column)}{FIRST_ROW + 1}"

    def _letter(self, name: str) -> str:
        letter: str = xl_col_to_name(self.number_of(name))
        return letter
