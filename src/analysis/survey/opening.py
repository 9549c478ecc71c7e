"""Open a cycle by any name that it has: closed, or as far as its departments have answered."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.cycle import INTERIM_ENDING, Cycle, find_root, name_day, open_cycle

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
    root = root or find_root()
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
    day = open_cycle(None if name is None else name_day(name)).day
    return open_counted(f"{day}{INTERIM_ENDING}")
