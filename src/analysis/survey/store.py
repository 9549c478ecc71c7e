"""Keep a collected survey in data/processed, and know when it no longer stands for its inputs.

The inputs are told by their content, never by their dates: the raw files of the cycle, the code
that reads them, and the libraries it reads them with.
"""

import hashlib
import io
import json
import platform
from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd
from pyarrow.parquet import ParquetFile

from analysis.cycle import KEPT_NAME, Cycle
from analysis.display import Display
from analysis.errors import SettingsError
from analysis.files.folder import is_passing
from analysis.inputs import hash_code
from analysis.place import deliver_file, place_file
from analysis.survey.plain_csv import write_csv
from analysis.survey.problems import STOPPED, problems_from_frame, problems_to_frame, sort_problems
from analysis.survey.survey import PROBLEMS_NAME, Survey
from analysis.survey.uncounted import keep_compared, set_matches_aside

STAMP_NAME = "inputs.json"
FRAMES = ("rows", "workbooks", "problems", "corrections", "matches", "lines", "extras")

_CSV_FRAMES = ("rows", "lines", "extras")
_LIBRARIES = ("defusedxml", "openpyxl", "pandas", "pyarrow", "pydantic", "rapidfuzz")
# What a spreadsheet takes for a formula when it opens a CSV.


def load_survey(cycle: Cycle, display: Display | None = None) -> Survey:
    """Return the cycle's survey: the stored one if its inputs are the same, else a new one.

    A new one is stored in the cycle's processed folder, and `display` is told how far it has come.
    Frames are equal either way. Raises SettingsError as `collect_survey` does, and SurveyError if
    the folder can't be written.
    """
    inputs = stamp_inputs(cycle)
    stored = _read_stored(cycle, inputs)
    if stored is not None:
        return stored
    # Only here: a stored survey is read without the libraries that read workbooks.
    from analysis.survey.collect import collect_survey  # noqa: PLC0415
    from analysis.survey.reread import read_changed  # noqa: PLC0415
    from analysis.survey.table.read_all import CHECKING  # noqa: PLC0415

    display = display or Display()
    read = partial(read_changed, program=_stamp_program(), display=display)
    survey = collect_survey(cycle, read)
    display.finished(CHECKING)
    # A workbook saved while it was read belongs to neither stamp, and what a lack of memory stopped
    # may be read the next time.
    is_stopped = (survey.problems["code"] == STOPPED).any()
    if not is_stopped and stamp_inputs(cycle) == inputs:
        _write_stored(cycle.processed_folder, inputs, survey)
    store_problems(cycle, survey)
    return survey


def store_problems(cycle: Cycle, survey: Survey) -> None:
    """Write the list of every problem of a survey into the cycle's processed folder.

    It is no part of the stored survey: the problems that show beside the previous cycle are in it,
    too, where they are known. Raises SurveyError if the folder can't be written.
    """
    path, content = cycle.processed_folder / PROBLEMS_NAME, write_csv(survey.problems)
    if not path.is_file() or path.read_bytes() != content:
        deliver_file(path, content)


def load_surveys(
    cycle: Cycle, load: Callable[[Cycle], Survey] = load_survey
) -> tuple[Survey, Survey | None]:
    """Return the cycle's survey with the problems that show beside the previous one, and that one.

    `load` gets a cycle's survey. Of the previous one there are the departments that are compared
    (see `keep_compared`). The second is None for a first cycle and where the previous cycle
    can't be opened, which is then among the problems. Raises as `load_survey` does.
    """
    survey, previous, whole, why = load(cycle), None, None, ""
    try:
        before = cycle.open_previous()
        whole = None if before is None else load(before)
        previous = None if whole is None else keep_compared(cycle, whole)
    except SettingsError as error:
        why = f"を読めない（{error}）"
    # Only here: what is compared is asked for by few of those who read a stored survey.
    from analysis.survey.continuity import check_continuity  # noqa: PLC0415
    from analysis.survey.pairs.retired import check_retired  # noqa: PLC0415

    survey, waiting = set_matches_aside(cycle, survey, previous)
    found = [*waiting, *check_continuity(cycle, survey, previous, why_none=why)]
    found += check_retired(cycle, survey, whole, load)
    if found:
        known = problems_from_frame(survey.problems)
        problems = sort_problems([*known, *found], cycle.settings.departments)
        survey = replace(survey, problems=problems_to_frame(problems))
    return survey, previous


