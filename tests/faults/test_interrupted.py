"""Builds that are killed, stopped or find no room: what was good stays whole, the next one ends it.

Each build is a process of its own in a copy of a project of two departments whose reports stand
there, with one answer changed since.
"""

import atexit
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from analysis.display import OTHER_BUILD
from analysis.place import RECORD_NAME

from conftest import LATEST
from deliveries import answer, build, copy_delivery, files_of, files_within, reports_of, stems_of
from workbooks import make_cycle, procedure

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="/proc tells which processes live")

# The command, and a line for each step that its main process makes in the project: before the step,
# and for a file that is written whole, when half of it is there. At one of them it is killed, or
# interrupted.
BUILD = """
import os, resource, signal, sys
from pathlib import Path

root, me, found = os.getcwd(), os.getpid(), 0
wanted, (count, largest, stop) = sys.argv[2], map(int, sys.argv[3:6])
# A shell that starts tests in the background has them ignore an interrupt: a terminal does not.
signal.signal(signal.SIGINT, signal.default_int_handler)
resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
log = open(sys.argv[1], "a")

def pass_by(step, *paths):
    global found
    names = [os.path.relpath(os.fsdecode(path), root) for path in paths]
    if os.getpid() != me or names[0].startswith(".."):
        return
    line = " ".join([step, *names])
    print(line, file=log, flush=True)
    found += wanted in line if wanted else 0
    if found == count:
        # Whoever interrupts at a terminal interrupts all that runs there.
        (os.killpg if stop == signal.SIGINT else os.kill)(me, stop)

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
from analysis.display import OTHER_BUILD
from analysis.cli import main
main(sys.argv[6:], prog_name="analysis")
"""

# A set is put in place by a child that is killed at one step after the other, until it ends.
PUBLISH = """
import os, shutil, signal, sys
from itertools import count
from pathlib import Path
from analysis.cycle import open_cycle
from analysis.build.publish import one_build, publish

STEPS = {"open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "shutil.copyfile"}
cycle = open_cycle(None, Path(sys.argv[1]))
folder = cycle.reports_folder
names = ("a.html", "a.pdf", "data/a.csv", "kept.html", "data/kept.csv")
old = {name: b"old " + name.encode() for name in names}
new = {name: b"new " + name.encode() for name in ("a.html", "a.pdf", "data/a.csv", "b.html")}
kept = {"kept.html", "data/kept.csv"}
sets = old, new | {name: old[name] for name in kept}

def read(place):
    paths = (path for path in place.rglob("*") if path.is_file())
    return {path.relative_to(place).as_posix(): path.read_bytes() for path in paths}

def kill_at(last):
    steps = count()
    def watch(event, values):
        if event in STEPS and next(steps) == last:
            os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(watch)

found = []
for last in count():
    shutil.rmtree(folder.parent, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, content in old.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    child = os.fork()
    if not child:
        kill_at(last)
        with one_build(cycle, print):
            publish(cycle, new, kept)
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code == 0:
        break
    assert code == -signal.SIGKILL, code
    beside = folder.with_name(f".{cycle.name}.replaced")
    standing = read(folder) if folder.exists() else read(beside)
    assert standing in sets, last
    with one_build(cycle, print):
        assert read(folder) == standing, last
    assert [*folder.parent.iterdir()] == [folder], last
    found.append(sets.index(standing))
assert found == sorted(found)
print(found.count(0), found.count(1))
"""

EARLIER = "2024-03-31"
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


