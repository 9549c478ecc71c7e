"""Where the processes of a build come from: forked from one warm process, or started from nothing.

The warm process is the standard library's fork server: a process of one thread that has imported
what reports are made with (see `preload`) and forks a clean child for each that asks. It ends when
the process that started it and all its children have ended.
"""

import os
import sys
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.context import BaseContext
from pathlib import Path
from tempfile import gettempdir

from analysis.errors import SettingsError

CHOICE = "ANALYSIS_KERNELS"
WARM, ORDINARY = "warm", "ordinary"
# Systems take 104 to 108 bytes for a socket's path, and its own name is up to 40 of them.
LONGEST_FOLDER = 64
# What the warm process is told of the findings it loads, by its environment.
ROOT, CYCLE = "ANALYSIS_WARM_ROOT", "ANALYSIS_WARM_CYCLE"

PRELOAD = "analysis.build.preload"


def is_warm() -> bool:
    """Return whether the processes of a build are forked from a warm one.

    By default on Linux; elsewhere where ANALYSIS_KERNELS is `warm` and the system can fork.
    `ordinary` starts each from nothing, as does a folder for passing files with a name so long that
    no socket can stand in it. Raises SettingsError for any other value.
    """
    choice = os.environ.get(CHOICE) or (WARM if sys.platform == "linux" else ORDINARY)
    if choice not in (WARM, ORDINARY):
        raise SettingsError(
            f"環境変数 {CHOICE} の値「{choice}」は使えません。"
            f"{WARM} か {ORDINARY} にするか、設定をやめてください。"
        )
    can_fork = "forkserver" in get_all_start_methods()
    return choice == WARM and can_fork and len(os.fsencode(gettempdir())) < LONGEST_FOLDER


def warm_context() -> BaseContext:
    """Return the context of multiprocessing to start workers in: warm where it can be.

    What it is given must be importable: a worker gets none of its parent's state. Raises
    SettingsError as `is_warm` does.
    """
    return _fork_server() if is_warm() else get_context("spawn")


def warm_up(root: Path | None = None, cycle: str | None = None) -> None:
    """Start the warm process without waiting for it; nothing where there is to be none.

    With a project's folder and a cycle's name it also loads the findings of that cycle. A warm
    process that runs already stays as it is. Raises SettingsError as `is_warm` does.
    """
    if not is_warm():
        return
    told = {} if root is None or cycle is None else {ROOT: str(root), CYCLE: cycle}
    os.environ.update(told)
    try:
        _fork_server()
        # Only here: not on every system.
        from multiprocessing.forkserver import ensure_running  # noqa: PLC0415

        ensure_running()
    finally:
        for name in told:
            del os.environ[name]


def _fork_server() -> BaseContext:
    """Return the fork server's context, its preload set."""
    context = get_context("forkserver")
    context.set_forkserver_preload([PRELOAD])
    return context
