"""Third interpreter: the Excel formula that recomputes a measure from sheets of rows.

Only COUNTIFS and arithmetic, so that Excel, LibreOffice and an auditor's eye read it alike. The
value is the exact one, unrounded and unscaled: 0.357 for 35.7 %.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

from openpyxl.utils import get_column_letter, quote_sheetname

from analysis.figures.measure import Change, Count, Measure, Share
from analysis.figures.tables import Level


@dataclass(frozen=True)
class Sheet:
    """A sheet of rows: header in row 1, rows from 2 to `last_row`, columns in this order.

    The columns are those of a table with its scopes, codes as in the tidy rows.
    """

    name: str
    columns: tuple[str, ...]
    last_row: int

    def range_of(self, column: str) -> str:
        """Return the absolute range of a column's rows."""
        letter = get_column_letter(self.columns.index(column) + 1)
        return f"{quote_sheetname(self.name)}!${letter}$2:${letter}${self.last_row}"


def write_formula(
    measure: Measure,
    level: Level,
    scope: str,
    sheets: Mapping[str, Sheet],
    previous_sheets: Mapping[str, Sheet] | None = None,
) -> str:
    """Return the formula, with its leading `=`, over sheets named by table.

    Raises ValueError for a change without `previous_sheets`.
    """
    return "=" + _expression(measure, level, scope, sheets, previous_sheets)


def _expression(
    measure: Measure,
    level: Level,
    scope: str,
    sheets: Mapping[str, Sheet],
    previous: Mapping[str, Sheet] | None,
) -> str:
    match measure:
        case Count():
            return _countifs(measure, level, scope, sheets[measure.table])
        case Share(part=part, whole=whole):
            counts = (
                _countifs(count, level, scope, sheets[count.table]) for count in (part, whole)
            )
            return "({})/({})".format(*counts)
        case Change(of=of):
            if previous is None:
                raise ValueError("a change needs the previous cycle's sheets")
            now = _expression(of, level, scope, sheets, None)
            return f"({now})-({_expression(of, level, scope, previous, None)})"


def _countifs(count: Count, level: Level, scope: str, sheet: Sheet) -> str:
    """One COUNTIFS for each combination of codes; their sum counts every row once."""
    within = f"{sheet.range_of(f'scope_{level}')},{_text(scope)}"
    terms = []
    for codes in product(*(codes for _, codes in count.where.conditions)):
        pairs = zip(count.where.fields, codes, strict=True)
        criteria = [f"{sheet.range_of(field)},{_text(code)}" for field, code in pairs]
        terms.append(f"COUNTIFS({','.join([within, *criteria])})")
    return "+".join(terms)


def _text(criterion: str) -> str:
    """Quote a criterion; scopes and codes hold no wildcard, so it matches only itself."""
    doubled = criterion.replace('"', '""')
    return f'"{doubled}"'
