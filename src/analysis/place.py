"""Put files in place whole: what goes to the departments, and what a survey is kept as.

Who looks for a file finds the old one or the new one, never a part, whenever a process is killed
and however many write at once. What people open and may change is never replaced unless it stands
as it was written.
"""

import hashlib
import json
import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from analysis.cycle import Cycle, Department, open_cycle
from analysis.errors import SurveyError, list_examples, say_why

LOCK_NAME = ".writing.lock"
RECORD_NAME = ".written.json"

_PASSING = ".passing"
_LONGEST_WAIT_SECONDS = 60
_KEPT = "控え"


def name_workbook(department: Department) -> str:
    """Return the file name of a workbook sent to a department: its own, as an Excel workbook."""
    return f"{Path(department.workbook).stem}.xlsx"


def place_file(path: Path, content: bytes) -> None:
    """Write a file under a passing name and rename it, making its folder if need be.

    For what nobody but the program writes. One process at a time writes in a folder, and takes away
    what one that was killed left there. Raises SurveyError that names the file from the project's
    `data` on.
    """
    with _write_alone(path):
        _replace(path, content)


def deliver_file(path: Path, content: bytes, known: Collection[str] = ()) -> None:
    """Place a file that people open; one there that they changed is kept under another name.

    `known` are hashes of what the program wrote there, beside those it recorded. Raises as
    `place_file`.
    """
    with _write_alone(path):
        standing, new = hash_standing(path), hashlib.sha256(content).hexdigest()
        written = [*read_written(path.parent).get(path.name, ()), *known]
        if standing not in (None, new, *written) and not path.is_dir():
            path.rename(free_name(path))
        # Before the file, so that a process killed between them lays its own file to nobody.
        _record(path.parent, {path.name: new})
        _replace(path, content)


def require_room(path: Path) -> None:
    """Return if a file can be written there, or one stands there; else raise SurveyError.

    Whether it is the one that is to be written is known later (see `write_new`).
    """
    if os.path.lexists(path):
        if path.is_symlink() or not path.is_file():
            raise _refuse(path)
        return
    if not path.parent.is_dir():
        raise SurveyError(
            f"{path} を書き込むフォルダー {path.parent} がありません。"
            "先に作るか、別の名前を指定してください。"
        )
    if not os.access(path.parent, os.W_OK):
        raise SurveyError(
            f"{path.parent} には書き込めません。権限を確かめるか、別の名前を指定してください。"
        )


def write_new(path: Path, content: bytes) -> None:
    """Write a file where its user says, over nothing; raise SurveyError for what stands there.

    One that is the same already stays.
    """
    require_room(path)
    if path.is_file():
        if path.read_bytes() != content:
            raise _refuse(path)
        return
    with path.open("xb") as file:
        file.write(content)


def _refuse(path: Path) -> SurveyError:
    return SurveyError(f"{path} は既にあります。上書きしないので、別の名前を指定してください。")


def withdraw_file(path: Path) -> None:
    """Remove a file that was delivered; one that people changed is kept under another name."""
    if hash_standing(path) is None:
        return
    with _write_alone(path):
        if hash_standing(path) in read_written(path.parent).get(path.name, ()):
            path.unlink()
        else:
            path.rename(free_name(path))


def read_written(folder: Path) -> dict[str, list[str]]:
    """Return the hashes of what the program wrote last, by name, as far as a folder records it."""
    try:
        found = json.loads((folder / RECORD_NAME).read_text(encoding="utf-8"))
        return {str(name): [str(sha256) for sha256 in own] for name, own in found.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def record_written(folder: Path, written: Mapping[str, str]) -> None:
    """Record the hashes of files that are about to be written; raise as `place_file`."""
    with _write_alone(folder / RECORD_NAME):
        _record(folder, written)


def hash_standing(path: Path) -> str | None:
    """Return the hash of what stands there, None for nothing; no hash for what is no file."""
    if path.is_symlink() or (path.exists() and not path.is_file()):
        return "no file"
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        return None


def free_name(path: Path) -> Path:
    """Return a path beside this one that nothing has, marked as that of a file kept."""
    number = 1
    while True:
        mark = f"（{_KEPT}{number if number > 1 else ''}）"
        free = path.with_name(f"{path.stem}{mark}{path.suffix}")
        if hash_standing(free) is None:
            return free
        number += 1


def describe_kept(cycle: Cycle) -> str:
    """Return which files were kept under another name; nothing if none."""
    folder = cycle.processed_folder
    kept = sorted(path for path in folder.rglob(f"*（{_KEPT}*") if path.parent.name != "made")
    if not kept:
        return ""
    return (
        f"\n作成したままではなかったため、上書きせずに名前を変えて残したファイル {len(kept)}件"
        f"（要らなければ削除してください）\n{list_examples([_name(path) for path in kept])}\n"
    )


def tell_left_interim(cycle: Cycle) -> str:
    """Say that the interim set of a cycle is still there after the closed one; nothing if not."""
    if cycle.is_interim or not cycle.interim_folder.is_dir():
        return ""
    name = cycle.interim_folder.name
    return (
        f"回答がそろう前の暫定の報告書が reports/{name}/ に残っています。"
        f"要らなければ、data/processed/{name}/ とともに削除してください。"
    )


def describe_kept_beside(root: Path, cycle: str, city: str) -> str:
    """Return the same of one city among others, by its name; nothing if none."""
    opened = open_cycle(cycle, root)
    kept, left = describe_kept(opened), tell_left_interim(opened)
    return (kept and f"\n{city}{kept}") + (left and f"\n{city}\n{left}\n")


@contextmanager
def _write_alone(path: Path) -> Iterator[None]:
    """Hold the right to write in a file's folder, which is made; raise SurveyError for the file."""
    # Only here: most who import this read what is stored.
    from filelock import FileLock  # noqa: PLC0415

    folder = path.parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / LOCK_NAME, timeout=_LONGEST_WAIT_SECONDS):
            try:
                yield
            finally:
                for left in folder.glob(f".*{_PASSING}"):
                    left.unlink(missing_ok=True)
    except OSError as error:
        raise SurveyError(
            f"{_name(path)} を書き込めません（{say_why(error)}）。\nExcel などで開いていれば閉じ、"
            "空き容量と書き込みの権限を確かめてください。"
        ) from None


def _replace(path: Path, content: bytes) -> None:
    passing = path.with_name(f".{path.name}{_PASSING}")
    passing.write_bytes(content)
    passing.replace(path)


def _record(folder: Path, written: Mapping[str, str]) -> None:
    """Add hashes to a folder's record; of each file the last but one still stands, if killed."""
    known = read_written(folder)
    for name, sha256 in written.items():
        others = [own for own in known.get(name, ()) if own != sha256]
        known[name] = [sha256, *others[:1]]
    text = json.dumps(known, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    _replace(folder / RECORD_NAME, text.encode())


def _name(path: Path) -> str:
    """Return a path from the project's folder on."""
    starts = (
        at for at in range(len(path.parts)) if path.parts[at : at + 2] == ("data", "processed")
    )
    return Path(*path.parts[max(starts, default=0) :]).as_posix()
