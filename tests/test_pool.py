"""A job is sent and taken alike, to threads here and to real Dask workers; one of them dies."""

import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, as_completed
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import psutil
import pytest

import analysis
from analysis.build import worker
from analysis.build.cluster import open_cluster
from analysis.build.many import build_all, find_cities
from analysis.build.pool import JOBS_AT_ONCE, open_pool
from analysis.build.worker import hash_program, require_folder
from analysis.cycle import open_cycle
from analysis.display import Display
from analysis.errors import ReportError, SurveyError

from clusters import (
    Cluster,
    die,
    fail,
    make_bytes,
    make_bytes_when_told,
    refuse,
    run_cluster,
    speak,
    start_a_child,
    wait_until,
)
from conftest import LATEST, require_package
from deliveries import copy_delivery, files_of

pytestmark = pytest.mark.slow

LONG = "回答" * 10_000
"""Longer than what Dask leaves of an exception's message."""


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A scheduler with two workers, which no test of this module may end."""
    require_package("distributed")
    with run_cluster(tmp_path_factory.mktemp("dask") / "cluster", workers=2) as started:
        yield started


Opener = Callable[[], AbstractContextManager[Executor]]


@pytest.fixture(params=["threads", "dask"])
def open_executor(request: pytest.FixtureRequest) -> Opener:
    if request.param == "threads":
        return open_pool
    return partial(open_cluster, request.getfixturevalue("cluster").address)


def test_every_job_brings_what_it_made(open_executor: Opener) -> None:
    with open_executor() as pool:
        jobs = {pool.submit(make_bytes, number): number for number in range(10)}
        made = {jobs[job]: job.result() for job in as_completed(jobs)}
    assert made == {number: make_bytes(number) for number in range(10)}


def test_the_error_of_a_job_arrives_as_it_was_raised_and_whole(open_executor: Opener) -> None:
    with open_executor() as pool, pytest.raises(SurveyError) as caught:
        pool.submit(refuse, LONG).result()
    assert str(caught.value) == LONG


def test_a_defect_of_a_job_stays_a_defect(open_executor: Opener) -> None:
    with open_executor() as pool, pytest.raises(ZeroDivisionError):
        pool.submit(fail).result()


def test_a_job_may_start_a_process(open_executor: Opener) -> None:
    with open_executor() as pool:
        assert pool.submit(start_a_child).result() == 0


def test_no_more_jobs_run_at_once_than_said() -> None:
    running, most = threading.Semaphore(0), []
    gate = threading.Event()

    def job() -> None:
        running.release()
        gate.wait()

    with open_pool() as pool:
        jobs = [pool.submit(job) for _ in range(JOBS_AT_ONCE + 2)]
        for _ in range(JOBS_AT_ONCE):
            running.acquire()
        most.append(sum(waiting.running() for waiting in jobs))
        gate.set()
    assert most == [JOBS_AT_ONCE]


def test_jobs_that_have_not_begun_are_dropped_when_the_build_is_broken_off() -> None:
    gate = threading.Event()
    with pytest.raises(KeyboardInterrupt), open_pool() as pool:
        jobs = [pool.submit(gate.wait) for _ in range(JOBS_AT_ONCE + 2)]
        threading.Timer(0.1, gate.set).start()
        raise KeyboardInterrupt
    assert [job.cancelled() for job in jobs] == [False] * JOBS_AT_ONCE + [True] * 2


def test_dask_is_not_imported_for_local_threads() -> None:
    code = (
        "import sys; from analysis.build.pool import open_pool\n"
        "with open_pool() as pool: pool.submit(print)\n"
        "print(any(name in sys.modules for name in ('distributed', 'pandas', 'pydantic')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout.split()[-1] == b"False"


def test_a_worker_killed_during_a_job_changes_no_byte(tmp_path: Path) -> None:
    require_package("distributed")
    with (
        run_cluster(tmp_path / "cluster", workers=2) as cluster,
        open_cluster(cluster.address) as pool,
    ):
        jobs = [pool.submit(make_bytes_when_told, number, tmp_path) for number in range(6)]
        victim = cluster.processes[1]
        wait_until((tmp_path / f"begun-{victim.pid}").exists)
        victim.kill()
        victim.wait()
        (tmp_path / "go").touch()
        made = [job.result() for job in jobs]
    assert made == [make_bytes(number) for number in range(6)]


def test_a_job_that_ends_every_worker_is_told(tmp_path: Path) -> None:
    require_package("distributed")
    once = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0"}
    with (
        run_cluster(tmp_path / "cluster", workers=1, **once) as cluster,
        open_cluster(cluster.address) as pool,
        pytest.raises(ReportError) as caught,
    ):
        pool.submit(die).result()
    assert "続けて途中で終わりました" in str(caught.value)


def test_a_build_does_not_wait_for_ever_when_no_worker_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    require_package("distributed")
    monkeypatch.setattr("analysis.build.cluster.LOOK_SECONDS", 0.1)
    monkeypatch.setattr("analysis.build.cluster.PATIENCE_SECONDS", 0.2)
    with (
        run_cluster(tmp_path / "cluster", workers=1) as cluster,
        open_cluster(cluster.address) as pool,
    ):
        job = pool.submit(make_bytes_when_told, 1, tmp_path)
        cluster.processes[1].kill()
        with pytest.raises(ReportError, match="ひとつもありません"):
            job.result()


def test_a_scheduler_that_ends_is_told(tmp_path: Path) -> None:
    require_package("distributed")
    with (
        run_cluster(tmp_path / "cluster", workers=1) as cluster,
        open_cluster(cluster.address) as pool,
    ):
        job = pool.submit(make_bytes_when_told, 1, tmp_path)
        cluster.processes[0].kill()
        with pytest.raises(ReportError, match="接続が切れました"):
            job.result()


@pytest.mark.parametrize("address", ["", "scheduler", "tcp://127.0.0.1", "ftp://127.0.0.1:1", "?"])
def test_an_address_that_is_none_is_told(address: str) -> None:
    require_package("distributed")
    with pytest.raises(ReportError, match="接続できません"), open_cluster(address):
        pass


@pytest.mark.parametrize("answer", [None, b"", b"HTTP/1.1 400 Bad Request\r\n\r\n"])
def test_a_port_where_no_scheduler_answers_is_told(
    answer: bytes | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody, one who says nothing, and one who speaks another language."""
    require_package("distributed")
    monkeypatch.setattr("analysis.build.cluster.CONNECT_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        if answer is None:
            server.close()
        else:
            threading.Thread(target=speak, args=(server, answer), daemon=True).start()
        with pytest.raises(ReportError, match=f"{address} に接続できません"), open_cluster(address):
            pass


def test_a_cluster_without_workers_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    require_package("distributed")
    monkeypatch.setattr("analysis.build.cluster.CONNECT_SECONDS", 1)
    with (
        run_cluster(tmp_path / "cluster") as cluster,
        pytest.raises(ReportError, match="`dask worker` でワーカーを起動"),
        open_cluster(cluster.address),
    ):
        pass


def test_distributed_missing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ReportError, match="distributed が必要"), open_cluster("tcp://127.0.0.1:1"):
        pass


