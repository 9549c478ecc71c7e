"""Put a finished set in place at once, one build at a time, and mend what a killed one left.

A reader of the reports folder finds the old set or the new one. Only between two renamings does the
folder have no name; killed there, the next build gives the old set its name back. What others put
beside the reports stays; a report that somebody changed is kept before it is replaced.
"""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Set
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from analysis.cycle import Cycle
from analysis.errors import ReportError, say_why
from analysis.place import free_name, hash_standing, read_written, record_written
from analysis.proof.entities import CRATE_NAME, SIGNATURE_NAME
from analysis.proof.record import read_record

KEPT_FOLDER = "reports"
"""Where, among what is processed, stands what was published; it keeps reports that were changed."""


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


def publish(cycle: Cycle, contents: Mapping[str, bytes], kept: Set[str]) -> None:
    """Put a whole set into the reports folder: new contents, and the files kept as they stand.

    Of what else stands there, what a build made goes with the old set, and what others put there
    stays. Raises ReportError that names the file that can't be written; then, as after an
    interrupt, the old set stands as it stood.
    """
    staging, old = _staging(cycle), cycle.reports_folder
    ours = _list_ours(cycle)
    made = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    if CRATE_NAME in made and made[CRATE_NAME] != hash_standing(old / CRATE_NAME):
        # A signature of the old set is none of the new one: it goes aside.
        ours[SIGNATURE_NAME] = []
    try:
        staging.mkdir(parents=True)
        for name in sorted(kept | contents.keys()):
            with _naming(cycle, name):
                (staging / name).parent.mkdir(parents=True, exist_ok=True)
                if name in contents:
                    (staging / name).write_bytes(contents[name])
                else:
                    shutil.copyfile(old / name, staging / name)
        for name in _list_standing(old, {*contents, *ours}) if old.exists() else ():
            if name not in kept:
                with _naming(cycle, name):
                    _carry(cycle, name, contents.get(name), ours.get(name))
        record_written(cycle.processed_folder / KEPT_FOLDER, made)
        if old.exists():
            old.replace(_replaced(cycle))
        staging.replace(old)
    finally:
        _mend(cycle)


def publish_some(cycle: Cycle, contents: Mapping[str, bytes]) -> None:
    """Put single files into the reports folder, all at once, and keep the others as they stand."""
    folder, ours = cycle.reports_folder, _list_ours(cycle)
    standing = {name for name in ours if (folder / name).is_file()}
    publish(cycle, contents, standing - contents.keys())


def _list_ours(cycle: Cycle) -> dict[str, list[str]]:
    """Return the hashes of what builds published, by name: as recorded, and as the crate says."""
    ours = read_written(cycle.processed_folder / KEPT_FOLDER)
    crate = hash_standing(cycle.reports_folder / CRATE_NAME)
    # Of one that was published before there was a record, nothing tells whether it was changed.
    if crate in ours.setdefault(CRATE_NAME, [crate or ""]):
        with suppress(ReportError):
            for name, sha256 in read_record(cycle).files.items():
                ours.setdefault(name, []).append(sha256)
    return ours


def _list_standing(folder: Path, own: Set[str]) -> Iterator[str]:
    """Yield the names of what stands in a folder: in one that holds files of a set, of each."""
    shared = {name.partition("/")[0] for name in own if "/" in name}
    for path in sorted(folder.iterdir()):
        if path.name in shared and path.is_dir() and not path.is_symlink():
            yield from (f"{path.name}/{inner.name}" for inner in sorted(path.iterdir()))
        else:
            yield path.name


def _carry(cycle: Cycle, name: str, new: bytes | None, ours: list[str] | None) -> None:
    """Take a file or folder of the old set where it belongs: to the new one, aside, or nowhere.

    `new` is what takes its place, `ours` the hashes it may have if a build made it.
    """
    path, place = cycle.reports_folder / name, _staging(cycle) / name
    if new is None and ours is None and not place.exists():
        place.parent.mkdir(exist_ok=True)
        _copy(path, place)
        return
    standing = hash_standing(path)
    replacing = [] if new is None else [hashlib.sha256(new).hexdigest()]
    if standing not in [*(ours or ()), *replacing]:
        aside = cycle.processed_folder / KEPT_FOLDER
        aside.mkdir(parents=True, exist_ok=True)
        # A build that failed behind this may have left it there.
        if standing not in {hash_standing(other) for other in aside.glob(f"{path.stem}（*")}:
            _copy(path, free_name(aside / path.name))


def _copy(path: Path, to: Path) -> None:
    """Copy a file, a link or a folder: by a second name where the system can."""
    if path.is_dir() and not path.is_symlink():
        shutil.copytree(path, to, symlinks=True, copy_function=_link)
    else:
        _link(path, to)


def _link(source: str | Path, to: str | Path) -> None:
    try:
        os.link(source, to, follow_symlinks=False)
    except (OSError, NotImplementedError):
        shutil.copy2(source, to, follow_symlinks=False)


@contextmanager
def _naming(cycle: Cycle, name: str) -> Iterator[None]:
    """Make of what the system refuses a ReportError that names the file."""
    try:
        yield
    except OSError as error:
        raise ReportError(
            f"reports/{cycle.name}/{name} を書き込めません（{say_why(error)}）。"
            "これまでの報告書はそのままです。\n"
            "空き容量と権限を確かめて、もう一度実行してください。"
        ) from None


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
