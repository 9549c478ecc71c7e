"""The catalogue: every procedure of every department, as its TOML file lists it."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent

# Stands in a procedure's name for the subject of its group.
SUBJECT_MARK = "～"


@dataclass(frozen=True)
class Department:
    """A department and the counts that its answers must come to."""

    number: int
    name: str
    slug: str
    total: int
    online: int
    online_change: int
    started: int
    previous_total: int


@dataclass(frozen=True)
class Group:
    """What the procedures of one law or scheme have in common.

    `ease` ranks what goes online first; `agency` is who really decides, where the city only
    receives the form; `barrier` is the rule that forbids to go online.
    """

    law: str
    volume: int
    ease: int = 2
    fee: bool = False
    attachment: bool = True
    identity: str = "signature"
    original: str = "none"
    agency: str = ""
    barrier: str = ""
    system: str = ""

    @property
    def law_kind(self) -> str:
        """The kind of rule, read off its title."""
        if any(word in self.law for word in ("要綱", "要領", "基準", "規程", "協定", "規約")):
            return "要綱等"
        return "条例・規則" if self.law.startswith(("郡山市", "福島県")) else "法令"


@dataclass(frozen=True)
class Procedure:
    """One procedure of the catalogue, with its name and section of today."""

    name: str
    section: str
    group: Group


@dataclass(frozen=True)
class Changes:
    """What happened to a department's procedures between the two cycles, by name of today.

    The four lists of names are disjoint: `added_online` were online from their first day,
    `abolished_online` on their last. `stopped` leads from those no longer online to the reason,
    `renamed` to the old name, `moved` to the old section. `renumbered` were given another id.
    """

    added: frozenset[str]
    added_online: frozenset[str]
    abolished: frozenset[str]
    abolished_online: frozenset[str]
    renumbered: frozenset[str]
    stopped: dict[str, str]
    renamed: dict[str, str]
    moved: dict[str, str]


@dataclass(frozen=True)
class Catalogue:
    """A department's procedures, past and present, in the order of its form."""

    procedures: list[Procedure]
    changes: Changes


def load_table(name: str) -> dict[str, Any]:
    """Read one of the TOML files that lie beside the code."""
    return tomllib.loads(FOLDER.joinpath(name).read_text(encoding="utf-8"))


@cache
def load_departments() -> tuple[Department, ...]:
    """Read the departments in their official order."""
    return tuple(
        Department(number=number, **{"previous_total": entry["total"], **entry})
        for number, entry in enumerate(load_table("departments.toml")["department"], start=1)
    )


@cache
def load_catalogue(slug: str) -> Catalogue:
    """Read a department's catalogue and write out its procedures' names in full."""
    table = load_table(f"catalogue/{slug}.toml")
    procedures = []
    for section in table["section"]:
        for entry in section["group"]:
            common = {key: value for key, value in entry.items() if key in Group.__annotations__}
            group = Group(**common)
            subjects = entry.get("subjects", [entry.get("subject", "")])
            procedures += [
                Procedure(form.replace(SUBJECT_MARK, subject), section["name"], group)
                for subject in subjects
                for form in entry["procedures"]
            ]
    return Catalogue(procedures, _read_changes(table.get("changes", {})))


def _read_changes(table: dict[str, Any]) -> Changes:
    names = ("added", "added_online", "abolished", "abolished_online", "renumbered")
    return Changes(
        stopped=table.get("stopped", {}),
        renamed=table.get("renamed", {}),
        moved=table.get("moved", {}),
        **{name: frozenset(table.get(name, [])) for name in names},
    )
