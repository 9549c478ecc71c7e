"""The processes of this machine in which files are made: forked warm where they can be.

Each thread that runs jobs uses one at a time. To begin one and to look at everything in it for the
first time takes as long as a page, so a worker does one thing after another; until it has grown, as
what the typesetter remembers of each document stays in it. A notebook has a process to itself.
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from functools import cache, partial
from threading import Event
from typing import ParamSpec, TypeVar

from analysis.build.warm import warm_context
from analysis.errors import ReportError
from analysis.files.child import begin_alone, begin_child, end_group

GROWN = 120 * 2**20
"""By how many bytes a worker may have grown and still be given more.

What it was forked with does not count: to fork takes the longer, the more that is."""

_P = ParamSpec("_P")
_T = TypeVar("_T")

_waiting: list[ProcessPoolExecutor] = []
_groups: set[int] = set()
_is_interrupted = Event()
# The process is gone, or with the one that it should be forked from.
_LOST = (BrokenProcessPool, EOFError, ConnectionError)


class LostProcessError(Exception):
    """A process was killed twice while it did its job, or ended itself."""


def in_worker(function: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
    """Call a function in a worker process and return its result, or raise what it raised.

    Raises ReportError if the worker was killed twice while it ran.
    """
    job = partial(function, *args, **kwargs)
    for _ in range(2):
        worker = _take_worker()
        growth = GROWN
        try:
            result, growth = worker.submit(_weigh, job).result()
        except _LOST:
            continue
        else:
            return result
        finally:
            if growth < GROWN:
                _waiting.append(worker)
            else:
                worker.shutdown()
    raise ReportError(
        "報告書を作る作業プロセスが途中で止められました。"
        "メモリーの空きを確かめて、もう一度実行してください。"
    )


def in_new_process(function: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
    """Call a function in a process that does nothing else, and return its result.

    What it raised is raised. When it is done the process ends, and with it all that it began.
    Raises LostProcessError if the process was killed, or ended itself, twice.
    """
    job = partial(function, *args, **kwargs)
    for _ in range(2):
        if _is_interrupted.is_set():
            break
        worker = ProcessPoolExecutor(1, warm_context(), initializer=begin_alone)
        try:
            group = worker.submit(os.getpid).result()
            _groups.add(group)
            try:
                return worker.submit(job).result()
            finally:
                _groups.discard(group)
                end_group(group)
        except _LOST:
            continue
        finally:
            worker.shutdown()
    raise LostProcessError


@contextmanager
def end_when_interrupted() -> Iterator[None]:
    """End, when this process is interrupted within, what it waits for in processes of their own."""
    _is_interrupted.clear()
    try:
        yield
    except KeyboardInterrupt:
        _is_interrupted.set()
        for group in [*_groups]:
            end_group(group)
        raise


def dismiss_workers() -> None:
    """End the workers that wait for more."""
    with suppress(IndexError):
        while True:
            _waiting.pop().shutdown()


def _take_worker() -> ProcessPoolExecutor:
    try:
        return _waiting.pop()
    except IndexError:
        return ProcessPoolExecutor(1, warm_context(), initializer=begin_child)


def _weigh(job: Callable[[], _T]) -> tuple[_T, int]:
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
