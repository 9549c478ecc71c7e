"""What a row under the header is: a procedure, a total, a heading, a note, or nothing known.

What answers the survey is never taken for a total or a note: none is dropped silently.

Texts are looked at, hardly a position: departments add subtotals and notes wherever they like.
"""

import re
from collections.abc import Mapping
from typing import Literal

from analysis.files.sheet import Entry
from analysis.questionnaire.spellings import match_key
from analysis.survey.lookup import Lookup
from analysis.survey.table.answered import is_answered
from analysis.survey.table.header import RESPONDENT, Header
from analysis.survey.table.totals import (
    COUNT_LABELS,
    TOTAL_WORDS,
    RowEntries,
    is_below_labels,
    is_number_line,
    is_pair_line,
    is_subtotal,
    is_total_label,
    list_waiting_labels,
    name_total,
)

LineKind = Literal[
    "procedure",
    "blank",
    "subtotal",
    "total",
    "footnote",
    "heading",
    "header",
    "answered",
    "unknown",
]

# 注 alone also begins a name (注射済票の交付), so what follows it decides.
_FOOTNOTE = re.compile(r"[(\[【]?(※|\*|注([0-9):.,、】\]]|記|意|釈|$))|以上$")
_MOST_FOOTNOTE_CELLS = 2
# A text across the table is a section's name only if it ends as one: others are notes without ※.
_SECTION = re.compile(
    r"[^。、]{1,30}(課|室|係|局|部|所|館|園|校|院|センター|委員会|グループ|チーム)"
)
# ■環境政策課, 【環境政策課】, 1．環境政策課
_MARKED = re.compile(
    r"\s*[■□●○◆◇▼▽▶▷◎・★☆]*\s*(?:[0-9０-９]{1,2}[.．)）]\s*)?"
    r"(?:[【〔［\[（(＜<《「]\s*([^】]+?)\s*[】〕］\])）＞>》」]|(.+?))\s*",
    re.DOTALL,
)
_SERIAL_TITLE = re.compile(r"No\.?|#|番号|連番|通番|項番|通し番号|整理番号", re.IGNORECASE)
_SERIAL = re.compile(r"[(\[]?([0-9]{1,6})[)\].]?")
_FEWEST_SERIALS = 3


def read_section_heading(text: str) -> str | None:
    """Return the section that a heading names, without the marks around it, or None."""
    marked = _MARKED.fullmatch(text)
    name = (marked[1] or marked[2]) if marked else ""
    return name if _SECTION.fullmatch(match_key(name)) else None


class LineReader:
    """Says what each row is, read from the header downwards."""

    def __init__(self, header: Header, lookup: Lookup) -> None:
        """Start below the header."""
        self._header = header
        self._lookup = lookup
        self._id_column = header.columns.get("procedure_id", 0)
        self._named = {header.columns.get(name, 0) for name in ("name", "status")}
        self._serials = frozenset(
            title.column for title in header.others if _SERIAL_TITLE.fullmatch(title.keys[0])
        )
        self._wide = frozenset(
            (merge.top, merge.left) for merge in header.sheet.merges if merge.right > merge.left
        )
        self.above: Mapping[int, str] = {}
        """The labels that wait, in the row above the one read last, for their numbers."""
        self._waiting: dict[int, str] = {}
        self._last: LineKind = "header"

    def read_own_cells(self, row: int) -> dict[int, Entry]:
        """Return the cells of a row that are not blank to the eye, by column.

        A number in a column that only numbers the rows (No.) says nothing, and is left out.
        """
        return {
            column: entry
            for column, entry in self._header.sheet.cells.get(row, {}).items()
            if (entry.text.strip() or entry.kind == "formula")
            and not (column in self._serials and _SERIAL.fullmatch(match_key(entry.text)))
        }

    def classify(self, row: int, line: RowEntries) -> LineKind:
        """Say what a row is from its own filled cells.

        A row with an id is a procedure whatever else it holds; one without is a total if it is
        labelled so, a footnote if it begins with ※ or 注 or a respondent's label, a procedure
        without id if it has a name or a status, and otherwise unknown. Before that are known: the
        header repeated, a section's name alone, and totals beside or below their labels. A total
        or a footnote that answers the survey as a procedure does is neither: it is answered.
        """
        self.above, self._waiting = self._waiting, {}
        kind = self._decide(row, line) if line else "blank"
        self._last = "answered" if self._is_answered(line, kind) else kind
        return self._last

    def _is_answered(self, line: RowEntries, kind: LineKind) -> bool:
        is_total = kind in ("total", "subtotal")
        return (is_total or kind == "footnote") and is_answered(
            line, self._header.columns, self._lookup, is_total=is_total
        )

    def _decide(self, row: int, line: RowEntries) -> LineKind:
        column = next(iter(line))
        first = match_key(line[column].text)
        if self._repeats_header(row, line, column, first):
            return "header"
        if self._holds_totals(line, column, first):
            return "subtotal" if is_subtotal(line) else "total"
        if len(line) == 1 and self._names_section(row, column, line[column].text):
            return "heading"
        own_id = match_key(line[self._id_column].text) if self._id_column in line else ""
        if own_id and not (is_total_label(own_id) or _is_note(own_id, len(line))):
            return "procedure"
        return self._decide_without_id(line, first)

    def _decide_without_id(self, line: RowEntries, first: str) -> LineKind:
        if _is_note(first, len(line)):
            return "footnote"
        words = {match_key(entry.text) for entry in line.values()}
        if is_total_label(first) or (TOTAL_WORDS | COUNT_LABELS) & words:
            return "subtotal" if is_subtotal(line) else "total"
        return "procedure" if self._named & line.keys() else "unknown"

    def _repeats_header(self, row: int, line: RowEntries, first_column: int, first: str) -> bool:
        """Tell whether every cell holds its column's title, or numbers its column (①②③)."""
        titles = self._header.keys
        if first in titles.get(first_column, ()):
            return all(
                match_key(entry.text) in titles.get(column, ()) for column, entry in line.items()
            )
        if row != self._header.last_row + 1 or len(line) < _FEWEST_SERIALS:
            return False
        found = [_SERIAL.fullmatch(match_key(entry.text)) for entry in line.values()]
        numbers = [int(number[1]) for number in found if number]
        return numbers == list(range(1, len(line) + 1))

    def _holds_totals(self, line: RowEntries, column: int, first: str) -> bool:
        """Tell whether a row is labels, numbers or both; note the labels that wait for theirs.

        A label in the column of statuses is a status, unless the row above was a total. A number
        beside a total's word may well stand in the column of ids.
        """
        if self.above and is_below_labels(line, self.above):
            return True
        if is_number_line(line, first):
            return True
        may_be = self._last == "total" or column not in self._named or first in TOTAL_WORDS
        if not may_be or not (is_total_label(first) or name_total(line[column].text, self._lookup)):
            return False
        self._waiting = list_waiting_labels(line, self._lookup)
        return bool(self._waiting) or is_pair_line(line, self._lookup)

    def _names_section(self, row: int, column: int, text: str) -> bool:
        own = {self._id_column, self._header.columns.get("section", 0), self._header.first_column}
        is_head = (row, column) in self._wide or column in own
        return is_head and read_section_heading(text) is not None


def _is_note(key: str, cells: int) -> bool:
    if RESPONDENT.match(key):
        return True
    return cells <= _MOST_FOOTNOTE_CELLS and bool(_FOOTNOTE.match(key))
