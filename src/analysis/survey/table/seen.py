"""Tell what is read though a person does not see it so.

It is hidden, in the colour it stands on, or shown as something else by its number format.
"""

from collections.abc import Iterator, Sequence

from openpyxl.utils.cell import get_column_letter

from analysis.files.sheet import UNSEEN, Entry, address
from analysis.files.shown import shows_another_number, shows_another_text
from analysis.survey.lookup import Lookup
from analysis.survey.problems import Place, Problem, report
from analysis.survey.table.header import Header
from analysis.survey.table.table import find_struck

_MOST_NAMED = 20
_ANSWERS = ("choice", "number", "date")


def find_unseen(
    header: Header, rows: Sequence[int], place: Place, lookup: Lookup
) -> Iterator[Problem]:
    """Yield what of the survey's columns in these rows is not seen as it is read.

    What is not seen at all is told once a sheet; what is shown as something else, in its cell.
    """
    fields = {column: lookup.asked.named[name] for name, column in header.columns.items()}
    hidden = [row for row in rows if row in header.sheet.hidden_rows]
    yield from report_some("rows_hidden", [f"{row}行" for row in hidden], place)
    covered = [column for column in sorted(fields) if header.sheet.is_hidden(column)]
    named = [f"{get_column_letter(c)}列「{fields[c].header}」" for c in covered]
    yield from report_some("columns_hidden", named, place)
    unseen = []
    for row in rows:
        cells = header.sheet.cells[row]
        for column, entry in cells.items():
            if not (entry.look or entry.struck) or column not in fields:
                continue
            cell, field = address(row, column), fields[column]
            # That of a row whose id or name is struck is told for the row.
            if entry.struck and field.kind in _ANSWERS and not find_struck(header, row):
                yield report("answer_struck", place.at(cell), field, value=entry.text)
            if entry.look == UNSEEN:
                unseen.append(cell)
            elif entry.look and _shows_another(entry, is_name=field.name == "procedure_id"):
                yield report("cell_shown_otherwise", place.at(cell), field, value=entry.look)
    yield from report_some("cells_unseen", unseen, place)


def _shows_another(entry: Entry, *, is_name: bool) -> bool:
    if entry.kind == "text":
        return shows_another_text(entry.look)
    is_number = entry.kind in ("number", "number_1904")
    return is_number and shows_another_number(entry.look, entry.text, is_name=is_name)


def report_some(code: str, named: Sequence[str], place: Place) -> Iterator[Problem]:
    """Yield one breach of a rule for all that is named, if anything is: some, and the count."""
    if named:
        more = "ほか" if len(named) > _MOST_NAMED else ""
        value = "、".join(named[:_MOST_NAMED]) + more
        yield report(code, place, value=value, count=f"{len(named):,}")
