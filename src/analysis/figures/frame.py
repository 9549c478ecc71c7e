"""The procedures as a frame for an analysis of one's own: in codes, or in the words of the survey.

Nothing that a report prints is made from it. It has the answers as figures count them, corrections
and worked-out columns included, and says of each procedure where it stands.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import pandas as pd

from analysis.cycle import Department
from analysis.figures.definition import OTHER_FIELDS, define, other_fields
from analysis.figures.item import Item
from analysis.figures.tables import Tables, pair_ids
from analysis.questionnaire.field import name_codes
from analysis.questionnaire.questionnaire import Questionnaire

PAIR_ID = "pair_id"
"""The column by which both cycles know a procedure: by it their frames are joined."""

_NAMES = {
    "cycle": "調査回",
    "department": "部局",
    "department_slug": "部局の略号",
    PAIR_ID: "対応する手続き",
    "hidden": OTHER_FIELDS["hidden"][0],
    "workbook": "調査票",
    "sheet": "シート",
    "row": "行",
}
_BEFORE = ("cycle", "department", "department_slug", PAIR_ID)
_AFTER = ("hidden", "workbook", "sheet", "row")


def make_frame(
    tables: Tables,
    asked: Questionnaire,
    departments: Sequence[Department],
    *,
    labels: bool = False,
    previous: bool = False,
) -> pd.DataFrame:
    """Return the procedures of a cycle, or of the one before: one row each, in the reports' order.

    Columns: cycle, department and its slug; `pair_id`, by which both cycles know a procedure (of
    this cycle its own id); the answers, with a number's kind of missing one; what is worked out
    from them; and where the procedure stands: workbook, sheet and row. With `labels` they are
    called as the survey calls them, and what can be chosen is an ordered category in the order of
    the form, departments in official order; several choices at once are one text. Missing answers
    are NA. Of the cycle before there are the procedures that this one compares with; a first cycle
    has none.

    >>> make_frame(ledger.tables, survey.asked, ledger.cycle.departments)[["pair_id", "status"]]
      pair_id       status
    0   K-001       online
    1   K-002  not_started
    >>> frame = findings.frame(labels=True, previous=True)
    >>> frame[["調査回", "部局", "対応する手続き", "オンライン化の状況", "行"]]
              調査回    部局 対応する手続き オンライン化の状況  行
    0  2024-04-30   環境部   K-001       未着手  6
    1  2024-04-30   環境部   K-003       未着手  7
    2  2024-04-30  こども部   K-002       未着手  6
    """
    rows = tables.previous if previous else tables.current["procedures"]
    if rows is None:
        rows = tables.current["procedures"].iloc[:0]
    own = [name for field in asked.fields if field.is_asked for name in _list_columns(field.name)]
    names = [*_BEFORE, *(name for name in own if name in rows), *asked.derived, *_AFTER]
    frame = rows.assign(**{PAIR_ID: pair_ids(rows)})[names].reset_index(drop=True)
    return _put_labels(frame, asked, departments) if labels else frame


def list_frame_titles(asked: Questionnaire) -> dict[str, str]:
    """Return what each column of a frame is called with labels, by its code name; no two alike.

    >>> titles = list_frame_titles(survey.asked)
    >>> titles["department"], titles["status"]
    ('部局', 'オンライン化の状況')
    """
    return _list_words(asked)[0]


def describe_columns(frame: pd.DataFrame, asked: Questionnaire) -> pd.DataFrame:
    """Return what the columns of a frame in codes are: what each is called and its choices.

    >>> describe_columns(findings.frame()[["fee"]], survey.asked)
        符号 列の名前           選択肢
    0  fee  手数料  yes＝あり、no＝なし
    """
    titles, choices = _list_words(asked)
    told = [
        (name, titles[name], "、".join(f"{code}＝{word}" for code, word in words.items()))
        for name, words in ((str(name), choices.get(str(name), {})) for name in frame)
    ]
    return pd.DataFrame(told, columns=["符号", "列の名前", "選択肢"], dtype="str")


def list_catalogue(items: Iterable[Item], asked: Questionnaire) -> pd.DataFrame:
    """Return the measures that figures can be asked by: name, label and definition, a row each.

    >>> list_catalogue(ledger.items.values(), ledger.cycle.questionnaire).head(2)
                    label           definition
    measure
    total          総手続き数             手続きの総数。
    total_change  総手続き数の増減  今回調査と前回調査との差：手続きの総数。
    """
    told = [(item.name, item.label, define(item.measure, asked)) for item in items]
    return pd.DataFrame(told, columns=["measure", "label", "definition"]).set_index("measure")


def _list_columns(field: str) -> Iterator[str]:
    yield field
    yield f"{field}_missing"


def _put_labels(
    frame: pd.DataFrame, asked: Questionnaire, departments: Sequence[Department]
) -> pd.DataFrame:
    """Return the frame in the words of the survey."""
    titles, choices = _list_words(asked)
    several = {field.name for field in asked.fields if field.multiple}
    columns = {}
    for name in frame:
        words = choices.get(str(name))
        column = frame[name]
        if name == "department":
            # The cycle before may have others, which come last.
            order = dict.fromkeys([*(own.name for own in departments), *column.unique()])
            column = column.astype(pd.CategoricalDtype([*order], ordered=True))
        elif words and (name in several or not words.keys() >= {*column.dropna()}):
            # Several answers at once have no order. Of what is worked out the rows alone say so.
            column = column.map(
                {told: name_codes(told, words) for told in column.dropna().unique()}
            )
        elif words:
            order = dict.fromkeys(words.values())
            column = column.map(words).astype(pd.CategoricalDtype([*order], ordered=True))
        columns[titles[str(name)]] = column
    return pd.DataFrame(columns)


def _list_words(asked: Questionnaire) -> tuple[dict[str, str], dict[str, Mapping[str, str]]]:
    """Return what each column is called, no two alike, and the words of its codes."""
    titles = {field.name: field.header for field in asked.fields}
    choices: dict[str, Mapping[str, str]] = {f.name: f.choices for f in asked.fields if f.choices}
    others = other_fields(asked)
    for name in [*(f"{field}_missing" for field in titles), *asked.derived, "hidden"]:
        if name in others:
            titles[name], choices[name] = others[name]
    titles |= _NAMES
    return dict(zip(titles, _make_unlike(titles.values()), strict=True)), choices


def _make_unlike(titles: Iterable[str]) -> Iterator[str]:
    """Yield each title, one that is taken with a mark: a survey may have a column 「行」."""
    seen: set[str] = set()
    for title in titles:
        own = title
        while own in seen:
            own = f"{own}（集計）"
        seen.add(own)
        yield own
