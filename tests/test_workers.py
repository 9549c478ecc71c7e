"""Worker processes do one thing after another, and end with the process that they work for."""

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psutil
import pytest

from analysis.build import workers
from analysis.build.pool import open_pool

pytestmark = pytest.mark.slow

PROGRAM = """
import time
from analysis.build.workers import in_worker
print(in_worker(max, 1, 2), flush=True)
time.sleep(600)
"""


@pytest.fixture(autouse=True)
def _none_waits() -> Iterator[None]:
    workers.dismiss_workers()
    yield
    workers.dismiss_workers()


def test_a_worker_is_given_more_until_it_has_grown(monkeypatch: pytest.MonkeyPatch) -> None:
    first = workers.in_worker(os.getpid)
    assert workers.in_worker(os.getpid) == first
    monkeypatch.setattr(workers, "GROWN", 0)
    assert workers.in_worker(os.getpid) == first
    assert not psutil.pid_exists(first)
    assert workers.in_worker(os.getpid) != first


def hold(megabytes: int) -> int:
    """Hold so many more megabytes from now on; return the process's id."""
    held.append(b"x" * megabytes * 2**20)
    return os.getpid()


held: list[bytes] = []


def test_a_worker_is_not_blamed_for_what_it_was_forked_with(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = workers.in_worker(os.getpid)
    monkeypatch.setattr(workers, "GROWN", 50 * 2**20)
    assert psutil.Process(first).memory_info().rss > workers.GROWN
    assert workers.in_worker(hold, 30) == first
    assert workers.in_worker(hold, 30) == first
    assert workers.in_worker(os.getpid) != first


def test_no_worker_is_left_when_a_pool_ends() -> None:
    with open_pool() as pool:
        worker = pool.submit(workers.in_worker, os.getpid).result()
        assert psutil.pid_exists(worker)
    assert not psutil.pid_exists(worker)


def test_a_worker_that_is_killed_while_it_waits_is_replaced() -> None:
    first = workers.in_worker(os.getpid)
    psutil.Process(first).kill()
    assert workers.in_worker(os.getpid) != first


def test_what_a_job_raises_is_raised_and_ends_its_worker() -> None:
    with pytest.raises(ZeroDivisionError):
        workers.in_worker(divmod, 1, 0)
    assert workers.in_worker(max, 1, 2) == max(1, 2)


def test_a_build_that_is_killed_leaves_no_process() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert process.stdout
    assert process.stdout.readline() == b"2\n"
    children = psutil.Process(process.pid).children(recursive=True)
    assert children
    process.kill()
    process.communicate()
    _, left = psutil.wait_procs(children, timeout=60)
    for child in left:
        child.kill()
    assert left == []


def test_a_job_whose_warm_process_is_killed_is_begun_once_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Who asks for a worker then learns it as the end of a file."""
    begun: list[str] = []

    class Pool(ThreadPoolExecutor):
        def submit(self, *args: Any, **kwargs: Any) -> Any:
            begun.append("once")
            if len(begun) == 1:
                raise EOFError
            return super().submit(*args, **kwargs)

    monkeypatch.setattr(workers, "ProcessPoolExecutor", lambda *_, **__: Pool(1))
    assert workers.in_worker(len, "ab") == len("ab")
    assert begun == ["once", "once"]
