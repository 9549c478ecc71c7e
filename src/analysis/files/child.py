"""Whether a process may be forked here, and what a child takes on so that it never outlives ours.

Heavy libraries are not imported here: who starts children may need none of them.
"""

import os
import signal
import sys
import threading
from contextlib import suppress
from multiprocessing import current_process, parent_process


def may_fork() -> bool:
    """Tell whether this process may be forked: on macOS that is unsafe, on Windows there is none.

    Nor is it safe beside a thread of ours; and a daemon may have no children.
    """
    is_alone = threading.active_count() == 1 and not current_process().daemon
    return sys.platform == "linux" and is_alone


def begin_child() -> None:
    """Leave an interrupt to the process that waits, and end with it, even if it is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent()


def begin_alone() -> None:
    """Begin a group of processes, to be ended together (`end_group`), as a child begins."""
    if hasattr(os, "setsid"):
        os.setsid()
    begin_child()


def end_group(leader: int) -> None:
    """End a process that has begun alone, and those that it began."""
    with suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(leader, signal.SIGKILL)
        else:
            os.kill(leader, signal.SIGTERM)


def end_with_parent() -> None:
    """End when the process ends that started this one, even if it is killed.

    To be done at the start of each process of a pool: it waits for work as long as it can write to
    itself, which is for ever.
    """
    threading.Thread(target=_wait_for_parent, daemon=True).start()


def _wait_for_parent() -> None:
    if (parent := parent_process()) is not None:
        parent.join()
    if hasattr(os, "getpgid") and os.getpgid(0) == os.getpid():
        end_group(os.getpid())
    os._exit(1)
