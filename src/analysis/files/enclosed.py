"""What lies one step further in than a cycle's folder: in a folder of it, or packed in a zip.

Only names are looked at. A folder may hold last year's answers, and a zip any version of them:
which of them counts is nobody's to guess, so they are told and not read.
"""

import io
import os
import zipfile
from pathlib import Path, PurePath

from analysis.files.file import read_content
from analysis.files.folder import EXCEL_ENDINGS, PACKED_ENDINGS, ending_of, is_passing, list_within
from analysis.files.package import MOST_PARTS
from analysis.files.sheet import UnreadableWorkbookError
from analysis.texts import compose_name

_ENTRY = b"PK\x01\x02"
_BOOK = "xl/workbook.xml"
_IN_UTF8 = 0x800


def list_books(path: Path) -> list[str] | None:
    """Return what may be a workbook, or hold one, in a folder or a zip, by path in it; sorted.

    None: nobody can tell, as of a kind that is not looked into, or of a damaged file.
    """
    names = list_within(path) if path.is_dir() else _list_packed(path)
    kinds = (*EXCEL_ENDINGS, *PACKED_ENDINGS)
    if names is None:
        return None
    return sorted(compose_name(name) for name in names if ending_of(PurePath(name).name) in kinds)


def is_book(path: Path) -> bool:
    """Say whether a zip is a workbook itself, which some programs save with the wrong ending."""
    return _BOOK in (_list_packed(path) or ())


def _list_packed(path: Path) -> list[str] | None:
    """Return the files in a zip by their names, without what a system left there."""
    if ending_of(path.name) != ".zip":
        return None
    try:
        content = read_content(path)
        if content.count(_ENTRY) > MOST_PARTS:
            return None
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            found = [_decode(info) for info in archive.infolist() if not info.is_dir()]
    except (UnreadableWorkbookError, zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    # Of a path that leads upwards only the names are looked at: nothing is unpacked.
    parts = [[part for part in PurePath(name).parts if part != ".."] for name in found]
    return [name for name, own in zip(found, parts, strict=True) if not any(map(is_passing, own))]


def _decode(info: zipfile.ZipInfo) -> str:
    """Return an entry's name; without a mark its bytes are UTF-8 or CP932, not Python's CP437."""
    name = info.orig_filename
    if not info.flag_bits & _IN_UTF8:
        name = os.fsdecode(name.encode("cp437"))
    return name.replace("\\", "/")
