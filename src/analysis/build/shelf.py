"""The shelf: finished reports that wait for the rest of their set.

A build that was stopped leaves here what it had done, by all inputs of that build; the next one
takes it from here if they are the same. A file is written whole, its checksum is read with it.
"""

import io
import json
import shutil
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from analysis.cycle import Cycle
from analysis.errors import ReportError
from analysis.evidence.sources import Source, Sources
from analysis.place import place_file
from analysis.reports.plan import Report

# The time in an archive is a part of its bytes; this is the earliest that one can hold.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_NAMES = ("report.html", "report.pdf", "report.ipynb")
_SLIDES, _SOURCES = "report.pptx", "sources.json"


@dataclass(frozen=True)
class Made:
    """A finished report: the contents of its files, and what of the answers made it.

    `slides` is its presentation, if it is one.
    """

    page: bytes
    pdf: bytes
    notebook: bytes
    sources: Sources
    slides: bytes | None = None

    @property
    def contents(self) -> tuple[bytes, ...]:
        """The contents in the order of the report's files."""
        slides = () if self.slides is None else (self.slides,)
        return self.page, self.pdf, self.notebook, *slides


def shelve(cycle: Cycle, key: str, made: Made) -> None:
    """Keep a report under the key of all that made it; raise SurveyError if it can't be written."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        sources = json.dumps(made.sources).encode()
        named = dict(zip((*_NAMES, _SLIDES), made.contents, strict=False))
        for name, content in {**named, _SOURCES: sources}.items():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), content)
    place_file(_path(cycle, key), buffer.getvalue())


def take(cycle: Cycle, key: str) -> Made | None:
    """Return the report kept under a key, or None if there is none or its file is damaged."""
    try:
        with zipfile.ZipFile(_path(cycle, key)) as archive:
            told = json.loads(archive.read(_SOURCES))
            sources = None if told is None else tuple(Source(*source) for source in told)
            page, pdf, notebook = map(archive.read, _NAMES)
            slides = archive.read(_SLIDES) if _SLIDES in archive.namelist() else None
            return Made(page, pdf, notebook, sources, slides)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        return None


def require(cycle: Cycle, key: str) -> Made:
    """Return the report kept under a key; raise ReportError if somebody took it away."""
    made = take(cycle, key)
    if made is None:
        raise ReportError(
            f"data/processed/{cycle.name}/made/ の作成済みの報告書が、"
            "作成中に消されました。もう一度実行してください。"
        )
    return made


def name_files(made: Mapping[Report, Made]) -> dict[str, bytes]:
    """Return the contents of reports' files by name."""
    return {
        name: content
        for report, own in made.items()
        for name, content in zip(report.files, own.contents, strict=True)
    }


def clear(cycle: Cycle) -> None:
    """Remove all that is kept: the whole set stands in the reports folder."""
    shutil.rmtree(_folder(cycle), ignore_errors=True)


def _folder(cycle: Cycle) -> Path:
    return cycle.processed_folder / "made"


def _path(cycle: Cycle, key: str) -> Path:
    return _folder(cycle) / f"{key}.zip"
