"""Pair the procedures of two cycles by their id, and say what became of each."""

import pandas as pd

from analysis.errors import SurveyError, list_examples
from analysis.survey.vocabulary import match_key

_VALUES = ("department", "department_slug", "section", "name", "status")

MATCH_COLUMNS = (
    "procedure_id",
    "fate",
    *_VALUES,
    *(f"previous_{name}" for name in _VALUES),
    "went_online",
    "left_online",
    "renamed",
    "moved",
)


def match_cycles(current: pd.DataFrame, previous: pd.DataFrame | None) -> pd.DataFrame:
    """Return one row per procedure of either cycle, paired by procedure id.

    Needs tidy rows of both cycles; without a previous one there is nothing to pair and the frame
    is empty. Order: the current rows in theirs, then the abolished ones in theirs.

    `fate` is continued, new or abolished. The unprefixed columns tell of the current cycle, those
    with `previous_` of the one before; the other side is NA, except that department, section and
    name of an abolished procedure are the previous ones. yes/no columns: `went_online` and
    `left_online` only for continued procedures; `renamed` and `moved` (another section or
    department) ignore width, blanks and line breaks. All columns are of dtype str.

    Raises SurveyError if an id is missing or stands twice in a cycle.
    """
    if previous is None or previous.empty:
        current, previous = current.iloc[:0], current.iloc[:0]
    _require_ids(current)
    _require_ids(previous)
    now = current.set_index("procedure_id")[list(_VALUES)]
    before = previous.set_index("procedure_id")[list(_VALUES)].add_prefix("previous_")
    order = now.index.append(before.index.difference(now.index, sort=False))
    pairs = now.reindex(order).join(before.reindex(order)).rename_axis("procedure_id").reset_index()

    is_new = ~pairs["procedure_id"].isin(previous["procedure_id"])
    is_abolished = ~pairs["procedure_id"].isin(current["procedure_id"])
    is_continued = ~is_new & ~is_abolished
    online, was_online = pairs["status"] == "online", pairs["previous_status"] == "online"
    inherited = ("department", "department_slug", "section", "name")
    return pairs.assign(
        fate=pd.Series("continued", index=pairs.index, dtype="str")
        .mask(is_new, "new")
        .mask(is_abolished, "abolished"),
        went_online=_yes_no(is_continued & online & ~was_online),
        left_online=_yes_no(is_continued & ~online & was_online),
        renamed=_yes_no(is_continued & _differs(pairs, "name")),
        moved=_yes_no(
            is_continued & (_differs(pairs, "section") | _differs(pairs, "department_slug"))
        ),
        **{name: pairs[name].where(~is_abolished, pairs[f"previous_{name}"]) for name in inherited},
    ).loc[:, list(MATCH_COLUMNS)]


def _differs(pairs: pd.DataFrame, name: str) -> "pd.Series[bool]":
    now, before = (pairs[column].fillna("").map(match_key) for column in (name, f"previous_{name}"))
    return now != before


def _yes_no(is_true: "pd.Series[bool]") -> "pd.Series[str]":
    return is_true.map({True: "yes", False: "no"}).astype("str")


def _require_ids(rows: pd.DataFrame) -> None:
    ids = rows["procedure_id"]
    wrong = rows[ids.isna() | ids.duplicated(keep=False)]
    if not wrong.empty:
        lines = [
            f"{row.workbook} {row.sheet}!{row.procedure_id_cell}" for row in wrong.itertuples()
        ]
        raise SurveyError(
            f"手続きIDがないか重複している行が{len(lines)}行あり、前回と対応させられません。"
            f"調査票の手続きIDを直してください。\n{list_examples(lines)}"
        )
