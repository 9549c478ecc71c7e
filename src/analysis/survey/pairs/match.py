"""Pair the procedures of two cycles, and say what became of each.

Three ways, one after the other, each among what the ways before it left: the same id; the same name
and law within the department, where both sides have it once; a pair that people confirmed. Names
that are merely alike pair nothing.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.errors import SurveyError, list_examples
from analysis.questionnaire.spellings import match_key
from analysis.succession.rescope import FORMER, TAKEN_OVER, add_former

_ID = "procedure_id"
_NAMED = ("department_slug", "name", "law", _ID)
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
    TAKEN_OVER,
    *FORMER,
)


def match_cycles(
    current: pd.DataFrame,
    previous: pd.DataFrame | None,
    matches: pd.DataFrame | None = None,
    *,
    online: Sequence[str],
) -> pd.DataFrame:
    """Return one row per procedure of either cycle, paired as `pair_cycles` does.

    Needs tidy rows of both cycles, the confirmed `matches`, and the statuses that are `online`;
    without a previous cycle there is
    nothing to pair and the frame is empty. Order: the current rows in theirs, then the abolished
    ones in theirs.

    `fate` is continued, new or abolished; `paired_by` is id, name or confirmed, NA for what is not
    continued. `procedure_id` is the current one, of an abolished procedure the previous one;
    `previous_procedure_id` is NA for a new one. Of the others the unprefixed columns tell of the
    current cycle, those with `previous_` of the one before; the other side is NA, except that
    department, section and name of an abolished procedure are the previous ones. yes/no columns:
    `went_online` and `left_online` only for continued procedures; `renamed` and `moved` (another
    section or department) ignore width, blanks and line breaks. TAKEN_OVER and FORMER are those of
    the previous rows, NA for a new procedure. All columns are of dtype str.

    Raises SurveyError if an id is missing or stands twice in a cycle.

    >>> found = match_cycles(rows, findings.previous.rows, online=["online"])
    >>> found[["procedure_id", "previous_procedure_id", "fate", "went_online"]]
      procedure_id previous_procedure_id       fate went_online
    0        K-001                 K-901  continued         yes
    1        K-002                 K-002  continued          no
    2        K-003                 K-003  abolished          no
    """
    if previous is None or previous.empty:
        current, previous = current.iloc[:0], current.iloc[:0]
    _require_ids(current)
    _require_ids(previous)
    paired = add_pair_ids(add_former(previous), pair_cycles(current, previous, matches))
    now = current.set_index("procedure_id")[list(_VALUES)]
    before = paired.rename(columns={name: f"previous_{name}" for name in (*_VALUES, _ID)})
    told = [f"previous_{name}" for name in (*_VALUES, _ID)]
    before = before.set_index("pair_id")[[*told, TAKEN_OVER, *FORMER]]
    order = now.index.append(before.index.difference(now.index, sort=False))
    pairs = now.reindex(order).join(before.reindex(order)).rename_axis(_ID).reset_index()

    ways = paired.set_index("pair_id")["paired_by"]
    is_new = ~pairs[_ID].isin(before.index)
    is_abolished = ~pairs[_ID].isin(now.index)
    is_continued = ~is_new & ~is_abolished
    is_online, was_online = (pairs[f"{when}status"].isin(online) for when in ("", "previous_"))
    inherited = ("department", "department_slug", "section", "name")
    return pairs.assign(
        paired_by=pairs[_ID].map(ways).astype("str"),
        fate=pd.Series("continued", index=pairs.index, dtype="str")
        .mask(is_new, "new")
        .mask(is_abolished, "abolished"),
        went_online=_yes_no(is_continued & is_online & ~was_online),
        left_online=_yes_no(is_continued & ~is_online & was_online),
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

    >>> pair_cycles(rows, findings.previous.rows)
      previous_id current_id paired_by
    0       K-002      K-002        id
    1       K-901      K-001      name
    """
    ids = [rows[_ID].tolist() for rows in (current, previous)]
    now, before = ({one: None for one in own if isinstance(one, str)} for own in ids)
    # Sets: to look up Arrow's texts in one another takes a tenth of a second.
    same = [one for one in now if one in before]
    taken = set(same)
    masks = [[isinstance(one, str) and one not in taken for one in own] for own in ids]
    left = [
        rows.loc[np.array(mask, dtype=bool), list(_NAMED)]
        for rows, mask in zip((current, previous), masks, strict=True)
    ]
    names_before = key_names(left[1])
    # A first cycle's names need no keys.
    names_now = key_names(left[0]) if names_before else {}
    pairs = [(one, one, "id") for one in same]
    pairs += [
        (names_before[key], one, "name") for key, one in names_now.items() if key in names_before
    ]
    if matches is not None:
        used = [{pair[side] for pair in pairs} for side in (0, 1)]
        for was, one in zip(matches["previous_id"], matches["current_id"], strict=True):
            if was in before and one in now and was not in used[0] and one not in used[1]:
                pairs.append((was, one, "confirmed"))
                used[0].add(was)
                used[1].add(one)
    return pd.DataFrame(pairs, columns=list(PAIR_COLUMNS), dtype="str")


def add_pair_ids(previous: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """Add `pair_id`, by which a procedure has one name in both cycles, and `paired_by`.

    `previous` are the tidy rows of the previous cycle, `pairs` those of `pair_cycles`. `pair_id` is
    the current id of a paired procedure and the own id of any other; `paired_by` is NA there. One
    row in, one row out, in the same order.

    >>> before = findings.previous.rows
    >>> add_pair_ids(before, pair_cycles(rows, before))[["procedure_id", "pair_id", "paired_by"]]
      procedure_id pair_id paired_by
    0        K-901   K-001      name
    1        K-003   K-003       NaN
    2        K-002   K-002        id
    """
    known = pairs.set_index("previous_id")
    ids = previous[_ID]
    return previous.assign(
        pair_id=ids.map(known["current_id"]).astype("str").fillna(ids),
        paired_by=ids.map(known["paired_by"]).astype("str"),
    )


def key_name(slug: str, name: str, law: str) -> tuple[str, str, str]:
    """Return what two procedures of one department, name and law share."""
    return (slug, match_key(name), match_key(law))


def key_names(rows: pd.DataFrame) -> dict[tuple[str, str, str], str]:
    """Return the ids of rows by department, name and law, where no other row has the same.

    Needs `department_slug`, `name`, `law` and `procedure_id`; a row without one of them has no key.

    >>> key_names(rows[:1])
    {('kankyo', '届出その1', '環境基本条例'): 'K-001'}
    """
    found: dict[tuple[str, str, str], list[str]] = {}
    columns = (rows[name].fillna("").tolist() for name in _NAMED)
    for *named, one in zip(*columns, strict=True):
        key = key_name(*named)
        if all(key) and one:
            found.setdefault(key, []).append(one)
    return {key: ids[0] for key, ids in found.items() if len(ids) == 1}


def _differs(pairs: pd.DataFrame, name: str) -> "pd.Series[bool]":
    now, before = (pairs[column].fillna("") for column in (name, f"previous_{name}"))
    differs = now != before
    # Nearly all are written alike, and need not be read.
    keys = [side[differs].map(match_key) for side in (now, before)]
    differs[differs] = keys[0] != keys[1]
    return differs


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
