"""Where a sheet's table stands: which column holds which field, and the row its header ends in.

The form has a two-row header, group titles above and column titles below; a title may span both,
or be split over them. Departments put rows above it and columns beside it, and change the order of
the columns and the wording of their titles.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from analysis.files.sheet import Merge, Sheet
from analysis.questionnaire.field import Field
from analysis.questionnaire.spellings import match_key
from analysis.survey.lookup import Lookup
from analysis.survey.table.guess import find_near, guess_fields, is_of_others
from analysis.survey.table.merges import uncover

LAST_HEADER_ROW = 40
HEADER_HEIGHT = 5
FEWEST_TITLES = 3
# Far more than the survey has columns: a row of more texts is no header, whatever it costs to look.
MOST_TITLES = 1_000

RESPONDENT = re.compile(
    r"(記入者|回答者|作成者|担当者|記入担当|連絡先|電話|内線|E-?mail|メール)", re.I
)

_MOST_PARTS_ABOVE = 2


@dataclass(frozen=True)
class Title:
    """A column's title with the place it is written. `above` are the texts over it, nearest first.

    A text above that spans several columns stands over each of them.
    """

    text: str
    row: int
    column: int
    bottom: int
    above: tuple[str, ...] = ()

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The match keys it may be read as: alone, or as the end of a title begun above."""
        own = match_key(self.text)
        over = [match_key(text) for text in self.above[:_MOST_PARTS_ABOVE]]
        return own, *("".join((*over[:at][::-1], own)) for at in range(1, len(over) + 1))


@dataclass(frozen=True)
class Header:
    """The header of one sheet's table. `columns` leads from a field's name to its column.

    `sheet` is without what merges cover, `source` as it stands in the file.
    `guessed` are titles that no alias knows, each with the field it is taken for and the title as
    it was read; `twice` are titles of a field that another column has already; `others` are titles
    the survey does not know.
    """

    sheet: Sheet
    source: Sheet
    first_row: int
    last_row: int
    columns: Mapping[str, int]
    guessed: tuple[tuple[Field, Title, str], ...]
    twice: tuple[tuple[Field, Title], ...]
    others: tuple[Title, ...]

    @property
    def first_column(self) -> int:
        """The leftmost column of the survey's own."""
        return min(self.columns.values())

    @cached_property
    def keys(self) -> Mapping[int, frozenset[str]]:
        """What stands in each column of the header, to know it where it is repeated."""
        found: dict[int, set[str]] = {}
        for row in range(self.first_row, self.last_row + 1):
            for column, entry in self.sheet.cells.get(row, {}).items():
                found.setdefault(column, set()).add(match_key(entry.text))
        return {column: frozenset(keys) for column, keys in found.items()}


def find_header(sheet: Sheet, lookup: Lookup) -> Header | None:
    """Return the sheet's header, or None if no row of the first 40 has three known titles.

    The header ends in the row under which the most columns have a title the survey knows; among
    such rows, the first under which the most others can be guessed.
    """
    source, sheet = sheet, uncover(sheet)
    head = _take_head(sheet)
    over = _map_groups(head)
    best: tuple[tuple[int, int], Header] | None = None
    for row in head.cells:
        titles = _read_titles(head, row, over)
        known = {title.column: field for title in titles if (field := _find_field(title, lookup))}
        count = len({field.name for field in known.values()})
        if count < FEWEST_TITLES or (best is not None and count < best[0][0]):
            continue
        header = _build_header(source, sheet, titles, known, lookup)
        rank = (count, len(header.guessed))
        if best is None or rank > best[0]:
            best = (rank, header)
        # With every title known, no row can have more of them, nor one to guess.
        if count == len(lookup.fields):
            break
    return best[1] if best else None


def list_near_titles(header: Header, lookup: Lookup) -> dict[str, list[Title]]:
    """Return, by field without a column, the titles nobody knows that may be meant for it."""
    titles = {title.column: title for title in header.others if title.row >= header.first_row}
    missing = {field.name for field in lookup.fields} - header.columns.keys()
    near = find_near(_map_spellings(titles.values(), lookup), missing, lookup)
    return {name: [titles[column] for column in columns] for name, columns in near.items()}


