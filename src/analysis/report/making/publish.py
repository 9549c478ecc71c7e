"""Put a finished set in place at once, one build at a time, and mend what a killed one left.

A reader of the reports folder finds the old set or the new one. Only between two renamings does the
folder have no name; killed there, the next build gives the old set its name back.
"""

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from analysis.cycle import Cycle
from analysis.errors import ReportError, say_why


@contextmanager
def one_build(cycle: Cycle, wait: Callable[[], None]) -> Iterator[None]:
    """Hold the right to build a cycle; `wait` is called if another build has it, which is awaited.

    The system takes the right back from a process that is killed.
    """
    cycle.processed_folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(cycle.processed_folder / ".building.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        wait()
        lock.acquire()
    try:
        _mend(cycle)
        yield
    finally:
        lock.release()


def publish(cycle: Cycle, contents: Mapping[str, bytes], kept: set[str]) -> None:
    """Put a whole set into the reports folder: new contents, and the files kept as they stand.

    What stands there and is in neither is removed with the old set. Raises ReportError that names
    the file that can't be written; then, as after an interrupt, the old set stands as it stood.
    """
    staging, old = _staging(cycle), cycle.reports_folder
    try:
        staging.mkdir(parents=True)
        for name in sorted(kept | contents.keys()):
            try:
                if name in contents:
                    (staging / name).write_bytes(contents[name])
                else:
                    shutil.copyfile(old / name, staging / name)
            except OSError as error:
                raise ReportError(
                    f"reports/{cycle.name}/{name} を書き込めません（{say_why(error)}）。"
                    "これまでの報告書はそのままです。\n"
                    "空き容量と権限を確かめて、もう一度実行してください。"
                ) from None
        if old.exists():
            old.replace(_replaced(cycle))
        staging.replace(old)
    finally:
        _mend(cycle)


def publish_some(cycle: Cycle, contents: Mapping[str, bytes]) -> None:
    """Put single files into the reports folder, all at once, and keep the others as they stand."""
    folder = cycle.reports_folder
    standing = {path.name for path in folder.iterdir() if path.is_file()} if folder.exists() else ()
    publish(cycle, contents, {*standing} - contents.keys())


def _mend(cycle: Cycle) -> None:
    """Remove what a build left; one ended between the renamings gets the old set's name back."""
    replaced = _replaced(cycle)
    if replaced.exists() and not cycle.reports_folder.exists():
        replaced.replace(cycle.reports_folder)
    for folder in (_staging(cycle), replaced):
        shutil.rmtree(folder, ignore_errors=True)


def _staging(cycle: Cycle) -> Path:
    return cycle.reports_folder.with_name(f".{cycle.name}.building")


def _replaced(cycle: Cycle) -> Path:
    return cycle.reports_folder.with_name(f".{cycle.name}.replaced")
