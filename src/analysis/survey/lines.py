"""What a row under the header is: a procedure, a total, a note, or nothing the survey knows.

Only texts are looked at, never a position: departments add subtotals and notes wherever they like.
"""

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Literal

from analysis.survey.header import RESPONDENT
from analysis.survey.sheet import Entry
from analysis.survey.vocabulary import Lookup, match_key

LineKind = Literal["procedure", "total", "footnote", "blank", "unknown"]

# The number of procedures, as the foot of the form calls it; the statuses have their own labels.
_COUNT_LABELS = frozenset({"総手続き数", "総手続数", "手続き数", "手続数"})
_TOTAL_WORDS = frozenset({"小計", "計", "合計", "総計", "総合計", "部計", "課計"})
_TOTAL_ENDING = re.compile(r"(小計|合計|総計|[部課]計)(\(.*\))?$")
# 注 alone also begins a name (注射済票の交付), so what follows it decides.
_FOOTNOTE = re.compile(r"[(\[【]?(※|\*|注([0-9):.,、】\]]|記|意|釈|$))")
_MOST_FOOTNOTE_CELLS = 2
_COUNT = re.compile(r"([0-9]{1,9})件?")


def classify_line(line: Mapping[int, Entry], columns: Mapping[str, int]) -> LineKind:
    """Say what a row is from its own filled cells (column number -> entry).

    A row with an id is a procedure whatever else it holds; one without is a total if it is
    labelled so, a footnote if it begins with ※ or 注 or a respondent's label, a procedure without
    id if it has a name or a status, and otherwise unknown.
    """
    if not line:
        return "blank"
    keys = {column: match_key(entry.text) for column, entry in line.items()}
    id_key = keys.get(columns.get("procedure_id", 0), "")
    if id_key and not (_is_total(id_key) or _is_note(id_key, len(line))):
        return "procedure"
    first = next(iter(keys.values()))
    if _is_note(first, len(line)):
        return "footnote"
    if _is_total(first) or (_TOTAL_WORDS | _COUNT_LABELS) & set(keys.values()):
        return "total"
    named = {columns.get("name", 0), columns.get("status", 0)} & set(line)
    return "procedure" if named else "unknown"


def read_totals(line: Mapping[int, Entry], lookup: Lookup) -> dict[str, tuple[int, int]]:
    """Return the labelled numbers of a total row: total | online | started | not_started.

    `line` is the row's own cells from left to right. A label counts only if the next filled cell
    is its number; what is returned is that cell's column and the number.
    """
    cells = list(line.items())
    found: dict[str, tuple[int, int]] = {}
    for (_, label), (column, entry) in pairwise(cells):
        number = _COUNT.fullmatch(match_key(entry.text).replace(",", ""))
        is_count = match_key(label.text) in _COUNT_LABELS
        name = "total" if is_count else lookup.find_code("status", label.text)
        if name is not None and number is not None:
            found[name] = (column, int(number.group(1)))
    return found


def is_subtotal(line: Mapping[int, Entry]) -> bool:
    """Tell whether a total row closes a group rather than the whole table."""
    return any("小計" in match_key(entry.text) for entry in line.values())


def _is_total(key: str) -> bool:
    return key in _TOTAL_WORDS or key in _COUNT_LABELS or bool(_TOTAL_ENDING.search(key))


def _is_note(key: str, cells: int) -> bool:
    if RESPONDENT.match(key):
        return True
    return cells <= _MOST_FOOTNOTE_CELLS and bool(_FOOTNOTE.match(key))
