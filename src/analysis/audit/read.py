"""Take the rows back out of a delivered audit workbook, to compare them with another cycle's."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from analysis.audit.rows import RowsError, read_rows
from analysis.audit.tables import read_laid_matches
from analysis.audit.workbook import BEFORE, MATCHES, NOW
from analysis.errors import ReportError
from analysis.files.file import read_content
from analysis.files.sheet import Entry, Sheet, UnreadableWorkbookError
from analysis.files.workbook import read_sheets


class Audited(NamedTuple):
    """What an audit workbook holds: rows by cycle name, this cycle's first; the confirmed pairs."""

    rows: dict[str, pd.DataFrame]
    matches: pd.DataFrame


def read_audit(path: Path) -> Audited:
    """Return the tidy rows that an audit workbook holds, and the matches as the survey had them.

    Rows as in a ledger's tables: ROW_COLUMNS and the scopes, in their order. A text too long for a
    cell comes back cut. Raises ReportError for a file that can't be read as an audit workbook.

    >>> from analysis.audit.workbook import write_audit
    >>> path = ledger.cycle.root / "audit.xlsx"
    >>> size = path.write_bytes(write_audit(findings))
    >>> audited = read_audit(path)
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
        frames = [read_rows(book[name]) for name in (NOW, BEFORE) if name in book]
    except RowsError as error:
        raise _unreadable(path, str(error)) from None
    rows = {str(frame["cycle"].iloc[0]): frame for frame in frames if len(frame)}
    return Audited(rows, read_laid_matches(book.get(MATCHES, ())))


def _read_sheets(path: Path) -> dict[str, list[list[object]]]:
    """Return the lines of the sheets that are read back, by title; what is delivered is bounded."""
    wanted = (NOW, BEFORE, MATCHES)
    try:
        sheets = read_sheets(read_content(path), lambda sheet: sheet.title in wanted)
    except UnreadableWorkbookError:
        raise _unreadable(path, "Excel のファイルとして開けません") from None
    return {sheet.title: list(_list_lines(sheet)) for sheet in sheets if sheet.title in wanted}


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
