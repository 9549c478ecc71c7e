"""The cycles before a cycle, as far back as each names the one before it."""

from analysis.cycle import SETTINGS_NAME, Cycle
from analysis.errors import SettingsError


def open_ancestors(cycle: Cycle) -> list[Cycle]:
    """Open every cycle before a cycle, the latest first; none before a first one.

    None can come twice, as each is held to name an earlier one (see `open_cycle`). Raises
    SettingsError for one that can't be opened, with whose settings name it.
    """
    found: list[Cycle] = []
    own = cycle
    while (before := _open_previous(own, is_own=own is cycle)) is not None:
        found.append(before)
        own = before
    return found


def _open_previous(cycle: Cycle, *, is_own: bool) -> Cycle | None:
    try:
        return cycle.open_previous()
    except SettingsError as error:
        # What a cycle compares itself with is told as it is: nobody needs to be told whose it is.
        if is_own:
            raise
        raise SettingsError(
            f"data/raw/{cycle.day}/{SETTINGS_NAME}: 前回の調査回（previous ="
            f" 「{cycle.settings.previous}」）を開けません。"
            f"推移は、さかのぼれるすべての調査回から求めます。\n{error}"
        ) from None
