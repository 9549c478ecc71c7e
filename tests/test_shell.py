"""The shell in which notebooks run: as a kernel would, clean, apart, and gone afterwards."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from contextlib import suppress
from pathlib import Path

import nbformat
import papermill
import psutil
import pytest
from papermill.exceptions import PapermillExecutionError

from analysis.build import run, warm
from analysis.build.jobs import BuildTarget, run_report
from analysis.build.run import ENGINE
from analysis.build.warm import is_warm, warm_context
from analysis.build.workers import (
    LostProcessError,
    dismiss_workers,
    in_new_process,
)
from analysis.cycle import open_cycle
from analysis.errors import SettingsError
from analysis.reports.plan import Report, plan_reports

from conftest import LATEST, ROOT
from deliveries import copy_delivery

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def small(small_project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_delivery(small_project, tmp_path_factory.mktemp("small"))


def notebook_of(*sources: str) -> nbformat.NotebookNode:
    return nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in sources],
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}
        },
    )


def run_cells(sources: tuple[str, ...], engine: str | None = ENGINE) -> list[str]:
    executed = papermill.execute_notebook(
        notebook_of(*sources), None, engine_name=engine, progress_bar=False
    )
    return [
        "".join(
            output["text"] if output.output_type == "stream" else output.data["text/plain"]
            for output in cell.outputs
        )
        for cell in executed.cells
    ]


def execute(*sources: str) -> list[str]:
    """Run cells in a process of their own and return what each printed or was worth."""
    return in_new_process(run_cells, sources)


@pytest.mark.parametrize(
    "cells",
    [
        ("print('印刷')\n1 + 1", "_ + 1"),
        ("from IPython.display import display\ndisplay('前'); display('次')\n'値'",),
        ("%precision 2", "3.14159", "%who_ls int"),
        ("import sys\nprint('誤', file=sys.stderr)",),
        ("import asyncio\nawait asyncio.sleep(0)\n3",),
        ("x = 1;", "x;", "# 何もない", ""),
        ("class A:\n    def _repr_html_(self): return '<b>a</b>'\nprint(A.__module__)",),
    ],
)
def test_cells_are_worth_what_they_are_in_a_kernel(cells: tuple[str, ...]) -> None:
    assert execute(*cells) == run_cells(cells, None)


def test_a_cell_that_raises_is_told() -> None:
    with pytest.raises(PapermillExecutionError, match="だめ"):
        run_cells(("raise ValueError('だめ')", "print('次')"))


def test_what_a_process_ends_with_is_told() -> None:
    for ending in ("import os; os._exit(3)", "import os; os.kill(os.getpid(), 9)"):
        with pytest.raises(LostProcessError):
            execute(ending)
    with pytest.raises(PapermillExecutionError, match="SystemExit"):
        run_cells(("import sys; sys.exit(3)",))


def test_a_cell_may_start_threads_and_processes() -> None:
    source = (
        "import os, threading\n"
        "thread = threading.Thread(target=print, args=['糸']); thread.start(); thread.join()\n"
        "pid = os.fork()\n"
        "if not pid: os._exit(3)\n"
        "os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])"
    )
    assert execute(source) == ["糸\n3"]


def test_a_notebook_sees_nothing_of_the_one_before_it() -> None:
    spoil = (
        "import os, pandas\n"
        "os.chdir('/'); os.environ['SPOILED'] = '1'; pandas.spoiled = True; spoiled = True"
    )
    look = (
        "import os, pandas\n"
        "os.getcwd(), os.environ.get('SPOILED'), hasattr(pandas, 'spoiled'), 'spoiled' in globals()"
    )
    execute(spoil)
    assert execute(look) == [str((str(Path.cwd()), None, False, False))]


@pytest.mark.parametrize("kind", ["warm", "ordinary"])
def test_no_file_of_the_user_changes_what_a_notebook_does(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    startup = tmp_path / "profile_default" / "startup" / "00.py"
    startup.parent.mkdir(parents=True)
    startup.write_text("intruder = 1", encoding="utf-8")
    (tmp_path / "profile_default" / "ipython_config.py").write_text(
        "c.InteractiveShell.ast_node_interactivity = 'all'", encoding="utf-8"
    )
    monkeypatch.setenv("ANALYSIS_KERNELS", kind)
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    monkeypatch.setenv("PYTHONSTARTUP", str(startup))
    looks = ("1; 'intruder' in globals()", f"import os; os.getppid() == {os.getpid()}")
    assert execute(*looks) == ["False", str(kind == "ordinary")]
    assert sorted(path.name for path in tmp_path.rglob("*")) == [
        "00.py", "ipython_config.py", "profile_default", "startup",
    ]  # fmt: skip


def test_notebooks_leave_no_process_and_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dismiss_workers()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = psutil.Process().children(recursive=True)
    for _ in range(3):
        execute("1")
    assert [*tmp_path.iterdir()] == []
    assert {*psutil.Process().children(recursive=True)} - {*before} <= {
        child for child in psutil.Process().children() if "forkserver" in "".join(child.cmdline())
    }


@pytest.mark.skipif(sys.platform != "linux", reason="forks")
def test_the_warm_process_has_one_thread_and_has_loaded_the_findings_when_it_forks(
    small: Path,
) -> None:
    script = (
        "import os, pathlib\n"
        "from concurrent.futures import ProcessPoolExecutor\n"
        "from analysis.build.warm import warm_context, warm_up\n"
        f"warm_up(pathlib.Path.cwd(), {LATEST!r})\n"
        "assert not {'pandas', 'papermill'} & {*__import__('sys').modules}\n"
        "with ProcessPoolExecutor(1, mp_context=warm_context()) as pool:\n"
        "    server = pool.submit(os.getppid).result()\n"
        "    print(os.listdir(f'/proc/{server}/task') == [str(server)])\n"
    )
    shutil.rmtree(small / "data" / "processed", ignore_errors=True)
    # Of workbooks read anew, then of the stored survey.
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", script], cwd=small, capture_output=True, text=True, check=True
        )
        assert done.stdout == "True\n", done.stderr
        assert (small / "data" / "processed" / LATEST / "inputs.json").exists()


def test_the_notebooks_are_the_same_as_from_kernels(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Papermill's own engine gives each a real ipykernel; both ways a document is the same."""
    place = BuildTarget(small, LATEST, {})
    reports = {report.notebook: report for report in plan_reports(open_cycle(LATEST, small))}

    def run_all() -> list[object]:
        return [
            in_new_process(run_one, place, report, small / "notebooks" / f"{name}.ipynb")
            for name, report in reports.items()
        ]

    assert len(reports) >= 5
    ours = run_all()
    monkeypatch.setenv("ENGINE_OF_THE_TEST", "nbclient")
    assert run_all() == ours


