"""Find what differs between two folders of reports, byte for byte, and name the places.

Whether a file differs is decided by its bytes alone; what is said of where is for who looks there.
"""

from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path

from analysis.files.folder import list_within
from analysis.proof.compare_books import tell_book
from analysis.proof.compare_documents import tell_document
from analysis.proof.compare_texts import find_parting, tell_text

_BY_ENDING = {".pdf": tell_document, ".xlsx": tell_book}
_UNSEEN = "開いて見える中身の違いは見つかりませんが、ファイルのバイトが違います"
_LARGEST = 4
"""How many times larger than its like a file may be to be looked into."""


def find_unlike(delivered: Path, made: Path, shown: int) -> dict[str, list[str]]:
    """Return the places in which each file of `made` differs in `delivered`, by name.

    At most so many are shown of each, and a last line says that there are more.
    """
    contents = {name: (made / name).read_bytes() for name in list_within(made)}
    names = {content: name for name, content in contents.items()}
    found = {}
    for name, content in contents.items():
        path = delivered / name
        if not path.is_file():
            found[name] = ["ありません。削除されたか、名前が変わっています"]
        elif path.is_symlink():
            found[name] = ["ほかのファイルへのリンクです。中身は、そちらを書き換えれば変わります"]
        elif (standing := path.read_bytes()) != content:
            same = [f"{names[standing]} の中身です"] if standing in names else []
            places = chain(same, _tell(name, standing, content))
            told = list(islice(places, shown + 1)) or [_UNSEEN + _say_bytes(standing, content)]
            found[name] = told if len(told) <= shown else [*told[:shown], "……ほかにもあります"]
    return found


def find_foreign(delivered: Path, names: set[str]) -> dict[str, bool]:
    """Return what lies in a folder beside these files; True: it could be taken for one of them."""
    endings = {Path(name).suffix for name in names} | {".htm", ".xhtml"}
    others = [name for name in list_within(delivered) if name not in names]
    return {name: Path(name).suffix.lower() in endings for name in others}


def _tell(name: str, delivered: bytes, made: bytes) -> Iterator[str]:
    ending = Path(name).suffix
    is_huge = len(delivered) > _LARGEST * len(made)
    if is_huge:
        yield f"大きさが違います{_say_bytes(delivered, made)}"
    if ending not in _BY_ENDING:
        yield from tell_text(delivered[: _LARGEST * len(made)], made, ending)
    elif not is_huge:
        try:
            yield from _BY_ENDING[ending](delivered, made)
        except Exception:
            yield f"{ending} のファイルとして読めません{_say_bytes(delivered, made)}"


def _say_bytes(delivered: bytes, made: bytes) -> str:
    """Return from which byte on two files differ, and how long they are."""
    start = find_parting(delivered, made) + 1
    return f"（{start:,}バイト目から。全{len(delivered):,}バイト → 全{len(made):,}バイト）"
