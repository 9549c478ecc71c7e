"""What a child process takes on at its start, so that it never outlives the one it works for.

Heavy libraries are not imported here: who starts children may need none of them.
"""

import os
import signal
import threading
from multiprocessing import parent_process


def begin_child() -> None:
    """Leave an interrupt to the process that waits, and end with it, even if it is killed.

    To be the initializer of a pool: a child of one waits for work as long as it can write to
    itself, which is for ever.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    if (parent := parent_process()) is not None:
        parent.join()
    os._exit(1)
