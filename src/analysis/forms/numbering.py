"""Propose a free id for each procedure without one: the next number of its department's own.

A number counts as used whoever used it and whenever, as far back as there are cycles. It goes on
from the greatest: a gap may be what somebody has struck out.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import pandas as pd

from analysis.cycle import Cycle
from analysis.display import Display
from analysis.survey.answers.unique import part_id
from analysis.survey.pairs.retired import list_earlier
from analysis.survey.problems import Problem, problems_from_frame, problems_to_frame, report
from analysis.survey.store import load_survey, load_surveys
from analysis.survey.survey import Survey

_FIELD = "procedure_id"
_NUMBERED = re.compile(r"(.*?)([0-9]{1,9})", re.DOTALL)
_OWN = ("department_slug", "section", _FIELD)


class _Numbered(NamedTuple):
    """An id in two parts, with whose it is."""

    slug: str
    section: str
    begin: str
    digits: str


def load_numbered(cycle: Cycle, display: Display) -> tuple[Survey, Survey | None]:
    """Return what `load_surveys` does, with a free id in each problem of a procedure without one.

    Raises as that does.
    """
    load = partial(load_survey, display=display)
    survey, previous = load_surveys(cycle, load)
    return propose_ids(cycle, survey, load), previous


def propose_ids(cycle: Cycle, survey: Survey, load: Callable[[Cycle], Survey]) -> Survey:
    """Return the survey, a free id proposed in each problem of a procedure without one.

    It is numbered as most ids of its section are, or of its department, now or in any cycle before;
    where none has a number at its end, nothing is proposed. `load` gets the earlier surveys.

    >>> propose_ids(ledger.cycle, survey, lambda cycle: findings.previous) is survey
    True
    """
    problems = problems_from_frame(survey.problems)
    missing = [p for p in problems if p.code == "required_missing" and p.field == _FIELD and p.cell]
    if not missing:
        return survey
    frames = [survey.rows, *(rows for _, rows in list_earlier(cycle, load))]
    numbering = _Numbering(frames, survey.matches[["previous_id", "current_id"]])
    columns = ("workbook", "sheet", f"{_FIELD}_cell", *_OWN[:2])
    whose = {
        tuple(place): (str(slug), section if isinstance(section, str) else "")
        for *place, slug, section in zip(*(survey.rows[name] for name in columns), strict=True)
    }
    proposed: dict[Problem, Problem] = {}
    field = survey.asked.named[_FIELD]
    for problem in missing:
        slug, section = whose[problem.workbook, problem.sheet, problem.cell]
        if (free := numbering.take(slug, section)) is not None:
            own = part_id(slug, free) if cycle.settings.ids_per_department else free
            proposed[problem] = report("id_missing", problem.place, field, free=own)
    told = [proposed.get(problem, problem) for problem in problems]
    return replace(survey, problems=problems_to_frame(told))


class _Numbering:
    """The numbers that are used, by what stands before them, and how each department numbers."""

    def __init__(self, frames: Sequence[pd.DataFrame], others: pd.DataFrame) -> None:
        self._cycles = [list(_list_numbered(frame)) for frame in frames]
        self._last: dict[str, int] = {}
        known = [own for cycle in self._cycles for own in cycle]
        texts = [text for name in others for text in others[name].dropna()]
        known += [_Numbered("", "", *parts) for text in texts if (parts := _part(text))]
        for own in known:
            key = own.begin.casefold()
            self._last[key] = max(self._last.get(key, 0), int(own.digits))

    def take(self, slug: str, section: str) -> str | None:
        """Return the next free id of a department, which is then used; None if it numbers none."""
        own = [[one for one in cycle if one.slug == slug] for cycle in self._cycles]
        alike = [one for one in own[0] if section and one.section == section]
        chosen = alike or next(filter(None, own), [])
        if not chosen:
            return None
        ((begin, _),) = Counter(one.begin for one in chosen).most_common(1)
        width = min(len(one.digits) for one in chosen if one.begin == begin)
        self._last[begin.casefold()] += 1
        return f"{begin}{self._last[begin.casefold()]:0{width}}"


def _list_numbered(rows: pd.DataFrame) -> Iterable[_Numbered]:
    columns = (rows[name].fillna("").tolist() for name in _OWN)
    for slug, section, one in zip(*columns, strict=True):
        if parts := _part(one):
            yield _Numbered(slug, section, *parts)


def _part(one: str) -> tuple[str, str] | None:
    found = _NUMBERED.fullmatch(one)
    return (found[1], found[2]) if found else None
