"""Which of a workbook's sheets holds the table; where several could, that is for people to say."""

import re
from collections.abc import Iterator, Sequence

from analysis.files.sheet import Sheet, address
from analysis.questionnaire.spellings import answer_key
from analysis.survey.lookup import Lookup
from analysis.survey.table.header import Header, find_header
from analysis.survey.table.lines import LineReader

EXAMPLE_SHEET = re.compile(r"記入例|記載例|入力例|見本|サンプル")

EXAMPLE_ID = re.compile(
    r"[(\[【<]?(記入例|記載例|入力例|例|見本|サンプル|(?i:sample|example))[0-9]*[)\]】>]?"
)
"""What stands for an id in the row that shows how the others are to be filled in."""

# A number that is nought counts for nothing: 19-0000.
_DIGITS = re.compile(r"[0-9]*[1-9][0-9]*")
# What a row is known by; a list of choices has neither.
_NAMING = ("procedure_id", "name")


def find_headers(sheets: Sequence[Sheet], lookup: Lookup) -> list[Header]:
    """Return the header of every sheet that has one."""
    return [header for sheet in sheets if (header := find_header(sheet, lookup))]


def choose_header(found: Sequence[Header], lookup: Lookup) -> list[Header]:
    """Return the header to read, or every header that could be meant: none, one or several.

    A table that has at least half as many titles as any other could be meant, and so could one of
    fewer that tells the status of procedures that the other lacks. A hidden sheet gives way to a
    visible one, whatever it holds, and one named as an example to both.
    """
    tables = [header for header in found if header.columns.keys() & set(_NAMING)] or [*found]
    most = max((len(header.columns) for header in tables), default=0)
    full = [header for header in tables if 2 * len(header.columns) >= most]
    best = min(map(_rank, full), default=0)
    chosen = [header for header in full if _rank(header) == best]
    small = [h for h in tables if 2 * len(h.columns) < most and _rank(h) == best == 0]
    return chosen + [h for h in small if _has_own_rows(h, chosen[0], lookup)]


def list_left_out(read: Header, other: Header, lookup: Lookup) -> list[str]:
    """Return the cells of another table's ids that have the form of the read one's, and lack there.

    The example that comes with a form has the id of no procedure, or of one that is read.
    """
    if not all("procedure_id" in header.columns for header in (read, other)):
        return []
    known = {key for key, _ in _list_keys(read, "procedure_id", lookup)}
    forms = set(map(_name_form, known))
    return [
        cell
        for key, cell in _list_keys(other, "procedure_id", lookup)
        if key not in known and _name_form(key) in forms
    ]


def _name_form(key: str) -> str:
    """Return what an id has in common with the other ids of its department."""
    begin, dash, rest = key.partition("-")
    return begin + dash + _DIGITS.sub("9", rest) if dash else _DIGITS.sub("9", key)


def _rank(header: Header) -> int:
    """Return 0 for a visible sheet, 1 for a hidden one, 2 for one named as an example."""
    return 2 if EXAMPLE_SHEET.search(header.sheet.title) else int(not header.sheet.visible)


def _has_own_rows(header: Header, other: Header, lookup: Lookup) -> bool:
    """Tell whether a table has a column for statuses and procedures that another lacks."""
    if "status" not in header.columns:
        return False
    shared = next((n for n in _NAMING if n in header.columns and n in other.columns), None)
    if shared is None:
        return True
    known = {key for key, _ in _list_keys(other, shared, lookup)}
    return any(key not in known for key, _ in _list_keys(header, shared, lookup))


def _list_keys(header: Header, name: str, lookup: Lookup) -> Iterator[tuple[str, str]]:
    """Yield what the procedures under a header have in a field, folded, with its cell."""
    reader, column = LineReader(header, lookup), header.columns[name]
    for row in header.sheet.cells:
        cells = reader.read_own_cells(row) if row > header.last_row else {}
        if cells and reader.classify(row, cells) == "procedure" and column in cells:
            yield answer_key(cells[column].text).casefold(), address(row, column)
