"""Read again only the workbooks that changed; what the others said is kept beside the tidy rows.

A reading is kept with a hash over all that makes it, and over itself: the file's bytes and name,
the department, what is asked, the cycle's settings, and what reads. Never by dates.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from analysis.cycle import Cycle, Department
from analysis.display import Display
from analysis.errors import SurveyError
from analysis.files.file import find_files, read_content
from analysis.files.sheet import UnreadableWorkbookError
from analysis.place import place_file
from analysis.survey.lookup import Lookup
from analysis.survey.problems import STOPPED
from analysis.survey.table.read import Reading
from analysis.survey.table.read_all import read_workbooks

FOLDER = "readings"

MOST_VALUES = 2_000_000
"""How many values a reading may have to be kept: more would take as much memory as to read them.

A department with 500 procedures has 50,000."""


def read_changed(
    cycle: Cycle,
    lookup: Lookup,
    departments: Sequence[Department] | None = None,
    *,
    program: Mapping[str, Any],
    display: Display | None = None,
) -> list[Reading]:
    """Return the reading of every department's workbook, or of some departments', in their order.

    It is as `read_workbooks` gives it; a workbook that made a kept reading is not opened for it.
    `program` tells what reads: code and libraries. Nothing is kept of a workbook that is missing or
    can't be opened, that has more than MOST_VALUES, or that a lack of memory stopped.
    """
    made_by = [cycle.settings, cycle.questionnaire]
    settings = json.dumps([*(m.model_dump(mode="json") for m in made_by), program], sort_keys=True)
    departments = cycle.departments if departments is None else departments
    found = find_files(cycle.raw_folder, [department.workbook for department in departments])
    paths = dict(zip(departments, found, strict=True))
    kept = {own: _take(cycle, own, path, settings) for own, path in paths.items()}
    changed = [department for department in departments if kept[department] is None]
    read = read_workbooks(cycle, lookup, changed, display=display)
    fresh = dict(zip(changed, read, strict=True))
    for department, reading in fresh.items():
        _keep(cycle, department, paths[department], settings, reading)
    return [kept[department] or fresh[department] for department in departments]


def _take(cycle: Cycle, department: Department, path: Path | None, settings: str) -> Reading | None:
    """Return what the workbook at a path said, or None where it must be read."""
    if path is None:
        return None
    try:
        content = hashlib.sha256(read_content(path)).hexdigest()
        stated, _, text = _place(cycle, department).read_bytes().partition(b"\n")
        if stated != _hash(department, path, content, settings, text):
            return None
        return _shape().validate_python(json.loads(text))
    except (UnreadableWorkbookError, OSError, ValueError):
        return None


def _keep(
    cycle: Cycle, department: Department, path: Path | None, settings: str, reading: Reading
) -> None:
    """Keep a reading for the next time; one that can't be kept is read again."""
    stopped = any(problem.code == STOPPED for problem in reading.problems)
    values = sum(map(len, (*reading.rows.values(), *reading.extras.values())))
    if path is None or reading.sha256 is None or stopped or values > MOST_VALUES:
        return
    text = json.dumps(_shape().dump_python(reading)).encode()
    stated = _hash(department, path, reading.sha256, settings, text)
    with suppress(SurveyError):
        place_file(_place(cycle, department), b"\n".join((stated, text)))


def _hash(department: Department, path: Path, content: str, settings: str, text: bytes) -> bytes:
    """Return one sha256 over all that made a reading, `content` the workbook's own, and over it."""
    made_from = [department.model_dump(), path.name, content, settings]
    hashed = hashlib.sha256(json.dumps(made_from).encode())
    hashed.update(b"\n" + text)
    return hashed.hexdigest().encode()


def _place(cycle: Cycle, department: Department) -> Path:
    # An interim cycle's workbooks are those of the cycle that it is of.
    return cycle.processed_folder.with_name(cycle.day) / FOLDER / f"{department.slug}.json"


@cache
def _shape() -> TypeAdapter[Reading]:
    return TypeAdapter(Reading)
