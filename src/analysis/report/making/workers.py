"""The worker processes of this machine, in which pages are made: forked warm where they can be.

Every process that runs jobs has its own, this one and each of a cluster. A worker does one thing
and ends: what the typesetter remembers of one document would only grow in the next.
"""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from threading import BoundedSemaphore
from typing import ParamSpec, TypeVar

from analysis.errors import ReportError
from analysis.report.kernels.warm import warm_context
from analysis.survey.child import begin_child

WORKERS = 2
"""How many at most; each may need some hundred megabytes."""

P = ParamSpec("P")
T = TypeVar("T")

_places = BoundedSemaphore(WORKERS)


def in_worker(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a function in a worker process and return its result, or raise what it raised.

    Raises ReportError if the worker was killed twice while it ran, for lack of memory as a rule.
    """
    for _ in range(2):
        try:
            with (
                _places,
                ProcessPoolExecutor(1, warm_context(), initializer=begin_child) as worker,
            ):
                return worker.submit(function, *args, **kwargs).result()
        except BrokenProcessPool:
            continue
    raise ReportError(
        "報告書を作る作業プロセスが途中で止められました。"
        "メモリーの空きを確かめて、もう一度実行してください。"
    )
<<<<<<< HEAD
=======


def end_with_parent() -> None:
    """Let this process end when the one that started it has ended, however it ended.

    The standard library's pool does not: the workers of one that was killed wait for ever.
    """
    threading.Thread(target=_await_parent, daemon=True).start()


def close_workers() -> None:
    """End this process's workers.

    A process that was itself started by `multiprocessing` waits for its children before it ends,
    and they for their next job.
    """
    if _pool.cache_info().currsize:
        _pool().shutdown()
        _pool.cache_clear()


@cache
def _pool() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(
        min(WORKERS, os.cpu_count() or 1), mp_context=warm_context(), initializer=end_with_parent
    )


def _await_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
>>>>>>> p
