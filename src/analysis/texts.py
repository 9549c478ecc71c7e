"""Read the texts that people write, and the names they give to files: one rule for all of them.

A text is UTF-8 with or without a mark, UTF-16 with a mark, or CP932, as Windows and Excel save it.
A link is no file: what it leads to may lie outside the project, and change unseen.
"""

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NoReturn, Self

from analysis.errors import SettingsError, say_why

LARGEST_TEXT = 50 * 1024**2
DASHES = "‐‑‒–—―−─━⸺⸻➖ー"

# Python's own limit would be told as a quotation that never ends.
csv.field_size_limit(LARGEST_TEXT)

_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_ONLY_DASHES = re.compile(f"[-－ｰ﹣﹘⁻₋{DASHES}]+")
_PIECE = 1024 * 1024
# What no text holds: control characters other than tab, line ends and form feed, and what Python's
# CP932 makes of bytes that are no sign.
_BINARY = frozenset(map(chr, {*range(9), 11, *range(14, 32), *range(0xF8F0, 0xF8F4)}))
# Japanese in UTF-8; of CP932 read as UTF-8 hardly a sign comes out so.
_LONG_SIGN = re.compile(rb"[\xe1-\xef][\x80-\xbf]{2}")
# What Python holds bytes of a name as that are no UTF-8, with what else may be of the name.
_STRANGE = re.compile("[\udc80-\udcff]")
_NO_SHAPE = re.compile("[\ue000-\uf8ff]")
_ENDS = r"\s/:、。・「」（）"
_FOREIGN = re.compile(f"[^{_ENDS}]*{_STRANGE.pattern}[^{_ENDS}]*")
# Control, format (zero-width) and the three separator categories.
_UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs"})


class UnreadableTextError(SettingsError):
    """A file is no text that can be read; `why` says what is wrong, with the line, and no name."""

    def __init__(self, where: str, why: str, remedy: str) -> None:
        """Take the file, what is wrong with it and how to mend it, in sentences without a stop."""
        self.why = why
        self._told = (where, why, remedy)
        super().__init__(f"{where}: {why}。\n{remedy}。")

    def __reduce__(self) -> tuple[type[Self], tuple[str, str, str]]:
        """Let a process that made reports hand it to the one that waits for them."""
        return type(self), self._told


class LockedTextError(UnreadableTextError):
    """The system doesn't let a file be read, now."""


class BrokenRecordError(Exception):
    """A record of a CSV, on the line that is told, has a quotation that never ends or goes on."""


def write_names(text: str) -> str:
    """Return a message with the names of files in it as they were meant, as far as they end."""
    return _FOREIGN.sub(lambda found: compose_name(found[0]), text)


def compose_name(name: str) -> str:
    """Return a file's name as it was meant: Macs decompose kana, zips from Windows are in CP932.

    A path's names are each one by itself. Bytes that are no name in CP932 either are shown.
    """
    return unicodedata.normalize("NFC", "/".join(map(_decode_name, name.split("/"))))


def key_file(name: str) -> str:
    """Return what two spellings of one file's name share: without blanks, width and capitals."""
    folded = unicodedata.normalize("NFKC", compose_name(name)).casefold()
    return "".join(sign for sign in folded if unicodedata.category(sign) not in _UNSEEN)


def holds_text(text: str) -> bool:
    """Say whether a text holds no sign that no text holds, such as NUL."""
    return _BINARY.isdisjoint(text)


def read_text(path: Path) -> str:
    """Return the text of a file, its lines ended as they are; raise UnreadableTextError.

    It is as it stands in memory, without the mark at its head.
    """
    where = name_file(path)
    content = _read_content(path, where)
    encoding = find_encoding(content)
    if encoding is None:
        _refuse(content, where)
    return content.decode(encoding).lstrip("\ufeff")


