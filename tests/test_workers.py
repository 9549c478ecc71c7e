"""Worker processes are begun again once, and end with the process that they work for."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psutil
import pytest

from analysis.report.making import workers

PROGRAM = """
import time
from analysis.report.making.workers import in_worker
print(in_worker(max, 1, 2), flush=True)
time.sleep(600)
"""


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
