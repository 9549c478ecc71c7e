"""What may lie in a cycle's folder: what a system left there, and what is meant as a settings file.

Only names are looked at, and what kind of thing bears them.
"""

import os
import re
import unicodedata
from pathlib import Path, PurePath

from analysis.cycle import (
    APPROVALS_NAME,
    CORRECTIONS_NAME,
    KEPT_NAME,
    MATCHES_NAME,
    PUBLISHED_NAME,
    SETTINGS_NAME,
)
from analysis.texts import compose_name, key_file

SETTINGS_NAMES = (
    SETTINGS_NAME,
    CORRECTIONS_NAME,
    MATCHES_NAME,
    PUBLISHED_NAME,
    APPROVALS_NAME,
    KEPT_NAME,
)
"""What is read beside the departments' files."""

SURVEY_ENDINGS = (".xlsx", ".xlsm", ".csv")
EXCEL_ENDINGS = (*SURVEY_ENDINGS, ".xls", ".xlsb", ".xltx", ".xltm", ".ods", ".numbers")
"""All that a spreadsheet program saves under; a file of these kinds may be someone's answers."""

PACKED_ENDINGS = (".zip", ".lzh", ".7z", ".rar", ".gz", ".tar", ".tgz", ".cab")

LAID_ASIDE = "差替前"
"""The folder in a cycle's folder for what another file has replaced: told of, and never read."""

_KINDS_READ = "|".join(ending[1:] for ending in (*EXCEL_ENDINGS, ".toml"))
# Of the hidden files, only one of a kind that is read may be a person's; ._x and .~x never are.
_PASSING = re.compile(
    rf"~\$.*|thumbs\.db|desktop\.ini|\.(?![^._~#].*\.({_KINDS_READ})$).*", re.I | re.S
)

# What a settings file may be saved as, by mistake or by an editor that adds an ending.
_SAVED_AS = {".toml", ".csv", ".txt", ".tsv", ".ini", ".json", ".yaml", ".yml", *EXCEL_ENDINGS}
# Any other ending tells of another kind, as `.docx` or `.bak`; `.2` is none.
_ENDING = re.compile(r"\.(?=.*[a-z])[a-z0-9~]{1,8}$")
_WORDS = (
    *("cycle", "setting", "settings", "config", "設定"),
    *("correct", "correction", "corrections", "訂正", "修正"),
    *("match", "matches", "matching", "proposal", "proposals", "対応", "対応の確認", "対応表"),
    *("published", "publish", "公表", "公表値"),
    *("approval", "approvals", "承認"),
)
_ALIKE = 0.85
# What a second download, a copy or a version adds to a name.
_ADDED = re.compile(
    r"[\s\d._~()\[\]{}<>「」【】-]+|のコピー|コピー|copy of|copy|backup"
    r"|最新版?|修正版|改|案|版|新|旧|一覧|リスト|ファイル|data|list|file|new|old|final|ver|rev|v(?=\d|$)"
)


def is_passing(name: str) -> bool:
    """Say whether a file of this name is one that Excel or a system leaves beside the real ones."""
    return bool(_PASSING.fullmatch(name))


def ending_of(name: str) -> str:
    """Return by what a file's name says its kind: `.xlsx`, also of `総務部.XLSX `."""
    return PurePath(key_file(name)).suffix


def is_settings_slip(name: str) -> bool:
    """Say whether a name is meant as that of a settings file, or is one: nothing else is TOML."""
    path = PurePath(unicodedata.normalize("NFKC", name).casefold())
    is_toml = path.suffix == ".toml"
    while path.suffix in _SAVED_AS:
        is_toml = is_toml or path.suffix == ".toml"
        path = path.with_suffix("")
    return is_toml or (not _ENDING.search(path.name) and _is_word(path.name))


def is_settings_file(path: Path) -> bool:
    """Say whether a file in a cycle's folder is a settings file that is read.

    Where capitals make no difference, so is one that is named with them.
    """
    wanted = [path.with_name(name) for name in SETTINGS_NAMES]
    return path.is_file() and any(name.is_file() and path.samefile(name) for name in wanted)


def is_text(name: str) -> bool:
    """Say whether a file's name is text: a zip made on old systems may hold names that are none."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def stops_build(path: Path) -> bool:
    """Say whether what lies in a cycle's folder is no file where only a file is of use.

    That is a pipe or a link that leads to no file, and a folder in a settings file's place.
    """
    if path.is_dir() and not path.is_symlink():
        return path.suffix != "" and is_settings_slip(path.name)
    return not path.is_file()


def is_laid_aside(path: Path) -> bool:
    """Say whether this is the folder for what was replaced."""
    return compose_name(path.name) == LAID_ASIDE and path.is_dir() and not path.is_symlink()


def list_within(folder: Path) -> list[str]:
    """Return the files under a folder by their path in it, without what is passing; sorted."""
    found = []
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not is_passing(name)]
        inside = Path(place).relative_to(folder)
        found += [(inside / name).as_posix() for name in names if not is_passing(name)]
    return sorted(found)


def _is_word(stem: str) -> bool:
    """Say whether nothing is left of a name but a settings file's word, perhaps misspelt."""
    from difflib import get_close_matches  # noqa: PLC0415 - only where something is left over

    left = _ADDED.sub("", stem)
    return any(get_close_matches(text, _WORDS, 1, _ALIKE) for text in {left, stem} if text)
