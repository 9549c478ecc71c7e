"""The shelf: finished reports that wait for the rest of their set.

A build that was stopped leaves here what it had done, by all that made it; the next one takes it
from here. A file is written whole, and its checksum is read with it.
"""

import io
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path

from analysis.cycle import Cycle
from analysis.survey.place import place_file

# The time in an archive is a part of its bytes; this is the earliest that one can hold.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_PAGE, _PDF = "report.html", "report.pdf"


@dataclass(frozen=True)
class Made:
    """A finished report: the contents of its two files."""

    page: bytes
    pdf: bytes


def shelve(cycle: Cycle, key: str, made: Made) -> None:
    """Keep a report under the key of all that made it; raise SurveyError if it can't be written."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in ((_PAGE, made.page), (_PDF, made.pdf)):
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), content)
    place_file(_path(cycle, key), buffer.getvalue())


def take(cycle: Cycle, key: str) -> Made | None:
    """Return the report kept under a key, or None if there is none or its file is damaged."""
    try:
        with zipfile.ZipFile(_path(cycle, key)) as archive:
            return Made(archive.read(_PAGE), archive.read(_PDF))
    except (OSError, KeyError, zipfile.BadZipFile):
        return None


def clear(cycle: Cycle) -> None:
    """Remove all that is kept: the whole set stands in the reports folder."""
    shutil.rmtree(_folder(cycle), ignore_errors=True)


def _folder(cycle: Cycle) -> Path:
    return cycle.processed_folder / "made"


def _path(cycle: Cycle, key: str) -> Path:
    return _folder(cycle) / f"{key}.zip"
