"""Hold a cycle's rows to the rules that look at the previous cycle, and at the confirmed pairs.

A rule is its words in `rules.toml` and a function over the two cycles side by side: about ids in
`identity`, about answers here. A pair that people confirmed is never doubted.
"""

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from analysis.cycle import SETTINGS_NAME, Cycle
from analysis.questionnaire.questionnaire import STATUS
from analysis.survey.pairs.comparison import Comparison, list_records, report_cell
from analysis.survey.pairs.confirm import check_matches
from analysis.survey.pairs.identity import find_ids_of_others, find_reused_ids, find_vanished_ids
from analysis.survey.pairs.vanished import find_unknown_sections, find_vanished_offices
from analysis.survey.problems import Place, Problem, report
from analysis.survey.survey import ANSWERED, Survey

_OUT_OF_LINE_FACTOR = 10
_OUT_OF_LINE_DIFFERENCE = 100
# Of fewer procedures nothing may have changed.
_LEAST_TELLING = 3


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
    again = [] if previous is None else list(_find_files_again(name, survey, previous))
    if previous is None or (previous.problems["severity"] == "error").any():
        words = {"value": name, "why": why_none or "の調査票に誤りがある"}
        return [*again, report("previous_unusable", Place(None, SETTINGS_NAME), **words)]
    compared = Comparison(cycle, survey, previous.rows)
    return [*again, *(problem for find in _RULES for problem in find(compared))]


def _find_files_again(cycle: str, survey: Survey, previous: Survey) -> Iterator[Problem]:
    """Tell of every workbook that the previous cycle has byte for byte."""
    columns = ("department", "workbook", "sha256")
    now, before = (
        zip(*(each.workbooks[name].tolist() for name in columns), strict=True)
        for each in (survey, previous)
    )
    known = {sha256: workbook for _, workbook, sha256 in before if isinstance(sha256, str)}
    for department, workbook, sha256 in now:
        if sha256 in known:
            place = Place(department, workbook)
            yield report("workbook_again", place, value=f"{cycle}/{known[sha256]}")


def _find_forms_as_sent(compared: Comparison) -> Iterator[Problem]:
    """Tell of every department all of whose answers are those that its form was filled with."""
    now, before = compared.survey.rows, compared.before
    names = [field.name for field in compared.cycle.questionnaire.fields]
    # Most have changed in what takes little to compare.
    told = [
        (rows["procedure_id"].fillna("") + rows["status"].fillna("")).to_numpy(dtype=object)
        for rows in (now, before)
    ]
    places = before.groupby("department_slug", sort=False).indices
    for slug, at in now.groupby("department_slug", sort=False).indices.items():
        was_at = places.get(slug, at[:0])
        if len(at) < _LEAST_TELLING or sorted(told[0][at]) != sorted(told[1][was_at]):
            continue
        own = now.iloc[at]
        if _list_answers(own, names) == _list_answers(before.iloc[was_at], names):
            first = own.iloc[0]
            place = Place(first["department"], first["workbook"], first["sheet"])
            words = {"value": compared.cycle.settings.previous, "count": f"{len(own):,}"}
            yield report("form_as_sent", place, **words)


def _list_answers(rows: pd.DataFrame, names: list[str]) -> list[tuple[str, ...]]:
    """Return all that a department answered, one by procedure, in no order of theirs."""
    answers = rows[names].astype("str").fillna("")
    return sorted(answers.itertuples(index=False, name=None))


def _find_gone_offline(compared: Comparison) -> Iterator[Problem]:
    pairs, asked = compared.pairs, compared.cycle.questionnaire
    was_online = pairs["previous_status"].isin(asked.list_statuses("online"))
    is_gone = was_online & pairs["status"].isin(asked.list_statuses("started", "not_started"))
    for row in list_records(pairs, is_gone, STATUS, "previous_status"):
        words = {"label": asked.label(STATUS, row[STATUS])}
        words["was"] = asked.label(STATUS, row["previous_status"])
        yield report_cell("went_offline", row, asked.named[STATUS], words)


def _find_dates_that_contradict(compared: Comparison) -> Iterator[Problem]:
    """Compare since when a procedure is online with whether it was when the previous cycle asked.

    As far as the answer goes: a month contradicts a day only if it ends before or begins after it.
    """
    pairs, asked = compared.pairs, compared.cycle.questionnaire
    day, online = str(compared.cycle.settings.previous), asked.list_statuses("online")
    columns = (pairs[name].tolist() for name in ("online_date", "status", "previous_status"))
    is_told = np.array(
        [
            isinstance(date, str)
            and status in online
            # ISO texts cut to one length compare as their dates do.
            and (date > day if was in online else date < day[: len(date)])
            for date, status, was in zip(*columns, strict=True)
        ],
        dtype=bool,
    )
    for row in list_records(pairs, is_told, "online_date", "previous_status"):
        words = {"label": asked.label(STATUS, row["previous_status"]), "before": day}
        yield report_cell("online_date_contradicts", row, asked.named["online_date"], words)


def _find_volumes_out_of_line(compared: Comparison) -> Iterator[Problem]:
    pairs, field = compared.pairs, compared.cycle.questionnaire.named["annual_volume"]
    columns = ("annual_volume", "previous_annual_volume")
    # NA in Int64 columns is slow to walk.
    numbers = (pairs[name].array.to_numpy(dtype=object, na_value=None) for name in columns)
    differs = [_is_out_of_line(*both) for both in zip(*numbers, strict=True)]
    for row in list_records(pairs, np.array(differs, dtype=bool), *columns):
        was, is_now = int(row["previous_annual_volume"]), int(row["annual_volume"])
        words = {"before": f"{was:,}", "now": f"{is_now:,}", "difference": f"{abs(is_now - was):,}"}
        words["change"] = _say_change(was, is_now)
        yield report_cell("volume_out_of_line", row, field, words)


def _is_out_of_line(now: int | None, before: int | None) -> bool:
    if now is None or before is None:
        return False
    low, high = sorted((now, before))
    return high - low >= _OUT_OF_LINE_DIFFERENCE and high >= low * _OUT_OF_LINE_FACTOR


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
    is_open = (survey.workbooks["state"] != ANSWERED).any()
    yield from check_matches(survey.matches, compared.pairs, ids, is_open=bool(is_open))


_RULES: tuple[Callable[[Comparison], Iterator[Problem]], ...] = (
    find_ids_of_others,
    find_vanished_ids,
    find_vanished_offices,
    find_unknown_sections,
    find_reused_ids,
    _find_forms_as_sent,
    _find_gone_offline,
    _find_dates_that_contradict,
    _find_volumes_out_of_line,
    _check_matches,
)
