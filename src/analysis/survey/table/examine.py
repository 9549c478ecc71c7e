"""Say what is wrong with a workbook's table, and what is peculiar about it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, pairwise

from analysis.files.sheet import Sheet, address
from analysis.questionnaire.spellings import match_key
from analysis.survey.lookup import Lookup
from analysis.survey.problems import Place, Problem, report, shorten
from analysis.survey.table.answered import find_status, is_answered
from analysis.survey.table.choose import EXAMPLE_ID, EXAMPLE_SHEET, list_left_out
from analysis.survey.table.header import FEWEST_TITLES, Header, Title, list_near_titles
from analysis.survey.table.merges import list_hidden
from analysis.survey.table.removed import speaks_of_removal
from analysis.survey.table.seen import find_unseen, report_some
from analysis.survey.table.table import MOST_BLANK_ROWS, TableBody
from analysis.survey.table.totals import name_total

# What points to a note, or sets a row apart, and stands at an end of an id.
_MARK = "[※*†‡☆★○●◎□■◇◆△▲▽▼→←⇒]"
_MARKED_ID = re.compile(rf"^{_MARK}|{_MARK}$")
# 年間件数（千件）, 年間件数（単位：千）.
_UNIT = re.compile(
    r"([百千万億]+[件人名通回枚個])(?:単位)?(?=[)/]|$)|(?:単位[:は]?|\()([百千万億]+)(?=\)|$)"
)
_UNIT_ALONE = re.compile(r"\(?単位[^)]*\)?")
# Sheets that come with the form, or with it when it was sent back.
SIDE_SHEET = re.compile(rf"{EXAMPLE_SHEET.pattern}|記入要領|記載要領|選択肢|リスト|確認事項")


def name_sheet(sheet: Sheet) -> str:
    """Return a sheet's name, and whether it is hidden."""
    return sheet.title if sheet.visible else f"{sheet.title}（非表示）"


def note_sheets(
    header: Header,
    sheets: Sequence[Sheet],
    headers: Sequence[Header],
    place: Place,
    lookup: Lookup,
) -> Iterator[Problem]:
    """Tell of the table's sheet, and of those beside it what they hold.

    `headers` are those of all tables. By these, never by its name, a sheet is a mere example.
    """
    if not header.sheet.visible:
        yield report("sheet_hidden", place, value=header.sheet.title)
    if EXAMPLE_SHEET.search(header.sheet.title):
        yield report("sheet_example", place, value=header.sheet.title)
    silent = {sheet.title for sheet in sheets if SIDE_SHEET.search(sheet.title)}
    for other in headers:
        title = other.sheet.title
        cells = list_left_out(header, other, lookup) if other is not header else []
        if cells and other.sheet.visible and "status" in other.columns:
            yield from report_some(
                "sheet_left_out", cells, place._replace(sheet=title).at(cells[0])
            )
            silent.add(title)
        elif cells:
            silent.discard(title)
    others = [
        name_sheet(sheet)
        for sheet in sheets
        if sheet is not header.source and sheet.cells and sheet.title not in silent
    ]
    if others:
        yield report("sheets_other", place, value="、".join(others))


def examine_table(
    header: Header,
    table: TableBody,
    extras: Mapping[int, str],
    place: Place,
    *,
    lookup: Lookup,
) -> list[Problem]:
    """Return every problem of a table: its columns and its rows.

    `extras` are the titles of columns beside the survey's own, by column.
    """
    near = list_near_titles(header, lookup)
    columns = list(_check_columns(header, near, place, lookup))
    proposed = {title.column for titles in near.values() for title in titles}
    others = [name for column, name in extras.items() if column not in proposed]
    return [
        *_check_above(header, place, lookup),
        *columns,
        # Without a required column its rows look unknown; the missing column says it once for all.
        *(_check_rows(table, place) if is_complete(columns) else ()),
        *_note_columns(others, place, lookup),
        *_note_rows(header, table, place, lookup),
        *_note_uncounted(header, table, place, lookup),
    ]


def is_complete(problems: Sequence[Problem]) -> bool:
    """Tell whether no required column is missing, so that the rows mean something."""
    return all(problem.code != "column_missing" for problem in problems)


def _check_above(header: Header, place: Place, lookup: Lookup) -> Iterator[Problem]:
    """Tell what stands above the header and is another one's, or answers as a row beneath it does.

    Nothing above a header is counted.
    """
    found = []
    for row, line in header.sheet.cells.items():
        keys = [match_key(entry.text) for entry in line.values()] if row < header.first_row else []
        titles = {field.name for key in keys if (field := lookup.find_key(key))}
        is_example = any(map(EXAMPLE_ID.fullmatch, keys))
        if len(titles) >= FEWEST_TITLES or (
            keys and not is_example and is_answered(line, header.columns, lookup)
        ):
            found.append(f"{row}行")
    if found:
        yield report("rows_above", place, value="、".join(found), header=header.last_row)


