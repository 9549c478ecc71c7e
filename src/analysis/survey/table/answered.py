"""Tell a row that answers the survey from one that counts rows or comments on them.

Totals are made of numbers, and of labels with their numbers beside or below them: neither is an
answer.
"""

import re
from collections.abc import Mapping
from itertools import pairwise

from analysis.questionnaire.spellings import match_key
from analysis.survey.lookup import Lookup
from analysis.survey.table.totals import RowEntries, is_total_label, read_count
from analysis.texts import is_dash

_LETTER = re.compile(r"[^\W\d_]")
_DIGIT = re.compile(r"[0-9]")


def is_answered(
    line: RowEntries, columns: Mapping[str, int], lookup: Lookup, *, is_total: bool = False
) -> bool:
    """Tell whether a row holds a procedure's status and another answer, or two known choices.

    In a row called a total, words where the name and the status stand are answers as well. A
    status in another column of the survey's makes a row one of labels.
    """
    labels = _find_labels(line, columns)
    statuses = {match_key(label) for label in lookup.asked.named["status"].choices.values()}
    choices, words = set(), set()
    for field in lookup.fields:
        column = columns.get(field.name, 0)
        if column not in line or column in labels:
            continue
        text = line[column].text
        if field.name != "status" and match_key(text) in statuses:
            return False
        if field.kind == "choice" and lookup.find_code(field.name, text):
            choices.add(field.name)
        elif field.kind in ("text", "choice") and _is_words(text):
            words.add(field.name)
    texts = words & {field.name for field in lookup.fields if field.kind == "text"} - {"section"}
    if len(choices) > 1 or ("status" in choices and texts):
        return True
    return is_total and {"name", "status"} <= words


def find_status(line: RowEntries, columns: Mapping[str, int], lookup: Lookup) -> int | None:
    """Return the column of a procedure's status, if it is the only one in a row and no label."""
    column = columns.get("status", 0)
    known = [at for at, entry in line.items() if lookup.find_code("status", entry.text)]
    return column if known == [column] and column not in _find_labels(line, columns) else None


def _find_labels(line: RowEntries, columns: Mapping[str, int]) -> set[int]:
    """Return the columns of texts that have a number beside them, which they may be labels of."""
    volumes = columns.get("annual_volume", 0)
    return {
        column
        for (column, _), (beside, entry) in pairwise(line.items())
        if beside != volumes and read_count(entry.text) is not None
    }


def _is_words(text: str) -> bool:
    """Tell whether a text is words: no number, label, dash or count in words (12手続き)."""
    key = match_key(text)
    return (
        bool(_LETTER.search(key))
        and not _DIGIT.match(key)
        and not is_dash(key)
        and not is_total_label(key)
    )
