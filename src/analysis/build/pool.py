"""Where a build's jobs run: threads of this process, each of which waits for a process's work."""

from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager

from analysis.build.workers import dismiss_workers, end_when_interrupted

JOBS_AT_ONCE = 2
"""The cores of an office's computer; each job's processes may need some hundred megabytes."""


@contextmanager
def open_pool() -> Iterator[Executor]:
    """Give the executor of a build's jobs; at its end the processes that did them end too.

    Results are taken inside the block: what has not begun when it is left is dropped.
    """
    try:
        with open_threads(JOBS_AT_ONCE) as threads, end_when_interrupted():
            yield threads
    finally:
        dismiss_workers()


@contextmanager
def open_threads(count: int) -> Iterator[Executor]:
    """Give an executor of so many threads; what has not begun at the end is dropped."""
    threads = ThreadPoolExecutor(count)
    try:
        yield threads
    finally:
        threads.shutdown(cancel_futures=True)