def test_a_worker_that_is_not_fit_is_told_before_any_job(tmp_path: Path) -> None:
    """One that may have no children, one with other code, one without this package."""
    require_package("distributed")
    package = Path(analysis.__file__).parent
    shutil.copytree(package, tmp_path / "other" / "analysis")
    with (tmp_path / "other" / "analysis" / "errors.py").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    (tmp_path / "none" / "analysis").mkdir(parents=True)
    (tmp_path / "none" / "analysis" / "__init__.py").touch()
    with run_cluster(tmp_path / "cluster") as cluster:
        cluster.add_worker("--nanny")
        cluster.add_worker(PYTHONPATH=str(tmp_path / "other"))
        cluster.add_worker(PYTHONPATH=str(tmp_path / "none"))
        cluster.wait_for_workers(3)
        with pytest.raises(ReportError) as caught, open_cluster(cluster.address):
            pass
    told = str(caught.value)
    assert told.count("tcp://127.0.0.1:") == 3
    for words in (
        "--no-nanny",
        "プログラムが、報告書を作る側と違います",
        "（analysis）がないか",
    ):
        assert told.count(words) == 1, told


def test_a_worker_that_comes_later_with_other_code_refuses_the_job(
    monkeypatch: pytest.MonkeyPatch, cluster: Cluster
) -> None:
    with open_cluster(cluster.address) as pool:
        monkeypatch.setattr("analysis.build.cluster.hash_program", lambda: "0" * 64)
        with pytest.raises(ReportError, match="プログラムが、報告書を作る側と違います"):
            pool.submit(make_bytes, 1).result()


