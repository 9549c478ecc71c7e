"""Files put in place whole, whoever is killed or writes at the same time, and on a full disk."""

import subprocess
import sys
from pathlib import Path

import pytest

from analysis.place import LOCK_NAME, place_file
from analysis.survey.store import load_survey

from workbooks import make_cycle, procedure

WRITE = """
import sys
from pathlib import Path
from analysis.place import place_file
path, letter = Path(sys.argv[1]), sys.argv[2].encode()
for _ in range(300):
    place_file(path, letter * 200_000)
"""

# Every child stores a changed survey, and is killed at another point; then it is loaded.
KILL = """
import itertools, os, signal, sys
from pathlib import Path
from analysis.cycle import open_cycle
from analysis.survey import collect
from analysis.survey.collect import collect_survey
from analysis.survey.store import FRAMES, STAMP_NAME, load_survey

cycle = open_cycle(None, Path(sys.argv[1]))
folder, (old, new) = cycle.processed_folder, map(Path, sys.argv[2:4])

def put(source):
    (cycle.raw_folder / "環境部.xlsx").write_bytes(source.read_bytes())

def list_stored():
    files = (p for p in folder.rglob("*") if p.is_file() and not p.name.startswith("."))
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in files}

def hook(kind, last):
    calls = itertools.count()
    own = getattr(Path, kind)
    def run(path, *arguments):
        done = own(path, *arguments)
        if folder in path.parents and next(calls) == last:
            os.kill(os.getpid(), signal.SIGKILL)
        return done
    setattr(Path, kind, run)

put(new); load_survey(cycle); whole_new = list_stored()
put(old); load_survey(cycle); whole_old = list_stored()
killed = 0
for kind in ("write_bytes", "replace"):
    for last in range(0, len(whole_new), 3):
        put(old); load_survey(cycle)
        assert list_stored() == whole_old
        put(new)
        child = os.fork()
        if not child:
            hook(kind, last)
            load_survey(cycle)
            os._exit(0)
        killed += os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
        for name, content in list_stored().items():
            assert content in (whole_old[name], whole_new[name]), (kind, last, name)
        # A stamp is of files that are there, or of none.
        survey = load_survey(cycle)
        assert list(survey.rows["procedure_id"]) == ["K-002"], (kind, last)
        assert list_stored() == whole_new, (kind, last)
        assert not list(folder.rglob(".*.passing")), (kind, last)
print(killed)
"""

FULL = """
import resource, sys
from pathlib import Path
from analysis.cli import main
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
main(["check"])
"""


def list_files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


@pytest.mark.slow
def test_two_processes_that_write_one_file_take_turns(tmp_path):
    path = tmp_path / "rows.csv"
    place_file(path, b"a" * 200_000)
    running = [
        subprocess.Popen([sys.executable, "-c", WRITE, str(path), letter]) for letter in "ab"
    ]
    found = set()
    while any(process.poll() is None for process in running):
        found.add(path.read_bytes())
    assert [process.returncode for process in running] == [0, 0]
    assert found == {b"a" * 200_000, b"b" * 200_000}
    assert list_files(tmp_path) == {"rows.csv", LOCK_NAME}


def test_what_a_killed_process_left_is_taken_away(tmp_path):
    (tmp_path / ".other.csv.passing").write_bytes(b"part")
    place_file(tmp_path / "rows.csv", b"whole")
    assert list_files(tmp_path) == {"rows.csv", LOCK_NAME}


def test_an_interrupt_leaves_nothing_behind(tmp_path, monkeypatch):
    def stop(path: Path, content: bytes) -> None:
        path.touch()
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "write_bytes", stop)
    with pytest.raises(KeyboardInterrupt):
        place_file(tmp_path / "rows.csv", b"whole")
    assert list_files(tmp_path) == {LOCK_NAME}


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork to kill")
def test_a_store_killed_at_any_point_is_the_old_one_or_the_new_one(tmp_path):
    raws = []
    for number in (1, 2):
        cycle = make_cycle(tmp_path / "project", [procedure(number)])
        raws.append(tmp_path / f"{number}.xlsx")
        (cycle.raw_folder / "環境部.xlsx").rename(raws[-1])
    done = subprocess.run(
        [sys.executable, "-c", KILL, str(cycle.root), *map(str, raws)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["10"]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="a file's size can't be bounded")
@pytest.mark.parametrize("limit", [100, 5_000, 30_000])
def test_a_full_disk_is_told_and_what_was_stored_is_whole(tmp_path, limit):
    cycle = make_cycle(tmp_path, [procedure(number) for number in range(1, 60)])
    load_survey(cycle)
    before = list_files(cycle.processed_folder)
    make_cycle(tmp_path, [procedure(number) for number in range(2, 80)])
    full = subprocess.run(
        [sys.executable, "-c", FULL, str(limit)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert full.returncode == 1
    assert "を書き込めません" in full.stderr
    assert "空き容量" in full.stderr
    assert "Traceback" not in full.stderr
    assert list_files(cycle.processed_folder) == before
    assert list(load_survey(cycle).rows["procedure_id"])[-1] == "K-079"
