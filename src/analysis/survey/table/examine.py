"""Say what is wrong with a workbook's table, and what is peculiar about it."""

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import groupby

from analysis.survey.files.sheet import Sheet, address
from analysis.survey.problems import Place, Problem, report
from analysis.survey.table.choose import EXAMPLE_ID, EXAMPLE_SHEET
from analysis.survey.table.header import Header
from analysis.survey.table.merges import list_hidden
from analysis.survey.table.table import MOST_BLANK_ROWS, Table
from analysis.survey.vocabulary import field_named, load_vocabulary, match_key

_MOST_ROWS_NAMED = 20
# Sheets that come with the form, or with it when it was sent back.
FORM_SHEET = re.compile(rf"{EXAMPLE_SHEET.pattern}|記入要領|記載要領|選択肢|リスト|確認事項")


def name_sheet(sheet: Sheet) -> str:
    """Return a sheet's name, and whether it is hidden."""
    return sheet.title if sheet.visible else f"{sheet.title}（非表示）"


def examine_table(
    header: Header, table: Table, sheets: Sequence[Sheet], extras: Collection[str], place: Place
) -> list[Problem]:
    """Return every problem of a table: its sheet, its columns, its rows.

    `sheets` are all of the workbook's; `extras` the titles of columns beside the survey's own.
    """
    columns = list(_check_columns(header, place))
    return [
        *_note_sheets(header, sheets, place),
        *columns,
        # Without a required column its rows look unknown; the missing column says it once for all.
        *(_check_rows(table, place) if is_complete(columns) else ()),
        *_note_columns(header, extras, place),
        *_note_rows(header, table, place),
    ]


def is_complete(problems: Sequence[Problem]) -> bool:
    """Tell whether no required column is missing, so that the rows mean something."""
    return all(problem.code != "column_missing" for problem in problems)


def _note_sheets(header: Header, sheets: Sequence[Sheet], place: Place) -> Iterator[Problem]:
    if not header.sheet.visible:
        yield report("sheet_hidden", place, value=header.sheet.title)
    if EXAMPLE_SHEET.search(header.sheet.title):
        yield report("sheet_example", place, value=header.sheet.title)
    others = [
        name_sheet(sheet)
        for sheet in sheets
        if sheet is not header.source and sheet.cells and not FORM_SHEET.search(sheet.title)
    ]
    if others:
        yield report("sheets_other", place, value="、".join(others))


def _check_columns(header: Header, place: Place) -> Iterator[Problem]:
    for known in load_vocabulary():
        if known.name not in header.columns:
            code = "column_missing" if known.required else "optional_column_missing"
            yield report(code, place, field=known.name)
    for known, title in header.twice:
        columns = (header.columns[known.name], title.column)
        cells = "、".join(address(title.row, column) for column in columns)
        at = place.at(address(title.row, title.column))
        yield report("column_twice", at, field=known.name, value=cells)
    for known, title, spelling in header.guessed:
        at = place.at(address(title.row, title.column))
        yield report("column_guessed", at, field=known.name, value=spelling)


def _check_rows(table: Table, place: Place) -> Iterator[Problem]:
    if not table.row_numbers:
        yield report("rows_missing", place)
    for cell in table.unknown:
        yield report("row_unknown", place.at(cell))
    ids = (table.rows[f"procedure_id_{part}"] for part in ("raw", "cell"))
    for raw, cell in zip(*ids, strict=True):
        if raw is not None and EXAMPLE_ID.fullmatch(match_key(str(raw))):
            yield report("row_example", place.at(str(cell)), value=str(raw))
    for cell in table.answered:
        yield report("row_answered", place.at(cell))
    if table.beyond is not None:
        yield report("row_beyond", place.at(table.beyond), count=f"{MOST_BLANK_ROWS:,}")


def _note_columns(header: Header, extras: Collection[str], place: Place) -> Iterator[Problem]:
    if extras:
        yield report("column_extra", place, value="、".join(extras))


def _note_hidden(header: Header, place: Place) -> Iterator[Problem]:
    """Tell of each merge over other values than the one it shows, under the header.

    The answer shown holds for every row of the merge: that another one stands beneath it is an
    error, where answers are chosen or counted.
    """
    columns = set(header.columns.values())
    kinds = {column: field_named(name).kind for name, column in header.columns.items()}
    hidden = list_hidden(header.source, header.last_row + 1, columns)
    hidden.sort(key=lambda each: each.merge)
    for merge, covered in groupby(hidden, key=lambda each: each.merge):
        hidden_here = list(covered)
        first, *more = hidden_here
        cell = address(first.row, first.column)
        others = f"ほか{len(more)}個" if more else ""
        at = place.at(address(merge.top, merge.left))
        is_answered = any(h.column == merge.left and kinds[h.column] != "text" for h in hidden_here)
        code = "answer_covered" if is_answered else "cell_covered"
        yield report(code, at, value=first.text, covered=cell, others=others)


def _note_rows(header: Header, table: Table, place: Place) -> Iterator[Problem]:
    for merge in table.merged:
        right = field_named(merge.right).header
        yield report("cells_merged", place.at(merge.cell), field=merge.left, right=right)
    yield from _note_hidden(header, place)
    for cell in table.struck:
        yield report("row_struck", place.at(cell))
    hidden = [row for row in table.row_numbers if row in header.sheet.hidden_rows]
    if hidden:
        named = "、".join(f"{row}行" for row in hidden[:_MOST_ROWS_NAMED])
        more = "ほか" if len(hidden) > _MOST_ROWS_NAMED else ""
        yield report("rows_hidden", place, value=named + more, count=len(hidden))
