"""Third interpreter: the Excel formulas that recompute a measure from sheets of rows.

Only COUNTIFS and arithmetic, so that Excel, LibreOffice and an auditor's eye read them alike. A
measure is first recounted (up to four counts, a cell each), then its value is worked out from the
cells of those counts. The sheets hold answers as they are printed (オンライン化済), not codes.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Generic, NamedTuple, TypeVar

from xlsxwriter.utility import xl_col_to_name

from analysis.figures.definition import code_name
from analysis.figures.figure import Unit
from analysis.figures.measure import Change, Count, Measure, Share
from analysis.figures.rounding import NO_NUMBER
from analysis.figures.scopes import Level

_T = TypeVar("_T")

# A criterion of more than 255 characters is an error in Excel, even when it stands in a cell.
_LONGEST_CRITERION = 200
# What Excel would take for a truth value or a date (dec1), though it is a department's slug.
_NO_TEXT = re.compile(r"true|false|[a-z]{3,9}\d+")


@dataclass(frozen=True)
class RowSheet:
    """A sheet of rows: header in row 1, rows from 2 to `last_row`, a table's columns in order."""

    name: str
    columns: tuple[str, ...]
    last_row: int

    def cell(self, column: str, row: int) -> str:
        """Return the address of a cell, for formulas of another sheet."""
        return f"{self._quoted}!{self._letters[column]}{row}"

    def local_cell(self, column: str, row: int) -> str:
        """Return the address of a cell, for formulas of this sheet."""
        return f"{self._letters[column]}{row}"

    def range_of(self, column: str) -> str:
        """Return the absolute range of a column's rows."""
        letter = self._letters[column]
        return f"{self._quoted}!${letter}$2:${letter}${self.last_row}"

    @cached_property
    def _letters(self) -> dict[str, str]:
        return {column: xl_col_to_name(place) for place, column in enumerate(self.columns)}

    @cached_property
    def _quoted(self) -> str:
        return "'{}'".format(self.name.replace("'", "''"))


class Parts(NamedTuple, Generic[_T]):
    """The counts a value is made from; None where the measure has no such count.

    `numerator` and `denominator` are of the figure's own cycle; a plain count has the first only.
    """

    numerator: _T
    denominator: _T | None = None
    previous_numerator: _T | None = None
    previous_denominator: _T | None = None


def list_counts(measure: Measure) -> Parts[Count]:
    """Return the counts that the measure is made from.

    >>> online, total = Count(where(status="online")), Count()
    >>> list_counts(Change(Share(online, total))) == Parts(online, total, online, total)
    True
    """
    match measure:
        case Count():
            return Parts(measure)
        case Share(part=part, whole=whole):
            return Parts(part, whole)
        case Change(of=Share(part=part, whole=whole)):
            return Parts(part, whole, part, whole)
        case Change(of=Count() as count):
            return Parts(count, None, count)
    raise TypeError(f"not a measure: {measure!r}")


def name_criteria(scopes: Iterable[str]) -> dict[str, str]:
    """Return, for each scope slug, the text that stands for it in the sheets' scope columns.

    It is the slug itself, which holds no operator and no wildcard. A spreadsheet compares without
    regard to case: of slugs that only case or width tells apart the later ones get a number, as do
    very long ones and those that would not be compared as text. No two are alike.
    """
    seen: Counter[str] = Counter()
    criteria = {}
    for scope in dict.fromkeys(scopes):
        # The one sign that percent-encoding leaves alone and a criterion does not.
        short = scope.replace("~", "%7E")[:_LONGEST_CRITERION]
        key = unicodedata.normalize("NFKC", short).casefold()
        seen[key] += 1
        is_whole = len(scope.replace("~", "%7E")) <= _LONGEST_CRITERION
        is_plain = seen[key] == 1 and is_whole and not _NO_TEXT.fullmatch(short)
        criteria[scope] = short if is_plain else f"{short}({seen[key]})"
    return criteria


def write_count(count: Count, level: Level, scope_cell: str, sheets: Mapping[str, RowSheet]) -> str:
    """Return the formula, with its leading `=`, that recounts a count in one scope.

    `scope_cell` is the address of the cell that holds the scope's criterion (see `name_criteria`);
    `sheets` are named by table, with a column for each field and for each level's scopes. One
    COUNTIFS stands for each combination of codes; their sum counts every row once.

    >>> online = Count(where(status="online"))
    >>> sheet = RowSheet("手続き", ("status", "scope_department"), 3)
    >>> print(write_count(online, "department", "$A$2", {"procedures": sheet}))
    =COUNTIFS('手続き'!$B$2:$B$3,$A$2,'手続き'!$A$2:$A$3,"オンライン化済")
    """
    sheet = sheets[count.table]
    within = f"{sheet.range_of(f'scope_{level}')},{scope_cell}"
    terms = []
    for codes in product(*(codes for _, codes in count.where.conditions)):
        pairs = zip(count.where.fields, codes, strict=True)
        criteria = [
            f"{sheet.range_of(field)},{quote(code_name(field, code))}" for field, code in pairs
        ]
        terms.append(f"COUNTIFS({','.join([within, *criteria])})")
    return "=" + "+".join(terms)


def write_value(measure: Measure, unit: Unit, cells: Parts[str]) -> str:
    """Return the formula, with its leading `=`, of the value as reported, from its counts' cells.

    Rounded half away from zero in the unit, once, from whole numbers; NO_NUMBER for a share of
    nothing.

    >>> rate = Share(Count(where(status="online")), Count())
    >>> print(write_value(rate, Unit("%", scale=100, places=1), Parts("C2", "D2")))
    =IF(D2=0,"—",ROUND(100*C2/D2,1))
    """
    now, all_now, before, all_before = cells
    match measure:
        case Count():
            return f"={now}"
        case Share():
            return f"=IF({all_now}=0,{quote(NO_NUMBER)},{_round(now, f'{all_now}', unit)})"
        case Change(of=Count()):
            return f"={now}-{before}"
        case Change():
            difference = f"({now}*{all_before}-{before}*{all_now})"
            value = _round(difference, f"({all_now}*{all_before})", unit)
            return f"=IF({all_now}*{all_before}=0,{quote(NO_NUMBER)},{value})"


def quote(text: str) -> str:
    """Return a text as it stands in a formula."""
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def _round(over: str, under: str, unit: Unit) -> str:
    return f"ROUND({unit.scale}*{over}/{under},{unit.places})"
