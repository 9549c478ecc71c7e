"""Pair the procedures of two cycles, and say what became of each.

Three ways, one after the other, each among what the ways before it left: the same id; the same name
and law within the department, where both sides have it once; a pair that people confirmed. Names
that are merely alike pair nothing.
"""

import pandas as pd

from analysis.errors import SurveyError, list_examples
from analysis.survey.vocabulary import match_key

_ID = "procedure_id"
_VALUES = ("department", "department_slug", "section", "name", "status")

PAIR_COLUMNS = ("previous_id", "current_id", "paired_by")
MATCH_COLUMNS = (
    "procedure_id",
    "previous_procedure_id",
    "paired_by",
    "fate",
    *_VALUES,
    *(f"previous_{name}" for name in _VALUES),
    "went_online",
    "left_online",
    "renamed",
    "moved",
)


def match_cycles(
    current: pd.DataFrame, previous: pd.DataFrame | None, matches: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return one row per procedure of either cycle, paired as `pair_cycles` does.

    Needs tidy rows of both cycles and the confirmed `matches`; without a previous cycle there is
    nothing to pair and the frame is empty. Order: the current rows in theirs, then the abolished
    ones in theirs.

    `fate` is continued, new or abolished; `paired_by` is id, name or confirmed, NA for what is not
    continued. `procedure_id` is the current one, of an abolished procedure the previous one;
    `previous_procedure_id` is NA for a new one. Of the others the unprefixed columns tell of the
    current cycle, those with `previous_` of the one before; the other side is NA, except that
    department, section and name of an abolished procedure are the previous ones. yes/no columns:
    `went_online` and `left_online` only for continued procedures; `renamed` and `moved` (another
    section or department) ignore width, blanks and line breaks. All columns are of dtype str.

    Raises SurveyError if an id is missing or stands twice in a cycle.
    """
    if previous is None or previous.empty:
        current, previous = current.iloc[:0], current.iloc[:0]
    _require_ids(current)
    _require_ids(previous)
    paired = add_pair_ids(previous, pair_cycles(current, previous, matches))
    now = current.set_index("procedure_id")[list(_VALUES)]
    before = paired.rename(columns={name: f"previous_{name}" for name in (*_VALUES, _ID)})
    before = before.set_index("pair_id")[[f"previous_{name}" for name in (*_VALUES, _ID)]]
    order = now.index.append(before.index.difference(now.index, sort=False))
    pairs = now.reindex(order).join(before.reindex(order)).rename_axis(_ID).reset_index()

    ways = paired.set_index("pair_id")["paired_by"]
    is_new = ~pairs[_ID].isin(before.index)
    is_abolished = ~pairs[_ID].isin(now.index)
    is_continued = ~is_new & ~is_abolished
    online, was_online = pairs["status"] == "online", pairs["previous_status"] == "online"
    inherited = ("department", "department_slug", "section", "name")
    return pairs.assign(
        paired_by=pairs[_ID].map(ways).astype("str"),
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


def pair_cycles(
    current: pd.DataFrame, previous: pd.DataFrame, matches: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return one row per pair of procedures: PAIR_COLUMNS, all of dtype str.

    `paired_by` is id, then name, then confirmed; within each the order is that of the current rows,
    of confirmed pairs that of `matches` (columns previous_id and current_id; a line without one of
    them confirms that a procedure has no partner, and pairs nothing). No procedure is in two pairs:
    a confirmed one that would be is passed over. Rows without an id pair with nothing, and no name
    pairs where name or law is missing.
    """
    ids_now, ids_before = (rows[_ID].dropna().drop_duplicates() for rows in (current, previous))
    same = ids_now[ids_now.isin(ids_before)]
    by_id = pd.DataFrame({"previous_id": same, "current_id": same}, dtype="str")
    left = [rows[rows[_ID].notna() & ~rows[_ID].isin(same)] for rows in (current, previous)]
    keys = [_key_names(rows) for rows in left]
    by_name = keys[0].merge(keys[1], on="key", suffixes=("_now", "_before"))
    by_name = pd.DataFrame(
        {"previous_id": by_name["id_before"], "current_id": by_name["id_now"]}, dtype="str"
    )
    told = pd.DataFrame(columns=["previous_id", "current_id"], dtype="str")
    if matches is not None:
        free_now = left[0][_ID][~left[0][_ID].isin(by_name["current_id"])]
        free_before = left[1][_ID][~left[1][_ID].isin(by_name["previous_id"])]
        told = matches.loc[
            matches["previous_id"].isin(free_before) & matches["current_id"].isin(free_now),
            ["previous_id", "current_id"],
        ]
        for name in told.columns:
            told = told.drop_duplicates(name)
    ways = {"id": by_id, "name": by_name, "confirmed": told}
    pairs = [frame.assign(paired_by=way) for way, frame in ways.items()]
    return pd.concat(pairs, ignore_index=True).astype("str").loc[:, list(PAIR_COLUMNS)]


def add_pair_ids(previous: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """Add `pair_id`, by which a procedure has one name in both cycles, and `paired_by`.

    `previous` are the tidy rows of the previous cycle, `pairs` those of `pair_cycles`. `pair_id` is
    the current id of a paired procedure and the own id of any other; `paired_by` is NA there. One
    row in, one row out, in the same order.
    """
    known = pairs.set_index("previous_id")
    ids = previous[_ID]
    return previous.assign(
        pair_id=ids.map(known["current_id"]).astype("str").fillna(ids),
        paired_by=ids.map(known["paired_by"]).astype("str"),
    )


def _key_names(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the ids of rows with a key of department, name and law that only they have."""
    parts = [rows[name].fillna("").map(match_key) for name in ("name", "law")]
    is_told = (parts[0] != "") & (parts[1] != "")
    keys = list(zip(rows["department_slug"], *parts, strict=True))
    frame = pd.DataFrame({"id": rows[_ID], "key": pd.Series(keys, index=rows.index, dtype=object)})
    return frame[is_told & ~frame["key"].duplicated(keep=False)]


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
