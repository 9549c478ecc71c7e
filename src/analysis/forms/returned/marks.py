"""Mark the faulty cells of a department's workbook, and take earlier marks off again.

A mark is a fill, a comment that says what is wrong and what to do, and, on a protected sheet, an
unlocked cell. The format a cell had before is kept in the list of problems, beside its entry.
"""

import re
from collections.abc import Iterator, Sequence
from copy import copy

from openpyxl.cell.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill, Protection
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from analysis.forms.cell_text import count_lines, fit
from analysis.forms.returned.listed import Listed
from analysis.forms.returned.review_sheet import find_review, sample_format
from analysis.looks import argb
from analysis.questionnaire.rules import SEVERITY_LABELS, Severity

AUTHOR = "調査票の確認"
_FILLS: dict[Severity, str] = {"error": argb("error"), "warning": argb("warning")}

_HEAD = re.compile(r"【確認事項([0-9]+)　")
_KEPT = re.compile(r"\n\n――もとのコメント（(.*?)）――\n", re.DOTALL)
# In letters and in pixels, for a comment that shows all of its text.
_COMMENT_LETTERS = 44
_COMMENT_WIDTH, _LINE_HEIGHT, _MARGIN = 340, 18, 24


def mark_cells(workbook: Workbook, listed: Sequence[Listed]) -> None:
    """Colour and comment every cell with an error or a warning, and unlock it.

    The comment holds all problems of the cell, also its notices; a comment that is there already is
    kept below ours.
    """
    by_cell: dict[tuple[str, str], tuple[Cell, list[Listed]]] = {}
    for entry in listed:
        for cell in entry.cells:
            place = (cell.parent.title, cell.coordinate)
            by_cell.setdefault(place, (cell, []))[1].append(entry)
        if entry.cells:
            sample_format(workbook, entry.number, entry.cells[0])
    for cell, entries in by_cell.values():
        gravest = next((s for s in _FILLS if any(e.problem.severity == s for e in entries)), None)
        if gravest is not None:
            _mark(cell, _FILLS[gravest], write_comment(entries))


def write_comment(entries: Sequence[Listed]) -> str:
    """Return the text of the comment on a cell with these problems."""
    return "\n\n".join(
        f"【確認事項{entry.number}　{SEVERITY_LABELS[entry.problem.severity]}】"
        f"{fit(entry.problem.message)}\n{fit(entry.problem.action)}"
        for entry in entries
    )


def clear_marks(workbook: Workbook) -> None:
    """Take off every mark of ours, with the list of problems; other comments and fills stay."""
    review = find_review(workbook)
    for sheet in workbook.worksheets:
        for cell in _list_commented(sheet):
            text = cell.comment.text
            found = _HEAD.match(text)
            if found is None:
                continue
            _restore_comment(cell, text)
            number = int(found.group(1))
            _restore_format(cell, review.samples.get(number) if review else None)
    if review is not None:
        workbook.remove(review.sheet)


def _mark(cell: Cell, colour: str, text: str) -> None:
    own = cell.comment
    if own is not None:
        text += f"\n\n――もとのコメント（{own.author}）――\n{own.text}"
    height = _MARGIN + _LINE_HEIGHT * count_lines(text, _COMMENT_LETTERS)
    cell.comment = Comment(text, AUTHOR, height=height, width=_COMMENT_WIDTH)
    cell.fill = PatternFill("solid", fgColor=colour)
    if cell.parent.protection.sheet:
        cell.protection = Protection(locked=False, hidden=cell.protection.hidden)


def _restore_comment(cell: Cell, text: str) -> None:
    own = _KEPT.search(text)
    cell.comment = Comment(text[own.end() :], own.group(1)) if own else None


def _restore_format(cell: Cell, sample: Cell | None) -> None:
    """Give a cell back its fill and its lock; a fill chosen since then stays."""
    if cell.fill.fill_type == "solid" and cell.fill.fgColor.rgb in _FILLS.values():
        cell.fill = copy(sample.fill) if sample is not None else PatternFill()
    if sample is not None:
        cell.protection = copy(sample.protection)


def _list_commented(sheet: Worksheet) -> Iterator[Cell]:
    # The public iterators make a cell for every place of the used range, up to 16,384 a row.
    for cell in list(sheet._cells.values()):
        if getattr(cell, "comment", None) is not None:
            yield cell
