"""Take procedure rows into columns, filling down what is written once for several of them.

A merged cell holds for all its rows, a section until the next one or its subtotal, and a ditto mark
repeats the row above. A filled value keeps the address where it really stands.
"""

from collections.abc import Sequence
from typing import Any

from openpyxl.utils.cell import get_column_letter

from analysis.files.sheet import Entry
from analysis.questionnaire.field import Field
from analysis.questionnaire.spellings import match_key
from analysis.survey.table.header import Header
from analysis.survey.table.lines import read_section_heading
from analysis.survey.table.merges import map_tops

Columns = dict[str, list[Any]]
"""Rows, column by column; a value that is missing is None."""

_DITTO_MARKS = frozenset(match_key(mark) for mark in ("〃", "″", "”", '"', "仝", "同上"))
_LONGEST_DITTO = 6


def is_ditto(text: str) -> bool:
    """Tell whether a text says nothing but: as above."""
    return len(text) <= _LONGEST_DITTO and match_key(text) in _DITTO_MARKS


class RowTaker:
    """Takes procedure rows, one after another, into `rows`: the raw columns' lists."""

    def __init__(self, header: Header, fields: Sequence[Field], rows: Columns) -> None:
        """Fill `rows`, which has an empty list for each raw column of the fields."""
        self.rows = rows
        self._sheet = header.sheet
        self._fields = []
        for field in fields:
            column = header.columns.get(field.name)
            lists = tuple(rows[f"{field.name}_{part}"] for part in ("raw", "held", "cell", "fill"))
            self._fields.append((field.name, column, get_column_letter(column or 1), lists))
        self._tops = map_tops(header.sheet, set(header.columns.values()))
        self._section: tuple[Entry, str] | None = None
        self._above: dict[str, tuple[Entry, str]] = {}

    def end_group(self) -> None:
        """Forget what stands above: a blank or a mark under a total no longer means the same."""
        self._section = None
        self._above = {}

    def begin_section(self, row: int, column: int) -> None:
        """Take the section's name from a heading, without its marks, for the rows below it."""
        entry = self._sheet.get(row, column)
        name = read_section_heading(entry.text) if entry is not None else None
        if entry is not None and name is not None:
            self._section = (entry._replace(text=name), f"{get_column_letter(column)}{row}")
            self._above["section"] = self._section

    def take(self, row: int) -> None:
        """Add one procedure."""
        self.rows["row"].append(row)
        self.rows["hidden"].append("yes" if row in self._sheet.hidden_rows else "no")
        cells = self._sheet.cells.get(row, {})
        for name, column, letter, (raws, helds, places, fills) in self._fields:
            entry, place, fill = None, None, None
            if column is not None:
                entry, place = cells.get(column), f"{letter}{row}"
                top = self._tops.get((row, column))
                if top is not None:
                    entry, place, fill = self._sheet.get(top, column), f"{letter}{top}", "merge"
                is_blank = entry is None or (entry.kind != "formula" and not entry.text.strip())
                if name == "section" and is_blank and self._section is not None:
                    (entry, place), fill = self._section, "group"
                elif entry is not None and name != "procedure_id" and is_ditto(entry.text):
                    if name in self._above:
                        (entry, place), fill = self._above[name], "ditto"
                    is_blank = fill != "ditto"
                elif is_blank:
                    fill = None
                if is_blank or entry is None:
                    self._above.pop(name, None)
                else:
                    self._above[name] = (entry, place)
                    if name == "section":
                        self._section = (entry, place)
            raws.append(entry.text or None if entry else None)
            helds.append(entry.kind if entry else None)
            places.append(place)
            fills.append(fill)
