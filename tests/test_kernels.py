"""Warm kernels: real ones, clean ones, and none left behind."""

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import papermill
import pytest
import zmq
from nbclient.exceptions import DeadKernelError
from papermill.exceptions import PapermillExecutionError

from analysis.errors import SettingsError
from analysis.report.kernels import warm
from analysis.report.kernels.engine import ReportKernelManager
from analysis.report.kernels.warm import is_warm, warm_context, warm_up
from analysis.report.run import ENGINE, run_notebook

from conftest import LATEST, ROOT
from deliveries import copy_delivery

NOTEBOOKS = ("overview", "department", "reasons", "guideline", "quality")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="kernels are warm on Linux"),
]


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of temporary files, empty and with a path short enough for sockets.

    What outlives it has its own place before: pytest's folders and the warm process's socket.
    """
    warm_up()
    with tempfile.TemporaryDirectory(prefix="t") as folder:
        for name in ("temporary", "runtime"):
            (Path(folder) / name).mkdir()
        monkeypatch.setattr(tempfile, "tempdir", str(Path(folder) / "temporary"))
        monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(Path(folder) / "runtime"))
        yield Path(folder)


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


def execute(*sources: str, **options: object) -> list[str]:
    """Run cells in a kernel of their own and return what each printed or was worth."""
    executed = papermill.execute_notebook(
        notebook_of(*sources), None, engine_name=ENGINE, progress_bar=False, **options
    )
    return [
        "".join(
            output["text"] if output.output_type == "stream" else output.data["text/plain"]
            for output in cell.outputs
        )
        for cell in executed.cells
    ]


def wait_until(true: Callable[[], bool]) -> None:
    """Wait for what must come; the minute is for a machine that is busy with something else."""
    for _ in range(1200):
        if true():
            return
        time.sleep(0.05)
    pytest.fail("it did not come")


def children_of(pid: int) -> set[int]:
    told = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return {int(child) for child in told.split()}


def is_running(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def test_a_kernel_is_a_fork_of_a_process_that_has_imported_everything() -> None:
    told, ours = execute(
        "import os, sys; 'pandas' in sys.modules, 'debugpy' in sys.modules", "os.getppid()"
    )
    assert told == "(True, False)"
    with warm_context().Pool(1) as pool:
        assert pool.apply(os.getppid) == int(ours)


def test_what_a_cell_prints_and_is_worth_is_told() -> None:
    assert execute("print('印刷')\n1 + 1", "_ + 1") == ["印刷\n2", "3"]


def test_a_cell_that_raises_is_told() -> None:
    with pytest.raises(PapermillExecutionError, match="だめ"):
        execute("raise ValueError('だめ')")


def test_a_cell_may_start_threads_and_processes() -> None:
    source = (
        "import os, threading\n"
        "thread = threading.Thread(target=print, args=['糸']); thread.start(); thread.join()\n"
        "pid = os.fork()\n"
        "if not pid: os._exit(3)\n"
        "os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])"
    )
    assert execute(source) == ["糸\n3"]


def test_a_kernel_sees_nothing_of_the_one_before_it() -> None:
    spoil = (
        "import os, pandas, random, numpy\n"
        "os.chdir('/'); os.environ['SPOILED'] = '1'; pandas.spoiled = True; spoiled = True\n"
        "float(numpy.random.random()), random.random()"
    )
    look = (
        "import os, pandas\n"
        "os.getcwd(), os.environ.get('SPOILED'), hasattr(pandas, 'spoiled'), 'spoiled' in globals()"
    )
    (first,), (second,) = execute(spoil), execute(spoil)
    assert not {*first.strip("()").split(", ")} & {*second.strip("()").split(", ")}
    assert execute(look) == [str((str(Path.cwd()), None, False, False))]


@pytest.mark.parametrize("kind", ["warm", "ordinary"])
def test_no_file_of_the_user_changes_what_a_kernel_does(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    startup = tmp_path / "profile_default" / "startup" / "00.py"
    startup.parent.mkdir(parents=True)
    startup.write_text("intruder = 1", encoding="utf-8")
    monkeypatch.setenv("ANALYSIS_KERNELS", kind)
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    monkeypatch.setenv("PYTHONSTARTUP", str(startup))
    looks = "import os, sys; 'intruder' in globals()", f"os.getppid() == {os.getpid()}"
    assert execute(*looks) == ["False", str(kind == "ordinary")]


def test_threads_run_notebooks_side_by_side_each_in_its_own_folder(tmp_path: Path) -> None:
    notebook = notebook_of('cycle: str = ""', "import os, time; time.sleep(0.3); os.getcwd()")
    notebook.cells[0].metadata["tags"] = ["parameters"]
    places = [tmp_path / name for name in ("一", "二", "三")]
    for place in places:
        place.mkdir()
        nbformat.write(notebook, place / "place.ipynb")
    with ThreadPoolExecutor(len(places)) as pool:
        told = pool.map(lambda place: run_notebook(place / "place.ipynb", {}, place), places)
        worths = [executed.cells[-1].outputs[0].data["text/plain"] for executed in told]
    assert worths == [repr(str(place)) for place in places]


def test_twenty_kernels_leave_no_process_no_file_and_no_open_descriptor(folders: Path) -> None:
    server = int(execute("import os; os.getppid()")[0])
    before = len([*Path("/proc/self/fd").iterdir()])
    for _ in range(20):
        execute("1")
    assert children_of(server) == set()
    assert [*folders.rglob("*/*")] == []
    assert len([*Path("/proc/self/fd").iterdir()]) == before


def test_a_kernel_is_interrupted_restarted_and_shut_down_as_any_other(
    folders: Path, tmp_path: Path
) -> None:
    left = tmp_path / "left"

    async def converse() -> None:
        manager = ReportKernelManager()
        await manager.start_kernel(cwd=str(tmp_path))
        client = manager.client()
        client.start_channels()

        async def ask(source: str) -> dict[str, object]:
            message = client.execute(source)
            while (reply := await client.get_shell_msg(timeout=60))["parent_header"].get(
                "msg_id"
            ) != message:
                pass
            return reply["content"]

        await client.wait_for_ready(60)
        asked = asyncio.create_task(ask("print(1)\nwhile True: pass"))
        while (await client.get_iopub_msg(timeout=60))["msg_type"] != "stream":
            pass
        await manager.interrupt_kernel()
        assert (await asked)["ename"] == "KeyboardInterrupt"

        first = manager.provisioner.pid
        await manager.restart_kernel()
        await client.wait_for_ready(60)
        assert manager.provisioner.pid != first
        assert not is_running(first)

        source = f"import atexit, pathlib; atexit.register(pathlib.Path({str(left)!r}).touch)"
        assert (await ask(source))["status"] == "ok"
        client.stop_channels()
        second = manager.provisioner.process
        await manager.shutdown_kernel()
        assert second.returncode == 0

    asyncio.run(converse())
    assert left.exists()
    assert [*folders.rglob("*/*")] == []


def test_a_client_soon_looks_again_for_a_kernel_that_is_not_there_yet() -> None:
    """It begins to look before the kernel has its sockets; zmq's own pause is 0.1 s."""
    client = ReportKernelManager().client()
    with client.context.socket(zmq.DEALER) as socket:
        assert socket.getsockopt(zmq.RECONNECT_IVL) < 10
    client.context.destroy()


