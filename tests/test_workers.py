"""Worker processes end with the process that they work for, however it ended."""

import subprocess
import sys

import psutil

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
