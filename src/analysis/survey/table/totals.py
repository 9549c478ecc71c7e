"""The department's own totals: labels with their numbers, beside, below or above each other."""

import re
from collections.abc import Mapping
from itertools import pairwise

from analysis.files.sheet import Entry
from analysis.questionnaire.spellings import match_key
from analysis.survey.lookup import Lookup

# The number of procedures, as the foot of the form calls it; the statuses have their own labels.
COUNT_LABELS = frozenset({"総手続き数", "総手続数", "手続き数", "手続数"})
TOTAL_WORDS = frozenset({"小計", "計", "合計", "総計", "総合計", "部計", "課計"})

_TOTAL_ENDING = re.compile(r"(小計|合計|総計|[部課室係]計)(\(.*\))?$")
_SUBTOTAL = re.compile(r"小計|[課室係]計(\(.*\))?$")
_COUNT = re.compile(r"([0-9]{1,9})件?")

RowEntries = Mapping[int, Entry]
"""A row's own filled cells, by column, from left to right."""


def is_total_label(key: str) -> bool:
    """Tell whether a match key labels a row as a total."""
    return key in TOTAL_WORDS or key in COUNT_LABELS or bool(_TOTAL_ENDING.search(key))


def is_subtotal(line: RowEntries) -> bool:
    """Tell whether a total row closes a group rather than the whole table."""
    return any(_SUBTOTAL.search(match_key(entry.text)) for entry in line.values())


def name_total(text: str, lookup: Lookup) -> str | None:
    """Return what a label counts: total, online, started or not_started; None if it is no label."""
    return "total" if match_key(text) in COUNT_LABELS else lookup.find_code("status", text)


def read_count(text: str) -> int | None:
    """Return the number that a total's cell holds (「1,758」「12件」), or None."""
    number = _COUNT.fullmatch(match_key(text).replace(",", ""))
    return int(number.group(1)) if number else None


def is_pair_line(line: RowEntries, lookup: Lookup) -> bool:
    """Tell whether a row holds nothing but labels, each with its number beside it."""
    texts = [entry.text for entry in line.values() if match_key(entry.text) not in TOTAL_WORDS]
    labels, numbers = texts[::2], texts[1::2]
    return (
        len(labels) == len(numbers) > 0
        and all(name_total(text, lookup) for text in labels)
        and all(read_count(text) is not None for text in numbers)
    )


def is_number_line(line: RowEntries, first: str) -> bool:
    """Tell whether a row holds nothing but a word for a total, first, and numbers."""
    _, *others = line.values()
    return (
        first in TOTAL_WORDS
        and bool(others)
        and all(read_count(entry.text) is not None for entry in others)
    )


def list_waiting_labels(line: RowEntries, lookup: Lookup) -> dict[int, str]:
    """Return the labels, by column, of a row of labels whose numbers are to stand below them.

    Empty unless the row holds at least two, and otherwise nothing but a word for a total.
    """
    names = {column: name_total(entry.text, lookup) for column, entry in line.items()}
    labels = {column: name for column, name in names.items() if name}
    others = (match_key(line[column].text) for column, name in names.items() if not name)
    return labels if len(labels) > 1 and all(map(is_total_label, others)) else {}


def is_below_labels(line: RowEntries, above: Mapping[int, str]) -> bool:
    """Tell whether a row holds nothing but the numbers of the labels above it."""
    numbers = {column for column, entry in line.items() if read_count(entry.text) is not None}
    others = (match_key(line[column].text) for column in line.keys() - numbers)
    return bool(numbers) and numbers <= above.keys() and all(map(is_total_label, others))


def read_totals(
    line: RowEntries, above: Mapping[int, str], lookup: Lookup
) -> dict[str, tuple[int, int]]:
    """Return the labelled numbers of a total row: total | online | started | not_started.

    `above` are the labels that wait in the row above. A label counts only if the next filled cell
    is its number, or the cell below; what is returned is that cell's column and the number.
    """
    found: dict[str, tuple[int, int]] = {}
    labelled = [(above[column], column) for column in line if column in above] or [
        (name, column)
        for (_, label), (column, _) in pairwise(line.items())
        if (name := name_total(label.text, lookup))
    ]
    for name, column in labelled:
        number = read_count(line[column].text)
        if number is not None:
            found[name] = (column, number)
    return found
