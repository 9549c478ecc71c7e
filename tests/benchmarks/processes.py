"""Run a command and tell what it and all the processes it starts cost."""

import ctypes
import os
import resource
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

WATCHED_EVERY_SECONDS = 0.1
ORPHANS_END_SECONDS = 20
PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True)
class Cost:
    """Seconds of the clock and of the processor; megabytes, None where nobody watched.

    `largest` is the most that one process held (resident), `together` the most that all held at one
    time, where a page that several share counts once (proportional set sizes).
    """

    clock: float
    processor: float
    largest: float | None = None
    together: float | None = None


def run(
    command: Sequence[str | Path],
    folder: Path,
    environment: Mapping[str, str],
    *,
    watched: bool = False,
) -> Cost:
    """Run a command in a folder; raise SystemExit with what it said if it fails.

    The clock stops when the command ends, the processor's when all it started has ended. To be
    watched slows it: take no time of a run that is.
    """
    _adopt_orphans()
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    # A file: a pipe would be read until the last of the processes lets go of it.
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(
            [str(word) for word in command],
            cwd=folder,
            env=environment,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        watch = _Watch(process.pid) if watched else None
        process.wait()
        clock = time.perf_counter() - start
        _await_orphans()
        memory = watch.stop() if watch else (None, None)
        if process.returncode != 0:
            said.seek(0)
            raise SystemExit(f"{' '.join(map(str, command))} failed:\n{said.read()}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(clock, processor, *memory)


def _adopt_orphans() -> None:
    """Make this process the parent of whatever outlives its own, so that its time is told (Linux).

    A server that forks workers ends after the command that started it.
    """
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _await_orphans() -> None:
    """Wait for all that the command started; raise SystemExit for what does not end."""
    deadline = time.monotonic() + ORPHANS_END_SECONDS
    while time.monotonic() < deadline:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            time.sleep(0.02)
    raise SystemExit("the command left processes behind that did not end")


class _Watch(threading.Thread):
    """Looks again and again at a process and all it started, though their parent be gone."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._known = {pid: psutil.Process(pid)}
        self._done = threading.Event()
        self._largest = self._together = 0.0
        self.start()

    def run(self) -> None:
        while not self._done.wait(WATCHED_EVERY_SECONDS):
            self._look()

    def stop(self) -> tuple[float, float]:
        self._done.set()
        self.join()
        return self._largest, self._together

    def _look(self) -> None:
        together = 0.0
        for pid, process in list(self._known.items()):
            try:
                for child in process.children(recursive=True):
                    self._known.setdefault(child.pid, child)
            except psutil.Error:
                del self._known[pid]
        for process in self._known.values():
            try:
                held = process.memory_full_info()
            except psutil.Error:
                continue
            self._largest = max(self._largest, held.rss / 1e6)
            together += held.pss / 1e6
        self._together = max(self._together, together)