def _take_head(sheet: Sheet) -> Sheet:
    """Return the rows that may belong to a header."""
    cells = {
        row: line
        for row, line in sheet.cells.items()
        if row <= LAST_HEADER_ROW and len(line) <= MOST_TITLES
    }
    return replace(sheet, cells=cells)


def _build_header(
    source: Sheet,
    sheet: Sheet,
    titles: Sequence[Title],
    known: Mapping[int, Field],
    lookup: Lookup,
) -> Header:
    columns: dict[str, int] = {}
    twice: list[tuple[Field, Title]] = []
    others: list[Title] = []
    for title in titles:
        field = known.get(title.column)
        if field is None:
            others.append(title)
        elif field.name in columns:
            twice.append((field, title))
        else:
            columns[field.name] = title.column
    guesses = guess_fields(_map_spellings(others, lookup), columns, lookup)
    guessed = tuple((*guesses[t.column], t) for t in others if t.column in guesses)
    columns |= {field.name: title.column for field, _, title in guessed}
    own = [title for title in titles if title.column in known or title.column in guesses]
    return Header(
        sheet,
        source,
        min(title.row - len(title.above) for title in own),
        max(title.bottom for title in own),
        columns,
        tuple((field, title, spelling) for field, spelling, title in guessed),
        tuple(twice),
        tuple(title for title in others if title.column not in guesses),
    )


def _map_spellings(titles: Iterable[Title], lookup: Lookup) -> dict[int, tuple[str, ...]]:
    """Return, by column, how the titles may be read that may be meant for a field of the survey."""
    return {
        title.column: title.keys
        for title in titles
        if not (RESPONDENT.match(title.keys[0]) or any(map(lookup.is_refused, title.keys)))
        and not _is_in_group_of_others(title)
        and not any(map(_has_hint_of_others, title.keys))
    }


def _find_field(title: Title, lookup: Lookup) -> Field | None:
    if _is_in_group_of_others(title):
        return None
    keys = [key for key in title.keys if key in lookup.headers or not _has_hint_of_others(key)]
    return next((field for key in keys if (field := lookup.find_key(key))), None)


def _is_in_group_of_others(title: Title) -> bool:
    """Tell whether the title's group is of other answers: what it is called holds for all in it."""
    return bool(title.above) and is_of_others(match_key(title.above[0]))


def _has_hint_of_others(key: str) -> bool:
    """Tell whether what a title has in brackets says that its answers are others."""
    return "(" in key and is_of_others(key[key.find("(") :])


def _map_groups(sheet: Sheet) -> dict[tuple[int, int], tuple[int, int]]:
    """Return, for each place under a merge across columns, where the group's title stands."""
    last = max((column for line in sheet.cells.values() for column in line), default=0)
    return {
        (row, column): (merge.top, merge.left)
        for merge in sheet.merges
        if merge.top <= LAST_HEADER_ROW and merge.right > merge.left
        for row in range(merge.top, min(merge.bottom, LAST_HEADER_ROW) + 1)
        for column in range(merge.left, min(merge.right, last) + 1)
    }


def _read_titles(
    sheet: Sheet, row: int, over: Mapping[tuple[int, int], tuple[int, int]]
) -> list[Title]:
    """Return each column's title as seen from this row: its own, or the nearest one above."""
    wide = set(over.values())
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
                above = tuple(_read_above(sheet, at, column, over))
                titles.append(Title(entry.text, at, column, max(row, merge.bottom), above))
            break
    return titles


def _read_above(
    sheet: Sheet, row: int, column: int, over: Mapping[tuple[int, int], tuple[int, int]]
) -> Iterator[str]:
    """Yield the texts over a cell, without a gap, nearest first."""
    for at in range(row - 1, max(0, row - HEADER_HEIGHT), -1):
        entry = sheet.get(*over.get((at, column), (at, column)))
        if entry is None or not entry.text.strip():
            return
        yield entry.text
