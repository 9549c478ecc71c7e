"""The worker processes of this machine, in which files are made: forked warm where they can be.

Every process that runs jobs has its own, this one and each of a cluster. To begin one and to look
at everything in it for the first time takes as long as a page, so a worker does one thing after
another; until it has grown, as what the typesetter remembers of each document stays in it.
"""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from functools import partial
from threading import BoundedSemaphore
from typing import ParamSpec, TypeVar

from analysis.errors import ReportError
from analysis.report.kernels.warm import warm_context
from analysis.survey.child import begin_child

WORKERS = 2
"""How many at most; each may need some hundred megabytes."""

GROWN = 390 * 2**20
"""How many bytes a worker may hold, what it shares with others too, and still be given more."""

P = ParamSpec("P")
T = TypeVar("T")

_places = BoundedSemaphore(WORKERS)
_waiting: list[ProcessPoolExecutor] = []


def in_worker(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a function in a worker process and return its result, or raise what it raised.

    Raises ReportError if the worker was killed twice while it ran, for lack of memory as a rule.
    """
    job = partial(function, *args, **kwargs)
    for _ in range(2):
        with _places:
            worker = _take_worker()
            held = GROWN
            try:
                result, held = worker.submit(_weigh, job).result()
            except (BrokenProcessPool, EOFError, ConnectionError):
                # The worker is gone, or with the process that it should be forked from.
                continue
            else:
                return result
            finally:
                if held < GROWN:
                    _waiting.append(worker)
                else:
                    worker.shutdown()
    raise ReportError(
        "報告書を作る作業プロセスが途中で止められました。"
        "メモリーの空きを確かめて、もう一度実行してください。"
    )


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


def _weigh(job: Callable[[], T]) -> tuple[T, int]:
    """Return what a job returns, and how many bytes this process holds after it."""
    # Only here: who sends jobs need not wait for it.
    import psutil  # noqa: PLC0415

    result = job()
    return result, psutil.Process().memory_info().rss