def test_the_end_of_a_kernel_is_known_with_its_code() -> None:
    async def end() -> int | None:
        manager = ReportKernelManager()
        await manager.start_kernel()
        client = manager.client()
        client.start_channels()
        await client.wait_for_ready(60)
        assert await manager.is_alive()
        client.execute("import os; os._exit(3)")
        code = await manager.provisioner.wait()
        client.stop_channels()
        assert not await manager.is_alive()
        await manager.cleanup_resources()
        return code

    assert asyncio.run(end()) == 3


def test_a_warm_process_that_was_killed_takes_its_kernels_along_and_is_replaced() -> None:
    with pytest.raises(DeadKernelError):
        execute("import os, time; os.kill(os.getppid(), 9); time.sleep(600)")
    assert execute("1 + 1") == ["2"]


def test_kernels_and_the_warm_process_end_with_the_process_that_is_killed(
    tmp_path: Path, folders: Path
) -> None:
    told = tmp_path / "told"
    cell = (
        "import os, pathlib, time\n"
        f"told = pathlib.Path({str(told)!r})\n"
        "told.with_suffix('.new').write_text(f'{os.getpid()} {os.getppid()}')\n"
        "told.with_suffix('.new').rename(told)\n"
        "time.sleep(600)"
    )
    path = tmp_path / "sleeps.ipynb"
    nbformat.write(notebook_of(cell), path)
    # No guard of the main module: a kernel must not run its starter's program.
    script = tmp_path / "script.py"
    script.write_text(
        "import papermill, analysis.report.run\n"
        f"papermill.execute_notebook({str(path)!r}, None, engine_name='analysis')\n",
        encoding="utf-8",
    )
    environment = os.environ | {"TMPDIR": str(folders / "temporary")}
    with subprocess.Popen([sys.executable, script], env=environment) as starter:
        wait_until(told.exists)
        kernel, server = map(int, told.read_text(encoding="ascii").split())
        assert server in children_of(starter.pid)
        starter.kill()
    wait_until(lambda: not is_running(kernel))
    wait_until(lambda: not is_running(server))
    assert [*folders.glob("temporary/kernel-*")] == []


