"""Hold a cycle's rows to the rules that look at the previous cycle, and at the confirmed pairs.

A rule is its words in `rules.toml` and a function here over the two cycles side by side. A pair
that people confirmed is never doubted.
"""

import re
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from analysis.cycle import SETTINGS_NAME, Cycle
from analysis.survey.pairs.confirm import MATCHES_PLACE, check_matches
from analysis.survey.pairs.match import pair_cycles
from analysis.survey.problems import Place, Problem, report
from analysis.survey.survey import Survey
from analysis.survey.vocabulary import answer_key, label_of, match_key

_OUT_OF_LINE_FACTOR = 10
_OUT_OF_LINE_DIFFERENCE = 100
_BEYOND_RECOGNITION = 40

_ANSWERS = ("department", "department_slug", "name", "law", "status", "annual_volume")
_BLAMED = ("procedure_id", "status", "annual_volume")
_COLUMNS = (
    *_ANSWERS,
    "procedure_id",
    "workbook",
    "sheet",
    *(f"{field}{part}" for field in _BLAMED for part in ("_cell", "_raw")),
)

Record = dict[Hashable, Any]


@dataclass(frozen=True)
class Comparison:
    """All that the rules look at: this cycle and the one before, and what pairs them."""

    cycle: Cycle
    survey: Survey
    before: pd.DataFrame

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """Every pair with what the rules ask of both rows, of the previous one `previous_...`."""
        pairs = pair_cycles(self.survey.rows, self.before, self.survey.matches)
        now = _take_rows(self.survey.rows, pairs["current_id"], _COLUMNS)
        before = _take_rows(self.before, pairs["previous_id"], _ANSWERS).add_prefix("previous_")
        return pd.concat([pairs, now, before], axis=1)

    @cached_property
    def confirmed(self) -> set[str]:
        """The current ids that a line of `matches` names."""
        return set(self.survey.matches["current_id"].dropna())

    @cached_property
    def departments(self) -> dict[str, str]:
        """The names of this cycle's departments by slug."""
        return {department.slug: department.name for department in self.cycle.departments}


def check_continuity(
    cycle: Cycle, survey: Survey, previous: Survey | None, *, why_none: str = ""
) -> list[Problem]:
    """Return every breach of the rules between two cycles, in the order of the rules.

    `survey` and `previous` are the collected surveys of the cycle and of the one before. Without a
    previous one, as without an error-free one, nothing is compared, and that is told; of a first
    cycle only the confirmed pairs are checked.
    """
    name = cycle.settings.previous
    if name is None:
        return list(_check_matches(Comparison(cycle, survey, survey.rows.iloc[:0])))
    if previous is None or (previous.problems["severity"] == "error").any():
        words = {"value": name, "why": why_none or "の調査票に誤りがある"}
        return [report("previous_unusable", Place(None, SETTINGS_NAME), **words)]
    compared = Comparison(cycle, survey, previous.rows)
    return [problem for find in _RULES for problem in find(compared)]


def _find_ids_of_others(compared: Comparison) -> Iterator[Problem]:
    """Blame an id that was, or begins as only those of, another department that still is."""
    pairs, rows, known = compared.pairs, compared.survey.rows, compared.departments
    is_taken = (
        (pairs["paired_by"] == "id")
        & (pairs["department_slug"] != pairs["previous_department_slug"])
        & pairs["previous_department_slug"].isin(list(known))
        & ~pairs["current_id"].isin(compared.confirmed)
    )
    for row in _records(pairs, is_taken, "procedure_id", "previous_department"):
        words = {"other": row["previous_department"], "why": "前回調査"}
        yield _report("id_of_other_department", row, "procedure_id", words)
    users: dict[str, set[str]] = {}
    columns = (compared.before[name].tolist() for name in ("procedure_id", "department_slug"))
    for one, slug in zip(*columns, strict=True):
        users.setdefault(_begin(one), set()).add(slug)
    paired = {*pairs["current_id"], *compared.confirmed}
    for row in _records(rows, _are_outside(rows, paired), "procedure_id"):
        begin = _begin(row["procedure_id"])
        using = users.get(begin, set()) & known.keys() if begin else set()
        if using and row["department_slug"] not in users[begin]:
            others = "、".join(name for slug, name in known.items() if slug in using)
            words = {"other": others, "why": f"前回調査で「{begin}-」を使った部局"}
            yield _report("id_of_other_department", row, "procedure_id", words)


def _find_vanished_ids(compared: Comparison) -> Iterator[Problem]:
    """Tell of every previous procedure that is paired with none and of which nobody says a word.

    A word is a line of the confirmed pairs, or its id in any remark of this cycle. A department
    whose table could not be read lacks more than single procedures, and is told so elsewhere.
    """
    before, problems = compared.before, compared.survey.problems
    unread = problems[(problems["severity"] == "error") & problems["cell"].isna()]
    told = {*compared.pairs["previous_id"], *compared.survey.matches["previous_id"].dropna()}
    gone = before.loc[_are_outside(before, told), ["department_slug", "procedure_id", "name"]]
    remarks = "\n".join(answer_key(text) for text in compared.survey.rows["remarks"].dropna())
    workbooks = compared.survey.workbooks
    # The file that was read may be of another kind than the one that is listed.
    columns = (workbooks[name].tolist() for name in ("department", "workbook"))
    places = dict(zip(workbooks["department_slug"], map(Place, *columns), strict=True))
    unread_names = set(unread["department"])
    for row in gone.to_dict("records"):
        place = places.get(row["department_slug"], MATCHES_PLACE)
        if place.department in unread_names or _is_named(row["procedure_id"], remarks):
            continue
        words = {"value": row["procedure_id"], "name": _text(row["name"])}
        yield report("id_vanished", place, field="procedure_id", **words)


