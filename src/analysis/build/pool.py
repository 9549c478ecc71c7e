"""Where a build's jobs run: threads of this process, or the workers of a Dask cluster.

Either is a `concurrent.futures.Executor`: a job is a function of a module with arguments and a
result that can be pickled, and the same code sends it and takes what it made.
"""

from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from analysis.build.workers import dismiss_workers, end_when_interrupted
from analysis.errors import LostJobError, ReportError

JOBS_AT_ONCE = 2
"""The cores of an office's computer; each job's processes may need some hundred megabytes."""

Made = TypeVar("Made")


@contextmanager
def open_pool(scheduler: str | None = None) -> Iterator[Executor]:
    """Give the executor of a build's jobs: local threads, or a scheduler's Dask workers.

    Threads suffice here: a job waits for the processes that it forks. Results are taken inside the
    block: what has not begun when it is left is dropped. Raises ReportError for a cluster that
    can't be used.
    """
    if scheduler is not None:
        # Dask takes half a second to import, and few need it.
        from analysis.build.cluster import open_cluster  # noqa: PLC0415

        with open_cluster(scheduler) as cluster:
            yield cluster
        return
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


def take_result(job: Future[Made], name: str) -> Made:
    """Return what a job made, or raise the error it raised; a lost one is told by `name`."""
    try:
        return job.result()
    except LostJobError as error:
        raise ReportError(f"{name} を作成できませんでした。{error}") from None
