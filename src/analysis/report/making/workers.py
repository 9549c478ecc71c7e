"""The worker processes of this machine, in which files are made: forked warm where they can be.

Every process that runs jobs has its own, this one and each of a cluster. To begin one and to look
at everything in it for the first time takes as long as a page, so a worker does one thing after
another; until it has grown, as what the typesetter remembers of each document stays in it.
"""

import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from functools import cache, partial
from threading import Condition
from typing import ParamSpec, TypeVar

from analysis.errors import ReportError
from analysis.report.kernels.warm import warm_context
from analysis.survey.child import begin_child

WORKERS = 2
"""How many at most; each may need some hundred megabytes."""

GROWN = 120 * 2**20
"""By how many bytes a worker may have grown and still be given more.

What it was forked with does not count: to fork takes the longer, the more that is."""

P = ParamSpec("P")
T = TypeVar("T")


class Places:
    """So many places for workers; a free one is for the first in turn of those that wait."""

    def __init__(self, count: int) -> None:
        """Start with all of them free."""
        self._free = count
        self._turns: list[int] = []
        self._changed = Condition()

    @contextmanager
    def take(self, turn: int) -> Iterator[None]:
        """Wait for a place and have it; `turn` is nobody else's."""
        with self._changed:
            self._turns.append(turn)
            try:
                self._changed.wait_for(lambda: self._free and turn == min(self._turns))
                self._free -= 1
            finally:
                self._turns.remove(turn)
                self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._free += 1
                self._changed.notify_all()


_places = Places(WORKERS)
_turns = itertools.count()
_waiting: list[ProcessPoolExecutor] = []


def take_turn() -> int:
    """Return the next number: who takes it before long work comes first when that is done."""
    return next(_turns)


class LostProcessError(Exception):
    """A process was killed twice while it did its job, for lack of memory as a rule."""


def in_worker(turn: int, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a function in a worker process and return its result, or raise what it raised.

    Of those that wait for a worker the one with the lowest turn (see `take_turn`) is next. Raises
    ReportError if the worker was killed twice while it ran.
    """
    try:
        return _call(turn, _take_worker, partial(function, *args, **kwargs))
    except LostProcessError:
        raise ReportError(
            "報告書を作る作業プロセスが途中で止められました。"
            "メモリーの空きを確かめて、もう一度実行してください。"
        ) from None


def in_new_process(turn: int, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a function in a process that does nothing else, before or after, as `in_worker` does.

    Raises LostProcessError if the process was killed twice.
    """
    return _call(turn, _start_worker, partial(function, *args, **kwargs), growth=GROWN)


def _call(
    turn: int,
    take: Callable[[], ProcessPoolExecutor],
    job: Callable[[], T],
    growth: int = 0,
) -> T:
    """Do a job in a process, and keep the process for more until it has grown."""
    for _ in range(2):
        with _places.take(turn):
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


def dismiss_workers() -> None:
    """End the workers that wait for more."""
    with suppress(IndexError):
        while True:
            _waiting.pop().shutdown()


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
