"""Name what lies in a cycle's folder and is read by nothing: it may have been meant to be read.

Nothing is silent but what Excel and the system put there themselves. Workbooks stand in `whose`.
"""

import os
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePath

from analysis.cycle import CORRECTIONS_NAME, MATCHES_NAME, Cycle, Department
from analysis.files.enclosed import is_book, list_books
from analysis.files.file import list_files
from analysis.files.folder import (
    EXCEL_ENDINGS,
    PACKED_ENDINGS,
    ending_of,
    is_laid_aside,
    is_settings_file,
    is_settings_slip,
    is_text,
    list_within,
    stops_build,
)
from analysis.files.lying import RENAME, find_owner, list_lying
from analysis.survey.problems import Place, Problem, report
from analysis.survey.table.read import Reading
from analysis.texts import compose_name

_SEVERAL = "どれが回答か確かめ、圧縮したものは展開して、一つを"
_MOST_NAMED = 3
# Who reads them tells whatever is wrong with them.
_TOLD_BY_READERS = (CORRECTIONS_NAME, MATCHES_NAME)


def find_unread(cycle: Cycle, read: Collection[str]) -> Iterator[Problem]:
    """Yield a problem for every file and folder in a cycle's folder that nothing reads.

    `read` are the names of those that hold answers, or may, as they are stored.
    """
    departments = cycle.settings.departments
    for path in list_files(cycle.raw_folder):
        is_told = path.name in read or path.name in _TOLD_BY_READERS
        if not is_told and not is_settings_file(path):
            yield from _tell_unread(path, departments)


def _tell_unread(path: Path, departments: Sequence[Department]) -> Iterator[Problem]:
    place = Place(None, compose_name(path.name))
    is_folder = path.is_dir() and not path.is_symlink()
    if stops_build(path):
        kinds = {"フォルダー": is_folder, "リンク": path.is_symlink(), "特殊なファイル": True}
        kind = next(kind for kind, is_kind in kinds.items() if is_kind)
        yield report("file_special", place, value=kind)
    elif is_laid_aside(path):
        yield from _tell_laid_aside(path, place, departments)
    elif is_folder:
        yield from _tell_folder(path, place)
    elif not is_text(path.name):
        yield report("file_name_broken", place, twin=_tell_twin(path))
    elif is_settings_slip(path.name):
        yield report("settings_unread", place)
    elif ending_of(path.name) in PACKED_ENDINGS:
        yield _tell_packed(path, place)
    else:
        yield report("file_unread", place)


def _tell_twin(path: Path) -> str:
    """Say how a name is stored, if another file has the name that it was meant to be."""
    twin = path.with_name(compose_name(path.name))
    if not os.path.lexists(twin):
        return ""
    stored = os.fsencode(path.name).decode("ascii", "backslashreplace")
    return f"（「{stored}」と保存されています。正しい名前の「{twin.name}」とは比べていません）"


def _tell_folder(path: Path, place: Place) -> Iterator[Problem]:
    """Yield one problem for all that lies in a folder, and first of what might be read."""
    found = list_within(path)
    wanted = [name for name in found if _may_be_wanted(name)]
    if wanted:
        yield report("folder_unread", place, value=name_some(wanted), count=len(wanted))
    elif found:
        yield report("folder_of_others", place, value=name_some(found), count=len(found))


def _tell_laid_aside(
    path: Path, place: Place, departments: Sequence[Department]
) -> Iterator[Problem]:
    """Yield a problem for each file that another one has replaced, with whose it is if known."""
    for name in list_within(path):
        owner = find_owner(name, departments)
        own = place._replace(workbook=compose_name(f"{path.name}/{name}"))
        yield report("file_laid_aside", own, whose=f"「{owner.name}」の" if owner else "")


def _tell_packed(path: Path, place: Place) -> Problem:
    """Return the problem of a packed file, with what can be told of its inside."""
    if is_book(path):
        words = {"inside": "ですが、中身は Excel ブック", "how": RENAME}
        return report("file_packed", place, **words)
    books, inside = list_books(path), ""
    if books:
        inside = f"（調査票とみられるものが{len(books)}件: {name_some(books)}）"
    elif books is None:
        inside = "（中は確かめられません）"
    return report("file_packed", place, inside=inside, how="調査票が入っていれば展開し")


def find_elsewhere(cycle: Cycle, readings: Sequence[Reading]) -> list[Reading]:
    """Return the readings; one whose workbook lies where it is not read is missing no longer.

    It is unreadable then, and told with where what may be it lies: by its name, or that of the
    folder or zip, as long as no other department has that name as well.
    """
    missing = [reading.department for reading in readings if reading.state == "missing"]
    if not missing:
        return list(readings)
    found: dict[str, list[tuple[str, str]]] = {}
    for path in list_files(cycle.raw_folder):
        for owner, where, how in list_lying(path, cycle.settings.departments):
            found.setdefault(owner.slug, []).append((where, how))
    return [
        _tell_elsewhere(reading, found[reading.department.slug], cycle)
        if reading.state == "missing" and reading.department.slug in found
        else reading
        for reading in readings
    ]


def _tell_elsewhere(reading: Reading, lying: Sequence[tuple[str, str]], cycle: Cycle) -> Reading:
    """Return a reading without a workbook as one that is there and can't be read."""
    own = reading.department
    where = [where for where, _ in lying]
    words = {"expected": own.workbook, "cycle": cycle.day}
    words["how"] = lying[0][1] if len(lying) == 1 else _SEVERAL
    place = Place(own.name, own.workbook)
    problem = report("workbook_elsewhere", place, value=name_some(where), **words)
    return replace(reading, state="unreadable", problems=(problem,))


def _may_be_wanted(name: str) -> bool:
    last = PurePath(name).name
    return ending_of(last) in (*EXCEL_ENDINGS, *PACKED_ENDINGS) or is_settings_slip(last)


def name_some(names: Sequence[str]) -> str:
    """Return the first of some files' names, and whether there are more."""
    more = "ほか" if len(names) > _MOST_NAMED else ""
    return "、".join(compose_name(name) for name in names[:_MOST_NAMED]) + more
