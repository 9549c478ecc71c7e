"""What starts: nothing is imported that the work at hand has no use for."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.ancestry import open_ancestors
from analysis.cli import main
from analysis.cycle import open_cycle
from analysis.figures.findings import load_findings

from conftest import LATEST
from deliveries import copy_delivery

pytestmark = pytest.mark.slow

FRAMES = {"numpy", "pandas", "pyarrow"}
SURVEYS = {"defusedxml", "openpyxl", "rapidfuzz", "tomlkit", "xlsxwriter"}
SETTINGS = {"pydantic", "tomlkit"}
REPORTS = {
    "IPython",
    "distributed",
    "filelock",
    "jinja2",
    "jupyter_client",
    "matplotlib",
    "mistune",
    "nbclient",
    "nbconvert",
    "nbformat",
    "papermill",
    "typst",
}

TELL = "\nimport sys; print(*{name.partition('.')[0] for name in sys.modules})"
RUN = """
import sys
from analysis.cli import main
try:
    main(sys.argv[1:], standalone_mode=False)
except Exception as error:
    print(error)
"""


def list_imported(code: str, folder: Path, *arguments: str) -> set[str]:
    """Return the packages that a fresh process has imported once it ran this code."""
    done = subprocess.run(
        [sys.executable, "-c", code + TELL, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.splitlines()[-1].split())


@pytest.fixture(scope="module")
def small(small_project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of two departments whose surveys are stored."""
    folder = copy_delivery(small_project, tmp_path_factory.mktemp("small"))
    load_findings(open_cycle(None, folder))
    return folder


def test_help_is_written_by_the_command_line_alone(tmp_path):
    """That of every command, one after the other in one process."""
    words = [[*command.split(), "--help"] for command in ["", *main.commands]]
    run = RUN.replace("sys.argv[1:]", "words").replace("\n", "\n    ")
    imported = list_imported(f"for words in {words}:{run}", tmp_path)
    assert "click" in imported
    assert imported.isdisjoint(FRAMES | SURVEYS | SETTINGS | REPORTS | {"asyncio", "rich"})


@pytest.mark.parametrize(
    ("command", "needless"),
    [
        (f"trace {LATEST}/gikai/online_rate", SURVEYS | REPORTS | {"rich", "asyncio"}),
        (
            f"trace {LATEST}/gikai/misspelt",
            SURVEYS - {"rapidfuzz"} | REPORTS | {"rich", "asyncio"},
        ),
        ("check", (REPORTS - {"filelock"}) | {"tomlkit", "xlsxwriter"}),
        ("form", (REPORTS - {"filelock"}) | {"tomlkit", "rich"}),
        (f"diff {LATEST} 2001-01-01", REPORTS | {"rich"}),
        ("verify --quick", REPORTS | {"rich"}),
        ("verify", (REPORTS - {"filelock"}) | {"rich"}),
        ("new-cycle 2001-01-01", FRAMES | REPORTS | SURVEYS - {"tomlkit"} | {"rich"}),
    ],
)
def test_a_command_imports_nothing_that_it_has_no_use_for(command, needless, small):
    assert list_imported(RUN, small, *command.split()) & needless == set()


def test_what_a_finished_build_says_of_itself_is_read_without_frames(small_project):
    planning = (
        "from analysis.cycle import open_cycle\n"
        "from analysis.reports.plan import plan_reports\n"
        "from analysis.inputs import list_inputs\n"
        "from analysis.proof.record import read_record\n"
        "plan_reports(open_cycle()); list_inputs(open_cycle())"
    )
    assert list_imported(planning, small_project).isdisjoint(FRAMES | SURVEYS | REPORTS)


def test_a_build_of_what_is_whole_already_waits_for_no_frames(delivery, tmp_path):
    folder = copy_delivery(delivery, tmp_path / "project")
    first = list_imported(RUN, folder, "report")
    assert first.isdisjoint(FRAMES | SURVEYS - {"tomlkit"} | REPORTS - {"filelock"}), first & FRAMES


