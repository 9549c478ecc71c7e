"""A sheet of the audit workbook as a table: columns of texts, numbers and formulas."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from analysis.figures.formula import RowSheet

Style = Literal[
    "text", "wrapped", "shrunk", "verdict", "count", "signed", "decimal", "points", "corrected"
]


@dataclass(frozen=True)
class Formula:
    """A formula, with its leading `=`, and the value it has now."""

    text: str
    value: "str | int | Decimal"


AuditCell = str | int | Decimal | Formula | None


@dataclass(frozen=True)
class AuditColumn:
    """A column: the name by which formulas know it, its title, its width in letters, its cells.

    `style` is that of every cell, or one a cell; only a whole column can be `wrapped`.
    """

    key: str
    title: str
    width: int
    cells: Sequence[AuditCell]
    style: Style | Sequence[Style] = "text"


@dataclass(frozen=True)
class Page:
    """A sheet to be: all columns of one length.

    The first `frozen` columns stay in sight, the first `printed` go to paper, `wide` pages wide.
    """

    name: str
    columns: tuple[AuditColumn, ...]
    frozen: int
    printed: int
    wide: int = 1

    @property
    def sheet(self) -> RowSheet:
        """The sheet as formulas see it. An empty one has one blank row."""
        return lay_sheet(self.name, [c.key for c in self.columns], len(self.columns[0].cells))


def lay_sheet(name: str, columns: Sequence[str], rows: int) -> RowSheet:
    """Return a sheet of so many rows as formulas see it."""
    return RowSheet(name, tuple(columns), max(rows, 1) + 1)
