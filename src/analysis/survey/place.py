"""Put files in place whole: what goes to the departments, and what a survey is kept as.

Who looks for a file finds the old one or the new one, never a part, whenever a process is killed
and however many write at once.
"""

from pathlib import Path

from analysis.cycle import Department
from analysis.errors import SurveyError, say_why

LOCK_NAME = ".writing.lock"

_PASSING = ".passing"
_LONGEST_WAIT_SECONDS = 60


def name_workbook(department: Department) -> str:
    """Return the file name of a workbook sent to a department: its own, as an Excel workbook."""
    return f"{Path(department.workbook).stem}.xlsx"


def place_file(path: Path, content: bytes) -> None:
    """Write a file under a passing name and rename it, making its folder if need be.

    One process at a time writes in a folder, and takes away what one that was killed left there.
    Raises SurveyError that names the file from the project's `data` or `reports` on.
    """
    # Only here: most who import this read what is stored.
    from filelock import FileLock  # noqa: PLC0415

    folder = path.parent
    passing = folder / f".{path.name}{_PASSING}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / LOCK_NAME, timeout=_LONGEST_WAIT_SECONDS):
            try:
                passing.write_bytes(content)
                passing.replace(path)
            finally:
                for left in folder.glob(f".*{_PASSING}"):
                    left.unlink(missing_ok=True)
    except OSError as error:
        raise SurveyError(
            f"{_name(path)} を書き込めません（{say_why(error)}）。\nExcel などで開いていれば閉じ、"
            "空き容量と書き込みの権限を確かめてください。"
        ) from None


def _name(path: Path) -> str:
    """Return a path from the project's folder on."""
    starts = (number for number, part in enumerate(path.parts) if part in ("data", "reports"))
    return Path(*path.parts[max(starts, default=0) :]).as_posix()
