"""Take the rows back out of a delivered audit workbook, to compare them with another cycle's."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from analysis.audit.earlier import EARLIER_FIELDS, read_earlier_sheet
from analysis.audit.rows import RowLayout, choose_titles, plan_rows
from analysis.audit.tables import read_laid_matches
from analysis.audit.workbook import BEFORE, MATCHES, NOW
from analysis.errors import ReportError
from analysis.figures.scopes import add_scopes
from analysis.files.file import read_content
from analysis.files.sheet import Entry, Sheet, UnreadableWorkbookError
from analysis.files.workbook import read_sheets
from analysis.questionnaire.field import SAID_BETWEEN, SEVERAL
from analysis.questionnaire.questionnaire import Questionnaire
from analysis.survey.answers.steps import read_said_steps
from analysis.survey.survey import row_columns


class RowsError(ValueError):
    """A sheet is not one of tidy rows; the message says where and why."""


class Audited(NamedTuple):
    """What an audit workbook holds: rows by cycle name, this cycle's first; the confirmed pairs.

    `earlier` are those of the cycles before the previous one, with the answers that stand there.
    """

    rows: dict[str, pd.DataFrame]
    matches: pd.DataFrame
    earlier: dict[str, pd.DataFrame]


def read_audit(path: Path, asked: Questionnaire) -> Audited:
    """Return the tidy rows that an audit workbook holds, and the matches as the survey had them.

    Rows as in a ledger's tables: the columns of `row_columns` and the scopes, in their order. A
    text too long for a cell comes back cut. Raises ReportError for a file that can't be read as an
    audit workbook.

    >>> from analysis.audit.workbook import write_audit
    >>> path = ledger.cycle.root / "audit.xlsx"
    >>> size = path.write_bytes(write_audit(findings))
    >>> audited = read_audit(path, survey.asked)
    >>> {cycle: rows["procedure_id"].tolist() for cycle, rows in audited.rows.items()}
    {'2024-09-01': ['K-001', 'K-002'], '2024-04-30': ['K-901', 'K-003', 'K-002']}
    >>> audited.matches[["previous_id", "current_id", "reason"]]
      previous_id current_id reason
    0       K-003        NaN  条例の廃止
    """
    book = _read_sheets(path)
    try:
        if NOW not in book:
            raise RowsError(f"シート「{NOW}」がありません")
        frames = [read_rows(book[name], asked) for name in (NOW, BEFORE) if name in book]
        earlier = {
            day: read_rows(lines, asked, EARLIER_FIELDS)
            for title, lines in book.items()
            if (day := read_earlier_sheet(title)) is not None
        }
    except RowsError as error:
        raise _unreadable(path, str(error)) from None
    rows = {str(frame["cycle"].iloc[0]): frame for frame in frames if len(frame)}
    return Audited(rows, read_laid_matches(book.get(MATCHES, ())), earlier)


def _read_sheets(path: Path) -> dict[str, list[list[object]]]:
    """Return the lines of the sheets that are read back, by title; what is delivered is bounded."""

    def is_wanted(title: str) -> bool:
        return title in (NOW, BEFORE, MATCHES) or read_earlier_sheet(title) is not None

    try:
        sheets = read_sheets(read_content(path), lambda sheet: is_wanted(sheet.title))
    except UnreadableWorkbookError:
        raise _unreadable(path, "Excel のファイルとして開けません") from None
    return {sheet.title: list(_list_lines(sheet)) for sheet in sheets if is_wanted(sheet.title)}


def _list_lines(sheet: Sheet) -> Iterator[list[object]]:
    width = max(map(max, sheet.cells.values()), default=0)
    for cells in sheet.cells.values():
        yield [_take_value(cells.get(column)) for column in range(1, width + 1)]


def _take_value(cell: Entry | None) -> object:
    if cell is None:
        return None
    return int(cell.text) if cell.kind == "number" and cell.text.isdecimal() else cell.text


def _unreadable(path: Path, why: str) -> ReportError:
    return ReportError(
        f"{path.name} を検算のファイルとして読めません（{why}）。"
        "\n`analysis report` で作成したままのファイルを指定してください。"
    )


def read_rows(
    lines: Iterable[Sequence[object]],
    asked: Questionnaire,
    fields: Collection[str] | None = None,
) -> pd.DataFrame:
    """Return the tidy rows that a sheet's lines hold, as `lay_rows` was given them.

    Of a sheet of some `fields` only, the other columns are NA. Raises RowsError for another header
    or for an answer that the survey doesn't know.

    >>> from analysis.audit.rows import lay_rows
    >>> criteria = {scope: scope for scope in ledger.scopes}
    >>> table = ledger.tables.current["procedures"]
    >>> page = lay_rows("手続き", table, survey.corrections, criteria, survey.asked)
    >>> lines = zip(*([column.title, *column.cells] for column in page.columns), strict=True)
    >>> read_rows(lines, survey.asked)[["procedure_id", "status", "scope_department"]]
      procedure_id       status scope_department
    0        K-001       online           kankyo
    1        K-002  not_started           kodomo
    """
    laid, table = plan_rows(asked), iter(lines)
    titles = laid.titles if fields is None else choose_titles(laid.titles, fields)
    head, width = next(table, ()), len(titles)
    if tuple(head)[:width] != tuple(titles.values()):
        raise RowsError("見出しが違います")
    filled = [
        [*line, *[None] * (width - len(line))]
        for line in table
        if any(cell is not None for cell in line)
    ]
    columns = dict(zip(titles, zip(*filled, strict=True), strict=False))
    read: dict[str, Sequence[object]] = {}
    names = row_columns(asked.fields)
    for name in names:
        if name == "department_slug":
            # A criterion that had to be told from another has a number after the slug.
            cells = columns.get("scope_department", ())
            read[name] = [None if c is None else str(c).partition("(")[0] for c in cells]
        elif name in laid.choices:
            read[name] = _read_codes(name, columns.get(name, ()), laid)
        elif name == "steps":
            read[name] = _read_steps(columns.get(name, ()), laid, asked)
        else:
            read[name] = columns.get(name, [None] * len(filled))
    kinds = dict.fromkeys(names, "str") | dict.fromkeys(laid.numbers, "Int64")
    kinds["row"] = "int64"
    try:
        frame = pd.DataFrame(
            {name: pd.Series(list(read[name]), dtype=kind) for name, kind in kinds.items()}
        )
    except (TypeError, ValueError):
        raise RowsError("数値の列に数値でないものがあります") from None
    return add_scopes(frame)


def _read_codes(field: str, cells: Sequence[object], laid: RowLayout) -> list[str | None]:
    codes = {label: code for code, label in laid.choices[field].items()}
    read: list[str | None] = []
    for line, cell in enumerate(cells, start=2):
        labels = [] if cell is None else str(cell).split(SAID_BETWEEN)
        if any(label not in codes for label in labels):
            raise RowsError(f"{line}行目の「{laid.titles[field]}」に知らない回答があります")
        read.append(SEVERAL.join(codes[label] for label in labels) or None)
    return read


def _read_steps(cells: Sequence[object], laid: RowLayout, asked: Questionnaire) -> list[str | None]:
    try:
        return [None if cell is None else read_said_steps(str(cell), asked) for cell in cells]
    except KeyError as error:
        title = laid.titles["steps"]
        raise RowsError(f"「{title}」に知らない項目か整え方「{error.args[0]}」があります") from None