def test_a_scheduler_of_another_version_is_told(tmp_path: Path) -> None:
    require_package("distributed")
    preload = tmp_path / "older.py"
    preload.write_text(
        "from distributed import versions\n"
        "versions.version = lambda name, real=versions.version: "
        "'2020.1.0' if name == 'distributed' else real(name)\n",
        encoding="utf-8",
    )
    older = {"DASK_DISTRIBUTED__SCHEDULER__PRELOAD": str([str(preload)])}
    with (
        run_cluster(tmp_path / "cluster", workers=1, **older) as cluster,
        pytest.raises(ReportError) as caught,
        open_cluster(cluster.address),
    ):
        pass
    assert f"スケジューラー {cluster.address}: distributed 2020.1.0（こちらは" in str(caught.value)


def test_a_folder_that_a_worker_does_not_see_is_told(small_project: Path, tmp_path: Path) -> None:
    require_folder(copy_delivery(small_project, tmp_path / "here"))
    with pytest.raises(ReportError, match="同じパスで見えるように"):
        require_folder(tmp_path / "elsewhere")


def test_the_hash_of_the_program_tells_other_code_and_other_versions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hash_program.cache_clear()
    own = hash_program()
    assert hash_program() == own
    for name, value in (("hash_code", "0"), ("describe_environment", "another Python")):
        with monkeypatch.context() as patch:
            patch.setattr(worker, name, lambda value=value: value)
            hash_program.cache_clear()
            assert hash_program() != own
    hash_program.cache_clear()


def test_a_process_keeps_the_hash_of_the_code_it_started_with(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Files that an update has changed since are not what this process runs."""
    own = hash_program()
    monkeypatch.setattr(worker, "hash_code", lambda: "changed on disk")
    assert hash_program() == own


def test_a_city_made_by_a_cluster_that_loses_a_worker_is_the_one_made_here(
    delivery: Path, tmp_path: Path
) -> None:
    """The worker is killed while it makes reports, and what it began ends with it."""
    require_package("distributed")
    made_here = shutil.ignore_patterns("reports", "processed")
    shutil.copytree(delivery, tmp_path / "there" / "市", ignore=made_here)
    there = open_cycle(LATEST, tmp_path / "there" / "市")
    with run_cluster(tmp_path / "cluster", workers=2) as cluster:
        workers = {psutil.Process(process.pid) for process in cluster.processes[1:]}
        killed: list[psutil.Process] = []

        def kill_who_builds() -> None:
            wait_until(lambda: any((there.processed_folder / "made").glob("*")))
            (builder,) = (one for one in workers if one.children())
            killed.extend([builder, *builder.children(recursive=True)])
            builder.kill()

        killer = threading.Thread(target=kill_who_builds)
        killer.start()
        outcomes = build_all(
            find_cities(tmp_path / "there", None),
            force=False,
            scheduler=cluster.address,
            display=Display(),
        )
        killer.join()
        assert [outcome.state for outcome in outcomes.values()] == ["built"]
        assert len(killed) > 2
        assert psutil.wait_procs(killed[1:], timeout=60)[1] == []
    made = files_of(there.root)
    assert made == files_of(delivery)
    assert len(made) > 12