def find_encoding(content: bytes) -> str | None:
    """Return the encoding in which the whole file is text, or None if there is none.

    UTF-8 that is damaged in a place is not read as CP932: most of it would be other signs.
    """
    marked = next((name for mark, name in _MARKS.items() if content.startswith(mark)), None)
    if marked or _decodes(content, "utf-8"):
        encoding = marked or "utf-8"
        return encoding if not marked or _decodes(content, marked) else None
    return "cp932" if not _is_damaged_utf8(content) and _decodes(content, "cp932") else None


def read_records(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield the records of a CSV with the line on which each begins; blank ones are left out.

    Commas divide it, or tabs where the first line has those alone. Raises UnreadableTextError.
    """
    text = read_text(path)
    head = text.split("\n", 1)[0]
    delimiter = "\t" if "\t" in head and "," not in head else ","
    try:
        for line, cells in number_records(io.StringIO(text, newline=""), delimiter):
            if any(cell.strip() for cell in cells):
                yield line, cells
    except BrokenRecordError as error:
        raise UnreadableTextError(
            name_file(path),
            f'{error}行目から始まる引用符「"」が閉じていないか、引用符の後に余分な文字があります',
            "引用符を直すか、Excel で「CSV UTF-8（コンマ区切り）」として保存し直してください",
        ) from None


def number_records(lines: Iterable[str], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the records of a CSV with the line on which each begins; raise BrokenRecordError."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error:
        raise BrokenRecordError(line) from None


def name_file(path: Path) -> str:
    """Return how a message names a file that people write: by its folder and its name."""
    return compose_name("/".join(path.parts[-2:]))


def require_file(path: Path) -> None:
    """Raise UnreadableTextError for a link, a folder, or what else is there and is no file."""
    if path.is_symlink() or (path.exists() and not path.is_file()):
        kind = "フォルダー" if path.is_dir() else "特殊なファイル"
        raise UnreadableTextError(
            name_file(path),
            f"{'リンク' if path.is_symlink() else kind}であり、ファイルではありません",
            "移すか名前を変え、ファイルそのものを置いてください",
        )


def _read_content(path: Path, where: str) -> bytes:
    require_file(path)
    try:
        if path.stat().st_size > LARGEST_TEXT:
            raise UnreadableTextError(
                where, "50 MB を超えています", "別のファイルでないか確かめてください"
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise SettingsError(f"{where} がありません。ファイルを置いてください。") from None
    except OSError as error:
        raise LockedTextError(
            where,
            f"読めません（{say_why(error)}）",
            "ほかで開いていないか、読み取りの権限を確かめてください",
        ) from None


def _decode_name(name: str) -> str:
    if not _STRANGE.search(name):
        return name
    content = name.encode("utf-8", "surrogateescape")
    with suppress(UnicodeDecodeError):
        # Of some bytes Python's CP932 makes signs that have no shape.
        if not _NO_SHAPE.search(meant := content.decode("cp932")):
            return meant
    return content.decode("utf-8", "backslashreplace")


def _decodes(content: bytes, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for at in range(0, len(content), _PIECE):
            piece = decoder.decode(content[at : at + _PIECE])
            if not holds_text(piece):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _is_damaged_utf8(content: bytes) -> bool:
    broken = content.decode("utf-8", "replace").count("\ufffd")
    return len(_LONG_SIGN.findall(content)) > broken


def _refuse(content: bytes, where: str) -> NoReturn:
    """Raise for a content that is no text, with its first line that is none."""
    marked = next((name for mark, name in _MARKS.items() if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(marked)
        at = min(text.find(sign) for sign in _BINARY if sign in text)
        line, what = text.count("\n", 0, at) + 1, f"制御文字 U+{ord(text[at]):04X} があります"
    except UnicodeDecodeError as error:
        line, what = content.count(b"\n", 0, error.start) + 1, "文字として読めないバイトがあります"
    raise UnreadableTextError(
        where,
        f"{line}行目に{what}",
        "メモ帳などで開き、文字コードを「UTF-8」にして保存し直してください",
    )


def is_dash(text: str) -> bool:
    """Tell whether a text without blanks is nothing but dashes, of whatever kind."""
    return bool(_ONLY_DASHES.fullmatch(text))
