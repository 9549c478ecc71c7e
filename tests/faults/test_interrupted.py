"""Builds that are killed, stopped or find no room: what was good stays whole, the next one ends it.

Each build is a process of its own in a copy of a project of two departments whose reports stand
there, with one answer changed since.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from conftest import LATEST
from deliveries import answer, copy_delivery, reports_of

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="/proc tells which processes live")

# The command, and a line for each step that its main process makes in the project: before the step,
# and for a file that is written whole, when half of it is there. At one of them it is killed.
BUILD = """
import os, signal, sys
from pathlib import Path

root, wanted, count = os.getcwd(), sys.argv[1], int(sys.argv[2])
log, me, found = open(sys.argv[3], "a"), os.getpid(), 0

def pass_by(step, *paths):
    global found
    names = [os.path.relpath(os.fsdecode(path), root) for path in paths]
    if os.getpid() != me or names[0].startswith(".."):
        return
    line = " ".join([step, *names])
    print(line, file=log, flush=True)
    found += wanted in line if wanted else 0
    if found == count:
        os.kill(me, signal.SIGKILL)

def watch(event, values):
    if event == "open":
        if isinstance(values[0], str) and (values[2] or 0) & (os.O_WRONLY | os.O_RDWR):
            pass_by("open", values[0])
    elif event == "os.rename":
        pass_by("rename", *values[:2])
    elif event == "shutil.copyfile":
        pass_by("copy", *values)
    elif event in ("os.mkdir", "shutil.rmtree"):
        pass_by(event, values[0])

