"""What lets a process start and end sooner, with what each saves of processor time; nothing more.

What a command imports, and when, stands where it is imported; `build/preload` lists what a build's
processes are forked with.
"""

import atexit
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

ADDRESSES = "rfc3987_syntax"
"""A grammar of addresses that jsonschema parses when it is imported: 1.2 s.

It would be for a schema that asks for an address; a notebook's does not.
"""
HADOOP = "pyarrow.fs"
"""What papermill imports for notebooks on a Hadoop cluster, and all of pyarrow with it: 0.25 s."""

GARBAGE_AFTER = 50_000
"""How many new objects there may be before garbage is looked for; Python's own number is 700.

There is little garbage where much is loaded: a tenth of a command's time.
"""


def collect_seldom() -> None:
    """Look for garbage seldom, and not once more through everything at the end: 0.2 s of 1.6."""
    gc.set_threshold(GARBAGE_AFTER)
    atexit.register(gc.freeze)


@contextmanager
def never_collect() -> Iterator[None]:
    """Look for no garbage within, nor ever after among what was loaded within.

    For a process that is forked: each child would copy all that its collector walks over.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@contextmanager
def absent(*names: str) -> Iterator[None]:
    """Let modules be imported as if others were not installed; what is loaded already stays.

    For libraries that do without the others: they try to import these and go on.
    """
    unloaded = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(unloaded))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in unloaded:
            del sys.modules[name]
