"""Time the build, the stock chain on the same notebooks, and the floor beneath both, in one run.

    python tests/benchmarks/bench_build.py [PART ...] [--all] [--runs N]

The parts are stock, ours, floor, turns and growth; without one, all of them. Each works in a
fresh copy of the project, in a folder that passes. `--all` makes all reports by the stock chain
instead of a sample. Prints seconds of the clock (median, and least) and of the processor, and
megabytes of memory from a run of its own.
"""

import argparse
import os
import platform
import shutil
import statistics
import sys
import sysconfig
import tempfile
from importlib.metadata import version
from pathlib import Path

from processes import Cost, run
from stock import (
    STEPS,
    choose_reports,
    estimate_all,
    measure_report,
    offer_browser,
    own_environment,
)
from surveys import DETAIL, STATUS, Answers, change_answers, copy_project, grow_project

from analysis.cycle import open_cycle
from analysis.reports.plan import plan_reports
from analysis.survey.store import load_surveys

PARTS = ("stock", "ours", "floor", "turns", "growth")
RUNS = 5
TIMES = (1, 4, 16)
ANALYSIS = Path(sysconfig.get_path("scripts")) / "analysis"
FLOOR = Path(__file__).parent / "floor.py"
WATCHED_IN_STOCK = "department-hokenfukushi"


