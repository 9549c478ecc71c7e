"""The worker processes of this machine, in which files are made: forked warm where they can be.

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
        except (BrokenProcessPool, EOFError, ConnectionError):
            # The worker is gone, or with the process that it should be forked from.
            continue
    raise ReportError(
        "報告書を作る作業プロセスが途中で止められました。"
        "メモリーの空きを確かめて、もう一度実行してください。"
    )