def start(
    folder: Path,
    *words: str,
    wanted: str = "",
    count: int = 1,
    largest: int = -1,
    stop: signal.Signals = signal.SIGKILL,
) -> subprocess.Popen[str]:
    """Start a command in a folder, in a session of its own, marked so that it is known again.

    At a step that is wanted it is killed, or gets another signal. `largest` bounds the bytes of
    each file it writes.
    """
    steps = folder.with_name(f"{folder.name}-tmp") / "steps.txt"
    steps.parent.mkdir(exist_ok=True)
    # In a folder with a short name, as sockets need: with a longer one nothing is forked.
    temporary = tempfile.mkdtemp(prefix="built-")
    atexit.register(shutil.rmtree, temporary, ignore_errors=True)
    numbers = map(str, (count, largest, int(stop)))
    return subprocess.Popen(
        [sys.executable, "-c", BUILD, str(steps), wanted, *numbers, *words],
        cwd=folder,
        env=os.environ | {"TMPDIR": temporary, "BUILT_IN": str(folder)},
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


def build_apart(folder: Path, *words: str) -> None:
    """Build in a folder without a disturbance, by a process of its own that says no complaint."""
    code, _, complained = end(start(folder, "report", *words))
    assert (code, complained) == (0, "")


def read_files(folder: Path, cycle: str = LATEST) -> Files:
    """Return every file under a final name in the two folders a cycle's build writes in."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for place in (f"data/processed/{cycle}", f"reports/{cycle}")
        for path in sorted((folder / place).rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }


def read_set(folder: Path) -> Files:
    """Return the set of reports alone."""
    return files_of(folder)


def name_shortly(files: Files) -> Files:
    """Return the set of reports alone, of files read from both folders."""
    start = f"{REPORTS}/"
    return {name.removeprefix(start): files[name] for name in files if name.startswith(start)}


def list_left(folder: Path) -> list[str]:
    """Return what only passes: what was put there while a build ran and should be gone after."""
    return sorted(
        path.relative_to(folder).as_posix()
        for place in ("data/processed", "reports")
        for path in (folder / place).rglob("*")
        if path.name == "made"
        or (path.name.startswith(".") and not path.name.endswith((".lock", RECORD_NAME)))
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
    build_apart(folder)
    assert list_left(folder) == []
    wait_until_none_lives(folder)
    return folder


@pytest.fixture(scope="module")
def new(undisturbed: Path) -> Files:
    return read_files(undisturbed)


@pytest.fixture(scope="module")
def remade(changed: Path, old: Files, new: Files) -> set[str]:
    """The stems of the reports that the remark changes, of all that there are."""
    pages = {stem: f"{REPORTS}/{stem}.html" for stem in stems_of(changed)}
    found = {stem for stem, page in pages.items() if old[page] != new[page]}
    # To be stopped before the third one is put away, and more are left as they are.
    assert 3 <= len(found) < len(pages)
    return found


@pytest.fixture(scope="module")
def shelved(changed: Path, remade: set[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as a build left it that was killed when all its reports lay on the shelf."""
    folder = copy_delivery(changed, tmp_path_factory.mktemp("shelved"))
    kill(folder, *PLACING["while the figures are stored"])
    assert len([*(folder / PROCESSED / "made").glob("*.zip")]) == len(remade)
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
    standing = {name: path.read_bytes() for name, path in files_within(place).items()}
    assert standing in (name_shortly(old), name_shortly(new))


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


def test_a_set_killed_at_any_step_is_the_old_one_or_the_new_one(tmp_path: Path) -> None:
    cycle = make_cycle(tmp_path, [procedure(1)])
    done = subprocess.run(
        [sys.executable, "-c", PUBLISH, str(cycle.root)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    before, after = map(int, done.stdout.split())
    assert before > 12
    assert after > 4


def test_the_process_of_a_city_ends_with_the_build_that_is_killed(tmp_path: Path) -> None:
    program = "import time; from analysis.build.many import build_in_child as build"
    building = subprocess.Popen(
        [sys.executable, "-c", f"{program}; build(time.sleep, 600)"],
        env=os.environ | {"BUILT_IN": str(tmp_path)},
        stderr=subprocess.DEVNULL,
    )
    # Itself, the process, and Python's own that keeps count of what they share.
    while len(list_processes(tmp_path)) < 3:
        assert building.poll() is None
        time.sleep(0.01)
    building.kill()
    building.wait()
    wait_until_none_lives(tmp_path)


def list_children(folder: Path) -> dict[str, int]:
    """Return one process of each kind that a build in this folder has under it, by kind."""
    found = {}
    for pid in list_processes(folder):
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
            parent = Path(f"/proc/{pid}/stat").read_text().split()[3]
            above = Path(f"/proc/{parent}/cmdline").read_bytes()
        except OSError:
            continue
        if b"forkserver" in above:
            found["a process of a job"] = pid
        elif b"forkserver" in command:
            found["the warm process"] = pid
    return found


def require_no_traceback(complained: str) -> None:
    assert "Traceback" not in complained, complained
    assert "Error:" in complained


@pytest.mark.parametrize("kind", ["the warm process", "a process of a job"])
def test_a_build_that_loses_a_process_recovers_or_says_so(
    kind: str, changed: Path, tmp_path: Path, old: Files, new: Files
) -> None:
    folder = copy_delivery(changed, tmp_path / "project")
    building = start(folder, "report")
    while len(children := list_children(folder)) < 2:
        assert building.poll() is None
        time.sleep(0.01)
    os.kill(children[kind], signal.SIGKILL)
    code, _, complained = end(building)
    wait_until_none_lives(folder)
    if code == 1:
        require_no_traceback(complained)
        assert "もう一度実行してください" in complained
        require_whole(folder, old, new)
        build(folder)
    else:
        assert code == 0, complained
    require_finished(folder, new)


def wait_for_step(building: subprocess.Popen[str], folder: Path, step: str) -> None:
    steps = folder.with_name(f"{folder.name}-tmp") / "steps.txt"
    while not steps.exists() or step not in steps.read_text("utf-8"):
        assert building.poll() is None
        time.sleep(0.01)


def wait_until_loading(building: subprocess.Popen[str], folder: Path) -> None:
    """Wait until the warm process has loaded one of the libraries that take long."""
    while True:
        assert building.poll() is None
        warm = list_children(folder).get("the warm process")
        with suppress(OSError):
            if warm and "numpy" in Path(f"/proc/{warm}/maps").read_text("utf-8"):
                return
        time.sleep(0.01)


@pytest.mark.parametrize("moment", ["while much is loaded", "when a report is shelved"])
def test_an_interrupted_build_ends_without_a_traceback_and_loses_nothing(
    moment: str, changed: Path, tmp_path: Path, old: Files, new: Files
) -> None:
    folder = copy_delivery(changed, tmp_path / "project")
    if moment == "while much is loaded":
        building = start(folder, "report")
        wait_until_loading(building, folder)
        os.killpg(building.pid, signal.SIGINT)
    else:
        # Not from here: until this process is told, that one may have ended.
        shelving = f"rename {PROCESSED}/made/"
        building = start(folder, "report", wanted=shelving, stop=signal.SIGINT)
    code, _, complained = end(building)
    assert code == 1
    assert "Traceback" not in complained, complained
    wait_until_none_lives(folder)
    require_whole(folder, old, new)
    build(folder)
    require_finished(folder, new)


FULL = "を書き込めません（ディスクの空きがありません）"


def require_told(folder: Path, building: subprocess.Popen[str], old: Files, new: Files) -> str:
    """See that a build without room says so, loses nothing and leaves nothing; return its words."""
    code, _, complained = end(building)
    assert code == 1
    require_no_traceback(complained)
    assert FULL in complained, complained
    wait_until_none_lives(folder)
    require_whole(folder, old, new)
    assert read_set(folder) == name_shortly(old)
    assert set(list_left(folder)) <= {f"{PROCESSED}/made"}
    return complained


@pytest.mark.parametrize("disk", ["reports", "data/processed 1500k"])
def test_a_full_disk_is_told_with_the_file_and_the_next_build_finishes(
    disk: str, changed: Path, tmp_path: Path, old: Files, new: Files
) -> None:
    folder = copy_delivery(changed, tmp_path / "project")
    # For a new set beside the old one there is half the room that it needs, or a size is given.
    place, _, size = disk.partition(" ")
    size = size or f"{sum(map(len, read_set(folder).values())) * 3 // 2}"
    with mount_disk(folder / place, size):
        complained = require_told(folder, start(folder, "report"), old, new)
        assert re.search(rf"{place}/{LATEST}/\S+ {FULL}", complained)
        subprocess.run(["mount", "-o", "remount,size=64m", folder / place], check=True)
        build(folder)
        require_finished(folder, new)


@contextmanager
def mount_disk(place: Path, size: str) -> Iterator[None]:
    """Give a folder a disk of its own, that holds what is in it; skip where that is not allowed."""
    inside = place.rename(place.with_name("inside"))
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", place]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a disk can't be mounted here")
    try:
        shutil.copytree(inside, place, dirs_exist_ok=True)
        shutil.rmtree(inside)
        yield
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


@pytest.mark.parametrize("before", ["changed", "shelved"])
def test_files_that_find_no_room_are_told_and_the_next_build_finishes(
    before: str, request: pytest.FixtureRequest, tmp_path: Path, old: Files, new: Files
) -> None:
    """As on a full disk, where none can be mounted: on the shelf, and in the new set."""
    folder = copy_delivery(request.getfixturevalue(before), tmp_path / "project")
    largest = len(new[f"{REPORTS}/quality.pdf"]) - 1
    complained = require_told(folder, start(folder, "report", largest=largest), old, new)
    if before == "changed":
        assert re.search(rf"{PROCESSED}/made/\w+\.zip {FULL}", complained)
    else:
        # It is larger than any report, and written before them.
        assert f"{PROCESSED}/figures.csv {FULL}" in complained
    build(folder)
    require_finished(folder, new)


def watch_whole(folder: Path, running: list[subprocess.Popen[str]], *known: Files) -> set[str]:
    """Read every file again and again while builds run; return those that were seen changed."""
    seen = set()
    while any(building.poll() is None for building in running):
        for name in {name for files in known for name in files}:
            with suppress(FileNotFoundError):
                content = (folder / name).read_bytes()
                assert content in [files.get(name) for files in known], name
                if content != known[0].get(name):
                    seen.add(name)
        time.sleep(0.01)
    return seen


def test_of_two_builds_at_once_the_second_waits_and_keeps_all(
    changed: Path, tmp_path: Path, old: Files, new: Files, remade: set[str]
) -> None:
    folder = copy_delivery(changed, tmp_path / "project")
    first = start(folder, "report")
    wait_for_step(first, folder, f"open {PROCESSED}/.building.lock")
    second = start(folder, "report")
    seen = watch_whole(folder, [first, second], old, new)
    (code, said, complained), (late_code, late_said, late_complained) = end(first), end(second)
    assert (code, late_code) == (0, 0), complained + late_complained
    all_of_them = len(stems_of(folder))
    made = len(remade)
    assert f"{made}件を作成、変更のない {all_of_them - made}件はそのまま" in said
    assert OTHER_BUILD in late_said
    assert f"0件を作成、変更のない {all_of_them}件はそのまま" in late_said
    assert seen == {name for name in new if new[name] != old.get(name)}
    require_finished(folder, new)


def test_builds_of_two_cycles_at_once_take_nothing_from_each_other(
    changed: Path, undisturbed: Path, tmp_path: Path, old: Files, new: Files
) -> None:
    alone = copy_delivery(undisturbed, tmp_path / "alone")
    build_apart(alone, EARLIER)
    folder = copy_delivery(changed, tmp_path / "project")
    # Both builds read it, and each stores what it read.
    shutil.rmtree(folder / "data" / "processed" / EARLIER)
    running = [start(folder, "report", cycle) for cycle in (LATEST, EARLIER)]
    watch_whole(folder, running, old | read_files(alone, EARLIER), new)
    for building in running:
        code, _, complained = end(building)
        assert (code, complained) == (0, "")
    require_finished(folder, new)
    assert read_files(folder, EARLIER) == read_files(alone, EARLIER)


def test_every_notebook_that_fails_is_named_with_its_cell_and_its_message(
    changed: Path, tmp_path: Path, old: Files, new: Files, remade: set[str]
) -> None:
    folder = copy_delivery(changed, tmp_path / "project")
    good = {}
    for name, call in (("reasons", "reasons.routes(findings)"), ("overview", "overview.")):
        path = folder / "notebooks" / f"{name}.ipynb"
        good[path] = path.read_text("utf-8")
        spoilt = good[path].replace(call, f"raise ValueError('{name}') or {call}", 1)
        assert spoilt != good[path]
        path.write_text(spoilt, "utf-8")
    code, said, complained = end(start(folder, "report"))
    assert code == 1
    require_no_traceback(complained)
    for name in ("reasons", "overview"):
        assert re.search(rf"notebooks/{name}\.ipynb の\d番目のセル「.*」で止まりました", complained)
        assert f"ValueError: {name}" in complained
    # The remark does not change the overview: its own notebook does.
    wanted = remade | {"reasons", "overview"}
    told = f"Error: {len(wanted)}件のうち2件の報告書を作成できませんでした"
    assert told in complained
    assert read_set(folder) == name_shortly(old)
    for path, text in good.items():
        path.write_text(text, "utf-8")
    said = build(folder)
    again = re.findall(rf"^\[\d/{len(remade)}\] (\S+) .*前回の作成分$", said, re.MULTILINE)
    assert {*again} == remade - {"reasons"}
    assert len(again) == len(remade) - 1
    require_finished(folder, new)
