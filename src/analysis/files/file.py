"""A department's file: which one it is, whether it may be opened, and what kind of file it is.

What a file is, its first bytes say; a name says only whether it is meant to be a CSV.
"""

from collections.abc import Callable, Iterable
from pathlib import Path, PurePath

from analysis.files.delimited import read_delimited
from analysis.files.folder import EXCEL_ENDINGS, SURVEY_ENDINGS, ending_of, is_passing
from analysis.files.sheet import Sheet, Sieve, UnreadableWorkbookError
from analysis.files.workbook import read_sheets
from analysis.texts import compose_name, find_encoding, key_file

# The largest survey we mean to read takes 9 MB, and mail of more than 20 MB is seldom let through.
LARGEST_FILE = 50 * 1024**2

_OLE_MARK = b"\xd0\xcf\x11\xe0"
_ZIP_MARK = b"PK"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_OLD_STREAMS = ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le"))


def list_files(folder: Path) -> list[Path]:
    """Return what lies in a folder by composed name, without what Excel or the system put there."""
    paths = folder.iterdir() if folder.is_dir() else ()
    return sorted(
        (path for path in paths if not is_passing(path.name)),
        key=lambda path: (compose_name(path.name), path.name),
    )


def find_file(folder: Path, name: str) -> Path | None:
    """Return the file of this name in a folder, as `find_files` does."""
    (path,) = find_files(folder, [name])
    return path


def find_files(folder: Path, names: Iterable[str]) -> list[Path | None]:
    """Return for each name the file of this name, or else one of the same name and another kind.

    A name is the same however wide it is typed, with blanks or capitals, if no file has it as it
    stands. Of the kinds that are read first; any other is better told for what it is than as
    missing.
    """
    paths = sorted(list_files(folder), key=lambda path: ending_of(path.name) not in SURVEY_ENDINGS)
    books = [path for path in paths if ending_of(path.name) in EXCEL_ENDINGS]
    # The closest spelling first; of several files that have one, the first.
    spellings: list[tuple[Callable[[str], str], dict[str, Path]]] = [
        (spell, {spell(path.name): path for path in reversed(among)})
        for spell, among in ((str, paths), (compose_name, paths), (_key_stem, books))
    ]
    return [
        next((known[key] for spell, known in spellings if (key := spell(name)) in known), None)
        for name in names
    ]


def read_content(path: Path) -> bytes:
    """Return a file's bytes; raise UnreadableWorkbookError.

    A link is refused: what it leads to lies outside of the cycle's folder.
    """
    if path.is_symlink() or not path.is_file():
        kind = "フォルダー" if path.is_dir() else "特殊なファイル"
        raise UnreadableWorkbookError("workbook_not_file", "リンク" if path.is_symlink() else kind)
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise UnreadableWorkbookError("workbook_locked") from error
    if len(content) > LARGEST_FILE:
        raise UnreadableWorkbookError("workbook_too_large")
    return content


def read_file_sheets(content: bytes, name: str, may_hold: Sieve) -> list[Sheet]:
    """Return the sheets of a file of this name; raise UnreadableWorkbookError."""
    if not content:
        raise UnreadableWorkbookError("workbook_empty")
    if ending_of(name) == ".csv":
        return [read_delimited(content, PurePath(name).stem, may_hold)]
    if content.startswith(_OLE_MARK):
        is_old = any(stream in content for stream in _OLD_STREAMS)
        code = "workbook_old" if is_old else "workbook_not_xlsx"
        raise UnreadableWorkbookError("workbook_protected" if _ENCRYPTED in content else code)
    if not content.startswith(_ZIP_MARK):
        is_text = find_encoding(content) is not None
        raise UnreadableWorkbookError("workbook_text" if is_text else "workbook_not_xlsx")
    return read_sheets(content, may_hold)


def _key_stem(name: str) -> str:
    return PurePath(key_file(name)).stem
