"""A table of the open data: its columns, told in full, and its rows as they stand in a CSV file.

The form is 総務省's 統一ルール for machine-readable tables (2020-12-18): one heading row, one value
in a cell, units in the headings, whole rows, western dates, no layout by blanks, no characters that
only some systems have. `tests/test_opendata.py` holds each of its items.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from analysis.survey.plain_csv import defuse

OpenKind = Literal["string", "integer", "number", "date", "partial_date", "boolean"]

KIND_LABELS: dict[OpenKind, str] = {
    "string": "文字列",
    "integer": "整数",
    "number": "数",
    "date": "日付",
    "partial_date": "日付（年または年月まででもよい）",
    "boolean": "真偽",
}
YES, NO = "1", "0"
"""How a cell says whether one of several answers was given."""

# Enclosed and squared characters, number forms, half-width kana: what 統一ルール 1-10 is about.
# Letters of names (髙, 﨑) are no other ones for being rare: they stay.
_PECULIAR = re.compile(
    "[\u2100-\u218f\u2460-\u24ff\u3200-\u33ff\uff61-\uff9f\U0001f100-\U0001f2ff]+"
)


class OpenField(NamedTuple):
    """A column: its heading, what its cells are, and what that means.

    `code` is by which name the program and the settings know it. `choices` are all that a cell may
    say, by code, `meanings` what some of these codes mean; `is_required`: no cell is blank.
    """

    heading: str
    code: str
    kind: OpenKind
    description: str
    unit: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    is_required: bool = False
    meanings: Mapping[str, str] = {}


class OpenTable(NamedTuple):
    """A table: its file's name in the set, title, description, columns, key, rows of texts."""

    name: str
    title: str
    description: str
    fields: tuple[OpenField, ...]
    key: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def write_table(table: OpenTable) -> bytes:
    """Return a table as CSV: UTF-8 with a byte order mark, lines ended by CR LF.

    The mark is for those who open it by double click: without it Excel takes Japanese text for
    another encoding. What reads UTF-8 strictly is told by the package (`utf-8-sig`).
    """
    kinds = [field.kind for field in table.fields]
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([say_plainly(field.heading) for field in table.fields])
    writer.writerows(_say_cells(row, kinds) for row in table.rows)
    return text.getvalue().encode("utf-8-sig")


def say_plainly(text: str) -> str:
    r"""Return a text without layout, peculiar characters, or what a spreadsheet would compute.

    >>> say_plainly(" ①　申請\n書 "), say_plainly("=1+1")
    ('1 申請 書', "'=1+1")
    """
    plain = _PECULIAR.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    return str(defuse(" ".join(plain.split())))


def list_codes_of(tables: Iterable[OpenTable]) -> list[tuple[str, ...]]:
    """Return all that cells with choices may say: file, heading, code, label, meaning."""
    return [
        (table.name, field.heading, code, label, field.meanings.get(code, ""))
        for table in tables
        for field in table.fields
        for code, label in field.choices
    ]


def _say_cells(row: Sequence[str], kinds: Sequence[OpenKind]) -> list[str]:
    # A number below zero begins as a formula does, and is none.
    return [
        say_plainly(cell) if kind == "string" else cell
        for cell, kind in zip(row, kinds, strict=True)
    ]
