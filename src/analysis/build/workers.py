"""The processes of this machine in which files are made: forked warm where they can be.

Each thread that runs jobs uses one at a time. To begin one and to look at everything in it for the
first time takes as long as a page, so a worker does one thing after another; until it has grown, as
what the typesetter remembers of each document stays in it. A notebook has a process to itself.
"""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from functools import cache, partial
from typing import ParamSpec, TypeVar

from analysis.build.warm import warm_context
from analysis.errors import ReportError
from analysis.files.child import begin_child

GROWN = 120 * 2**20
"""By how many bytes a worker may have grown and still be given more.

What it was forked with does not count: to fork takes the longer, the more that is."""

P = ParamSpec("P")
T = TypeVar("T")

_waiting: list[ProcessPoolExecutor] = []


class LostProcessError(Exception):
    """A process was killed twice while it did its job, for lack of memory as a rule."""


def in_worker(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a function in a worker process and return its result, or raise what it raised.

    Raises ReportError if the worker was killed twice while it ran.
    """
    try:
        return _call(_take_worker, partial(function, *args, **kwargs))
    except LostProcessError:
        raise ReportError(
            "報告書を作る作業プロセスが途中で止められました。"
            "メモリーの空きを確かめて、もう一度実行してください。"
        ) from None


def in_new_process(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a function as `in_worker` does, in a process that does nothing else before or after.

    Raises LostProcessError if the process was killed twice.
    """
    return _call(_start_worker, partial(function, *args, **kwargs), growth=GROWN)


def dismiss_workers() -> None:
    """End the workers that wait for more."""
    with suppress(IndexError):
        while True:
            _waiting.pop().shutdown()


def _call(take: Callable[[], ProcessPoolExecutor], job: Callable[[], T], growth: int = 0) -> T:
    """Do a job in a process that has grown so much, and keep it for more until it has too much."""
    for _ in range(2):
        worker = take()
        grown = GROWN
        try:
            result, weight = worker.submit(_weigh, job).result()
            grown = growth + weight
        except (BrokenProcessPool, EOFError, ConnectionError):
            # The process is gone, or with the one that it should be forked from.
            continue
        else:
            return result
        finally:
            if grown < GROWN:
                _waiting.append(worker)
            else:
                worker.shutdown()
    raise LostProcessError


def _take_worker() -> ProcessPoolExecutor:
    try:
        return _waiting.pop()
    except IndexError:
        return _start_worker()


def _start_worker() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(1, warm_context(), initializer=begin_child)


def _weigh(job: Callable[[], T]) -> tuple[T, int]:
    """Return what a job returns, and by how many bytes this process has grown since its first."""
    before = _hold_at_first()
    return job(), _hold() - before


@cache
def _hold_at_first() -> int:
    return _hold()


def _hold() -> int:
    """Return how many bytes this process holds, what it shares with others too."""
    # Only here: who sends jobs need not wait for it.
    import psutil  # noqa: PLC0415

    return int(psutil.Process().memory_info().rss)
