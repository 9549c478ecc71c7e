"""Put files in place whole: what goes to the departments, and what a survey is kept as.

Who looks for a file finds the old one or the new one, never a part.
"""

import contextlib
import uuid
from pathlib import Path

from analysis.cycle import Department
from analysis.errors import SurveyError


def name_workbook(department: Department) -> str:
    """Return the file name of a workbook sent to a department: its own, as an Excel workbook."""
    return f"{Path(department.workbook).stem}.xlsx"


def place_file(path: Path, content: bytes) -> None:
    """Write a file under a passing name and rename it, making its folder if need be.

    Raises SurveyError that names the file from the project's `data` on.
    """
    passing = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        passing.write_bytes(content)
        passing.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            passing.unlink(missing_ok=True)
        where = "data/" + path.as_posix().rpartition("/data/")[2]
        raise SurveyError(
            f"{where} を書き込めません（{error.strerror}）。"
            "\nExcel などで開いていれば閉じ、書き込みの権限を確かめてください。"
        ) from None
