"""Read the pairs of procedures that people confirmed: a cycle's `matches.csv`.

A line pairs a procedure of the previous cycle with one of this cycle; without `current_id` it says
that the procedure was abolished, without `previous_id` that it is new. Every wrong line is told
with its number; whether its procedures exist is seen only beside both cycles (`continuity`).
"""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.cycle import MATCHES_NAME, Cycle
from analysis.questionnaire.spellings import answer_key, digits_key
from analysis.survey.dates import UnreadableDateError, parse_date
from analysis.survey.problems import Place, Problem, report
from analysis.survey.timeline import find_decision_span
from analysis.texts import LockedTextError, UnreadableTextError, read_records

MATCHES_PLACE = Place(None, MATCHES_NAME)
DECIDED_COLUMNS = ("previous_id", "current_id", "decided_by", "decided_on", "reason")
MATCHES_COLUMNS = ("line", *DECIDED_COLUMNS)
PROPOSED_COLUMNS = ("rank", "score", "grounds", "department", "previous_name", "current_name")
"""What a proposal tells beside: passed over here, so that its line can be copied as it is."""

WAYS = {"id": "手続きID", "name": "名称と根拠法令等", "confirmed": "確認"}
"""What the two procedures of a pair have in common, by the way they were paired."""

_WHOLE_DAY = len("2024-04-01")
_FAR_DAY = re.compile("(?!20)[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read_matches(cycle: Cycle) -> tuple[pd.DataFrame, list[Problem]]:
    """Return the cycle's confirmed pairs and all that is wrong with their file.

    One row per line that can be used, in the order of the file, with MATCHES_COLUMNS, all of dtype
    str: `line` its number, ids as the survey's rows have them, `decided_on` as ISO date; NA where
    the line leaves an id blank. A cycle without the file has none.

    >>> matches, problems = read_matches(ledger.cycle)
    >>> matches[["line", "previous_id", "current_id", "decided_on", "reason"]]
      line previous_id current_id  decided_on reason
    0    2       K-003        NaN  2024-09-20  条例の廃止
    """
    path = cycle.raw_folder / MATCHES_NAME
    found: list[Problem] = []
    lines = list(_read_lines(path, found)) if os.path.lexists(path) else []
    span = find_decision_span(cycle)
    wrong = [list(_check_line(line, span)) for line in lines]
    found += [problem for problems in wrong for problem in problems]
    kept = [line for line, problems in zip(lines, wrong, strict=True) if not problems]
    found += _find_ids_twice(kept)
    frame = pd.DataFrame(kept, columns=list(MATCHES_COLUMNS))
    return frame.mask(frame == "").astype("str"), found


def check_matches(
    matches: pd.DataFrame,
    pairs: pd.DataFrame,
    ids: Mapping[str, "pd.Series[str]"],
    *,
    is_open: bool = False,
) -> Iterator[Problem]:
    """Yield the confirmed pairs that speak of no procedure, or against a pair found before them.

    `pairs` are those of `pair_cycles` with the same `matches`; `ids` the procedures' ids of the
    previous cycle and of this one, by the cycle's name. While `is_open` somebody has not answered
    yet, and what is unknown in this cycle waits for that.

    >>> before = findings.previous.rows["procedure_id"]
    >>> ids = {"2024-04-30": before, "2024-09-01": rows["procedure_id"]}
    >>> matches = survey.matches.assign(previous_id="K-099")
    >>> pairs = pd.DataFrame(columns=["previous_id", "current_id", "paired_by"])
    >>> [str(problem.place) + problem.message for problem in check_matches(matches, pairs, ids)]
    ['matches.csv 2行目のprevious_id「K-099」調査回 2024-04-30 の調査票にありません。']
    """
    if matches.empty:
        return
    found = pairs[pairs["paired_by"] != "confirmed"]
    columns = DECIDED_COLUMNS[:2]
    for name, opposite, cycle in zip(columns, reversed(columns), ids, strict=True):
        there, partners = set(ids[cycle]), found.set_index(name)
        for line in matches[matches[name].notna()].to_dict("records"):
            own = line[name]
            words = {"line": line["line"], "column": name, "value": own}
            if own not in there and is_open and name == "current_id":
                yield report("match_waits", MATCHES_PLACE, line=line["line"])
            elif own not in there:
                yield report("match_id_unknown", MATCHES_PLACE, **words, cycle=cycle)
            elif own in partners.index and partners.loc[own, opposite] != line[opposite]:
                words |= {"other": partners.loc[own, opposite]}
                words["why"] = way = WAYS[partners.loc[own, "paired_by"]]
                advice = _advise(name, way, is_alone=pd.isna(line[opposite]))
                yield report("match_paired_otherwise", MATCHES_PLACE, **words, advice=advice)


def _advise(column: str, way: str, *, is_alone: bool) -> str:
    """Say what to do where the procedure in this column is paired already and the line is right.

    What pairs two procedures stands in the workbook, and no line undoes it: a line can only let go
    the procedure that it would pair with one that is taken.
    """
    if column == "current_id" and not is_alone:
        return "前回の手続きの廃止や統合であれば今回（current_id）を空にし"
    if column == "previous_id" and is_alone:
        return f"廃止や統合であれば調査票の行を削り、別の手続きであれば調査票の{way}を改め"
    return f"別の手続きであれば調査票の{way}を改め"


def _read_lines(path: Path, found: list[Problem]) -> Iterator[dict[str, str]]:
    """Yield the lines that are filled, cleaned; add to `found` what keeps the file from being read.

    What Excel would take for a formula has an apostrophe before it in a proposal.
    """
    records = read_records(path)
    try:
        _, titles = next(records, (0, list(DECIDED_COLUMNS)))
        titles = [title.strip() for title in titles]
        known = {*DECIDED_COLUMNS, *PROPOSED_COLUMNS}
        if len(set(titles)) < len(titles) or not {*DECIDED_COLUMNS} <= {*titles} <= known:
            words = {"value": "、".join(titles), "choices": "、".join(DECIDED_COLUMNS)}
            found.append(report("matches_columns", MATCHES_PLACE, **words))
            return
        for number, cells in records:
            line = str(number)
            if len(cells) != len(titles):
                counts: dict[str, Any] = {"count": len(cells), "expected": len(titles)}
                found.append(report("match_cells", MATCHES_PLACE, line=line, **counts))
                continue
            told = {title: cell.strip() for title, cell in zip(titles, cells, strict=True)}
            ids = {name: _clean_id(told[name]) for name in DECIDED_COLUMNS[:2]}
            yield {"line": line, **{name: told[name] for name in DECIDED_COLUMNS}, **ids}
    except LockedTextError as error:
        found.append(report("workbook_locked", MATCHES_PLACE, value=error.why))
    except UnreadableTextError as error:
        found.append(report("matches_unreadable", MATCHES_PLACE, why=error.why))


def _clean_id(text: str) -> str:
    return answer_key(text.removeprefix("'"))


def _check_line(line: dict[str, str], span: tuple[str, str]) -> Iterator[Problem]:
    """Yield what is wrong with a line by itself; its date is put into ISO form."""
    number = line["line"]
    if not line["previous_id"] and not line["current_id"]:
        yield report("match_ids_missing", MATCHES_PLACE, line=number)
    if missing := [name for name in DECIDED_COLUMNS[2:] if not line[name]]:
        yield report("match_decision_missing", MATCHES_PLACE, line=number, value="、".join(missing))
    if not line["decided_on"]:
        return
    day, (first, last) = _read_day(line["decided_on"]), span
    words = {"line": number, "value": line["decided_on"], "first": first, "last": last}
    if not day:
        yield report("match_date_unreadable", MATCHES_PLACE, **words)
    elif not first <= day <= last:
        yield report("match_date_outside", MATCHES_PLACE, **words)
    else:
        line["decided_on"] = day


def _read_day(text: str) -> str:
    """Return a whole day in ISO form, nothing for less; a year like 2999 is read, to be told."""
    plain = digits_key(text)
    try:
        day = parse_date(plain).iso
    except UnreadableDateError:
        day = plain if _FAR_DAY.fullmatch(plain) else ""
    return day if len(day) == _WHOLE_DAY else ""


def _find_ids_twice(lines: list[dict[str, str]]) -> Iterator[Problem]:
    """Yield every line that names a procedure which a line before it names."""
    for name in DECIDED_COLUMNS[:2]:
        first: dict[str, str] = {}
        for line in lines:
            if not line[name]:
                continue
            before = first.setdefault(line[name], line["line"])
            if before != line["line"]:
                words = {"column": name, "value": line[name], "other": before}
                yield report("match_twice", MATCHES_PLACE, line=line["line"], **words)
