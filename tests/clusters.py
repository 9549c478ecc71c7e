"""Real Dask clusters, of processes on the loopback, and jobs for them; imports nothing heavy."""

import json
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import dask
from distributed import Client

from analysis.errors import SurveyError

# No test is one of this machine's clusters, whatever its user set for those.
dask.config.refresh(paths=[])
TESTS = Path(__file__).parent
UNSET = {"DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION": "None"}
HERE = "--host=127.0.0.1"
PATIENCE_SECONDS = 60


class Cluster:
    """A scheduler and its workers, each a process of its own, that write into `folder` alone."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.environment = environment
        self.processes: list[subprocess.Popen[bytes]] = []

    def start_scheduler(self) -> None:
        """Start the scheduler and learn its address."""
        file = self.folder / "scheduler.json"
        self.start("scheduler", HERE, "--port=0", f"--scheduler-file={file}")
        wait_until(lambda: file.exists() and file.read_text(encoding="utf-8").endswith("}"))
        self.address = str(json.loads(file.read_text(encoding="utf-8"))["address"])

    def add_worker(self, *options: str, **environment: str) -> subprocess.Popen[bytes]:
        """Start a worker without a nanny, or with the given options."""
        place = (self.address, HERE, "--nthreads=1", f"--local-directory={self.folder}")
        return self.start("worker", *place, *(options or ["--no-nanny"]), **environment)

    def wait_for_workers(self, count: int) -> None:
        """Wait until so many workers are there."""
        with (
            warnings.catch_warnings(action="ignore"),
            Client(self.address, set_as_default=False) as client,
        ):
            client.wait_for_workers(count, PATIENCE_SECONDS)

    def start(self, kind: str, *words: str, **environment: str) -> subprocess.Popen[bytes]:
        """Start one process of the cluster; it finds the jobs below by the name of this module."""
        path = os.pathsep.join([str(TESTS), os.environ.get("PYTHONPATH", "")])
        with (self.folder / f"{len(self.processes)}-{kind}.log").open("wb") as log:
            process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "dask", kind),
                    # Without a dashboard there is a web server all the same.
                    "--dashboard-address=127.0.0.1:0",
                    *words,
                ],
                env=os.environ | UNSET | {"PYTHONPATH": path} | self.environment | environment,
                cwd=self.folder,
                stdout=log,
                stderr=log,
            )
        self.processes.append(process)
        return process


@contextmanager
def run_cluster(folder: Path, workers: int = 0, **environment: str) -> Iterator[Cluster]:
    """Run a scheduler with plain workers until all are there, and end every process of it."""
    folder.mkdir()
    cluster = Cluster(folder, environment)
    try:
        cluster.start_scheduler()
        for _ in range(workers):
            cluster.add_worker()
        if workers:
            cluster.wait_for_workers(workers)
        yield cluster
    finally:
        for process in reversed(cluster.processes):
            process.terminate()
            process.wait(PATIENCE_SECONDS)


def wait_until(happened: Callable[[], bool]) -> None:
    """Wait for something; the end of patience only keeps a broken run from hanging."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not happened():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)


def speak(server: socket.socket, answer: bytes) -> None:
    """Answer what is said first, and listen until the other hangs up."""
    connection, _ = server.accept()
    # Who is told what he does not understand may hang up at once.
    with connection, suppress(ConnectionError):
        connection.recv(1000)
        connection.sendall(answer)
        while connection.recv(1000):
            pass


def make_bytes(number: int) -> bytes:
    return f"report {number}".encode() * 1000


def make_bytes_when_told(number: int, folder: Path) -> bytes:
    """Leave a sign named by the process that began, and go on when `go` is there."""
    (folder / f"begun-{os.getpid()}").touch()
    wait_until((folder / "go").exists)
    return make_bytes(number)


def refuse(text: str) -> None:
    raise SurveyError(text)


def fail() -> None:
    raise ZeroDivisionError("a defect")


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def start_a_child() -> int | None:
    """Do what a job does: let another process do it."""
    child = multiprocessing.get_context("spawn").Process(target=make_bytes, args=(1,))
    child.start()
    child.join()
    return child.exitcode
