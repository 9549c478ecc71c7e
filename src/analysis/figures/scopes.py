"""The scopes of a city: the whole (`all`), a department (its slug), a section.

A section's slug is `<department slug>.<section name>`, reserved characters percent-encoded so that
it can stand in a figure id, a URL fragment and an Excel criterion.
"""

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import Literal
from urllib.parse import quote

import pandas as pd
from pandas.api.extensions import ExtensionArray

from analysis.cycle import WHOLE, WHOLE_NAME, Cycle
from analysis.errors import SettingsError, list_examples
from analysis.survey.survey import Survey

Level = Literal["all", "department", "section"]
LEVELS: tuple[Level, ...] = ("all", "department", "section")


@dataclass(frozen=True)
class Scope:
    """A stretch of the city that figures are given for. `department` is a slug, None for all.

    A department that `waits` is not counted: there are figures of its last answers only.
    """

    slug: str
    name: str
    level: Level
    department: str | None = None
    waits: bool = False


def level_of(scope: str) -> Level:
    """Return the level of a scope's slug.

    >>> [level_of(scope) for scope in ("all", "kankyo", "kankyo.環境政策課")]
    ['all', 'department', 'section']
    """
    if scope == WHOLE:
        return "all"
    return "section" if "." in scope else "department"


@cache
def section_scope(department_slug: str, section: str) -> str:
    """Return a section's scope slug, e.g. `kankyo.環境政策課`."""
    name = re.sub(r"\W", lambda found: quote(found[0], safe=""), section)
    return f"{department_slug}.{name}"


def add_scopes(frame: pd.DataFrame) -> pd.DataFrame:
    """Add the columns `scope_all`, `scope_department` and `scope_section` to a table.

    Needs `department_slug` (missing: the row belongs to the whole city only) and, for sections,
    `section`. One row in, one row out, in the same order.

    >>> add_scopes(rows)[["procedure_id", "scope_all", "scope_department", "scope_section"]]
      procedure_id scope_all scope_department scope_section
    0        K-001       all           kankyo  kankyo.環境政策課
    1        K-002       all           kodomo   kodomo.こども課
    """
    slugs = frame["department_slug"].reset_index(drop=True)
    unknown = pd.Series(pd.NA, index=slugs.index, dtype="str")
    return frame.reset_index(drop=True).assign(
        scope_all=WHOLE,
        scope_department=slugs,
        scope_section=_name_sections(frame) if "section" in frame else unknown,
    )


def _name_sections(frame: pd.DataFrame) -> ExtensionArray:
    """Return each row's section scope; a name is made once a section, not once a row."""
    grouped = frame.groupby(["department_slug", "section"], sort=False)
    names = pd.array([section_scope(*key) for key in grouped.size().index], dtype="str")
    return names.take(grouped.ngroup().fillna(-1).astype("int64").to_numpy(), allow_fill=True)


def list_scopes(
    cycle: Cycle, survey: Survey, previous: Survey | None, waiting: Survey | None = None
) -> list[Scope]:
    """Return every scope of a cycle: the city, its departments in official order, their sections.

    Sections are those of the survey's rows in the order they appear in them, then those that only
    the `previous` one has; departments that are only there come last, without sections. What they
    lost is part of a change, and its sum would lack it. After them are those that are not counted
    and have last answers, which `waiting` holds. Raises SettingsError for two scopes of one
    name.
    """
    scopes = [Scope(WHOLE, WHOLE_NAME, "all")]
    frames = [survey.rows] if previous is None else [survey.rows, previous.rows]
    columns = ["department", "department_slug", "section"]
    named = pd.concat([frame[columns].drop_duplicates() for frame in frames]).dropna()
    sections: dict[str, dict[str, None]] = {}
    for slug, section in zip(named["department_slug"], named["section"], strict=True):
        sections.setdefault(slug, {})[section] = None
    for department in cycle.departments:
        scopes.append(Scope(department.slug, department.name, "department", department.slug))
        scopes.extend(
            Scope(
                section_scope(department.slug, name),
                f"{department.name} {name}",
                "section",
                department.slug,
            )
            for name in sections.get(department.slug, ())
        )
    known = {scope.slug for scope in scopes}
    pairs = set(zip(named["department_slug"], named["department"], strict=True))
    gone = dict(sorted(pair for pair in pairs if pair[0] not in known))
    scopes += [Scope(slug, name, "department", slug) for slug, name in gone.items()]
    last = set() if waiting is None else set(waiting.rows["department_slug"])
    scopes += [
        Scope(own.slug, own.name, "department", own.slug, waits=True)
        for own, *_ in cycle.uncounted
        if own.slug in last
    ]
    # A department's name under another slug, in the cycle before, is of another scope too.
    pairs |= {(scope.slug, scope.name) for scope in scopes}
    names = Counter(name for _, name in pairs)
    if twice := sorted(pair for pair in pairs if names[pair[1]] > 1):
        raise SettingsError(
            f"調査回 {cycle.name} とその前回調査で、別の部局または課が同じ名称です。"
            "同じ部局であれば、cycle.toml の slug を前回と同じにしてください。"
            "違う部局であれば、名称を変えてください。\n"
            + list_examples([f"{name}（slug = {slug}）" for slug, name in twice])
        )
    return scopes
