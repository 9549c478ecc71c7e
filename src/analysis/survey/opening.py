"""Open a cycle by any name that it has: closed, or as far as its departments have answered."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.cycle import Cycle, find_root, open_cycle
from analysis.errors import ReportError
from analysis.names import INTERIM_ENDING, name_day, spell_cycle

if TYPE_CHECKING:
    from analysis.survey.survey import Survey


def open_counted(
    name: str | None = None,
    root: Path | None = None,
    load: "Callable[[Cycle], Survey] | None" = None,
) -> Cycle:
    """Open a cycle by its name (None: the latest), an interim one with the departments it counts.

    `load` gets a cycle's survey (None: the stored one). Raises as `open_cycle` and `open_interim`.
    """
    root, name = root or find_root(), None if name is None else spell_cycle(name)
    if name is None or not name.endswith(INTERIM_ENDING):
        return open_cycle(name, root)
    # Only here: who opens a closed cycle waits for no frames.
    from analysis.survey.interim import open_interim  # noqa: PLC0415

    return open_interim(name, root, load) if load else open_interim(name, root)


def open_cycle_as(name: str | None, *, interim: bool) -> Cycle:
    """Open a cycle by its name (None: the latest), `interim` as far as it is answered.

    Raises as `open_counted` does.
    """
    if not interim:
        return open_counted(name)
    return open_counted(f"{open_collected(name).day}{INTERIM_ENDING}")


def open_collected(name: str | None = None) -> Cycle:
    """Open the cycle whose answers come in, by its name (None: the latest) or its interim one's.

    Raises as `open_cycle` does.
    """
    return open_cycle(None if name is None else name_day(name))


def open_delivered(name: str | None = None) -> Cycle:
    """Open a cycle by its name (None: the latest) whose reports are to be looked at.

    Raises as `open_counted` does, and ReportError that names the interim set where there is only
    that.
    """
    cycle = open_counted(name)
    if not cycle.reports_folder.is_dir() and cycle.interim_folder.is_dir():
        interim = cycle.interim_folder.name
        raise ReportError(
            f"reports/{cycle.name}/ に報告書がありません。"
            f"\n暫定の報告書は reports/{interim}/ にあります。"
            f"調査回を {interim} と指定してください。"
        )
    return cycle