def stamp_inputs(cycle: Cycle) -> dict[str, Any]:
    """Return what the survey is made from, by name and sha256."""
    raw = cycle.raw_folder
    return {
        "raw": {
            _spell(path.relative_to(raw)): _digest_file(path)
            for path in sorted(raw.rglob("*"))
            # Approvals are of what is made from the answers.
            if not any(map(is_passing, path.relative_to(raw).parts))
            and path not in (cycle.approvals_path, cycle.approvals_path.with_name(KEPT_NAME))
        },
        "survey": _digest_file(cycle.survey_path),
        **_stamp_program(),
        # Which departments count may turn on the cycle before, too.
        **(
            {"uncounted": [[d.slug, *why] for d, *why in cycle.uncounted]}
            if cycle.uncounted
            else {}
        ),
    }


@cache
def _stamp_program() -> dict[str, Any]:
    """Return the code that reads, as it was when this process first asked, and its libraries."""
    return {
        "code": hash_code(),
        "libraries": {name: version(name) for name in _LIBRARIES}
        | {"python": platform.python_version()},
    }


def _spell(path: Path) -> str:
    """Return a path as text, another for every path, whatever bytes are in it."""
    return path.as_posix().encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _digest_file(path: Path) -> str:
    """Return a file's sha256; a folder or a link in a workbook's place is told apart from it."""
    if path.is_symlink() or not path.is_file():
        return "no file"
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        return f"unreadable: {type(error).__name__}"


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _read_stored(cycle: Cycle, inputs: dict[str, Any]) -> Survey | None:
    """Return the stored survey if it is of these inputs and every file of it is as written."""
    folder = cycle.processed_folder
    try:
        stamp = _read_stamp(folder)
        if stamp["inputs"] != inputs:
            return None
        contents = {name: (folder / name).read_bytes() for name in stamp["outputs"]}
        # Another process may be replacing the files one by one.
        if any(_digest(contents[name]) != sha256 for name, sha256 in stamp["outputs"].items()):
            return None
        frames = {name: _read_parquet(contents[f"{name}.parquet"]) for name in FRAMES}
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return Survey(cycle.questionnaire, **frames)


def _read_stamp(folder: Path) -> dict[str, Any]:
    """Return what is said of the stored files; nothing where it can't be read."""
    try:
        stamp: dict[str, Any] = json.loads((folder / STAMP_NAME).read_text(encoding="utf-8"))
        return {"inputs": stamp["inputs"], "outputs": dict(stamp["outputs"])}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _write_stored(folder: Path, inputs: dict[str, Any], survey: Survey) -> None:
    """Put every file in place whole, the stamp last; lists that people changed are kept."""
    outputs = {f"{name}.parquet": _write_parquet(getattr(survey, name)) for name in FRAMES}
    outputs |= {f"{name}.csv": write_csv(getattr(survey, name)) for name in _CSV_FRAMES}
    stamp = {
        "inputs": inputs,
        "outputs": {name: _digest(content) for name, content in sorted(outputs.items())},
    }
    text = json.dumps(stamp, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    before = _read_stamp(folder).get("outputs", {})
    for name, content in (*outputs.items(), (STAMP_NAME, text.encode("utf-8"))):
        if name.endswith(".csv"):
            deliver_file(folder / name, content, known=[before.get(name, "")])
        else:
            place_file(folder / name, content)


def _write_parquet(frame: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.to_parquet(buffer, index=False)
    return buffer.getvalue()


def _read_parquet(content: bytes) -> pd.DataFrame:
    """Return the frame that was written; no thread is started, since processes are forked later."""
    table = ParquetFile(io.BytesIO(content), pre_buffer=False).read(use_threads=False)
    frame: pd.DataFrame = table.to_pandas(use_threads=False)
    return frame
