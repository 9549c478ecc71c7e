"""Have work done on what others sent by a process that may take so much time and memory, no more.

The libraries that write workbooks make an object of every cell that a merge or a link covers. What
that comes to is known only when it is done; here it costs the one workbook, and nobody else.
"""

import os
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import TracebackType
from typing import Generic, Self, TypeVar

from analysis.files.child import begin_child, may_fork

Given = TypeVar("Given")
Result = TypeVar("Result")

MOST_SECONDS = 60
"""How long a job may have a processor; three times as long where it must wait for it."""

MOST_BYTES = 1024**3
"""How much a process may grow by a job."""

_PATIENCE = 3
_LOOK_EVERY_SECONDS = 0.5
_MEMORY = Path("/proc/self/statm")


class UnfinishedError(Exception):
    """A job was stopped at its bounds, ended its process, or failed; it may itself say why."""


class Bounded(Generic[Given, Result]):
    """A process for one kind of work, made when it is needed and ended with a job that exceeds.

    To be used in a `with`, at the end of which the process is gone.
    """

    def __init__(self, work: Callable[[Given], Result]) -> None:
        """Hold the work, a function of a module: elsewhere than on Linux it is handed over."""
        self._work = work
        self._process: BaseProcess | None = None

    def __enter__(self) -> Self:
        """Do nothing yet: there may be no work."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the process."""
        self._end()

    def do(self, given: Given) -> Result:
        """Return what the work makes of this; raise UnfinishedError."""
        if self._process is None:
            self._begin()
        try:
            self._own.send(given)
            self._wait()
            is_done, result = self._own.recv()
        except (OSError, EOFError) as error:
            self._end()
            raise UnfinishedError from error
        except BaseException:
            self._end()
            raise
        if not is_done:
            self._end()
            raise UnfinishedError(result)
        made: Result = result
        return made

    def _begin(self) -> None:
        self._own, other = Pipe()
        make = get_context("fork").Process if may_fork() else get_context("spawn").Process
        self._process = make(target=_serve, args=(self._work, other), daemon=True)
        with warnings.catch_warnings():
            # Python 3.12 warns of any thread; left are those of libraries that know of forks.
            warnings.simplefilter("ignore", DeprecationWarning)
            self._process.start()
        other.close()

    def _wait(self) -> None:
        """Wait for an answer, or the end of the process; raise UnfinishedError at the bounds."""
        last = time.monotonic() + MOST_SECONDS * _PATIENCE
        before = None
        while not self._own.poll(_LOOK_EVERY_SECONDS):
            size = _measure(self._process)
            before = size if before is None else before
            if time.monotonic() > last or size - before > MOST_BYTES:
                raise UnfinishedError

    def _end(self) -> None:
        if self._process is not None:
            self._own.close()
            self._process.kill()
            self._process.join()
            self._process = None


def _measure(process: BaseProcess | None) -> int:
    """Return how much memory a process takes, whatever the system; 0 if it has ended."""
    # Only here: a job that is done at once needs no look.
    import psutil  # noqa: PLC0415

    with suppress(psutil.NoSuchProcess):
        return int(psutil.Process(process.pid if process else None).memory_info().rss)
    return 0


def _serve(work: Callable[[Given], object], own: Connection) -> None:
    """Do one job after another, in a child."""
    begin_child()
    # What ends it for want of memory would be printed amid what the command says.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    with suppress(EOFError, OSError, MemoryError):
        while True:
            given = own.recv()
            _hold_to_bounds()
            try:
                own.send((True, work(given)))
            except UnfinishedError as error:
                own.send((False, str(error)))
            except Exception:  # whatever a library raises for what others sent
                own.send((False, ""))


def _hold_to_bounds() -> None:
    """Have the system refuse more memory, and end the process that takes more time."""
    with suppress(ImportError, OSError, ValueError):
        import resource  # noqa: PLC0415  # there is none on Windows

        _limit(resource.RLIMIT_CORE, 0)
        used = resource.getrusage(resource.RUSAGE_SELF)
        seconds = int(used.ru_utime + used.ru_stime) + MOST_SECONDS
        _limit(resource.RLIMIT_CPU, seconds)
        if _MEMORY.is_file():
            size = int(_MEMORY.read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
            _limit(resource.RLIMIT_AS, size + MOST_BYTES)


def _limit(kind: int, most: int) -> None:
    import resource  # noqa: PLC0415

    _, hardest = resource.getrlimit(kind)
    resource.setrlimit(kind, (most if hardest < 0 else min(most, hardest), hardest))
