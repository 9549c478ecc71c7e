"""Hold departments and 課 to the rules between two cycles: none goes without a word.

A word is a succession in `cycle.toml`, or one for each procedure (see `list_untold`).
"""

from collections.abc import Iterator

import pandas as pd

from analysis.cycle import SETTINGS_NAME
from analysis.questionnaire.spellings import match_key
from analysis.succession.offices import Office
from analysis.succession.rescope import FORMER, add_former
from analysis.succession.successor import (
    Whereabouts,
    find_whereabouts,
    propose_for_department,
    propose_for_section,
    say_proposal,
)
from analysis.survey.pairs.comparison import Comparison
from analysis.survey.pairs.identity import list_untold
from analysis.survey.problems import Place, Problem, report

_SETTINGS = Place(None, SETTINGS_NAME)


def find_vanished_offices(compared: Comparison) -> Iterator[Problem]:
    """Blame a department, and tell of a 課, that is no more and whose procedures nobody spoke of.

    A department, since its numbers would stand in no department's of today; a 課 is spelled by
    departments as they like, and its numbers stay those of its department. Each is called what the
    previous cycle called it; what a succession speaks of is told by `find_unknown_sections`.
    """
    before, rows = add_former(compared.before), compared.survey.rows
    here = {*zip(rows["department_slug"], rows["section"].fillna("").map(match_key), strict=True)}
    answered = {slug for slug, _ in here}
    offices: dict[tuple[str, ...], list[int]] = {}
    columns = (before[name].tolist() for name in ("department_slug", "section", *FORMER))
    for at, office in enumerate(zip(*columns, strict=True)):
        if all(isinstance(name, str) for name in office):
            offices.setdefault(office, []).append(at)
    told = {_fold(own.before) for own in compared.cycle.takeovers}
    gone = [
        before.iloc[places].assign(department=department, section=was)
        for (slug, section, department, former, was), places in offices.items()
        if slug in answered
        and (slug, match_key(section)) not in here
        and (former, match_key(was)) not in told
    ]
    known = compared.departments
    # One that only has another slug is told by who names the scopes.
    is_here = before["department_slug"].isin([*known]) | before["department"].isin(
        [*known.values()]
    )
    if not gone and is_here.all():
        return
    where = find_whereabouts(rows, compared.pairs, match_key)
    confirmed = {*compared.survey.matches["previous_id"].dropna()}
    unspoken = {*compared.pairs["previous_id"], *list_untold(compared)["procedure_id"]} - confirmed
    for name, own in before[~is_here].groupby("department", sort=False):
        if own["procedure_id"].isin(unspoken).any():
            proposal = say_proposal(propose_for_department(own, where))
            yield _report("department_vanished", str(name), own, proposal)
    for own in gone:
        if own["procedure_id"].isin(unspoken).any():
            yield _tell_section(own, where)


def find_unknown_sections(compared: Comparison) -> Iterator[Problem]:
    """Blame every succession of a 課 that the previous cycle does not have.

    One that leads to a 課 without a procedure in this cycle is told: it may be spelled otherwise.
    """
    if FORMER[0] not in compared.before:
        return
    slugs, sections = (compared.before[name].fillna("") for name in FORMER[1:])
    known = {*zip(slugs, sections.map(match_key), strict=True)}
    for own in compared.cycle.takeovers:
        section = own.before.section
        is_counted = own.now.department in compared.cycle.departments
        if section and is_counted and _fold(own.before) not in known:
            words = {"cycle": compared.cycle.settings.previous}
            yield report("succession_section_unknown", _SETTINGS, value=own.told.from_, **words)
    rows = compared.survey.rows
    here: dict[str, dict[str, str]] = {}
    for slug, section in zip(rows["department_slug"], rows["section"].fillna(""), strict=True):
        here.setdefault(slug, {})[match_key(section)] = section
    for own in compared.cycle.takeovers:
        department, section = own.now.department, own.now.section or own.before.section
        there = here.get(department.slug)
        if section and there is not None and match_key(section) not in there:
            words = {"value": own.told.to, "source": own.told.from_, "section": section}
            choices = "、".join(f"{department.name} {name}" for name in there.values() if name)
            yield report("succession_section_empty", _SETTINGS, **words, choices=choices)


def _fold(office: Office) -> tuple[str, str]:
    """Return what tells an office from others, however its 課 is spelled."""
    slug, section = office.key
    return slug, match_key(section)


def _tell_section(own: pd.DataFrame, where: Whereabouts) -> Problem:
    name = " ".join(own[column].iloc[0] for column in ("department", "section"))
    return _report("section_vanished", name, own, say_proposal(propose_for_section(own, where)))


def _report(code: str, name: str, own: pd.DataFrame, proposal: str) -> Problem:
    return report(code, _SETTINGS, value=name, count=f"{len(own):,}", proposal=proposal)