def test_the_warm_process_has_one_thread_and_has_loaded_the_findings_when_it_forks(
    small: Path,
) -> None:
    script = (
        "import os, pathlib\n"
        "from concurrent.futures import ProcessPoolExecutor\n"
        "from analysis.report.kernels.warm import warm_context, warm_up\n"
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


def test_the_five_notebooks_are_the_same_from_warm_and_from_ordinary_kernels(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run_all() -> list[nbformat.NotebookNode]:
        def run(name: str) -> nbformat.NotebookNode:
            parameters = {"department": "gikai"} if name == "department" else {}
            path = small / "notebooks" / f"{name}.ipynb"
            return run_notebook(path, {"cycle": LATEST, **parameters}, small)

        with ThreadPoolExecutor(2) as pool:
            return [*pool.map(run, NOTEBOOKS)]

    monkeypatch.setenv("ANALYSIS_KERNELS", "warm")
    forked = run_all()
    monkeypatch.setenv("ANALYSIS_KERNELS", "ordinary")
    assert run_all() == forked


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
        run_notebook(ROOT / "notebooks" / "overview.ipynb", {}, ROOT)


@pytest.mark.parametrize("way", ["engine", "provisioner"])
def test_the_stock_command_takes_warm_kernels_by_the_entry_points(way: str, tmp_path: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    points = project["entry-points"]
    # As an installation of these sources would tell them.
    told = tmp_path / "points" / "points-1.dist-info"
    told.mkdir(parents=True)
    (told / "METADATA").write_text("Name: points\nVersion: 1\n", encoding="utf-8")
    (told / "entry_points.txt").write_text(
        "\n".join(
            line
            for group in ("papermill.engine", "jupyter_client.kernel_provisioners")
            for line in (f"[{group}]", *(f"{name} = {at}" for name, at in points[group].items()))
        ),
        encoding="utf-8",
    )
    (tmp_path / "in.ipynb").write_text(
        nbformat.writes(
            notebook_of(
                "import sys, ipykernel; 'analysis' in sys.modules",
                "ipykernel.get_connection_info(unpack=True)['transport']",
            )
        ),
        encoding="utf-8",
    )
    package = Path(warm.__file__).parents[3]
    environment = os.environ | {"PYTHONPATH": f"{package}{os.pathsep}{told.parent}"}
    options = ["--engine", "analysis"] if way == "engine" else []
    if way == "provisioner":
        environment["JUPYTER_DEFAULT_PROVISIONER_NAME"] = "analysis-warm"
    command = [sys.executable, "-m", "papermill", *options, "in.ipynb", "out.ipynb"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True)
    assert done.stdout == b""
    executed = nbformat.read(tmp_path / "out.ipynb", nbformat.NO_CONVERT)
    texts = [cell.outputs[-1].data["text/plain"] for cell in executed.cells]
    assert texts == ["True", "'ipc'"]


def test_kernels_are_ordinary_where_no_socket_has_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """The path of a folder for passing files may be longer than a socket's can be."""
    monkeypatch.setattr(tempfile, "tempdir", f"/{'長' * 30}")
    assert not is_warm()
