"""Find what differs between two folders of reports, byte for byte, and name the places.

Whether a file differs is decided by its bytes alone; what is said of where is for who looks there.
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from functools import partial
from itertools import chain, islice
from multiprocessing import get_context
from pathlib import Path

from analysis.files.child import begin_child, may_fork
from analysis.files.folder import list_within
from analysis.proof.compare_books import tell_book
from analysis.proof.compare_documents import tell_document
from analysis.proof.compare_slides import tell_slides
from analysis.proof.compare_texts import find_parting, tell_text

_BY_ENDING = {".pdf": tell_document, ".pptx": tell_slides, ".xlsx": tell_book}
_UNSEEN = "開いて見える中身の違いは見つかりませんが、ファイルのバイトが違います"
_LARGEST = 4
"""How many times larger than its like a file may be to be looked into."""


def find_unlike(delivered: Path, made: Path, shown: int) -> dict[str, list[str]]:
    """Return the places in which each file of `made` differs in `delivered`, by name.

    At most so many are shown of each, and a last line says that there are more.
    """
    contents = {name: (made / name).read_bytes() for name in list_within(made)}
    names = {content: name for name, content in contents.items()}
    found: dict[str, list[str]] = {}
    looked_into: dict[str, list[str]] = {}
    for name, content in contents.items():
        path = delivered / name
        if not path.is_file():
            found[name] = ["ありません。削除されたか、名前が変わっています"]
        elif path.is_symlink():
            found[name] = ["ほかのファイルへのリンクです。中身は、そちらを書き換えれば変わります"]
        elif (standing := path.read_bytes()) != content:
            looked_into[name] = [f"{names[standing]} の中身です"] if standing in names else []
    tell = partial(_find_places, delivered, made, shown)
    told = dict(zip(looked_into, _map_apart(tell, list(looked_into.items())), strict=True))
    return {name: (found | told)[name] for name in contents if name in found or name in told}


def _map_apart(
    tell: Callable[[tuple[str, list[str]]], list[str]], files: list[tuple[str, list[str]]]
) -> list[list[str]]:
    """Return what is told of each file, by as many processes as there are processors."""
    if may_fork() and len(files) > 1:
        processes = min(len(os.sched_getaffinity(0)), len(files))
        with (
            suppress(BrokenProcessPool),
            ProcessPoolExecutor(processes, get_context("fork"), initializer=begin_child) as pool,
        ):
            return list(pool.map(tell, files))
    return list(map(tell, files))


def _find_places(delivered: Path, made: Path, shown: int, file: tuple[str, list[str]]) -> list[str]:
    """Return the places in which a file differs, after what is known of it."""
    name, known = file
    standing, content = (delivered / name).read_bytes(), (made / name).read_bytes()
    told = list(islice(chain(known, _tell(name, standing, content)), shown + 1))
    told = told or [_UNSEEN + _say_bytes(standing, content)]
    return told if len(told) <= shown else [*told[:shown], "……ほかにもあります"]


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
