"""Run a command and tell what it and all the processes it starts cost."""

import resource
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

WATCHED_EVERY_SECONDS = 0.1


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

    To be watched slows it, so that a time is not taken of a run that is.
    """
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    with subprocess.Popen(
        [str(word) for word in command],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        watch = _Watch(process.pid) if watched else None
        said, _ = process.communicate()
        clock = time.perf_counter() - start
        memory = watch.stop() if watch else (None, None)
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))} failed:\n{said}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(clock, processor, *memory)


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