def test_who_hands_out_the_work_of_a_build_imports_none_of_what_does_it(delivery, tmp_path):
    """A report passes through it: what says how it was made would be imported with it."""
    folder = copy_delivery(delivery, tmp_path / "project")
    (folder / "reports" / LATEST / "road.html").unlink()
    imported = list_imported(RUN, folder, "report")
    assert (folder / "reports" / LATEST / "road.html").is_file()
    assert imported.isdisjoint(
        FRAMES | SURVEYS - {"tomlkit"} | REPORTS - {"filelock"} | {"pikepdf"}
    )


def test_the_warm_process_imports_no_kernel_and_nothing_that_speaks_with_one(tmp_path):
    imported = list_imported("import analysis.build.preload", tmp_path)
    assert {"IPython", "matplotlib", "pandas", "papermill", "typst"} <= imported
    assert imported.isdisjoint({"nbconvert", "ipykernel", "debugpy"})


def test_the_warm_process_has_the_page_and_the_schema_ready_for_all_it_forks(tmp_path):
    code = """
import analysis.build.preload
from nbformat.validator import validators
from analysis.document.page import load_page, load_template
compiled, read = len(validators), load_template.cache_info().misses
load_page(None)
assert compiled and read == load_template.cache_info().misses
"""
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)


def test_the_warm_process_leaves_what_opens_workbooks_to_those_that_read_them(small, monkeypatch):
    monkeypatch.setenv("ANALYSIS_WARM_ROOT", str(small))
    monkeypatch.setenv("ANALYSIS_WARM_CYCLE", LATEST)
    imported = list_imported("import analysis.build.preload", small)
    assert imported.isdisjoint({"openpyxl", "defusedxml"})


def test_a_notebook_imports_nothing_of_ipython_that_the_warm_process_has_not(tmp_path):
    """What each process imports for itself takes its time once a report."""
    code = """
import sys
import analysis.build.preload
import nbformat, papermill
known = {*sys.modules}
cells = [nbformat.v4.new_code_cell("1 + 1")]
notebook = nbformat.v4.new_notebook(cells=cells)
papermill.execute_notebook(
    notebook, None, engine_name="analysis", kernel_name="python3", progress_bar=False
)
late = [name for name in {*sys.modules} - known if name.startswith(("IPython", "papermill"))]
print(*late, file=sys.__stderr__, flush=True)
sys.exit(len(late))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()


@pytest.mark.skipif(sys.platform != "linux", reason="forks")
@pytest.mark.parametrize("lost", [False, True])
def test_while_the_warm_process_imports_others_read_for_it(lost, small_project, tmp_path):
    """Each cycle is read once, by one process; what that could not store the warm process reads."""
    folder = copy_delivery(small_project, tmp_path)
    warming = r"""
import os, sys
from analysis.survey import collect, store
from analysis.survey.table.read_all import count_processes
warm, collect_survey = os.getpid(), collect.collect_survey
def tell(cycle, read):
    place = "here" if os.getpid() == warm else f"beside, by {count_processes([10**6, 10**6])}"
    # In one piece: the two readers write at the same time.
    os.write(1, f"{cycle.name} {place}\n".encode())
    return collect_survey(cycle, read)
collect.collect_survey = tell
if "lost" in sys.argv:
    store._write_stored = lambda *stored: None
import analysis.build.preload
"""
    known = os.environ | {"ANALYSIS_WARM_ROOT": str(folder), "ANALYSIS_WARM_CYCLE": LATEST}
    done = subprocess.run(
        [sys.executable, "-c", warming, "lost" if lost else "stored"],
        env=known,
        capture_output=True,
        text=True,
        check=True,
    )
    cycle = open_cycle(LATEST, folder)
    cycles = [cycle, *open_ancestors(cycle)]
    assert len(cycles) == 3
    beside = [f"{one.name} beside, by 1" for one in cycles]
    here = [f"{one.name} here" for one in cycles]
    assert sorted(done.stdout.splitlines()) == sorted(beside + (here if lost else []))
    assert done.stderr == ""
