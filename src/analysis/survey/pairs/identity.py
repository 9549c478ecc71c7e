"""Hold the ids of two cycles to the rules: whose they are, where they went, what they stand for.

An id pairs two procedures (`match`) only where nothing says that they are different ones. Where
something does, the build stops until a person has said which it is: a line of `matches` with the
same id twice, or a new id. An id that the previous cycle does not have pairs with nothing, whatever
stood under it in an older one (`retired`).
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from analysis.survey.pairs.comparison import Comparison, RowRecord, list_records, report_cell
from analysis.survey.pairs.likeness import (
    IDENTICAL,
    LEAST_ALIKE,
    are_other_laws,
    measure_likeness,
)
from analysis.survey.pairs.match import key_name, key_names
from analysis.survey.pairs.mention import find_mentioned
from analysis.survey.problems import Place, Problem, report
from analysis.survey.table.tombstone import is_tombstone

_BEYOND_RECOGNITION = 40


def find_ids_of_others(compared: Comparison) -> Iterator[Problem]:
    """Blame an id that was, or begins as only those of, another department that still is."""
    pairs, rows, known = compared.pairs, compared.survey.rows, compared.departments
    field = compared.cycle.questionnaire.named["procedure_id"]
    is_taken = (
        (pairs["paired_by"] == "id")
        & _are_of_others(pairs, known)
        & ~pairs["current_id"].isin(compared.confirmed)
    )
    for row in list_records(pairs, is_taken, "procedure_id", "previous_department"):
        words = {"other": row["previous_department"], "why": "前回調査"}
        yield report_cell("id_of_other_department", row, field, words)
    users: dict[str, set[str]] = {}
    columns = (compared.before[name].tolist() for name in ("procedure_id", "department_slug"))
    for one, slug in zip(*columns, strict=True):
        users.setdefault(_begin(one), set()).add(slug)
    paired = {*pairs["current_id"], *compared.confirmed}
    for row in list_records(rows, _are_outside(rows, paired), "procedure_id"):
        begin = _begin(row["procedure_id"])
        using = users.get(begin, set()) & known.keys() if begin else set()
        if using and row["department_slug"] not in users[begin]:
            others = "、".join(name for slug, name in known.items() if slug in using)
            words = {"other": others, "why": f"前回調査で「{begin}-」を使った部局"}
            yield report_cell("id_of_other_department", row, field, words)


def find_vanished_ids(compared: Comparison) -> Iterator[Problem]:
    """Tell of every previous procedure that is paired with none and of which nobody says a word.

    A department whose table could not be read lacks more than single procedures, and is told so
    elsewhere, as one that is no more is.
    """
    gone = list_untold(compared)
    if gone.empty:
        return
    problems, workbooks = compared.survey.problems, compared.survey.workbooks
    unread = problems[(problems["severity"] == "error") & problems["cell"].isna()]
    field = compared.cycle.questionnaire.named["procedure_id"]
    # The file that was read may be of another kind than the one that is listed.
    named = (workbooks[name].tolist() for name in ("department", "workbook"))
    places = dict(zip(workbooks["department_slug"], map(Place, *named), strict=True))
    unread_names = set(unread["department"])
    for row in gone[gone["department_slug"].isin(list(places))].to_dict("records"):
        place = places[row["department_slug"]]
        if place.department in unread_names:
            continue
        words = {"value": row["procedure_id"], "name": _text(row["name"])}
        yield report("id_vanished", place, field, **words)


def list_untold(compared: Comparison) -> pd.DataFrame:
    """Return the previous procedures that are paired with none and of which nobody says a word.

    A word is a line of the confirmed pairs, or its id in any remark of this cycle. Order: that of
    the previous rows.

    >>> compared = Comparison(ledger.cycle, survey, findings.previous.rows)
    >>> len(list_untold(compared))
    0
    """
    before, rows = compared.before, compared.survey.rows
    told = {*compared.pairs["previous_id"], *compared.survey.matches["previous_id"].dropna()}
    columns = ["department", "department_slug", "procedure_id", "name"]
    gone = before.loc[_are_outside(before, told), columns]
    if gone.empty:
        return gone
    known = {*before["procedure_id"].dropna(), *rows["procedure_id"].dropna()}
    mentioned = find_mentioned(gone["procedure_id"], rows["remarks"].dropna(), known)
    return gone[~gone["procedure_id"].isin(mentioned)]


def find_reused_ids(compared: Comparison) -> Iterator[Problem]:
    """Blame an id under which another procedure stands than the previous cycle's.

    Another it is if the name is one that would not even be proposed for the same procedure, and law
    or department are others too; or if the name is another at all, and the previous procedure was
    abolished, by its own remark or by a line of the confirmed pairs, or has another id now. A name
    beyond recognition by itself is a question.
    """
    pairs, matches = compared.pairs, compared.survey.matches
    is_doubted = (pairs["paired_by"] == "id") & pairs["name"].ne(pairs["previous_name"])
    if not is_doubted.any():
        return
    same = set(matches.loc[matches["previous_id"] == matches["current_id"], "current_id"])
    ended = set(matches.loc[matches["current_id"].isna(), "previous_id"])
    is_doubted &= ~pairs["current_id"].isin(same)
    told = [f"{side}{name}" for name in ("name", "law") for side in ("", "previous_")]
    moved = set(pairs.loc[_are_of_others(pairs, compared.departments), "current_id"])
    fields = ("procedure_id", *told, "previous_department_slug", "previous_remarks")
    records = list_records(pairs, is_doubted, *fields, "previous_remarks_raw")
    named = key_names(compared.survey.rows) if records else {}
    field = compared.cycle.questionnaire.named["procedure_id"]
    for row in records:
        likeness = measure_likeness(*(_text(row[name]) for name in told[:2]))
        words = {"before": row["previous_name"], "name": row["name"]}
        words["why"] = _say_why(row, likeness, ended, moved) or _say_where(row, likeness, named)
        if words["why"]:
            yield report_cell("id_reused", row, field, words)
        elif likeness < _BEYOND_RECOGNITION:
            yield report_cell("id_renamed", row, field, words)


def _say_why(row: RowRecord, likeness: int, ended: set[str], moved: set[str]) -> str:
    """Return what says, beside its name, that a pair is of two procedures; nothing if nothing."""
    if likeness == IDENTICAL:
        return ""
    if row["procedure_id"] in ended:
        return "前回の手続きは廃止と確認しています"
    remark = row["previous_remarks_raw"] if isinstance(row["previous_remarks"], str) else ""
    if is_tombstone(remark):
        return "前回の手続きは備考で廃止や統合としています"
    if likeness >= LEAST_ALIKE:
        return ""
    if are_other_laws(*(_text(row[name]) for name in ("law", "previous_law"))):
        return "根拠法令等も違います"
    return "部局も違います" if row["procedure_id"] in moved else ""


def _say_where(row: RowRecord, likeness: int, named: Mapping[tuple[str, str, str], str]) -> str:
    """Say which other id the previous procedure has now, by its name and law; nothing if none."""
    parts = (_text(row[f"previous_{name}"]) for name in ("department_slug", "name", "law"))
    other = named.get(key_name(*parts), row["procedure_id"])
    if likeness == IDENTICAL or other == row["procedure_id"]:
        return ""
    return f"前回の手続きは手続きID「{other}」になっています"


def _are_of_others(pairs: pd.DataFrame, known: dict[str, str]) -> "pd.Series[bool]":
    """Tell of each pair whether its previous row is another department's that still is."""
    was = pairs["previous_department_slug"]
    return (pairs["department_slug"] != was) & was.isin(list(known))


def _are_outside(rows: pd.DataFrame, ids: set[str]) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    """Tell of each row whether it has an id and that is none of these."""
    own = rows["procedure_id"].tolist()
    return np.array([isinstance(one, str) and one not in ids for one in own], dtype=bool)


def _begin(procedure_id: str) -> str:
    """Return what stands before an id's first hyphen; nothing if it has none."""
    return procedure_id.partition("-")[0] if "-" in procedure_id else ""


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
