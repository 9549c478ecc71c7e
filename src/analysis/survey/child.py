"""What a child process takes on at its start, so that it never outlives the one it works for.

Heavy libraries are not imported here: who starts children may need none of them.
"""

import os
import signal
import threading
from multiprocessing import parent_process


def begin_child() -> None:
    """Leave an interrupt to the process that waits, and end with it, even if it is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent()


def end_with_parent() -> None:
    """End when the process ends that started this one, even if it is killed.

    To be done at the start of each process of a pool: it waits for work as long as it can write to
    itself, which is for ever.
    """
    threading.Thread(target=_wait_for_parent, daemon=True).start()


def _wait_for_parent() -> None:
    if (parent := parent_process()) is not None:
        parent.join()
    os._exit(1)
