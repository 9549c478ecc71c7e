"""A cycle's workbooks read by several processes: the same as by one, whatever ends a process."""

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from analysis.survey.problems import STOPPED
from analysis.survey.store import FRAMES
from analysis.survey.table.read_all import PAYS_FROM, count_processes

from workbooks import make_cycle, procedure

pytestmark = pytest.mark.slow

# In a process of its own: no other test's threads are in the way of a fork.
COLLECT = """
import os, signal, sys, time
from pathlib import Path
from analysis.cycle import open_cycle
from analysis.survey.collect import collect_survey
from analysis.survey.table import read_all
from analysis.survey.table.read import read_workbook

root, processes, how, folder = sys.argv[1], int(sys.argv[2]), sys.argv[3], Path(sys.argv[4])

def read(raw_folder, department, cycle, lookup):
    (folder / f"{os.getpid()}.process").touch()
    passed = folder / "passed"
    if how == "sleep":
        time.sleep(120)
    if how == "stray" and department.slug.startswith("stray"):
        os.kill(os.getpid(), signal.SIGKILL)
    ends = how == "always" or (how == "once" and not passed.exists())
    if ends and department.slug == "kankyo":
        passed.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return read_workbook(raw_folder, department, cycle, lookup)

read_all.read_workbook = read
read_all.count_processes = lambda sizes: processes
survey = collect_survey(open_cycle(None, Path(root)))
frames = {name: frame for name, frame in vars(survey).items() if name != "asked"}
for name, frame in frames.items():
    frame.to_parquet(folder / f"{name}.parquet")
"""


def start(root: Path, processes: int, folder: Path, how: str = "read") -> subprocess.Popen[bytes]:
    """Start to collect the latest cycle; its frames and its processes' ids come into `folder`."""
    folder.mkdir()
    arguments = [str(root), str(processes), how, str(folder)]
    return subprocess.Popen([sys.executable, "-c", COLLECT, *arguments])


def list_processes(folder: Path) -> list[int]:
    return [int(path.stem) for path in folder.glob("*.process")]


@pytest.fixture(scope="module")
def alone(survey_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What one process collects."""
    folder = tmp_path_factory.mktemp("collected") / "alone"
    assert start(survey_folder, 1, folder).wait() == 0
    return folder


@pytest.mark.parametrize(("processes", "how"), [(2, "read"), (3, "read"), (2, "once")])
def test_a_survey_is_the_same_by_however_many_processes(
    alone, survey_folder, tmp_path, processes, how
):
    """Also if one of them is killed: what it was at is read again."""
    folder = tmp_path / "collected"
    assert start(survey_folder, processes, folder, how).wait() == 0
    assert len(list_processes(alone)) == 1
    assert len(list_processes(folder)) >= processes
    for name in FRAMES:
        path = f"{name}.parquet"
        assert (folder / path).read_bytes() == (alone / path).read_bytes(), name


def test_a_workbook_that_always_ends_its_process_is_told_and_the_others_are_read(tmp_path):
    make_cycle(tmp_path, [procedure(1)], [procedure(2)])
    problems, slugs = collect_apart(tmp_path, "always")
    assert problems == [(STOPPED, "環境部.xlsx")]
    assert slugs == ["kodomo"]


def test_a_stray_that_always_ends_its_process_is_told_and_the_departments_are_read(tmp_path):
    cycle = make_cycle(tmp_path, [procedure(1)], [procedure(2)])
    shutil.copy(cycle.raw_folder / "環境部.xlsx", cycle.raw_folder / "様式1.xlsx")
    problems, slugs = collect_apart(tmp_path, "stray")
    assert problems == [(STOPPED, "様式1.xlsx")]
    assert slugs == ["kankyo", "kodomo"]


def collect_apart(tmp_path, how):
    """Return the problems and the departments that two processes collect."""
    script = COLLECT + "\nprint(survey.problems.to_json(orient='records'))"
    script += "\nprint(survey.rows['department_slug'].to_json(orient='records'))"
    (tmp_path / "apart").mkdir()
    arguments = [str(tmp_path), "2", how, str(tmp_path / "apart")]
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True
    )
    problems, slugs = map(json.loads, done.stdout.splitlines())
    return [(p["code"], p["workbook"]) for p in problems], slugs


@pytest.mark.skipif(sys.platform != "linux", reason="nothing is forked elsewhere")
def test_no_process_outlives_the_one_that_was_killed(survey_folder, tmp_path):
    folder = tmp_path / "collected"
    reading = start(survey_folder, 2, folder, "sleep")
    try:
        wait_until(lambda: len(list_processes(folder)) == 2)
    finally:
        reading.kill()
        reading.wait()
    wait_until(lambda: not any(map(is_running, list_processes(folder))))


def wait_until(is_so) -> None:
    """Wait until it is so, for a minute at most."""
    for _ in range(600):
        if is_so():
            return
        time.sleep(0.1)
    pytest.fail("it did not come about")


def is_running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="nothing is forked elsewhere")
def test_a_process_with_threads_or_little_to_read_forks_none(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2})
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    much = PAYS_FROM
    assert count_processes([much, much]) == 2
    assert count_processes([much] * 9) == 3
    assert count_processes([much, 10]) == 1
    assert count_processes([]) == 1
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0})
    assert count_processes([much, much]) == 1
    monkeypatch.undo()
    waits = threading.Event()
    thread = threading.Thread(target=waits.wait)
    thread.start()
    try:
        assert count_processes([much, much]) == 1
    finally:
        waits.set()
        thread.join()
