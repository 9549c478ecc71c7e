"""The problems of a workbook as its list has them: numbered, alike ones in one entry."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass

from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.workbook import Workbook

from analysis.errors import EXAMPLES_SHOWN
from analysis.survey.alike import Alike, gather_alike, name_places
from analysis.survey.problems import Problem


@dataclass(frozen=True)
class Listed:
    """An entry of the list: alike problems with their number, and the cells they are marked on.

    The cells have one and the same format, which is kept beside the entry. `where` names the
    places, and says how many there are of several.
    """

    number: int
    alike: Alike
    cells: tuple[Cell, ...]
    where: str

    @property
    def problem(self) -> Problem:
        """The first of the problems, whose words are those of all."""
        return self.alike.first


def list_problems(
    workbook: Workbook, problems: Sequence[Problem], *, most_places: int | None = EXAMPLES_SHOWN
) -> list[Listed]:
    """Return the entries for a workbook, in the order of the first problem of each.

    At most so many places of each are named (None: all).
    """
    formats = _Formats()
    groups: list[tuple[Alike, tuple[Cell, ...]]] = []
    for alike in gather_alike(problems):
        by_format: dict[int | None, tuple[list[Problem], dict[str, Cell]]] = {}
        for problem in alike.problems:
            cell = _find_cell(workbook, problem)
            number = None if cell is None else formats.number(cell)
            own, cells = by_format.setdefault(number, ([], {}))
            own.append(problem)
            if cell is not None:
                cells[cell.coordinate] = cell
        groups += [(Alike(tuple(o)), tuple(cells.values())) for o, cells in by_format.values()]
    return [
        Listed(number, alike, cells, _say_where(alike, most_places))
        for number, (alike, cells) in enumerate(groups, start=1)
    ]


def _say_where(alike: Alike, most: int | None) -> str:
    places = name_places(alike.problems, within_workbook=True, most=most) or "ファイル全体"
    return places if alike.count == 1 else f"{places}（{alike.count:,}件）"


class _Formats:
    """Numbers the fills with their locks: cells of one number are given back alike."""

    def __init__(self) -> None:
        self._by_style: dict[int, int] = {}
        self._seen: dict[tuple[object, object], int] = {}

    def number(self, cell: Cell) -> int:
        """Return the number of a cell's format."""
        style = cell.style_id
        if style not in self._by_style:
            key = (copy(cell.fill), copy(cell.protection))
            self._by_style[style] = self._seen.setdefault(key, len(self._seen))
        return self._by_style[style]


def _find_cell(workbook: Workbook, problem: Problem) -> Cell | None:
    """Return a problem's cell, or the first of the merged ones that it is a part of."""
    if not problem.cell or not problem.sheet or problem.sheet not in workbook.sheetnames:
        return None
    sheet = workbook[problem.sheet]
    row, column = coordinate_to_tuple(problem.cell)
    if isinstance(sheet._cells.get((row, column)), MergedCell):
        for merge in sheet.merged_cells:
            if merge.min_row <= row <= merge.max_row and merge.min_col <= column <= merge.max_col:
                row, column = merge.min_row, merge.min_col
                break
    found: Cell = sheet.cell(row, column)
    return found
