"""The history: which procedures stand in which cycle, and how far each was then.

Today's standing follows from the counts and the catalogue's ranking; the earlier one follows from
today's by the changes that the catalogue names. The first one is what was there already of the
earlier one, and online by the days that its answers tell.
"""

import datetime
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache

from demo.catalogue import Catalogue, Department, Procedure, load_catalogue
from demo.choice import draw, draw_percent, pick

FIRST = "2023-09-30"
EARLIER = "2024-03-31"
LATER = "2024-09-01"
CYCLES = (FIRST, EARLIER, LATER)

ONLINE, STARTED, NOT_STARTED = "オンライン化済", "着手済", "未着手"

# Of those that went online in between, so many had been started at the earlier cycle; of those
# started now, so many had been.
_STARTED_BEFORE_ONLINE_PERCENT = 60
_STARTED_BEFORE_PERCENT = 72
# Of those that were not online at the earlier cycle, so many were not asked about at the first.
_UNASKED_PERCENT = 6

_EARLY_YEARS = (2020, 2021, 2021, 2022, 2022, 2022, 2023, 2023, 2023)
_LATE_MONTHS = (4, 5, 6, 7, 7, 8)


@dataclass(frozen=True)
class Entry:
    """One procedure as it stood in one cycle."""

    procedure_id: str
    procedure: Procedure
    name: str
    section: str
    status: str
    online_since: datetime.date | None
    stopped_because: str


def trace_entries(department: Department, cycle: str) -> list[Entry]:
    """Return a department's entries in one cycle, section by section in the order of the form."""
    catalogue = load_catalogue(department.slug)
    changes = catalogue.changes
    standing = _decide_standing(department)[cycle]
    earlier = cycle != LATER
    ids = _number_procedures(department, catalogue, () if earlier else changes.renumbered)
    entries = []
    for procedure in catalogue.procedures:
        name = procedure.name
        if name not in standing:
            continue
        entries.append(
            Entry(
                procedure_id=ids[name],
                procedure=procedure,
                name=changes.renamed.get(name, name) if earlier else name,
                section=changes.moved.get(name, procedure.section)
                if earlier
                else procedure.section,
                status=standing[name],
                online_since=_date_online(department, name, standing[name]),
                stopped_because="" if earlier else changes.stopped.get(name, ""),
            )
        )
    order = list(dict.fromkeys(procedure.section for procedure in catalogue.procedures))
    return sorted(entries, key=lambda entry: order.index(entry.section))


def _number_procedures(
    department: Department, catalogue: Catalogue, renumbered: Collection[str]
) -> dict[str, str]:
    """Give the procedures of the earlier cycle their ids, then the new ones; none is reused.

    The renumbered get another one, after all others.
    """
    added = catalogue.changes.added | catalogue.changes.added_online
    names = [procedure.name for procedure in catalogue.procedures]
    ordered = [name for name in names if name not in added] + [n for n in names if n in added]
    ordered += [name for name in names if name in renumbered]
    return {
        name: f"{department.number:02}-{serial:04}" for serial, name in enumerate(ordered, start=1)
    }


def _rank(procedures: Iterable[Procedure], salt: str) -> list[str]:
    """Order names by how soon they go online: the easy groups first, then by lot.

    The lot falls mostly on the whole group, for a section takes up one scheme at a time.
    """
    ranked = sorted(
        procedures,
        key=lambda p: (-_ease(p), draw(salt, p.group.law) + draw(salt, p.name) // 4),
    )
    return [procedure.name for procedure in ranked]


def _ease(procedure: Procedure) -> int:
    return 0 if procedure.group.agency or procedure.group.barrier else procedure.group.ease


@cache
def _decide_standing(department: Department) -> dict[str, dict[str, str]]:
    """Return for each cycle the status of every procedure that it has."""
    catalogue = load_catalogue(department.slug)
    changes = catalogue.changes
    gone = changes.abolished | changes.abolished_online
    today = [p for p in catalogue.procedures if p.name not in gone]
    closed = {*changes.stopped, *changes.added, *changes.added_online}
    ranked = _rank((p for p in today if p.name not in closed), "online")
    long_standing = ranked[: department.online - len(changes.added_online)]
    online = {*long_standing, *changes.added_online}
    offline = [p for p in today if p.name not in {*online, *changes.stopped}]
    started = set(_rank(offline, "started")[: department.started])
    later = {p.name: _status(p.name, online, started) for p in today}

    lost = len(changes.stopped) + len(changes.abolished_online)
    gained = department.online_change + lost - len(changes.added_online)
    lately = set(long_standing[len(long_standing) - gained :])
    online_then = {*long_standing, *changes.stopped, *changes.abolished_online} - lately
    started_then = {
        name for name in lately if draw_percent("then", name) < _STARTED_BEFORE_ONLINE_PERCENT
    } | {name for name in started if draw_percent("then", name) < _STARTED_BEFORE_PERCENT}
    added = changes.added | changes.added_online
    earlier = {
        p.name: _status(p.name, online_then, started_then)
        for p in catalogue.procedures
        if p.name not in added
    }
    return {FIRST: _decide_first(earlier), EARLIER: earlier, LATER: later}


def _decide_first(earlier: dict[str, str]) -> dict[str, str]:
    """Return the status of what was there at the first cycle, by what it was at the earlier one."""
    first = {}
    for name, then in earlier.items():
        if then == ONLINE and _date_early(name).isoformat() <= FIRST:
            first[name] = ONLINE
        elif then == ONLINE or draw_percent("asked", name) >= _UNASKED_PERCENT:
            percent = _STARTED_BEFORE_ONLINE_PERCENT if then == ONLINE else _STARTED_BEFORE_PERCENT
            was_started = then != NOT_STARTED and draw_percent("first", name) < percent
            first[name] = STARTED if was_started else NOT_STARTED
    return first


def _status(name: str, online: set[str], started: set[str]) -> str:
    return ONLINE if name in online else STARTED if name in started else NOT_STARTED


def _date_online(department: Department, name: str, status: str) -> datetime.date | None:
    """Return since when a procedure is online: before the earlier cycle if it was online then."""
    if status != ONLINE:
        return None
    then = _decide_standing(department)[EARLIER]
    if then.get(name) != ONLINE:
        return datetime.date(2024, pick(_LATE_MONTHS, "month", name), 1)
    return _date_early(name)


def _date_early(name: str) -> datetime.date:
    """Return since when a procedure is online that was so at the earlier cycle."""
    year = pick(_EARLY_YEARS, "year", name)
    day = pick((1, 1, 1, 1, 15, 20), "day", name)
    return datetime.date(year, draw("month", name) % 12 + 1, day)
