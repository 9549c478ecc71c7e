"""Write what was read as CSV that a spreadsheet opens as texts and numbers, never as formulas."""

import csv
import io
import re

import numpy as np
import pandas as pd

# Full-width ones too, which a Japanese Excel takes for the others, and behind blanks.
_FORMULA_START = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r]")
_NUMBER = re.compile(r"[+-][0-9][0-9,]*(\.[0-9]+)?%?")


def write_csv(frame: pd.DataFrame) -> bytes:
    """Return a frame as CSV for Excel: UTF-8 with mark, and no text that it takes for a formula.

    A text that begins a formula and is no number gets an apostrophe before it.

    >>> write_csv(pd.DataFrame({"name": ["届出", "=1+1"]})).decode("utf-8-sig").splitlines()
    ['name', '届出', "'=1+1"]
    """
    columns = (_defuse_column(frame[name]) for name in frame)
    text = io.StringIO(newline="")
    head = [*map(defuse, frame.columns)]
    csv.writer(text, lineterminator="\r\n").writerows([head, *zip(*columns, strict=True)])
    return text.getvalue().encode("utf-8-sig")


def _defuse_column(column: pd.Series) -> list[object]:
    """Return a column's cells as they stand in a CSV; a value that comes again is asked once."""
    places, values = column.factorize()
    # A missing value's place is -1: the last.
    safe = np.array([*map(defuse, values.tolist()), None], dtype=object)
    cells: list[object] = safe[places].tolist()
    return cells


def defuse(value: object) -> object:
    """Return a cell's value as no spreadsheet takes it for a formula: an apostrophe before it.

    A number with its sign is none.

    >>> defuse("+1,234"), defuse("-8.3"), defuse("+1-1"), defuse("-8+x")
    ('+1,234', '-8.3', "'+1-1", "'-8+x")
    """
    is_formula = isinstance(value, str) and begins_formula(value)
    return f"'{value}" if is_formula and not _NUMBER.fullmatch(str(value)) else value


def begins_formula(text: str) -> bool:
    """Tell whether a spreadsheet may take a text for a formula: by = + - @, a tab or a return.

    >>> begins_formula("=1+1"), begins_formula(" ＠x"), begins_formula("届出")
    (True, True, False)
    """
    return _FORMULA_START.match(text) is not None
