"""The worker processes of this machine, in which pages are made: forked warm where they can be.

Every process that runs jobs has its own, this one and each of a cluster.
"""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from os import cpu_count
from typing import ParamSpec, TypeVar

from analysis.errors import ReportError
from analysis.report.kernels.warm import warm_context
from analysis.survey.child import begin_child

WORKERS = 2
"""How many at most; each may need some hundred megabytes."""

P = ParamSpec("P")
T = TypeVar("T")


def in_worker(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a function in a worker process and return its result, or raise what it raised.

    Raises ReportError if the worker was killed twice while it ran, for lack of memory as a rule.
    """
    for _ in range(2):
        pool = _pool()
        try:
            return pool.submit(function, *args, **kwargs).result()
        except BrokenProcessPool:
            # One that was killed takes all with it; the next call starts new ones.
            pool.shutdown(wait=False)
            _pool.cache_clear()
    raise ReportError(
        "報告書を作る作業プロセスが途中で止められました。"
        "メモリーの空きを確かめて、もう一度実行してください。"
    )


@cache
def _pool() -> ProcessPoolExecutor:
    workers = min(WORKERS, cpu_count() or 1)
    return ProcessPoolExecutor(workers, mp_context=warm_context(), initializer=begin_child)
