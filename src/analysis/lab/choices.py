"""What may be written for the parameters of a notebook, for JupyterLab to offer beside them."""

from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from analysis.cycle import list_cycles, open_cycle
from analysis.errors import AnalysisError
from analysis.figures.findings import LATEST


class Offered(NamedTuple):
    """What a parameter is for, and each value that it takes with what people call that."""

    title: str
    values: list[tuple[str, str]]


def list_choices(root: Path, cycle: str = LATEST) -> dict[str, Offered]:
    """Return what the parameters of notebooks take, by the parameter's name.

    They are the cycles of the survey in a folder, the newest first, and the departments of a cycle;
    of the latest, where there is none of that name. What can't be opened offers nothing.
    """
    names: list[str] = []
    departments: list[tuple[str, str]] = []
    with suppress(AnalysisError):
        names = list_cycles(root)[::-1]
        named = open_cycle(cycle if cycle in names else None, root)
        departments = [(own.slug, f"{own.name}（{own.slug}）") for own in named.departments]
    newest = [(LATEST, f"{LATEST}（最新の調査回、いまは {names[0]}）")] if names else []
    return {
        "cycle": Offered("調査回", newest + [(name, name) for name in names]),
        "department": Offered("部局", departments),
    }
