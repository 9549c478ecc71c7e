"""The tables that measures count, each row with the scope it belongs to at every level.

A scope is a stretch of the city: the whole (`all`), a department (its slug), or a section
(`<department slug>.<section name>`, reserved characters percent-encoded so that it can stand in a
figure id, a URL fragment and an Excel criterion).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

import pandas as pd

from analysis.cycle import Cycle

Level = Literal["all", "department", "section"]
LEVELS: tuple[Level, ...] = ("all", "department", "section")
WHOLE = "all"


@dataclass(frozen=True)
class Scope:
    """A stretch of the city that figures are given for. `department` is a slug, None for all."""

    slug: str
    name: str
    level: Level
    department: str | None = None


@dataclass(frozen=True)
class Tables:
    """One cycle's tables by name; `previous` holds the procedures of the cycle before, if any."""

    cycle: str
    current: Mapping[str, pd.DataFrame]
    previous_cycle: str | None = None
    previous: pd.DataFrame | None = None


def section_scope(department_slug: str, section: str) -> str:
    """Return a section's scope slug, e.g. `kankyo.環境政策課`."""
    name = re.sub(r"\W", lambda found: quote(found[0], safe=""), section)
    return f"{department_slug}.{name}"


def add_scopes(frame: pd.DataFrame) -> pd.DataFrame:
    """Add the columns `scope_all`, `scope_department` and `scope_section` to a table.

    Needs `department_slug` (missing: the row belongs to the whole city only) and, for sections,
    `section`. One row in, one row out, in the same order.
    """
    sections = frame.get("section", pd.Series(pd.NA, index=frame.index, dtype="str"))
    pairs = zip(frame["department_slug"], sections, strict=True)
    return frame.reset_index(drop=True).assign(
        scope_all=WHOLE,
        scope_department=frame["department_slug"].to_numpy(),
        scope_section=pd.array(
            [
                section_scope(slug, section) if pd.notna(slug) and pd.notna(section) else pd.NA
                for slug, section in pairs
            ],
            dtype="str",
        ),
    )


def list_scopes(cycle: Cycle, procedures: pd.DataFrame) -> list[Scope]:
    """Return every scope of a cycle: the city, its departments in official order, their sections.

    Sections are those of `procedures` (tidy rows of this cycle), in the order they appear in it.
    """
    scopes = [Scope(WHOLE, "全体", "all")]
    sections = procedures[["department_slug", "section"]].dropna().drop_duplicates()
    for department in cycle.departments:
        scopes.append(Scope(department.slug, department.name, "department", department.slug))
        scopes.extend(
            Scope(
                section_scope(department.slug, name),
                f"{department.name} {name}",
                "section",
                department.slug,
            )
            for name in sections.loc[sections["department_slug"] == department.slug, "section"]
        )
    return scopes
