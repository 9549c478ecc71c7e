"""What a forked kernel does, from its first step to its last."""

import atexit
import os
import shutil
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

LAUNCHER = "ipykernel_launcher"


@dataclass(frozen=True)
class Launch:
    """A kernel to be: its arguments, folder, environment, and the folder of its own files."""

    arguments: Sequence[str]
    cwd: str
    environment: Mapping[str, str]
    folder: str

    def _bootstrap(self, parent_sentinel: int) -> int:
        """Be the kernel until it is shut down; the fork server calls this and ends with its code.

        What an ordinary kernel gets from its start, this one takes on here.
        """
        os.setsid()
        threading.Thread(target=self._end_with, args=(parent_sentinel,), daemon=True).start()
        os.environ.clear()
        os.environ.update(self.environment)
        time.tzset()
        os.chdir(self.cwd)
        sys.argv = [LAUNCHER, *self.arguments]
        if not sys.path[0]:
            # The current folder, which a kernel looks in only after the standard library.
            del sys.path[0]
        if "numpy.random" in sys.modules:
            # Python's own generator is given a new seed in each fork, numpy's is not.
            sys.modules["numpy.random"].seed()
        return _serve()

    def _end_with(self, parent_sentinel: int) -> None:
        """End when the process that asked for this kernel has ended, however it ended."""
        wait([parent_sentinel])
        shutil.rmtree(self.folder, ignore_errors=True)
        os._exit(1)


def _serve() -> int:
    """Run the kernel as `python -m ipykernel_launcher` does, and return its exit code."""
    from ipykernel.kernelapp import IPKernelApp  # noqa: PLC0415

    code = 0
    try:
        app: Any = IPKernelApp.instance()
        app.initialize()
        app.start()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    # A forked process leaves these out.
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    return code


def read_arguments(command: Sequence[str]) -> list[str] | None:
    """Return the arguments of a command that starts a kernel of this very Python, else None."""
    match list(command):
        case [python, "-m", module, *arguments] if module == LAUNCHER:
            return arguments if Path(python) == Path(sys.executable) else None
    return None
