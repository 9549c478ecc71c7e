"""Time `analysis trace` as its user meets it: a process from start to end, many times over.

    python tests/benchmarks/bench_trace.py [RUNS] [FIGURE]

Prints the least, the median and the longest time, of the clock and of the processor, in seconds.
"""

import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence

RUNS = 15
FIGURE = "2024-09-01/kankyo/online_change"
PROGRAM = "from analysis.cli import main; main()"


def time_runs(command: Sequence[str], runs: int) -> tuple[list[float], list[float]]:
    """Run a command several times; return the clock's and the processor's seconds of each run."""
    clock, processor = [], []
    for _ in range(runs):
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        clock.append(time.perf_counter() - start)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        processor.append(used)
    return clock, processor


def describe(name: str, seconds: Sequence[float]) -> str:
    """Return the least, median and longest of the times, in one line."""
    middle = statistics.median(seconds)
    return f"{name:10} min {min(seconds):.2f}  median {middle:.2f}  max {max(seconds):.2f}"


def main() -> None:
    """Run once so that the survey is stored and the bytecode compiled, then measure."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    figure = sys.argv[2] if len(sys.argv) > 2 else FIGURE
    command = [sys.executable, "-c", PROGRAM, "trace", figure]
    time_runs(command, 1)
    for name, seconds in zip(("clock", "processor"), time_runs(command, runs), strict=True):
        sys.stdout.write(describe(name, seconds) + "\n")


if __name__ == "__main__":
    main()