def write_bytes(path, content, own=Path.write_bytes):
    own(path, content[: len(content) // 2])
    pass_by("half", path)
    own(path, content)

Path.write_bytes = write_bytes
sys.addaudithook(watch)
from analysis.cli import main
main(sys.argv[4:], prog_name="analysis")
"""

PROCESSED, REPORTS = f"data/processed/{LATEST}", f"reports/{LATEST}"
STAGING, REPLACED = f"reports/.{LATEST}.building", f"reports/.{LATEST}.replaced"
# A step, and which of those that are alike; in the order of the build.
SHELVING = {
    "while the first report is shelved": (f"half {PROCESSED}/made/", 1),
    "before the third report is shelved": (f"rename {PROCESSED}/made/", 3),
}
PLACING = {
    "while the figures are stored": (f"half {PROCESSED}/.figures.csv", 1),
    "before staging": (f"os.mkdir {STAGING}", 1),
    "while what is new is staged": (f"half {STAGING}/", 3),
    "before the old set is moved": (f"rename {REPORTS} ", 1),
    "between the two renamings": (f"rename {STAGING} ", 1),
    "before the old set is removed": (f"shutil.rmtree {REPLACED}", 2),
    "while the note is written": (f"half {PROCESSED}/.built.json", 1),
    "before the shelf is cleared": (f"shutil.rmtree {PROCESSED}/made", 1),
}

Files = dict[str, bytes]


def start(folder: Path, *words: str, wanted: str = "", count: int = 1) -> subprocess.Popen[str]:
    """Start a command in a folder, in a session of its own, marked so that it is known again."""
    temporary = folder.with_name(f"{folder.name}-tmp")
    temporary.mkdir(exist_ok=True)
    return subprocess.Popen(
        [sys.executable, "-c", BUILD, wanted, str(count), str(temporary / "steps.txt"), *words],
        cwd=folder,
        env=os.environ | {"TMPDIR": str(temporary), "BUILT_IN": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def end(process: subprocess.Popen[str], seconds: float = 300) -> tuple[int, str, str]:
    """Wait for a command and return its exit code and what it said; one that hangs fails."""
    try:
        said, complained = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        pytest.fail(f"it hangs: {process.communicate()}")
    return process.returncode, said, complained


def build(folder: Path, *words: str) -> str:
    """Build in a folder without a disturbance, and return what was said."""
    code, said, complained = end(start(folder, "report", *words))
    assert code == 0, complained
    assert complained == ""
    return said


def read_files(folder: Path) -> Files:
    """Return every file under a final name in the two folders a build writes in."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for place in (PROCESSED, REPORTS)
        for path in sorted((folder / place).rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }


def read_set(folder: Path) -> Files:
    """Return the set of reports alone."""
    return {path.name: path.read_bytes() for path in sorted(reports_of(folder).iterdir())}


def list_left(folder: Path) -> list[str]:
    """Return what only passes: what was put there while a build ran and should be gone after."""
    return sorted(
        path.relative_to(folder).as_posix()
        for place in ("data/processed", "reports")
        for path in (folder / place).rglob("*")
        if (path.name.startswith(".") and not path.name.endswith(".lock")) or path.name == "made"
    )


def list_processes(folder: Path) -> set[int]:
    """Return the processes that live of all those that a build in this folder started."""
    mark, found = f"BUILT_IN={folder}\0".encode(), set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (process / "environ").read_bytes():
                found.add(int(process.name))
        except OSError:
            continue
    return found


def wait_until_none_lives(folder: Path) -> None:
    """Wait for their ends; the minute is for a machine that is busy with something else."""
    for _ in range(600):
        if not list_processes(folder):
            return
        time.sleep(0.1)
    pytest.fail(f"these live on: {list_processes(folder)}")


@pytest.fixture(scope="module")
def changed(delivery: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with good reports and a remark that is not in them, to be copied."""
    folder = copy_delivery(delivery, tmp_path_factory.mktemp("changed"))
    answer(folder, "Q8", "新しい備考")
    return folder


@pytest.fixture(scope="module")
def old(changed: Path) -> Files:
    return read_files(changed)


@pytest.fixture(scope="module")
def undisturbed(changed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project after a build that nothing disturbed."""
    folder = copy_delivery(changed, tmp_path_factory.mktemp("undisturbed"))
    build(folder)
    assert list_left(folder) == []
    wait_until_none_lives(folder)
    return folder


@pytest.fixture(scope="module")
def new(undisturbed: Path) -> Files:
    return read_files(undisturbed)


@pytest.fixture(scope="module")
def shelved(changed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as a build left it that was killed when all its reports lay on the shelf."""
    folder = copy_delivery(changed, tmp_path_factory.mktemp("shelved"))
    kill(folder, *PLACING["while the figures are stored"])
    assert len([*(folder / PROCESSED / "made").glob("*.zip")]) == 5
    return folder


def kill(folder: Path, wanted: str, count: int) -> None:
    """Build and be killed at a step; nothing that the build started lives on."""
    code, said, complained = end(start(folder, "report", wanted=wanted, count=count))
    assert code == -signal.SIGKILL, (said, complained)
    wait_until_none_lives(folder)


def require_whole(folder: Path, old: Files, new: Files) -> None:
    """See that each file is the old one or the new one, and the reports those of one build."""
    for name, content in read_files(folder).items():
        if name.startswith(f"{PROCESSED}/made/"):
            continue
        assert content in (old.get(name), new.get(name)), name
    place = reports_of(folder)
    if not place.exists():
        place = folder / REPLACED
    standing = {path.name: path.read_bytes() for path in place.iterdir()}
    sets = [
        {Path(name).name: content for name, content in files.items() if name.startswith(REPORTS)}
        for files in (old, new)
    ]
    assert standing in sets


def require_finished(folder: Path, new: Files) -> None:
    """See that all is as after a build that nothing disturbed, and nothing is left of the other."""
    assert read_files(folder) == new
    assert list_left(folder) == []
    wait_until_none_lives(folder)


@pytest.mark.parametrize("moment", [*SHELVING, *PLACING])
def test_a_build_killed_at_any_moment_loses_nothing_and_the_next_one_finishes_it(
    moment: str, request: pytest.FixtureRequest, tmp_path: Path, old: Files, new: Files
) -> None:
    before = request.getfixturevalue("changed" if moment in SHELVING else "shelved")
    folder = copy_delivery(before, tmp_path / "project")
    kill(folder, *(SHELVING | PLACING)[moment])
    require_whole(folder, old, new)
    build(folder)
    require_finished(folder, new)