def _check_columns(
    header: Header, near: Mapping[str, Sequence[Title]], place: Place, lookup: Lookup
) -> Iterator[Problem]:
    for known in lookup.fields:
        if known.name not in header.columns:
            code = "column_missing" if known.required else "optional_column_missing"
            titles = [
                f"{address(title.row, title.column)}「{shorten(title.keys[0])}」"
                for title in near.get(known.name, ())
            ]
            words = f"（見出しの近い列: {'、'.join(titles)}）" if titles else ""
            yield report(code, place, known, near=words)
    for known, title in header.twice:
        columns = (header.columns[known.name], title.column)
        cells = "、".join(address(title.row, column) for column in columns)
        at = place.at(address(title.row, title.column))
        yield report("column_twice", at, known, value=cells)
    yield from _check_units(header, place, lookup)
    for known, title, spelling in header.guessed:
        at = place.at(address(title.row, title.column))
        yield report("column_guessed", at, known, value=spelling)


def _check_units(header: Header, place: Place, lookup: Lookup) -> Iterator[Problem]:
    """Tell another unit than one case, in the header of a column of numbers or above the table."""
    fields = {column: lookup.asked.named[name] for name, column in header.columns.items()}
    numbers = {column: field for column, field in fields.items() if field.kind == "number"}
    for row in range(1, header.last_row + 1) if numbers else ():
        for column, entry in header.sheet.cells.get(row, {}).items():
            key = match_key(entry.text)
            found = _UNIT.search(key) if column in numbers or _UNIT_ALONE.fullmatch(key) else None
            if found:
                field = numbers.get(column, next(iter(numbers.values())))
                at, unit = place.at(address(row, column)), found[1] or found[2]
                yield report("column_unit", at, field, value=unit)


def _check_rows(table: TableBody, place: Place) -> Iterator[Problem]:
    if not table.row_numbers:
        yield report("rows_missing", place)
    for cell in table.unknown:
        yield report("row_unknown", place.at(cell))
    for raw, cell in _list_ids(table):
        if EXAMPLE_ID.fullmatch(match_key(raw)):
            yield report("row_example", place.at(cell), value=raw)
    for cell in table.answered:
        yield report("row_answered", place.at(cell))
    if table.beyond is not None:
        yield report("row_beyond", place.at(table.beyond), count=f"{MOST_BLANK_ROWS:,}")


def _list_ids(table: TableBody) -> list[tuple[str, str]]:
    """Return the procedures' ids that are not blank, each with its cell."""
    ids = (table.rows[f"procedure_id_{part}"] for part in ("raw", "cell"))
    return [(str(raw), str(cell)) for raw, cell in zip(*ids, strict=True) if raw is not None]


def _note_columns(extras: Sequence[str], place: Place, lookup: Lookup) -> Iterator[Problem]:
    removal = [n for n in extras if speaks_of_removal(n) and not lookup.is_refused(n)]
    others = [name for name in extras if name not in removal]
    for code, names in (("column_extra", others), ("column_of_removal", removal)):
        if names:
            yield report(code, place, value="、".join(names))


def _note_uncounted(
    header: Header, table: TableBody, place: Place, lookup: Lookup
) -> Iterator[Problem]:
    """Tell what stands in totals and notes and is not looked at, though it may have been meant."""
    unsaved = []
    for line in table.lines:
        cells = header.sheet.cells.get(line.row, {})
        if line.kind in ("total", "subtotal", "footnote"):
            column = find_status(cells, header.columns, lookup)
            if column is not None:
                at = place.at(address(line.row, column))
                field = lookup.asked.named["status"]
                yield report("status_uncounted", at, field, value=cells[column].text)
        if line.kind == "total":
            unsaved += [
                address(line.row, column)
                for (_, label), (column, entry) in pairwise(cells.items())
                if entry.kind == "formula" and name_total(label.text, lookup)
            ]
    if unsaved:
        yield report("totals_unsaved", place, value="、".join(unsaved), count=len(unsaved))


def _note_hidden(header: Header, place: Place, lookup: Lookup) -> Iterator[Problem]:
    """Tell of each merge over other values than the one it shows, under the header.

    The answer shown holds for every row of the merge: that another one stands beneath it is an
    error, where answers are chosen or counted.
    """
    columns = set(header.columns.values())
    kinds = {c: lookup.asked.named[name].kind for name, c in header.columns.items()}
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


def _note_rows(header: Header, table: TableBody, place: Place, lookup: Lookup) -> Iterator[Problem]:
    named = lookup.asked.named
    for merge in table.merged:
        left, right = named[merge.left], named[merge.right].header
        yield report("cells_merged", place.at(merge.cell), left, right=right)
    yield from _note_hidden(header, place, lookup)
    for cell in table.struck:
        yield report("row_struck", place.at(cell))
    yield from find_unseen(header, table.row_numbers, place, lookup)
    ids = _list_ids(table)
    marked = [(raw, cell) for raw, cell in ids if _MARKED_ID.search(match_key(raw))]
    # Where every id has its mark, that is the ids' own form.
    for raw, cell in marked if len(marked) < len(ids) else ():
        yield report("id_marked", place.at(cell), named["procedure_id"], value=raw)
