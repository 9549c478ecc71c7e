"""Whose workbook seems to lie where, or in a form, that is not read, and what makes it one that is.

Told by names alone: what lies there is not opened for it.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path, PurePath

from analysis.cycle import Department
from analysis.files.enclosed import is_book, list_books
from analysis.files.folder import (
    EXCEL_ENDINGS,
    PACKED_ENDINGS,
    ending_of,
    is_laid_aside,
    is_settings_file,
)
from analysis.files.named import list_named, list_names
from analysis.texts import compose_name, key_file

RENAME = "ファイル名の末尾を .xlsx に直し"


def list_lying(
    path: Path, departments: Sequence[Department]
) -> Iterator[tuple[Department, str, str]]:
    """Yield whose workbook seems to lie in or under a path, where, and what becomes one how."""
    name = compose_name(path.name)
    is_folder, is_packed = path.is_dir(), ending_of(name) in PACKED_ENDINGS
    if path.is_symlink() or is_laid_aside(path) or is_settings_file(path):
        return
    books = (list_books(path) or ()) if is_folder or is_packed else ()
    for book in books:
        if owner := find_owner(f"{name}/{book}", departments):
            if is_folder:
                yield owner, f"「{name}/{book}」", f"「{name}/{book}」を"
            else:
                where = f"「{name}」の中の「{book}」"
                yield owner, where, f"「{name}」を展開し、中の「{book}」を"
    if not books and not is_folder and (owner := _find_whole(name, departments)):
        how = "展開し" if is_packed else "Excel ブック（.xlsx）でもらい直し"
        yield owner, f"「{name}」", RENAME if is_book(path) else how


def _find_whole(name: str, departments: Sequence[Department]) -> Department | None:
    """Return the department of a file that is named as its workbook, but is of no such kind."""
    ending, stem = ending_of(name), PurePath(key_file(name)).stem
    if ending in PACKED_ENDINGS:
        return find_owner(name, departments)
    # A download that did not end adds an ending: 総務部.xlsx.crdownload.
    stems = {stem, PurePath(stem).stem}
    own = [department for department in departments if stems & list_names(department)]
    return own[0] if own and ending not in EXCEL_ENDINGS else None


def find_owner(name: str, departments: Sequence[Department]) -> Department | None:
    """Return the only department that a path's last name speaks of, or else one above it."""
    for part in reversed(PurePath(compose_name(name)).parts):
        if named := list_named(PurePath(part).stem, departments):
            return named[0] if len(named) == 1 else None
    return None
