"""The tidy rows of a cycle as a sheet of the audit workbook, and back again.

Every answer as it is printed in the survey, then every raw text with its cell, then what formulas
compare: names and sections without regard to width and blanks, and the scopes a row belongs to.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from analysis.audit.sheet import AuditCell, AuditColumn, Page, Style
from analysis.figures.definition import OTHER_FIELDS, field_name
from analysis.figures.scopes import LEVELS, Level, add_scopes
from analysis.survey.answers.steps import read_said_steps, say_steps
from analysis.survey.answers.unique import part_id
from analysis.survey.spellings import answer_key, match_key
from analysis.survey.survey import ROW_COLUMNS
from analysis.survey.vocabulary import load_vocabulary

SCOPE_TITLES: dict[Level, str] = {
    "all": "範囲コード（全体）",
    "department": "範囲コード（部局）",
    "section": "範囲コード（課）",
}
KEYS = {"name": "照合用の手続き名", "law": "照合用の根拠法令等", "section": "照合用の課名"}
"""Columns in which two cycles are compared; a formula can't fold width."""

_PLACE = {
    "cycle": ("調査回", 11),
    "department": ("部局", 15),
    "workbook": ("ファイル", 20),
    "sheet": ("シート", 9),
    "row": ("行", 6),
}
_WIDTHS = {"procedure_id": 11, "section": 18, "name": 34, "law": 34, "remarks": 34}
_FIELDS = load_vocabulary()
_NUMBERS = {"row", *(field.name for field in _FIELDS if field.kind == "number")}
_MISSING = tuple(name for name in ROW_COLUMNS if name.endswith("_missing"))
_CHOICES: dict[str, Mapping[str, str]] = {
    **{field.name: field.choices for field in _FIELDS if field.choices},
    "hidden": OTHER_FIELDS["hidden"][1],
    **{name: OTHER_FIELDS[name][1] for name in _MISSING},
}
_TITLES: dict[str, str] = {
    **{name: title for name, (title, _) in _PLACE.items()},
    **{field.name: field.header for field in _FIELDS},
    "hidden": OTHER_FIELDS["hidden"][0],
    "correction": "訂正",
    "steps": "読み取りで整えた項目と整え方",
    **{name: OTHER_FIELDS[name][0] for name in _MISSING},
    **{
        f"{field.name}{part}": f"{field.header}（{word}）"
        for field in _FIELDS
        for part, word in (("_raw", "原本の値"), ("_cell", "セル"))
    },
    **{f"{name}_key": title for name, title in KEYS.items()},
    **{f"scope_{level}": title for level, title in SCOPE_TITLES.items()},
}


class RowsError(ValueError):
    """A sheet is not one of tidy rows; the message says where and why."""


def lay_rows(
    name: str, rows: pd.DataFrame, corrections: pd.DataFrame, criteria: Mapping[str, str]
) -> Page:
    """Return the sheet of a cycle's tidy rows, one line a procedure.

    Needs ROW_COLUMNS and the scopes; `corrections` are those applied to these rows, `criteria` the
    text for each scope.

    >>> criteria = {scope: scope for scope in ledger.scopes}
    >>> page = lay_rows("手続き", ledger.tables.current["procedures"], survey.corrections, criteria)
    >>> [(c.title, *c.cells) for c in page.columns if c.key in ("procedure_id", "status")]
    [('手続きID', 'K-001', 'K-002'), ('オンライン化の状況', 'オンライン化済', '未着手')]
    """
    words: list[str | None] = [None] * len(rows)
    corrected: dict[str, list[Style]] = {}
    for found in corrections.to_dict("records"):
        at, field = _find_corrected(rows, found), found["field"]
        words[at] = "\n".join(filter(None, [words[at], _say_correction(found)]))
        for part in ("", "_raw"):
            marks = corrected.setdefault(
                f"{field}{part}", [_style_of(f"{field}{part}")] * len(rows)
            )
            marks[at] = "corrected"
    own = {f"{key}_key": [_fold(text) for text in column_cells(rows[key])] for key in KEYS}
    columns = []
    for key, title in _TITLES.items():
        if key == "correction":
            cells: Sequence[AuditCell] = words
        elif key == "steps":
            cells = [
                None if cell is None else say_steps(str(cell)) for cell in column_cells(rows[key])
            ]
        elif key in own:
            cells = own[key]
        elif key.startswith("scope_"):
            cells = column_cells(rows[key], criteria)
        else:
            cells = column_cells(rows[key], _CHOICES.get(key))
        columns.append(
            AuditColumn(key, title, _width(key), cells, corrected.get(key) or _style_of(key))
        )
    keys = list(_TITLES)
    frozen, printed = (keys.index(key) + 1 for key in ("procedure_id", "correction"))
    return Page(name, tuple(columns), frozen, printed, wide=3)


def column_cells(
    column: "pd.Series[Any]", names: Mapping[str, str] | None = None
) -> list[AuditCell]:
    """Return a column's cells, missing ones as None; with `names`, each code by its name.

    >>> column_cells(rows["status"], {"online": "オンライン化済", "not_started": "未着手"})
    ['オンライン化済', '未着手']
    """
    # pandas-stubs doesn't know that None may stand for a missing one.
    cells: list[AuditCell] = column.to_numpy(object, na_value=None).tolist()  # type: ignore[call-overload]
    if names is None:
        return cells
    return [None if cell is None else names[str(cell)] for cell in cells]


