"""The tidy rows of a cycle as a sheet of the audit workbook, and back again.

Every answer as it is printed in the survey, then every raw text with its cell, then what formulas
compare: names and sections without regard to width and blanks, and the scopes a row belongs to.
"""

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

import pandas as pd

from analysis.audit.sheet import AuditCell, AuditColumn, Page, Style, lay_sheet
from analysis.figures.definition import field_name, other_fields
from analysis.figures.formula import RowSheet
from analysis.figures.scopes import LEVELS, Level
from analysis.questionnaire.field import name_codes
from analysis.questionnaire.questionnaire import Questionnaire
from analysis.questionnaire.spellings import answer_key, match_key
from analysis.survey.answers.steps import say_steps
from analysis.survey.answers.unique import part_id
from analysis.survey.survey import row_columns

SCOPE_TITLES: dict[Level, str] = {
    "all": "範囲コード（市全体）",
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


class RowLayout(NamedTuple):
    """How the rows of one survey are laid out: titles and choices by column, which are numbers."""

    titles: Mapping[str, str]
    choices: Mapping[str, Mapping[str, str]]
    numbers: frozenset[str]

    def style_of(self, key: str) -> Style:
        """Return how the cells of a column are shown."""
        return "count" if key in self.numbers else "text"


@lru_cache(maxsize=8)
def plan_rows(asked: Questionnaire) -> RowLayout:
    """Return how the rows of a survey that asks this are laid out."""
    fields, others = [field for field in asked.fields if field.is_asked], other_fields(asked)
    missing = [name for name in row_columns(fields) if name.endswith("_missing")]
    titles = {
        **{name: title for name, (title, _) in _PLACE.items()},
        **{field.name: field.header for field in fields},
        "hidden": others["hidden"][0],
        "correction": "訂正",
        "steps": "読み取りで整えた項目と整え方",
        **{name: others[name][0] for name in missing},
        **{
            f"{field.name}{part}": f"{field.header}（{word}）"
            for field in fields
            for part, word in (("_raw", "原本の値"), ("_cell", "セル"))
        },
        **{f"{name}_key": title for name, title in KEYS.items()},
        **{f"scope_{level}": title for level, title in SCOPE_TITLES.items()},
        # Last, so that who reads answers back needs to know none of them.
        **{name: own.header for name, own in asked.derived.items()},
    }
    choices: dict[str, Mapping[str, str]] = {
        field.name: field.choices for field in fields if field.choices
    }
    choices |= {name: others[name][1] for name in ("hidden", *missing, *asked.derived)}
    numbers = {"row", *(field.name for field in asked.fields if field.kind == "number")}
    return RowLayout(titles, choices, frozenset(numbers))


def lay_rows(
    name: str,
    rows: pd.DataFrame,
    corrections: pd.DataFrame,
    criteria: Mapping[str, str],
    asked: Questionnaire,
    *,
    derived: Mapping[str, Sequence[AuditCell]] = MappingProxyType({}),
    fields: Collection[str] | None = None,
) -> Page:
    """Return the sheet of a cycle's tidy rows, one line a procedure.

    Needs the columns of `row_columns` and the scopes; `corrections` are those applied to these
    rows, `criteria` the text for each scope, `derived` the cells of the columns worked out. Of some
    `fields` only, the sheet has what stands of these and where a row belongs.

    >>> criteria = {scope: scope for scope in ledger.scopes}
    >>> table = ledger.tables.current["procedures"]
    >>> page = lay_rows("手続き", table, survey.corrections, criteria, survey.asked)
    >>> [(c.title, *c.cells) for c in page.columns if c.key in ("procedure_id", "status")]
    [('手続きID', 'K-001', 'K-002'), ('オンライン化の状況', 'オンライン化済', '未着手')]
    """
    laid = plan_rows(asked)
    titles = laid.titles if fields is None else choose_titles(laid.titles, fields)
    words: list[str | None] = [None] * len(rows)
    corrected: dict[str, list[Style]] = {}
    for found in corrections.to_dict("records"):
        at, field = _find_corrected(rows, found), found["field"]
        words[at] = "\n".join(filter(None, [words[at], _say_correction(found, asked)]))
        for part in ("", "_raw"):
            marks = corrected.setdefault(
                f"{field}{part}", [laid.style_of(f"{field}{part}")] * len(rows)
            )
            marks[at] = "corrected"
    own = {f"{key}_key": [_fold(text) for text in column_cells(rows[key])] for key in KEYS}
    columns = []
    for key, title in titles.items():
        if key == "correction":
            cells: Sequence[AuditCell] = words
        elif key == "steps":
            cells = [
                None if cell is None else say_steps(str(cell), asked)
                for cell in column_cells(rows[key])
            ]
        elif key in own:
            cells = own[key]
        elif key.startswith("scope_"):
            cells = column_cells(rows[key], criteria)
        elif key in asked.derived:
            # Rows that no measure counts by them are without.
            cells = derived.get(key, [None] * len(rows))
        else:
            cells = column_cells(rows[key], laid.choices.get(key))
        columns.append(
            AuditColumn(key, title, _width(key), cells, corrected.get(key) or laid.style_of(key))
        )
    keys = list(titles)
    frozen, printed = (keys.index(key) + 1 for key in ("procedure_id", "correction"))
    return Page(name, tuple(columns), frozen, printed, wide=3 if fields is None else 1)


def choose_titles(titles: Mapping[str, str], fields: Collection[str]) -> dict[str, str]:
    """Return the columns of some fields, with those that say where a row stands and belongs.

    >>> [*choose_titles(plan_rows(survey.asked).titles, ["status"])][4:9]
    ['row', 'status', 'correction', 'status_raw', 'status_cell']
    """
    kept = {"correction", *_PLACE, *(f"scope_{level}" for level in LEVELS)}
    kept |= {f"{field}{part}" for field in fields for part in ("", "_raw", "_cell")}
    return {key: title for key, title in titles.items() if key in kept}


def plan_sheet(name: str, rows: pd.DataFrame, asked: Questionnaire) -> RowSheet:
    """Return the sheet of rows as formulas see it, before it is laid.

    >>> plan_sheet("手続き", rows, survey.asked).last_row
    3
    """
    return lay_sheet(name, list(plan_rows(asked).titles), len(rows))


def column_cells(
    column: "pd.Series[Any]", names: Mapping[str, str] | None = None
) -> list[AuditCell]:
    """Return a column's cells, missing ones as None; with `names`, each code by its name.

    >>> column_cells(rows["status"], {"online": "オンライン化済", "not_started": "未着手"})
    ['オンライン化済', '未着手']
    """
    # One object for all equal cells, of which a sheet may have millions.
    codes, values = pd.factorize(column)
    known: list[AuditCell] = values.tolist()
    if names is not None:
        known = [name_codes(str(cell), names) for cell in known]
    # A missing one has the code -1.
    known.append(None)
    return [known[code] for code in codes.tolist()]


def lay_scopes(
    table: pd.DataFrame, criteria: Mapping[str, str], levels: Sequence[Level] = LEVELS[:2]
) -> list[AuditColumn]:
    """Return the columns that say to which scopes a row belongs.

    >>> table = ledger.tables.current["workbooks"]
    >>> columns = lay_scopes(table, {"all": "all", "kankyo": "kankyo", "kodomo": "kodomo"})
    >>> [(column.title, *column.cells) for column in columns]
    [('範囲コード（市全体）', 'all', 'all'), ('範囲コード（部局）', 'kankyo', 'kodomo')]
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


def _say_correction(found: Mapping[Any, Any], asked: Questionnaire) -> str:
    return (
        f"{field_name(found['field'], asked)}：「{found['expected']}」を「{found['value']}」に訂正"
        f"（{found['reason']}。{found['decided_by']}、{found['decided_on']}）"
    )


def _fold(text: object) -> str | None:
    return match_key(text) if isinstance(text, str) else None


def _width(key: str) -> int:
    if key in _PLACE:
        return _PLACE[key][1]
    base = key.removesuffix("_raw").removesuffix("_key")
    return 9 if key.endswith("_cell") else _WIDTHS.get(base, 16)
