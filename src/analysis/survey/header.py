"""Where a sheet's table stands: which column holds which field, and the row its header ends in.

The form has a two-row header, group titles above and column titles below; a title may span both.
Departments put rows above it and columns beside it, and change the order of the columns.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from openpyxl.utils.cell import get_column_letter

from analysis.survey.sheet import Merge, Sheet
from analysis.survey.vocabulary import Field, Lookup, match_key

LAST_HEADER_ROW = 40
HEADER_HEIGHT = 5
FEWEST_TITLES = 3

RESPONDENT = re.compile(
    r"(記入者|回答者|作成者|担当者|記入担当|連絡先|電話|内線|E-?mail|メール)", re.I
)

_EXAMPLE_SHEET = re.compile(r"記入例|記載例|入力例|見本|サンプル")


@dataclass(frozen=True)
class Title:
    """A column's title with the place it is written."""

    text: str
    row: int
    column: int
    bottom: int


@dataclass(frozen=True)
class Header:
    """The header of one sheet's table. `columns` leads from a field's name to its column.

    `twice` are titles of a field that another column has already; `others` are titles the survey
    does not know.
    """

    sheet: Sheet
    last_row: int
    columns: Mapping[str, int]
    twice: tuple[tuple[Field, Title], ...]
    others: tuple[Title, ...]


def find_header(sheet: Sheet, lookup: Lookup) -> Header | None:
    """Return the sheet's header, or None if no row of the first 40 has three known titles.

    The header ends in the row under which the most columns have a title the survey knows.
    """
    best: tuple[int, list[Title]] = (FEWEST_TITLES - 1, [])
    for row in (row for row in sheet.cells if row <= LAST_HEADER_ROW):
        titles = _read_titles(sheet, row)
        known = {field.name for title in titles if (field := lookup.find_field(title.text))}
        if len(known) > best[0]:
            best = (len(known), titles)
    titles = best[1]
    if not titles:
        return None
    columns: dict[str, int] = {}
    twice: list[tuple[Field, Title]] = []
    others: list[Title] = []
    known_bottoms: list[int] = []
    for title in titles:
        field = lookup.find_field(title.text)
        if field is None:
            others.append(title)
            continue
        known_bottoms.append(title.bottom)
        if field.name in columns:
            twice.append((field, title))
        else:
            columns[field.name] = title.column
    return Header(sheet, max(known_bottoms), columns, tuple(twice), tuple(others))


def choose_header(sheets: Sequence[Sheet], lookup: Lookup) -> list[Header]:
    """Return the header to read, or every header that could be meant: none, one or several.

    The most known titles win; among equals a hidden sheet or one named as an example gives way.
    """
    found = [header for sheet in sheets if (header := find_header(sheet, lookup))]
    most = max((len(header.columns) for header in found), default=0)
    best = [header for header in found if len(header.columns) == most]
    plain = [h for h in best if h.sheet.visible and not _EXAMPLE_SHEET.search(h.sheet.title)]
    return plain or best[:1]


def name_others(header: Header, rows: Sequence[int]) -> list[str]:
    """Return the titles of the columns beside the survey's own that hold answers in these rows.

    A column without a title is named by its letter; a respondent's name is never part of a title.
    """
    from_column = {title.column: title.text for title in header.others}
    own = set(header.columns.values()) | {title.column for _, title in header.twice}
    filled = {column for row in rows for column in header.sheet.cells.get(row, {})} - own
    inside = {c for c in from_column if min(own) < c < max(own)}
    names = []
    for column in sorted(filled | inside):
        text = match_key(from_column.get(column, ""))
        respondent = RESPONDENT.match(text)
        title = respondent.group() if respondent else text
        names.append(title or f"見出しのない{get_column_letter(column)}列")
    return names


def _read_titles(sheet: Sheet, row: int) -> list[Title]:
    """Return each column's title as seen from this row: its own, or the nearest one above."""
    wide = {(m.top, m.left) for m in sheet.merges if m.right > m.left}
    tall = {(m.top, m.left): m for m in sheet.merges if m.bottom > m.top}
    rows = range(row, max(0, row - HEADER_HEIGHT), -1)
    titles = []
    for column in sorted({column for r in rows for column in sheet.cells.get(r, {})}):
        for at in rows:
            entry = sheet.get(at, column)
            if entry is None or not entry.text.strip():
                continue
            # A title above that spans several columns is a group's, unless it reaches this row.
            merge = tall.get((at, column), Merge(at, column, at, column))
            if at == row or merge.bottom >= row or (at, column) not in wide:
                titles.append(Title(entry.text, at, column, max(row, merge.bottom)))
            break
    return titles