def lay_scopes(
    table: pd.DataFrame, criteria: Mapping[str, str], levels: Sequence[Level] = LEVELS[:2]
) -> list[AuditColumn]:
    """Return the columns that say to which scopes a row belongs.

    >>> table = ledger.tables.current["workbooks"]
    >>> columns = lay_scopes(table, {"all": "all", "kankyo": "kankyo", "kodomo": "kodomo"})
    >>> [(column.title, *column.cells) for column in columns]
    [('範囲コード（全体）', 'all', 'all'), ('範囲コード（部局）', 'kankyo', 'kodomo')]
    """
    return [
        AuditColumn(
            f"scope_{level}",
            SCOPE_TITLES[level],
            18,
            column_cells(table[f"scope_{level}"], criteria),
        )
        for level in levels
    ]


def read_rows(lines: Iterable[Sequence[object]]) -> pd.DataFrame:
    """Return the tidy rows that a sheet's lines hold, as `lay_rows` was given them.

    Raises RowsError for another header or for an answer that the survey doesn't know.

    >>> criteria = {scope: scope for scope in ledger.scopes}
    >>> page = lay_rows("手続き", ledger.tables.current["procedures"], survey.corrections, criteria)
    >>> lines = zip(*([column.title, *column.cells] for column in page.columns), strict=True)
    >>> read_rows(lines)[["procedure_id", "status", "scope_department"]]
      procedure_id       status scope_department
    0        K-001       online           kankyo
    1        K-002  not_started           kodomo
    """
    table = iter(lines)
    head = next(table, ())
    if tuple(head)[: len(_TITLES)] != tuple(_TITLES.values()):
        raise RowsError("見出しが違います")
    filled = [
        [*line, *[None] * (len(_TITLES) - len(line))]
        for line in table
        if any(cell is not None for cell in line)
    ]
    columns = dict(zip(_TITLES, zip(*filled, strict=True), strict=False))
    read: dict[str, Sequence[object]] = {}
    for name in ROW_COLUMNS:
        if name == "department_slug":
            # A criterion that had to be told from another has a number after the slug.
            cells = columns.get("scope_department", ())
            read[name] = [None if c is None else str(c).partition("(")[0] for c in cells]
        elif name in _CHOICES:
            read[name] = _read_codes(name, columns.get(name, ()))
        elif name == "steps":
            read[name] = _read_steps(columns.get(name, ()))
        else:
            read[name] = columns.get(name, ())
    kinds = dict.fromkeys(ROW_COLUMNS, "str") | dict.fromkeys(_NUMBERS, "Int64")
    kinds["row"] = "int64"
    try:
        frame = pd.DataFrame(
            {name: pd.Series(list(read[name]), dtype=kind) for name, kind in kinds.items()}
        )
    except (TypeError, ValueError):
        raise RowsError("数値の列に数値でないものがあります") from None
    return add_scopes(frame)


def _read_codes(field: str, cells: Sequence[object]) -> list[str | None]:
    codes = {label: code for code, label in _CHOICES[field].items()}
    for line, cell in enumerate(cells, start=2):
        if cell is not None and cell not in codes:
            raise RowsError(f"{line}行目の「{_TITLES[field]}」に知らない回答があります")
    return [None if cell is None else codes[str(cell)] for cell in cells]


def _read_steps(cells: Sequence[object]) -> list[str | None]:
    try:
        return [None if cell is None else read_said_steps(str(cell)) for cell in cells]
    except KeyError as error:
        title = _TITLES["steps"]
        raise RowsError(f"「{title}」に知らない項目か整え方「{error.args[0]}」があります") from None


def _find_corrected(rows: pd.DataFrame, found: Mapping[Any, Any]) -> int:
    """Return the position of a correction's row; the id it names is the one typed there."""
    one = found["procedure_id"]
    written = rows["procedure_id_raw"].fillna("").map(answer_key)
    is_meant = written.isin([one, part_id(found["department_slug"], one)])
    for column, value in (
        ("workbook", found["workbook"]),
        ("sheet", found["sheet"]),
        (f"{found['field']}_cell", found["cell"]),
    ):
        is_meant &= rows[column] == value
    return int(is_meant.to_numpy().argmax())


def _say_correction(found: Mapping[Any, Any]) -> str:
    return (
        f"{field_name(found['field'])}：「{found['expected']}」を「{found['value']}」に訂正"
        f"（{found['reason']}。{found['decided_by']}、{found['decided_on']}）"
    )


def _fold(text: object) -> str | None:
    return match_key(text) if isinstance(text, str) else None


def _style_of(key: str) -> Style:
    return "count" if key in _NUMBERS else "text"


def _width(key: str) -> int:
    if key in _PLACE:
        return _PLACE[key][1]
    base = key.removesuffix("_raw").removesuffix("_key")
    return 9 if key.endswith("_cell") else _WIDTHS.get(base, 16)
