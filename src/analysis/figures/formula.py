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
from math import prod
from typing import TypeVar

from analysis.figures.definition import code_name
from analysis.figures.derived import quote
from analysis.figures.measure import (
    Tallied,
    Total,
)
from analysis.figures.scopes import Level
from analysis.questionnaire.field import NOTHING, SAID_BETWEEN
from analysis.questionnaire.questionnaire import Questionnaire

_T = TypeVar("_T")

_MOST_TERMS = 16

# A criterion of more than 255 characters is an error in Excel, even when it stands in a cell.
_LONGEST_CRITERION = 200
# What Excel would take for a truth value or a date (dec1), though it is a department's slug.
_NO_TEXT = re.compile(r"true|false|[a-z]{3,9}\d+")


_WILD = re.compile(r"[~*?]")
_OPERATOR = re.compile(r"[=<>]")


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
        # Who checks that a formula can be written has no workbook to write.
        from xlsxwriter.utility import xl_col_to_name  # noqa: PLC0415

        return {column: xl_col_to_name(place) for place, column in enumerate(self.columns)}

    @cached_property
    def _quoted(self) -> str:
        return "'{}'".format(self.name.replace("'", "''"))


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


def write_count(
    count: Tallied,
    level: Level,
    scope_cell: str,
    sheets: Mapping[str, RowSheet],
    asked: Questionnaire,
) -> str:
    """Return the formula, with its leading `=`, that recounts a count in one scope.

    `scope_cell` is the address of the cell that holds the scope's criterion (see `name_criteria`);
    `sheets` are named by table, with a column for each field and for each level's scopes. One
    COUNTIFS (SUMIFS, of numbers) stands for each combination of codes; their sum counts every row
    once. An answer that may be several at once is looked for within the cell, row by row: there
    their sum would not. So are combinations too many for a formula.

    >>> online = Count(where(status="online"))
    >>> sheet = RowSheet("手続き", ("status", "scope_department"), 3)
    >>> print(write_count(online, "department", "$A$2", {"procedures": sheet}, survey.asked))
    =COUNTIFS('手続き'!$B$2:$B$3,$A$2,'手続き'!$A$2:$A$3,"オンライン化済")
    """
    sheet, scope = sheets[count.table], f"scope_{level}"
    several = {name for name in count.where.fields if _may_be_several(name, asked)}
    terms_needed = prod(len(codes) for _, codes in count.where.conditions)
    if (several and count.table == "procedures") or terms_needed > _MOST_TERMS:
        factors = [f"({sheet.range_of(scope)}={scope_cell})"]
        for field, codes in count.where.conditions:
            labels = [_print(field, code, asked) for code in codes]
            factors.append(_write_any(sheet.range_of(field), labels, is_several=field in several))
        numbers = f",{sheet.range_of(count.field)}" if isinstance(count, Total) else ""
        return f"=SUMPRODUCT({'*'.join(factors)}{numbers})"
    within = f"{sheet.range_of(scope)},{scope_cell}"
    terms = []
    for codes in product(*(codes for _, codes in count.where.conditions)):
        pairs = zip(count.where.fields, codes, strict=True)
        criteria = [
            f"{sheet.range_of(field)},{criterion(_print(field, code, asked))}"
            for field, code in pairs
        ]
        told = ",".join([within, *criteria])
        if isinstance(count, Total):
            terms.append(f"SUMIFS({sheet.range_of(count.field)},{told})")
        else:
            terms.append(f"COUNTIFS({told})")
    return "=" + "+".join(terms)


def _print(field: str, code: str, asked: Questionnaire) -> str:
    """Return what stands in a sheet's cell for a code."""
    return "" if code == NOTHING else code_name(field, code, asked)


def _may_be_several(field: str, asked: Questionnaire) -> bool:
    own = asked.derived.get(field) or asked.named.get(field)
    return own is not None and own.multiple


def _write_any(cells: str, labels: list[str], *, is_several: bool) -> str:
    """Return a factor that is 1 in each row whose cell holds one of the labels, else 0."""
    if is_several:
        around = f"{quote(SAID_BETWEEN)}&{cells}&{quote(SAID_BETWEEN)}"
        # An empty cell is two marks, one after the other.
        marked = (quote(f"{SAID_BETWEEN}{label}{SAID_BETWEEN}") for label in labels)
        terms = [f"ISNUMBER(FIND({label},{around}))" for label in marked]
    else:
        terms = [f"({cells}={quote(label)})" for label in labels]
    return f"(({'+'.join(terms)})>0)"


def criterion(text: str) -> str:
    """Return a text as the criterion of a count that takes it for nothing but this text."""
    plain = _WILD.sub(r"~\g<0>", text)
    return quote(f"={plain}" if _OPERATOR.match(text) else plain)