def main() -> None:
    """Measure what is asked for and print it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], metavar="part")
    parser.add_argument("--all", action="store_true", dest="all_of_them")
    parser.add_argument("--runs", type=int, default=RUNS)
    given = parser.parse_args()
    parts = given.parts or PARTS
    say(describe_machine())
    clocks: dict[str, float] = {}
    if "stock" in parts:
        clocks["stock"] = measure_stock(all_of_them=given.all_of_them)
    if "ours" in parts:
        clocks["ours"] = measure_ours(given.runs)
    if "floor" in parts:
        clocks["floor"] = measure_floor(given.runs)
    for over, under in (("stock", "ours"), ("ours", "floor"), ("stock", "floor")):
        if {over, under} <= clocks.keys():
            say(f"{over} / {under}: {clocks[over] / clocks[under]:.1f}")
    if "turns" in parts:
        measure_turns(given.runs)
    if "growth" in parts:
        measure_growth()


def measure_stock(*, all_of_them: bool) -> float:
    """Make reports by the stock commands; return the seconds of the clock for all of them."""
    with tempfile.TemporaryDirectory() as name:
        project = copy_project(Path(name) / "project")
        environment = offer_browser(Path(name) / "browsers", own_environment())
        clocks = {}
        for report in choose_reports(project, all_of_them=all_of_them):
            costs = measure_report(report, project, environment)
            clocks[report.stem] = sum(cost.clock for cost in costs.values())
            processor = sum(cost.processor for cost in costs.values())
            steps = "  ".join(f"{step} {costs[step].clock:5.1f}" for step in STEPS)
            say(
                f"stock  {report.stem:24} {clocks[report.stem]:6.1f} s  {steps}"
                f"  processor {processor:6.1f} s"
            )
        whole = estimate_all(project, clocks)
        reports = plan_reports(open_cycle(None, project))
        watched = next(report for report in reports if report.stem == WATCHED_IN_STOCK)
        costs = measure_report(watched, project, environment, watched=True)
        memory = [describe_memory(costs[step]) for step in STEPS]
        say(f"stock  memory of {watched.stem}: {' | '.join(memory)}")
        how = "measured" if len(clocks) == len(reports) else f"from {len(clocks)} of them"
        say(f"stock  all {len(reports)} reports: {whole:.1f} s ({how})")
    return whole


def measure_ours(runs: int) -> float:
    """Build with nothing there, nothing changed, and one workbook changed two ways."""
    report: list[str | Path] = [ANALYSIS, "report"]
    with tempfile.TemporaryDirectory() as name:
        fresh = copy_project(Path(name) / "fresh")
        built = Path(shutil.copytree(fresh, Path(name) / "built"))
        run(report, built, own_environment())
        changes: dict[str, Answers] = {"nothing": {}, "a detail": DETAIL, "a status": STATUS}
        clock = measure("ours   nothing there", report, runs, fresh)
        for what, answers in changes.items():
            changed = Path(shutil.copytree(built, Path(name) / what))
            change_answers(changed, answers)
            measure(f"ours   {what} changed", report, runs, changed)
        measure("ours   --help", [ANALYSIS, "--help"], runs, fresh)
    return clock


def measure_floor(runs: int) -> float:
    """Make all pages in one process without a notebook."""
    with tempfile.TemporaryDirectory() as name:
        fresh = copy_project(Path(name) / "fresh")
        return measure("floor  nothing there", [sys.executable, FLOOR, "floor"], runs, fresh)


def measure(name: str, command: list[str | Path], runs: int, project: Path) -> float:
    """Run a command several times, each time in a copy of the project, and once more watched.

    Returns the median of the clock's seconds.
    """
    timed = [run_in_copy(command, project) for _ in range(runs)]
    watched = run_in_copy(command, project, watched=True)
    clock = statistics.median(cost.clock for cost in timed)
    processor = statistics.median(cost.processor for cost in timed)
    least = min(cost.clock for cost in timed)
    say(
        f"{name:24} {clock:6.2f} s (least {least:.2f})  processor {processor:6.2f} s  "
        f"{describe_memory(watched)}"
    )
    return clock


def run_in_copy(command: list[str | Path], project: Path, *, watched: bool = False) -> Cost:
    """Run a command in a copy of a project that passes, and return its cost."""
    with tempfile.TemporaryDirectory() as folder:
        own = Path(shutil.copytree(project, Path(folder) / "project"))
        return run(command, own, own_environment(), watched=watched)


def measure_turns(rounds: int) -> None:
    """Make a report by the stock commands and all by ours, by turns; print the ratio each round.

    Whatever slows the machine for some minutes slows both.
    """
    ratios = []
    with tempfile.TemporaryDirectory() as name:
        fresh, project = (copy_project(Path(name) / part) for part in ("fresh", "project"))
        environment = offer_browser(Path(name) / "browsers", own_environment())
        for _ in range(rounds):
            ours, stock = [], {}
            for report in choose_reports(project, all_of_them=False):
                ours.append(run_in_copy([ANALYSIS, "report"], fresh).clock)
                costs = measure_report(report, project, environment)
                stock[report.stem] = sum(cost.clock for cost in costs.values())
            whole, mean = estimate_all(project, stock), statistics.mean(ours)
            ratios.append(whole / mean)
            say(f"turns  stock {whole:6.1f} s  ours {mean:5.2f} s  stock / ours: {ratios[-1]:.1f}")
    say(f"turns  stock / ours, median of {rounds}: {statistics.median(ratios):.1f}")


def measure_growth() -> None:
    """Build a survey of the same departments once, four times and sixteen times."""
    for times in TIMES:
        with tempfile.TemporaryDirectory() as folder:
            project = grow_project(Path(folder) / "project", times)
            cost = run([ANALYSIS, "report"], project, own_environment())
            cycle = open_cycle(None, project)
            surveys = [survey for survey in load_surveys(cycle) if survey is not None]
            rows, reports = sum(len(one.rows) for one in surveys), len(plan_reports(cycle))
            say(
                f"growth {times:2} x  {len(cycle.departments):4} departments {rows:6} rows  "
                f"{cost.clock:7.1f} s  processor {cost.processor:7.1f} s  "
                f"a report {cost.clock / reports:.2f} s, a row {1e3 * cost.clock / rows:.2f} ms"
            )


def describe_memory(cost: Cost) -> str:
    """Return what the largest process and all together held, of a run that was watched."""
    return f"largest {cost.largest:.0f} MB, together {cost.together:.0f} MB"


def describe_machine() -> str:
    """Name the machine and what ran on it."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    packages = ", ".join(f"{name} {version(name)}" for name in ("pandas", "papermill", "nbconvert"))
    return (
        f"{os.cpu_count()} cores of {names[0] if names else platform.processor()}, "
        f"Python {platform.python_version()}, {packages}"
    )


def say(line: str) -> None:
    """Print a line at once: the next may take minutes."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
