"""Read a cycle's workbooks, several at a time: every process reads one after another.

Processes are forked, since each would otherwise load for longer than it reads; so only where a fork
is safe, which is where no other thread of ours runs, and where there is enough to read.
"""

import os
import warnings
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing import get_context

from analysis.cycle import Cycle, Department
from analysis.display import Display, NamedTask
from analysis.files.child import begin_child, may_fork
from analysis.files.file import find_file, find_files
from analysis.survey.lookup import Lookup
from analysis.survey.problems import STOPPED, Place, report
from analysis.survey.table.read import Reading, read_workbook
from analysis.texts import compose_name

# To read so many bytes takes longer than to fork, and to hand over what was read.
PAYS_FROM = 400_000

CHECKING = NamedTask("check", "回答の点検")
"""What is done with the answers once they are read."""


def read_workbooks(
    cycle: Cycle,
    lookup: Lookup,
    departments: Sequence[Department] | None = None,
    *,
    display: Display | None = None,
) -> list[Reading]:
    """Return the reading of every department's workbook, or of some departments', in their order.

    A department may also stand for a file that is no department's yet (see `whose`).
    A reading is the same whatever the number of processes. A workbook by which its process is ended
    even when it is read alone, as for want of memory, is told as unreadable, and the others are
    read. `display` is told of each, and that what is done with them all comes after.
    """
    display = display or Display()
    departments = cycle.departments if departments is None else departments
    sizes = _measure(cycle, departments)
    # The longest first: begun last, it would be waited for by all the others.
    largest_first = sorted(departments, key=lambda department: -sizes[department.slug])
    display.begin([*(_name_step(cycle, department) for department in largest_first), CHECKING])
    # Told by the whole cycle: a single workbook may end its process as well.
    processes = count_processes(list(sizes.values()))
    if processes == 1 or not departments:
        found = {}
        for department in largest_first:
            reading = read_workbook(cycle.raw_folder, department, cycle.day, lookup)
            found[department.slug] = reading
            display.finished(_name_step(cycle, department))
        return [found[department.slug] for department in departments]
    processes = min(processes, len(departments))
    found = _read_apart(processes, cycle, largest_first, lookup, display)
    for department in departments:
        if department.slug not in found:
            found |= _read_apart(1, cycle, [department], lookup, display)
    return [
        found.get(department.slug) or _tell_ended(cycle, department) for department in departments
    ]


def count_processes(sizes: Sequence[int]) -> int:
    """Return by how many processes files of these sizes are best read here; 1 is this one."""
    if not may_fork() or sum(sizes) - max(sizes, default=0) < PAYS_FROM:
        return 1
    return min(len(os.sched_getaffinity(0)), sum(size > 0 for size in sizes))


def _measure(cycle: Cycle, departments: Sequence[Department]) -> dict[str, int]:
    """Return by slug how many bytes each department's file has, these and all; 0 for none."""
    names = {d.slug: d.workbook for d in (*cycle.settings.departments, *departments)}
    found = find_files(cycle.raw_folder, names.values())
    return {
        slug: path.stat().st_size if path is not None and path.is_file() else 0
        for slug, path in zip(names, found, strict=True)
    }


def _name_step(cycle: Cycle, department: Department) -> NamedTask:
    return NamedTask(department.slug, f"{cycle.day}　{department.name}　調査票の読み取り")


def _read_apart(
    processes: int,
    cycle: Cycle,
    departments: Sequence[Department],
    lookup: Lookup,
    display: Display,
) -> dict[str, Reading]:
    """Return readings by slug, made in other processes; fewer where one of these was ended."""
    found = {}
    with (
        suppress(BrokenProcessPool),
        ProcessPoolExecutor(processes, get_context("fork"), initializer=begin_child) as pool,
    ):
        with warnings.catch_warnings():
            # Python 3.12 warns of any thread; left are those of libraries that know of forks.
            warnings.simplefilter("ignore", DeprecationWarning)
            jobs = {
                department.slug: pool.submit(
                    read_workbook, cycle.raw_folder, department, cycle.day, lookup
                )
                for department in departments
            }
        try:
            for department in departments:
                with suppress(BrokenProcessPool):
                    found[department.slug] = jobs[department.slug].result()
                    display.finished(_name_step(cycle, department))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return found


def _tell_ended(cycle: Cycle, department: Department) -> Reading:
    path = find_file(cycle.raw_folder, department.workbook)
    name = department.workbook if path is None else compose_name(path.name)
    department = department.model_copy(update={"workbook": name})
    problem = report(STOPPED, Place(department.name, name))
    return Reading(department, "unreadable", problems=(problem,))
