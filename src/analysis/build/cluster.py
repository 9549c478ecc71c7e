"""A Dask cluster as an executor: whole cities go to workers that may be on other computers."""

import asyncio
import contextlib
import logging
import threading
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, InvalidStateError
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from typing import Any

from analysis.build.encryption import (
    Security,
    explain_refusal,
    read_security,
    require_closed,
)
from analysis.build.worker import JobAnswer, do_job, hash_program, inspect_worker
from analysis.errors import ReportError, list_examples

Client = Any
"""Dask's, whose types are given in part only; it is imported where a cluster is asked for."""
CONNECT_SECONDS = 5
LOOK_SECONDS = 2
"""How often it is looked whether any worker is left."""
PATIENCE_SECONDS = 60
"""How long a build waits for a worker to come back when none is left."""
SAME = ("python", "distributed", "dask", "msgpack", "cloudpickle", "tornado")
"""What must have the same version here, in the scheduler and in the workers."""
NO_WORKERS = (
    "クラスターにワーカーがひとつもありません。`dask worker` でワーカーを起動してください。"
)
NOT_INSTALLED = (
    "このプログラム（analysis）がないか、古い版です。報告書を作る側と同じ版を入れ、"
    "ワーカーを起動し直してください。"
)


@contextmanager
def open_cluster(address: str) -> Iterator[Executor]:
    """Give the workers of the scheduler at `address` (`tls://host:8786`) as an executor.

    A job goes to another worker when its own ends. Raises ReportError where `distributed` is not
    installed, the scheduler does not answer, strangers may reach it or a worker, it has no workers,
    or one of them is not fit: another version of Dask, Python or this package, or a daemon, which
    may not start processes.
    """
    client = _connect(address)
    try:
        _require_closed(client)
        _require_alike(client, address)
        _require_fit(client)
        with _Cluster(client) as cluster:
            yield cluster
    finally:
        client.close()


class _Cluster(Executor):
    """Sends each job with the hash of the code that sends it, and gives its error as raised."""

    def __init__(self, client: Client) -> None:
        self._client = client
        # Not pure: a job whose arguments are the same reads files that may have changed since.
        self._jobs = client.get_executor(pure=False)
        self._waiting: set[Future[Any]] = set()
        self._closed = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Send a job; its future raises what the job raised, ReportError if it is lost."""
        told: Future[Any] = Future()
        told.set_running_or_notify_cancel()
        self._waiting.add(told)
        told.add_done_callback(self._waiting.discard)
        answer = self._jobs.submit(do_job, hash_program(), fn, args, kwargs)
        answer.add_done_callback(partial(_pass_on, told))
        return told

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the watch over the workers; what they still do is given up with the connection."""
        self._closed.set()

    def _watch(self) -> None:
        """Give up every waiting job when no worker has been there for too long."""
        missing = 0
        while not self._closed.wait(LOOK_SECONDS):
            # A scheduler that does not answer ends the jobs by itself.
            with contextlib.suppress(Exception):
                there = self._client.scheduler_info(n_workers=1)["workers"]
                missing = 0 if there else missing + LOOK_SECONDS
            if missing >= PATIENCE_SECONDS:
                for told in list(self._waiting):
                    _settle(told, error=ReportError(NO_WORKERS))


def _pass_on(told: Future[Any], answer: Future[JobAnswer]) -> None:
    """Settle a job's future with what its worker answered."""
    if answer.cancelled():
        _settle(
            told,
            error=ReportError(
                "スケジューラーとの接続が切れました。スケジューラーが動いているかを確かめて、"
                "もう一度実行してください。"
            ),
        )
    elif error := answer.exception():
        _settle(told, error=_explain(error))
    else:
        value, refusal = answer.result()
        _settle(told, value, refusal)


