"""Whose workbook a file is: what stands inside decides, then its name, then its procedures' ids.

A department's own file is the one that cycle.toml lists. Every other file that may hold answers is
read as well: it may be the department's newer answers, or its only ones.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path, PurePath
from typing import NamedTuple

from analysis.cycle import Cycle, Department
from analysis.files.file import find_files, list_files
from analysis.files.folder import (
    EXCEL_ENDINGS,
    ending_of,
    is_settings_file,
    is_settings_slip,
    is_text,
)
from analysis.files.named import list_named, list_names
from analysis.questionnaire.field import Field
from analysis.questionnaire.spellings import match_key
from analysis.survey.differences import list_ids, tell_row_differences
from analysis.survey.problems import STOPPED, Place, Problem, report, shorten
from analysis.survey.table.read import Reading
from analysis.texts import key_file

_TABLELESS = frozenset({"table_missing", "form_grid"})
# What Windows puts before the name of a copy.
_COPY_START = re.compile(r"(コピー|copyof)[～〜~-]*")


class _Claim(NamedTuple):
    """A file that may be a department's: whose, and what tells so.

    Without the latter, its name says that department, and what stands inside says another.
    """

    reading: Reading
    owner: Department
    why: str = ""


def list_strays(cycle: Cycle) -> list[Department]:
    """Return every file that may hold answers and is listed as no department's, sorted by name.

    Each as a department of its own until it is known whose it is, under the name as it is stored,
    which no other file has.
    """
    departments = cycle.settings.departments
    used = find_files(cycle.raw_folder, [department.workbook for department in departments])
    taken = {department.slug for department in departments}
    slugs = (slug for number in count(1) if (slug := f"stray{number}") not in taken)
    return [
        Department(name=path.name, slug=next(slugs), workbook=path.name)
        for path in list_files(cycle.raw_folder)
        if path not in used and _may_hold_answers(path)
    ]


def settle(
    own: Sequence[Reading],
    strays: Sequence[Reading],
    fields: Sequence[Field],
    *,
    by_id: bool = True,
) -> tuple[list[Reading], list[Problem]]:
    """Return each department's reading, and a problem for every stray.

    `own` are the readings of the files that cycle.toml lists. A stray stands in for one that is
    missing; any other that is a department's is told with all in which it differs. Not `by_id`:
    two departments may have the same ids, and none tells whose a file is.
    """
    problems: list[Problem] = []
    claims: dict[str, list[_Claim]] = {}
    for stray in strays:
        claim = _find_owner(stray, own, fields, by_id=by_id)
        if claim is None or not claim.why:
            problems.append(_tell_nobodys(stray, claim))
        else:
            claims.setdefault(claim.owner.slug, []).append(claim)
    readings = []
    for listed in own:
        chosen, rivals = listed, claims.get(listed.department.slug, [])
        if listed.state == "missing":
            problems += (_tell_nobodys(r.reading) for r in rivals if _has_no_table(r.reading))
            rivals = [rival for rival in rivals if not _has_no_table(rival.reading)]
            # One that can be read, if there is one: that there are several stops the build.
            rivals.sort(key=lambda rival: rival.reading.state != "answered")
            if rivals:
                first, *rivals = rivals
                chosen = _hand_over(first)
                problems.append(_tell_renamed(first))
        problems += (_tell_twice(chosen, rival, fields) for rival in rivals)
        readings.append(chosen)
    return readings, problems


def check_department(reading: Reading) -> Iterator[Problem]:
    """Compare the department's name inside with the department whose workbook it is taken for."""
    if reading.state != "answered":
        return
    expected = reading.department.name
    place = Place(expected, reading.department.workbook, reading.sheet)
    if reading.named is None:
        yield report("department_missing", place, expected=expected)
    elif reading.named[1] != match_key(expected):
        cell, name = reading.named
        yield report("department_differs", place.at(cell), value=name, expected=expected)


