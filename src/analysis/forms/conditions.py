"""A rule's condition as the formula of a form, which Excel and LibreOffice both work out."""

import datetime
from collections.abc import Iterator

from analysis.figures.derived import quote
from analysis.forms.layout import Grid
from analysis.questionnaire.condition import BLANK, FILLED, LATER, Condition
from analysis.questionnaire.field import SAID_BETWEEN, Field


def write_formula(condition: Condition, grid: Grid, as_of: datetime.date) -> str:
    """Return the formula, for the table's first row, that is true where the condition holds.

    A row in which nothing is typed yet has no blanks. Of dates only whole ones are compared, as a
    form holds a month as a text.

    >>> from analysis.questionnaire.condition import read_condition
    >>> asked = ledger.cycle.questionnaire
    >>> late = read_condition({"status": "online", "online_date": "later"}, asked.named)
    >>> write_formula(late, Grid(asked.fields, 1, 2), datetime.date(2024, 9, 1))
    'AND($G7="オンライン化済",ISNUMBER($H7),$H7>DATE(2024,9,1))'
    """
    terms = [
        term for name, told in condition.parts for term in _list_terms(name, told, grid, as_of)
    ]
    if all(told == (BLANK,) for _, told in condition.parts):
        terms.insert(0, f"COUNTA({grid.row()})>0")
    return f"AND({','.join(terms)})"


def is_blank(cell: str) -> str:
    """Return the formula that is true where nothing to see is typed into a cell."""
    # TRIM knows nothing of the wide blank that the Japanese input mode types.
    return f'LEN(TRIM(SUBSTITUTE({cell},"\u3000","")))=0'


def _list_terms(
    name: str, told: tuple[str, ...], grid: Grid, as_of: datetime.date
) -> Iterator[str]:
    cell = grid.cell(name)
    if told == (BLANK,):
        yield is_blank(cell)
    elif told == (FILLED,):
        yield f"NOT({is_blank(cell)})"
    elif told == (LATER,):
        yield f"ISNUMBER({cell})"
        yield f"{cell}>DATE({as_of.year},{as_of.month},{as_of.day})"
    else:
        field = grid.find(name)
        equal = [_write_equal(cell, field, code) for code in told]
        yield equal[0] if len(equal) == 1 else f"OR({','.join(equal)})"


def _write_equal(cell: str, field: Field, code: str) -> str:
    """Return the formula that is true where a cell holds an answer, alone or among several."""
    if not field.multiple:
        return f"{cell}={quote(field.choices[code])}"
    wanted = quote(f"{SAID_BETWEEN}{field.choices[code]}{SAID_BETWEEN}")
    between = quote(SAID_BETWEEN)
    return f"ISNUMBER(FIND({wanted},{between}&{cell}&{between}))"