def _explain(error: BaseException) -> BaseException:
    """Put into words what a user can cause; any other error of a job is a defect and stays."""
    if isinstance(error, import_module("distributed").KilledWorker):
        return ReportError(
            "実行したワーカーが、続けて途中で終わりました。ワーカーのメモリーの空きと、"
            "ワーカーのログを確かめて、もう一度実行してください。"
        )
    return error


def _settle(told: Future[Any], value: object = None, error: BaseException | None = None) -> None:
    # Given up already: the answer comes too late.
    with contextlib.suppress(InvalidStateError):
        if error is None:
            told.set_result(value)
        else:
            told.set_exception(error)


def _connect(address: str) -> Client:
    """Connect to a scheduler, or raise ReportError."""
    try:
        distributed = import_module("distributed")
    except ImportError:
        raise ReportError(
            "--scheduler には Python のライブラリー distributed が必要です。\n"
            "requirements.lock のライブラリーを入れ直してください。"
        ) from None
    except ValueError as error:
        # Dask reads its settings when it is imported; the message names the file.
        raise ReportError(f"Dask の設定を読めません。直してください。\n{error}") from None
    # What it would log of a lost connection is told by the message of the job.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
    security = read_security(address)
    try:
        require_closed([address])
        # A client would wait for ever for a port that is open and says nothing.
        asyncio.run(asyncio.wait_for(_greet(address, security), CONNECT_SECONDS))
        with warnings.catch_warnings():
            # Of other versions, which are told in full below.
            warnings.simplefilter("ignore")
            return distributed.Client(
                address, security=security, timeout=CONNECT_SECONDS, set_as_default=False
            )
    except ReportError:
        raise
    except Exception as error:
        # An address is a user's; what answers there may be anything, in any state.
        raise ReportError(
            f"Dask のスケジューラー {address} に接続できません（{explain_refusal(error)}）。\n"
            "`dask scheduler` が動いているか、アドレスが正しいか（TLS で動いていれば "
            "tls://192.0.2.1:8786 の形、そうでなければ tcp://）、同じ認証局の証明書を"
            "使っているかを確かめてください。"
        ) from None


async def _greet(address: str, security: Security) -> None:
    """Open a connection as a client does and close it again."""
    connection = await import_module("distributed.comm").connect(
        address, timeout=CONNECT_SECONDS, **security.get_connection_args("client")
    )
    await connection.close()


def _require_closed(client: Client) -> None:
    """Raise ReportError if the cluster is open elsewhere than where we reached it."""
    found = client.scheduler_info(n_workers=-1)
    require_closed([found["address"], *found["workers"]])


def _require_alike(client: Client, address: str) -> None:
    """Raise ReportError unless there are workers, and all run the same Dask and Python."""
    try:
        client.wait_for_workers(1, timeout=CONNECT_SECONDS)
    except TimeoutError:
        raise ReportError(f"{address}: {NO_WORKERS}") from None
    found = client.get_versions()
    own = found["client"]["packages"]
    others = {f"スケジューラー {address}": found["scheduler"]} | {
        f"ワーカー {name}": worker for name, worker in found["workers"].items()
    }
    wrong = [
        f"{name}: {package} {other['packages'].get(package)}（こちらは {own[package]}）"
        for name, other in others.items()
        for package in SAME
        if other["packages"].get(package) != own[package]
    ]
    if wrong:
        raise ReportError(
            "クラスターのライブラリーの版が、報告書を作る側と違います。"
            "同じ requirements.lock のライブラリーを入れ、起動し直してください。\n"
            + list_examples(wrong)
        )


def _require_fit(client: Client) -> None:
    """Raise ReportError, naming each worker that can't do the jobs."""
    found = client.run(inspect_worker, hash_program(), on_error="return")
    wrong = [
        f"{name}: {complaint}"
        for name, answer in sorted(found.items())
        # What is no answer of ours is Dask's word that it could not import the question.
        for complaint in (answer if isinstance(answer, tuple) else (NOT_INSTALLED,))
    ]
    if wrong:
        raise ReportError("クラスターのワーカーを使えません。\n" + list_examples(wrong))