def run_one(place: BuildTarget, report: Report, notebook: Path) -> object:
    run.ENGINE = os.environ.get("ENGINE_OF_THE_TEST", ENGINE)
    return run_report(place, report, notebook)


def test_kernels_are_warm_unless_the_environment_says_ordinary(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("ANALYSIS_KERNELS", raising=False)
    assert (is_warm(), warm_context().get_start_method()) == (True, "forkserver")
    monkeypatch.setenv("ANALYSIS_KERNELS", "ordinary")
    assert (is_warm(), warm_context().get_start_method()) == (False, "spawn")


def test_where_nothing_forks_kernels_are_ordinary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warm, "get_all_start_methods", lambda: ["spawn"])
    monkeypatch.setenv("ANALYSIS_KERNELS", "warm")
    assert not is_warm()


def test_another_word_in_the_environment_is_an_error_that_names_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ANALYSIS_KERNELS", "hot")
    with pytest.raises(SettingsError, match="ANALYSIS_KERNELS の値「hot」は使えません"):
        is_warm()


def test_the_stock_command_has_the_engine_by_its_entry_point(tmp_path: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    # As an installation of these sources would tell it.
    told = tmp_path / "points" / "points-1.dist-info"
    told.mkdir(parents=True)
    (told / "METADATA").write_text("Name: points\nVersion: 1\n", encoding="utf-8")
    points = project["entry-points"]["papermill.engine"].items()
    (told / "entry_points.txt").write_text(
        "\n".join(["[papermill.engine]", *(f"{name} = {at}" for name, at in points)]),
        encoding="utf-8",
    )
    cells = ("type(get_ipython()).__module__", "import os; os.getcwd()")
    (tmp_path / "in.ipynb").write_text(nbformat.writes(notebook_of(*cells)), encoding="utf-8")
    package = Path(warm.__file__).parents[3]
    environment = os.environ | {"PYTHONPATH": f"{package}{os.pathsep}{told.parent}"}
    command = [sys.executable, "-m", "papermill", "--engine", "analysis", "in.ipynb", "out.ipynb"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True)
    assert done.stdout == b""
    executed = nbformat.read(tmp_path / "out.ipynb", nbformat.NO_CONVERT)
    texts = [cell.outputs[-1].data["text/plain"] for cell in executed.cells]
    assert texts == ["'analysis.build.engine'", repr(str(tmp_path))]


def test_kernels_are_ordinary_where_no_socket_has_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """The path of a folder for passing files may be longer than a socket's can be."""
    monkeypatch.setattr(tempfile, "tempdir", f"/{'長' * 30}")
    assert not is_warm()


def test_what_a_notebook_began_ends_with_it() -> None:
    began = (
        "import os, subprocess, threading, time\n"
        "threading.Thread(target=time.sleep, args=[600]).start()\n"
        "child = subprocess.Popen(['sleep', '600'])\n"
        "forked = os.fork()\n"
        "if not forked: time.sleep(600)\n"
        "print(child.pid, forked)"
    )
    (said,) = execute(began)
    for pid in map(int, said.split()):
        with suppress(psutil.NoSuchProcess):
            psutil.Process(pid).wait(60)
        assert not psutil.pid_exists(pid)


def test_a_build_is_interrupted_though_a_cell_never_ends(small: Path, tmp_path: Path) -> None:
    folder = copy_delivery(small, tmp_path / "project")
    path = folder / "notebooks" / "guideline.ipynb"
    begun = tmp_path / "begun"
    code = f"open({str(begun)!r}, 'w').close()\\nwhile True: pass\\n#"
    path.write_text(
        path.read_text("utf-8").replace("findings = load_findings(cycle)", code.replace('"', "'")),
        "utf-8",
    )
    # Begun in the background, Python would leave the interrupt alone.
    program = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from analysis.cli import main; main()"
    )
    command = [sys.executable, "-c", program, "report"]
    building = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    while not begun.exists():
        assert building.poll() is None
        time.sleep(0.05)
    below = psutil.Process(building.pid).children(recursive=True)
    building.send_signal(signal.SIGINT)
    _, complained = building.communicate(timeout=60)
    assert "中断しました" in complained
    assert "Traceback" not in complained
    assert psutil.wait_procs(below, timeout=60)[1] == []
