"""Find what differs between two folders of reports, byte for byte, and name the places.

Whether a file differs is decided by its bytes alone; what is said of where is for who looks there.
"""

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from analysis.files.folder import list_within
from analysis.proof.compare_books import tell_book
from analysis.proof.compare_documents import tell_document
from analysis.proof.compare_texts import find_parting, tell_text

Telling = Callable[[bytes, bytes], Iterator[str]]
BY_ENDING: dict[str, Telling] = {".pdf": tell_document, ".xlsx": tell_book}
_UNSEEN = "開いて見える中身の違いは見つかりませんが、ファイルのバイトが違います（{}バイト目から）"
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
            other = names.get(standing)
            places = _tell(name, standing, content) if other is None else [f"{other} の中身です"]
            told = list(islice(places, shown + 1))
            told = told or [_UNSEEN.format(find_parting(standing, content) + 1)]
            found[name] = told if len(told) <= shown else [*told[:shown], "……ほかにもあります"]
    return found


def find_foreign(delivered: Path, names: set[str]) -> dict[str, bool]:
    """Return what lies in a folder beside these files; True: it could be taken for one of them."""
    endings = {Path(name).suffix for name in names} | {".htm", ".xhtml"}
    others = [name for name in list_within(delivered) if name not in names]
    return {name: Path(name).suffix.lower() in endings for name in others}


def _tell(name: str, delivered: bytes, made: bytes) -> Iterator[str]:
    ending = Path(name).suffix
    if len(delivered) > _LARGEST * len(made):
        yield f"大きさが違います: {len(delivered):,}バイト → {len(made):,}バイト"
    elif ending not in BY_ENDING:
        yield from tell_text(delivered, made, ending)
    else:
        try:
            yield from BY_ENDING[ending](delivered, made)
        except Exception:
            yield f"{ending} のファイルとして読めません"
