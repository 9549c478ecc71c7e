"""Which cells draw their value from another workbook, directly or through a name.

That a workbook lists others says little: names that nobody uses any more keep their links.
"""

import re
from collections.abc import Iterator
from typing import IO

from analysis.files.richtext import Attributes, Stream

# Excel's own bound. A formula of more is not looked through; it counts as one that draws.
_LONGEST_FORMULA = 8_192
# Texts in double quotes hold no reference.
_TEXT = re.compile('"[^"]*"')
# [2]Sheet1!A1 and [2]!name; then '[2]a sheet'!A1. A table's column, Table1[2], has no such end.
_OUTSIDE = re.compile(r"(?<![\w\]])\[[^\[\]]+\][\w.]*!|\](?:[^\[\]']|'')*'!")
_NAME = re.compile(r"[\w.\\?]+")


def find_drawing_names(formulas: Iterator[tuple[str, str]]) -> frozenset[str]:
    """Return the names, case folded, whose formula draws on another workbook.

    `formulas` are all names of a workbook with what they stand for; a name may use other names.
    """
    users: dict[str, list[str]] = {}
    found: list[str] = []
    for name, written in formulas:
        formula = _TEXT.sub("", written)
        if _is_drawing(formula):
            found.append(name.casefold())
        for other in _list_names(formula):
            users.setdefault(other, []).append(name.casefold())
    names: set[str] = set()
    while found:
        name = found.pop()
        if name not in names:
            names.add(name)
            found += users.get(name, ())
    return frozenset(names)


def find_drawing_cells(source: IO[bytes], names: frozenset[str]) -> tuple[str, int]:
    """Return the first address and the number of cells whose formula draws on another workbook."""
    first, count = "", 0
    place: list[str] = []

    def start_cell(attributes: Attributes) -> None:
        place[:] = [attributes.get("r", "")]

    def end_formula(written: str) -> None:
        nonlocal first, count
        # Outside of cells stand the formulas of drop-down lists, which give no value.
        if not place:
            return
        formula = _TEXT.sub("", written)
        if _is_drawing(formula) or (names and not names.isdisjoint(_list_names(formula))):
            first, count = first or place[0], count + 1

    starts = {"c": start_cell, "f": lambda _: None}
    ends = {"f": end_formula, "c": lambda _: place.clear()}
    stream = Stream(source, starts, ends)
    while stream.feed():
        pass
    return first, count


def _is_drawing(formula: str) -> bool:
    """Tell whether a formula, without its texts, refers to another workbook itself."""
    is_long = len(formula) > _LONGEST_FORMULA
    return is_long or ("[" in formula and _OUTSIDE.search(formula) is not None)


def _list_names(formula: str) -> list[str]:
    """Return every name in a formula without its texts, case folded, and what looks like one."""
    return _NAME.findall(formula.casefold())
