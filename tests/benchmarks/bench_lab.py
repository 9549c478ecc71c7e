"""Time a notebook in JupyterLab from cold: its kernel's start, the imports, the first table.

    python tests/benchmarks/bench_lab.py [RUNS]

By turns with a stock kernel that imports pandas and matplotlib and shows a frame of as many rows.
Prints the least, the median and the longest of the clock's seconds of each step, and of the
processor's in the kernel, which others that run on the machine change less.
"""

import sys
import tempfile
import time
from pathlib import Path

from bench_trace import describe
from jupyter_client.manager import start_new_kernel
from surveys import copy_project

RUNS = 5
STEPS = ("kernel", "imports", "table", "processor")
PROCESSOR = "__import__('time').process_time()"
STOCK = (
    "import pandas, matplotlib.pyplot",
    "pandas.DataFrame({'department': ['a', 'b'] * 10, 'total': range(20)})",
)
OURS = (
    "from analysis.figures.findings import load_findings\nfrom analysis.reports import overview",
    "overview.departments(load_findings('latest'))",
)


def time_steps(cells: tuple[str, ...], folder: Path) -> list[float]:
    """Return the seconds from the kernel's start to its answer, of each cell, of the processor."""
    start = time.perf_counter()
    manager, client = start_new_kernel(kernel_name="python3", cwd=str(folder))
    seconds = [time.perf_counter() - start]
    try:
        for cell in cells:
            start = time.perf_counter()
            reply = client.execute_interactive(
                cell, user_expressions={"used": PROCESSOR}, output_hook=lambda message: None
            )
            seconds.append(time.perf_counter() - start)
            if reply["content"]["status"] != "ok":
                raise SystemExit(str(reply["content"]["evalue"]))
        seconds.append(float(reply["content"]["user_expressions"]["used"]["data"]["text/plain"]))
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    return seconds


def main() -> None:
    """Run each once, so that the survey is stored and the bytecode compiled, then by turns."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    kinds = {"stock": STOCK, "ours": OURS}
    with tempfile.TemporaryDirectory() as place:
        project = copy_project(Path(place) / "project")
        for cells in kinds.values():
            time_steps(cells, project)
        found: dict[str, list[list[float]]] = {name: [] for name in kinds}
        for _ in range(runs):
            for name, cells in kinds.items():
                found[name].append(time_steps(cells, project))
    for name, steps in found.items():
        for step, seconds in zip(STEPS, zip(*steps, strict=True), strict=True):
            print(describe(f"{name} {step}", seconds))  # noqa: T201


if __name__ == "__main__":
    main()
