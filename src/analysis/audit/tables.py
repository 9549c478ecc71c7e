"""The audit workbook's small tables: what came in, what was wrong or corrected, what was published.

The comparison with the published report is a formula over the recounted figures.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd
from pandas.api.types import is_numeric_dtype

from analysis.audit.figures import read_number, shown_value, style_of, write_verdict
from analysis.audit.rows import column_cells, lay_scopes
from analysis.audit.sheet import AuditCell, AuditColumn, Formula, Page, Style
from analysis.figures.definition import OTHER_FIELDS, other_fields, value_name
from analysis.figures.formula import RowSheet
from analysis.figures.ledger import Ledger
from analysis.questionnaire.questionnaire import STATUS, Questionnaire
from analysis.survey.pairs.confirm import MATCHES_COLUMNS

# From this width on a column holds sentences.
_WIDE = 50
_PLACE = (("department", "部局", 16), ("workbook", "ファイル", 22), ("sheet", "シート", 10))
_CELL = ("cell", "セル", 8)
_MATCHES = {
    "line": ("行", 6),
    "previous_id": ("前回の手続きID", 15),
    "current_id": ("今回の手続きID", 15),
    "reason": ("理由", 60),
    "decided_by": ("決定者", 22),
    "decided_on": ("決定日", 12),
}
_COLUMNS: dict[str, tuple[tuple[str, str, int], ...]] = {
    "workbooks": (
        *_PLACE,
        ("state", OTHER_FIELDS["state"][0], 10),
        ("procedures", "手続きの行", 11),
        ("hidden_rows", "非表示の行", 11),
        ("stated_total", "調査票の計：総数", 11),
        ("other_sheets", "ほかのシート", 20),
        ("extra_columns", "調査票にない列", 20),
        ("sha256", "ファイルのSHA-256", 68),
    ),
    "lines": (*_PLACE, ("kind", OTHER_FIELDS["kind"][0], 18), _CELL),
    "problems": (
        ("severity", OTHER_FIELDS["severity"][0], 9),
        ("code", OTHER_FIELDS["code"][0], 40),
        ("whose", OTHER_FIELDS["whose"][0], 16),
        *_PLACE,
        _CELL,
        ("field", "項目", 18),
        ("value", "原本の値", 24),
        ("message", "内容", 60),
        ("action", "対応", 50),
    ),
    "corrections": (
        ("procedure_id", "手続きID", 11),
        *_PLACE,
        _CELL,
        ("field", "項目", 18),
        ("expected", "原本の値", 20),
        ("value", "訂正後の値", 20),
        ("reason", "理由", 50),
        ("decided_by", "決定者", 22),
        ("decided_on", "決定日", 12),
    ),
    "steps": (
        ("step", OTHER_FIELDS["step"][0], 16),
        ("procedure_id", "手続きID", 11),
        *_PLACE,
        _CELL,
        ("field", "項目", 20),
        ("raw", "原本の値", 30),
        ("value", "読み取った値", 30),
    ),
}

NOT_FOUND = "該当する数値なし"


def lay_table(
    table: str,
    name: str,
    rows: pd.DataFrame,
    criteria: Mapping[str, str],
    asked: Questionnaire,
) -> Page:
    """Return the sheet `name` of a table, a line a row: what it says, then the row's scopes.

    `table` is workbooks, lines, problems, corrections or steps. Fields and codes stand there by
    their titles (a field that the survey doesn't know as it is), scopes by their `criteria`.

    >>> criteria = {"all": "all", "kankyo": "kankyo", "kodomo": "kodomo"}
    >>> steps = ledger.tables.current["steps"]
    >>> page = lay_table("steps", "読み取り", steps, criteria, survey.asked)
    >>> [(column.title, *column.cells) for column in page.columns[-5:-2]]
    [('項目', '年間件数'), ('原本の値', '120'), ('読み取った値', '210')]
    """
    if table == "steps":
        rows = _name_values(rows, asked)
    if "field" in rows:
        titles = {field.name: field.header for field in asked.fields}
        rows = rows.assign(field=rows["field"].map(titles).fillna(rows["field"]))
    laid = [
        AuditColumn(
            key,
            title,
            width,
            column_cells(rows[key], other_fields(asked).get(key, (None, None))[1]),
            _style_of(rows[key], width),
        )
        for key, title, width in _list_columns(table, asked)
    ]
    return Page(name, (*laid, *lay_scopes(rows, criteria)), 0, len(laid))


def _list_columns(table: str, asked: Questionnaire) -> Iterator[tuple[str, str, int]]:
    """Yield a table's columns; beside the total stated are those of each status."""
    for column in _COLUMNS[table]:
        yield column
        if column[0] == "stated_total":
            for code, label in asked.named[STATUS].choices.items():
                yield f"stated_{code}", f"調査票の計：{label}", 11


def lay_matches(name: str, matches: pd.DataFrame) -> Page:
    """Return the sheet of the pairs that people confirmed, a line each.

    >>> page = lay_matches("対応の確認", survey.matches)
    >>> [(column.title, *column.cells) for column in page.columns[:4]]
    [('行', '2'), ('前回の手続きID', 'K-003'), ('今回の手続きID', None), ('理由', '条例の廃止')]
    """
    columns = [
        AuditColumn(key, title, width, column_cells(matches[key]), _style_of(matches[key], width))
        for key, (title, width) in _MATCHES.items()
    ]
    return Page(name, tuple(columns), 0, len(columns))


def read_laid_matches(lines: Iterable[Sequence[object]]) -> pd.DataFrame:
    """Return the confirmed pairs that a sheet's lines hold, as `lay_matches` was given them.

    >>> page = lay_matches("対応の確認", survey.matches)
    >>> lines = zip(*([column.title, *column.cells] for column in page.columns), strict=True)
    >>> read_laid_matches(lines)[["line", "previous_id", "current_id", "reason"]]
      line previous_id current_id reason
    0    2       K-003        NaN  条例の廃止
    """
    _, *filled = list(lines) or [()]
    frame = pd.DataFrame([line[: len(_MATCHES)] for line in filled], columns=list(_MATCHES))
    return frame.dropna(how="all").astype("str").loc[:, list(MATCHES_COLUMNS)]


def lay_published(
    name: str,
    ledger: Ledger,
    figures: RowSheet,
    rows: Mapping[str, int],
    criteria: Mapping[str, str],
) -> Page:
    """Return the sheet that compares every published value with the recount of its figure.

    `rows` says in which row of the sheet of figures each figure stands. A published value that is
    not the number it is compared with, be it for its last digit, stays a text and so differs.
    """
    table = ledger.tables.current["published"]
    plan = RowSheet(name, ("scope", "label", "published", "recomputed", "agrees"), len(table) + 1)
    labels: list[AuditCell] = []
    recounts: list[AuditCell] = []
    verdicts: list[AuditCell] = []
    styles: list[Style] = []
    for row, record in enumerate(table.to_dict("records"), start=2):
        figure = None if pd.isna(record["figure_id"]) else ledger.figures[record["figure_id"]]
        known = None if figure is None else rows[figure.id]
        labels.append(record["measure"] if figure is None else figure.label)
        styles.append("text" if figure is None else style_of(figure.unit))
        recounts.append(
            NOT_FOUND
            if figure is None or known is None
            else Formula(f"={figures.cell('recomputed', known)}", shown_value(figure))
        )
        compared = (plan.local_cell(column, row) for column in ("published", "recomputed"))
        verdicts.append(write_verdict(*compared, agrees=record["agrees"] == "yes"))
    published = [read_number(text) for text in table["published"]]
    columns = (
        AuditColumn("scope", "範囲", 20, column_cells(table["scope"])),
        AuditColumn("label", "名称", 34, labels),
        AuditColumn("published", "公表値", 10, published, styles),
        AuditColumn("recomputed", "再計算", 16, recounts, styles),
        AuditColumn("agrees", "照合", 10, verdicts, "verdict"),
        AuditColumn("figure_id", "数値ID", 40, column_cells(table["figure_id"])),
        AuditColumn("cell", "published.csv の行", 18, column_cells(table["cell"])),
        *lay_scopes(table, criteria),
    )
    return Page(name, columns, 0, 7)


def _style_of(column: "pd.Series[Any]", width: int) -> Style:
    if is_numeric_dtype(column):
        return "count"
    return "wrapped" if width >= _WIDE else "text"


def _name_values(steps: pd.DataFrame, asked: Questionnaire) -> pd.DataFrame:
    """Return the steps with the values that were read as people read them."""
    pairs = zip(steps["field"].tolist(), steps["value"].tolist(), strict=True)
    named = [pd.NA if pd.isna(value) else value_name(field, value, asked) for field, value in pairs]
    return steps.assign(value=pd.Series(named, index=steps.index, dtype="str"))