def _find_reused_ids(compared: Comparison) -> Iterator[Problem]:
    """Blame an id under which name and law became others."""
    pairs = compared.pairs
    laws = [pairs[name].fillna("").map(match_key) for name in ("law", "previous_law")]
    is_doubted = (
        (pairs["paired_by"] == "id")
        & (laws[0] != laws[1])
        & pairs["name"].ne(pairs["previous_name"])
        & ~pairs["current_id"].isin(compared.confirmed)
    )
    if not is_doubted.any():
        return
    # Few surveys need it: not loaded for those that don't.
    from rapidfuzz import fuzz  # noqa: PLC0415

    for row in _records(pairs, is_doubted, "procedure_id", "name", "previous_name"):
        names = [match_key(_text(row[name])) for name in ("name", "previous_name")]
        if all(names) and fuzz.ratio(*names) < _BEYOND_RECOGNITION:
            words = {"before": row["previous_name"], "name": row["name"]}
            yield _report("id_reused", row, "procedure_id", words)


def _find_gone_offline(compared: Comparison) -> Iterator[Problem]:
    pairs = compared.pairs
    was_online = pairs["previous_status"] == "online"
    is_gone = was_online & pairs["status"].isin(["started", "not_started"])
    for row in _records(pairs, is_gone, "status"):
        words = {"label": label_of("status", row["status"])}
        yield _report("went_offline", row, "status", words)


def _find_volumes_out_of_line(compared: Comparison) -> Iterator[Problem]:
    pairs = compared.pairs
    now, before = pairs["annual_volume"], pairs["previous_annual_volume"]
    low, high = now.where(now < before, before), now.where(now > before, before)
    differs = (high - low >= _OUT_OF_LINE_DIFFERENCE) & (high >= low * _OUT_OF_LINE_FACTOR)
    columns = ("annual_volume", "previous_annual_volume")
    for row in _records(pairs, differs.fillna(value=False), *columns):
        was, is_now = int(row["previous_annual_volume"]), int(row["annual_volume"])
        words = {"before": f"{was:,}", "now": f"{is_now:,}", "difference": f"{abs(is_now - was):,}"}
        words["change"] = _say_change(was, is_now)
        yield _report("volume_out_of_line", row, "annual_volume", words)


def _say_change(before: int, now: int) -> str:
    """Return how many times a number grew or shrank, to the nearest whole factor."""
    low, high = sorted((before, now))
    word = "増えています" if now > before else "減っています"
    if low == 0:
        return word
    factor = f"{(2 * high + low) // (2 * low):,}"
    return f"約{factor}倍に{word}" if now > before else f"約{factor}分の1に{word}"


def _check_matches(compared: Comparison) -> Iterator[Problem]:
    cycle, survey = compared.cycle, compared.survey
    ids = {
        cycle.settings.previous or "（前回調査なし）": compared.before["procedure_id"],
        cycle.name: survey.rows["procedure_id"],
    }
    yield from check_matches(survey.matches, compared.pairs, ids)


def _take_rows(rows: pd.DataFrame, ids: "pd.Series[str]", columns: Sequence[str]) -> pd.DataFrame:
    """Return the first row of each id, in the order of `ids`."""
    first = {one: at for at, one in reversed(list(enumerate(rows["procedure_id"].tolist())))}
    return rows[list(columns)].iloc[[first[one] for one in ids]].reset_index(drop=True)


def _are_outside(rows: pd.DataFrame, ids: set[str]) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    """Tell of each row whether it has an id and that is none of these."""
    own = rows["procedure_id"].tolist()
    return np.array([isinstance(one, str) and one not in ids for one in own], dtype=bool)


def _records(
    rows: pd.DataFrame, is_blamed: "pd.Series[bool] | np.ndarray[Any, Any]", *fields: str
) -> list[Record]:
    """Return the blamed rows that have a cell for the first of the fields, with what blames it."""
    own = fields[0]
    names = ("department", "department_slug", "workbook", "sheet", f"{own}_cell", f"{own}_raw")
    blamed = rows.loc[rows[f"{own}_cell"].notna() & is_blamed, [*names, *fields]]
    return blamed.to_dict("records")


def _report(code: str, row: Record, field: str, words: dict[str, str]) -> Problem:
    place = Place(row["department"], row["workbook"], row["sheet"], row[f"{field}_cell"])
    raw = row[f"{field}_raw"]
    return report(code, place, field=field, value=raw if isinstance(raw, str) else None, **words)


def _begin(procedure_id: str) -> str:
    """Return what stands before an id's first hyphen; nothing if it has none."""
    return procedure_id.partition("-")[0] if "-" in procedure_id else ""


def _is_named(procedure_id: str, text: str) -> bool:
    """Tell whether a text names an id, and not a longer one that holds it."""
    if procedure_id not in text:
        return False
    return bool(re.search(rf"(?<![\w-]){re.escape(procedure_id)}(?![\w-])", text, re.ASCII))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


_RULES: tuple[Callable[[Comparison], Iterator[Problem]], ...] = (
    _find_ids_of_others,
    _find_vanished_ids,
    _find_reused_ids,
    _find_gone_offline,
    _find_volumes_out_of_line,
    _check_matches,
)
