"""Open a cycle as far as its departments have answered.

An interim cycle counts the departments whose answers are there and have no error. So to open one is
to collect the cycle that it is of; that no answer is there yet is a state of a department.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from analysis.cycle import Cycle, open_cycle
from analysis.errors import SettingsError, SurveyError, list_examples
from analysis.names import INTERIM_ENDING, name_day
from analysis.place import tell_left_interim
from analysis.survey.store import load_survey, load_surveys, stamp_inputs
from analysis.survey.survey import Survey
from analysis.survey.uncounted import find_unusable

Load = Callable[[Cycle], Survey]

_Stamp = list[dict[str, Any]]
_opened: dict[Path, tuple[_Stamp, Cycle]] = {}


def open_interim(name: str, root: Path, load: Load = load_survey) -> Cycle:
    """Open an interim cycle by its name, with the departments that it counts.

    `load` gets a cycle's survey. Raises SettingsError as `open_cycle` does, and SurveyError where
    every department or none can be counted.
    """
    cycle = open_cycle(name_day(name), root)
    if load is not load_survey:
        return _find_counted(name, cycle, load)
    stamp = _stamp(cycle)
    known, opened = _opened.get(root / name, (None, None))
    if opened is None or known != stamp:
        opened = _find_counted(name, cycle, load)
        if stamp:
            _opened[root / name] = stamp, opened
    return opened


def advise_interim(cycle: Cycle, survey: Survey) -> str:
    """Say how to build from the answers that are there; nothing where there is no such way.

    `survey` is that of the cycle, whatever is wrong with it.
    """
    unusable = [] if cycle.is_interim else find_unusable(cycle, survey)
    count = len(cycle.departments) - len(unusable)
    if not unusable or not count:
        return ""
    return (
        f"`analysis report {cycle.day} --interim` は、回答のそろった{count}部局だけを数えた"
        f"暫定の報告書を reports/{cycle.day}{INTERIM_ENDING}/ に作ります。"
        f"ほかのコマンドでは、調査回を {cycle.day}{INTERIM_ENDING} と指定します。"
    )


def _find_counted(name: str, cycle: Cycle, load: Load) -> Cycle:
    survey, _ = load_surveys(cycle, load)
    unusable = find_unusable(cycle, survey)
    if not unusable:
        left = tell_left_interim(cycle)
        raise SurveyError(
            f"調査回 {cycle.name} は、すべての部局の回答がそろっているため、暫定版はもう作れず、"
            f"検証も追跡もできません。\n`analysis report {cycle.name}` で報告書を作り、"
            f"調査回を {cycle.name} と指定してください。" + (f"\n{left}" if left else "")
        )
    if len(unusable) == len(cycle.departments):
        lines = [f"{own.department.name}（{own.reason}）" for own in unusable]
        raise SurveyError(
            f"調査回 {cycle.name} には、数えられる回答のある部局がまだありません。"
            f"\n`analysis check {cycle.name}` で確かめてください。\n{list_examples(lines)}"
        )
    return Cycle(cycle.root, name, cycle.settings, tuple(unusable))


def _stamp(cycle: Cycle) -> _Stamp:
    """Return what decides which departments count; nothing where that can't be known."""
    try:
        previous = cycle.open_previous()
    except SettingsError:
        return []
    return [stamp_inputs(one) for one in (cycle, previous) if one is not None]
