"""Name the slides, and what stands on them, in which two presentations differ."""

import re
from collections.abc import Iterator

from analysis.files.package import Package, open_package
from analysis.proof.compare_texts import pair_changes, show_change

_SLIDE = re.compile(r"ppt/(slides/slide|notesslides/notesslide|charts/chart)(\d+)\.xml")
_CALLED = {"slides/slide": "スライド", "notesslides/notesslide": "ノート", "charts/chart": "図"}
_TOLD = ("t", "v")


def tell_slides(delivered: bytes, made: bytes) -> Iterator[str]:
    """Yield each text and each number of a chart that differs, then the parts that do otherwise.

    Raises UnreadableWorkbookError for what is no package or costs more to read than any survey.
    """
    a, b = open_package(delivered), open_package(made)
    rest: list[str] = []
    for part in sorted({*a.parts, *b.parts}, key=_order):
        if _read(a, part) == _read(b, part):
            continue
        found = _SLIDE.fullmatch(part)
        where = f"{_CALLED[found[1]]}{found[2]}" if found else f"部品 {part}"
        changes = pair_changes(_list_texts(a, part), _list_texts(b, part)) if found else ()
        told = [f"{where}: {show_change(old, new)}" for old, new, _ in changes]
        yield from told
        if not told:
            rest.append(f"{where} が違います（見た目、リンク、保存のしかたなど）")
    yield from rest


def _order(part: str) -> tuple[bool, int, str]:
    """Return by what parts are told: slides, notes and charts first, by number."""
    return (_SLIDE.fullmatch(part) is None, len(part), part)


def _list_texts(package: Package, part: str) -> list[str]:
    """Return the texts and the values in a part, in their order."""
    if part not in package.parts:
        return []
    tree = package.read_tree(part)
    return [own.text or "" for own in tree.iter() if own.tag.rpartition("}")[2] in _TOLD]


def _read(package: Package, part: str) -> bytes | None:
    return package.archive.read(package.parts[part]) if part in package.parts else None
