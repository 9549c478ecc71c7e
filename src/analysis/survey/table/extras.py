"""The columns beside the survey's own: what they are called, and what stands in them.

They are kept, though no figure counts them; a column about persons is told and never read.
"""

import re
from collections.abc import Mapping, Sequence

from openpyxl.utils.cell import get_column_letter

from analysis.questionnaire.spellings import match_key
from analysis.survey.table.header import RESPONDENT, Header, Title

EXTRA_PARTS = ("row", "procedure_id", "title", "text", "cell")

_MOST_BETWEEN = 3
_PERSON = re.compile(
    rf"{RESPONDENT.pattern}|氏名|お?名前|職員|担当(?!課|部|室|係|所属)|職名|役職|(ふりがな|フリガナ)"
    r"|アドレス|TEL|FAX",
    re.IGNORECASE,
)


def name_extras(header: Header, rows: Sequence[int]) -> dict[int, str]:
    """Return the titles, by column, of the columns beside the survey's own in these rows.

    Those without a title count if they hold anything; they are named by their letter. Of a title
    about persons only the word that says so is returned: a name may follow it.
    """
    titles = list_titles(header)
    own = set(header.columns.values()) | {title.column for _, title in header.twice}
    filled = {column for row in rows for column in header.sheet.cells.get(row, {})} - own
    inside = {column for column in titles if min(own) < column < max(own)}
    named = {}
    for column in sorted(filled | inside):
        title = titles.get(column)
        name = (_find_label(header, title) or match_key(title.text)) if title else ""
        named[column] = name or f"見出しのない{get_column_letter(column)}列"
    return named


def read_extras(
    header: Header, names: Mapping[int, str], rows: Sequence[int]
) -> dict[str, list[object]]:
    """Return what stands in the extra columns of these rows, a value a filled cell, by EXTRA_PARTS.

    Row by row, then from left to right; texts are as they stand, blank ones left out. A column
    about persons is left out, and so is a cell that begins with a respondent's label.
    """
    titles = list_titles(header)
    of_persons = {column for column, title in titles.items() if _find_label(header, title)}
    letters = {c: get_column_letter(c) for c in names if c not in of_persons}
    id_column = header.columns.get("procedure_id", 0)
    found: dict[str, list[object]] = {part: [] for part in EXTRA_PARTS}
    add_row, add_id, add_title, add_text, add_cell = (found[part].append for part in EXTRA_PARTS)
    for row in rows if letters else ():
        cells = header.sheet.cells[row]
        own_id = cells[id_column].text if id_column in cells else None
        for column, (text, *_) in cells.items():
            if column in letters and (own := text.strip()) and not RESPONDENT.match(own):
                add_row(row)
                add_id(own_id)
                add_title(names[column])
                add_text(text)
                add_cell(f"{letters[column]}{row}")
    return found


def list_titles(header: Header) -> dict[int, Title]:
    """Return the unknown titles by column; what stands above the header titles nothing."""
    return {title.column: title for title in header.others if title.row >= header.first_row}


def _find_label(header: Header, title: Title) -> str | None:
    """Return the word that makes a column one about persons: in its title, over it or before it.

    After a respondent's label, a title may be a name.
    """
    cells = header.sheet.cells[title.row]
    nearby = range(title.column - 1, max(0, title.column - 1 - _MOST_BETWEEN), -1)
    before = next((cells[column].text for column in nearby if column in cells), "")
    label = RESPONDENT.match(match_key(before))
    found = (_PERSON.search(match_key(text)) for text in (title.text, *title.above[:1]))
    person = next(filter(None, found), label)
    return person.group() if person else None