def _may_hold_answers(path: Path) -> bool:
    """Say whether a file is of a kind that Excel opens, and no settings file's own."""
    is_kind = ending_of(path.name) in EXCEL_ENDINGS and is_text(path.name)
    return is_kind and path.is_file() and not is_settings_file(path)


def _find_owner(
    stray: Reading, own: Sequence[Reading], fields: Sequence[Field], *, by_id: bool
) -> _Claim | None:
    """Return whose a file is; None where nothing tells."""
    departments = [reading.department for reading in own]
    stem = PurePath(stray.department.workbook).stem
    by_name = list_named(stem, departments)
    inside = stray.named[1] if stray.named else ""
    named = list_named(inside, departments)
    # Without a table, what looks like a department's name may be anything.
    if len(named) == 1 or (inside and stray.state == "answered"):
        # 【総務部宛】税務部 names both; a department that is not listed may have the name of one.
        agrees = not by_name or inside in match_key(stem) or any(d in by_name for d in named)
        if not agrees:
            return _Claim(stray, by_name[0])
        if len(named) == 1:
            return _Claim(stray, named[0], "中の部局名")
    elif len(by_name) == 1 and (not _has_no_table(stray) or _begins(stem, by_name[0])):
        return _Claim(stray, by_name[0], "ファイル名の部局名")
    ids = list_ids(stray, fields) if by_id else set()
    sharing = [reading.department for reading in own if ids and ids & list_ids(reading, fields)]
    return _Claim(stray, sharing[0], "手続きID") if len(sharing) == 1 else None


def _begins(stem: str, department: Department) -> bool:
    """Say whether a name begins with a department's, as a second version's or a copy's does."""
    text = _COPY_START.sub("", key_file(stem), count=1)
    return text.startswith(tuple(list_names(department)))


def _has_no_table(reading: Reading) -> bool:
    return any(problem.code in _TABLELESS for problem in reading.problems)


def _hand_over(claim: _Claim) -> Reading:
    """Return a stray's reading as the department's."""
    reading, owner, _ = claim
    workbook = reading.department.workbook
    return replace(
        reading,
        department=owner.model_copy(update={"workbook": workbook}),
        problems=tuple(replace(problem, department=owner.name) for problem in reading.problems),
    )


def _tell_renamed(claim: _Claim) -> Problem:
    place = Place(claim.owner.name, claim.reading.department.workbook)
    words = {"value": claim.owner.workbook, "expected": claim.owner.name, "why": claim.why}
    return report("workbook_renamed", place, **words)


def _tell_twice(chosen: Reading, claim: _Claim, fields: Sequence[Field]) -> Problem:
    place = Place(chosen.department.name, chosen.department.workbook)
    difference = tell_row_differences(chosen, claim.reading, fields)
    value = claim.reading.department.workbook
    return report("workbook_twice", place, value=value, why=claim.why, difference=difference)


def _tell_nobodys(stray: Reading, claim: _Claim | None = None) -> Problem:
    """Return the problem of a file that is not read, `claim` where its name belies it."""
    name = stray.department.workbook
    place = Place(None, name, stray.sheet)
    cell, inside = stray.named or ("", "")
    if claim is not None:
        place = place._replace(department=claim.owner.name).at(cell)
        return report("workbook_named_otherwise", place, value=inside, expected=claim.owner.name)
    place = place._replace(sheet=None)
    if stray.state != "answered" and is_settings_slip(name):
        return report("settings_unread", place)
    if stray.state != "answered" and ending_of(name) == ".csv":
        return report("file_unread", place)
    wrong = [] if stray.state == "answered" or _has_no_table(stray) else stray.problems
    for problem in wrong:
        # There may be more memory the next time: it is told until then.
        if problem.code == STOPPED:
            return replace(problem, department=None)
    told = [f"中の部局名は「{shorten(inside)}」"] if inside else []
    told += (problem.message.rstrip("。") for problem in wrong)
    return report("workbook_unlisted", place, inside=f"（{told[0]}）" if told else "")
