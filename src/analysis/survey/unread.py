"""Name what lies in a cycle's folder and is read by nothing: it may have been meant to be read.

Nothing is silent but what Excel and the system put there themselves. Workbooks stand in `whose`.
"""

import os
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path, PurePath

from analysis.cycle import CORRECTIONS_NAME, MATCHES_NAME, Cycle
from analysis.files.file import list_files
from analysis.files.folder import (
    EXCEL_ENDINGS,
    PACKED_ENDINGS,
    is_settings_file,
    is_settings_slip,
    is_text,
    list_within,
    stops_build,
)
from analysis.survey.problems import Place, Problem, report
from analysis.texts import compose_name

_MOST_NAMED = 3
# Who reads them tells whatever is wrong with them.
_TOLD_BY_READERS = (CORRECTIONS_NAME, MATCHES_NAME)


def find_unread(cycle: Cycle, read: Collection[str]) -> Iterator[Problem]:
    """Yield a problem for every file and folder in a cycle's folder that nothing reads.

    `read` are the names of those that hold answers, or may, as they are stored.
    """
    for path in list_files(cycle.raw_folder):
        is_told = path.name in read or path.name in _TOLD_BY_READERS
        if not is_told and not is_settings_file(path):
            yield from _tell_unread(path)


def _tell_unread(path: Path) -> Iterator[Problem]:
    place = Place(None, compose_name(path.name))
    is_folder = path.is_dir() and not path.is_symlink()
    if stops_build(path):
        kinds = {"フォルダー": is_folder, "リンク": path.is_symlink(), "特殊なファイル": True}
        kind = next(kind for kind, is_kind in kinds.items() if is_kind)
        yield report("file_special", place, value=kind)
    elif is_folder:
        yield from _tell_folder(path, place)
    elif not is_text(path.name):
        yield report("file_name_broken", place, twin=_tell_twin(path))
    elif is_settings_slip(path.name):
        yield report("settings_unread", place)
    elif path.suffix.lower() in PACKED_ENDINGS:
        yield report("file_packed", place)
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


def _may_be_wanted(name: str) -> bool:
    ending = PurePath(name).suffix.lower()
    return ending in (*EXCEL_ENDINGS, *PACKED_ENDINGS) or is_settings_slip(PurePath(name).name)


def name_some(names: Sequence[str]) -> str:
    """Return the first of some files' names, and whether there are more."""
    more = "ほか" if len(names) > _MOST_NAMED else ""
    return "、".join(compose_name(name) for name in names[:_MOST_NAMED]) + more
