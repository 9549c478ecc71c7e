"""What a Dask worker does with a job: it refuses one that it can't do right, and does the others.

A worker is another process, maybe on another computer. It has an installation of this package of
its own, and must see the survey folders under the same path as the process that sends the jobs.
"""

import hashlib
import multiprocessing
import socket
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from analysis.build.environment import describe_environment
from analysis.errors import AnalysisError, ReportError
from analysis.inputs import hash_code

JobAnswer = tuple[Any, AnalysisError | None]
"""What a job returned, or the error that it raised."""


@cache
def hash_program() -> str:
    """Return one sha256 over the package's code and the environment that it runs in.

    Worked out once a process, when the first job comes: a worker that still runs the code of
    before an update must not be told by the files of after it.
    """
    return hashlib.sha256(f"{hash_code()}\n{describe_environment()}".encode()).hexdigest()


def require_same_code(sha256: str) -> None:
    """Raise ReportError unless this process makes the same bytes as the one with this hash."""
    if hash_program() != sha256:
        raise ReportError(
            f"ワーカー（{socket.gethostname()}）のプログラムが、報告書を作る側と違います。\n"
            "同じ版の analysis と、同じ requirements.lock のライブラリーを入れ、"
            "ワーカーを起動し直してください。"
        )


def require_children() -> None:
    """Raise ReportError if this process may not start others, as a job has to."""
    if multiprocessing.current_process().daemon:
        raise ReportError(
            f"ワーカー（{socket.gethostname()}）は、ノートブックのプロセスを起動できません。\n"
            "`dask worker --no-nanny` で起動するか、環境変数 "
            "DASK_DISTRIBUTED__WORKER__DAEMON=False を付けて起動してください。"
        )


def require_folder(folder: Path) -> None:
    """Raise ReportError unless this process sees a survey's folder."""
    if not (folder / "data" / "raw").is_dir():
        raise ReportError(
            f"ワーカー（{socket.gethostname()}）から {folder} が見えません。\n"
            "調査のフォルダーを、すべてのワーカーから同じパスで見えるようにしてください。"
        )


def inspect_worker(sha256: str) -> tuple[str, ...]:
    """Return what keeps this process from doing jobs; nothing, if it is fit."""
    try:
        require_children()
        require_same_code(sha256)
    except ReportError as error:
        return (str(error),)
    return ()


def do_job(
    sha256: str,
    job: Callable[..., Any],
    arguments: tuple[Any, ...],
    keywords: Mapping[str, Any],
) -> JobAnswer:
    """Do one job and return its result, or the AnalysisError it raised.

    Returned, not raised: Dask cuts the message of an exception and prints its traceback.
    """
    try:
        require_children()
        require_same_code(sha256)
        return job(*arguments, **keywords), None
    except AnalysisError as error:
        return None, error
