"""Name the pages and attachments in which two PDFs differ, and the numbers that stand there."""

import hashlib
import io
import logging
import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any

from pypdf import PageObject, PdfReader
from pypdf.generic import NullObject, RectangleObject, StreamObject

from analysis.proof.compare_texts import pair_changes, show_change, tell_text

Box = tuple[float, float, float, float]
_NUMBER = r"(-?[\d.]+)"
_MOVE = re.compile(rf"{_NUMBER} {_NUMBER} cm")
_RECTANGLE = re.compile(rf"{_NUMBER} {_NUMBER} {_NUMBER} {_NUMBER} re")
# Back to where the walk came from, and numbers that tell one object from another.
_UNREAD = {"/Parent", "/P", "/StructParent", "/StructParents", "/Annots", "/Prev", "/ParentTree"}
_WORDS = {"CropBox": "見える範囲", "Dest": "行き先", "Outlines": "しおり", "Resources": "部品"}
_NEAR = 2.0
"""How far from a mark the beginning of a text may lie that stands there, in points."""


def tell_document(delivered: bytes, made: bytes) -> Iterator[str]:
    """Yield each place by page, then attachments, then the rest; raise for what is no PDF."""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    a, b = PdfReader(io.BytesIO(delivered)), PdfReader(io.BytesIO(made))
    is_found = False
    for place in _tell_pages(a, b):
        is_found = True
        yield place
    for name in sorted({*a.attachments, *b.attachments}):
        left, right = (b"".join(file.attachments.get(name, [b""])) for file in (a, b))
        if left != right:
            is_found = True
            place = next(tell_text(left, right, name[name.rfind(".") :]), "")
            yield f"添付 {name}: {place}"
    if not is_found:
        for key, title in (("/Root", ""), ("/Info", "文書の情報 ")):
            known = [_flatten(file.trailer.get(key, NullObject())) for file in (a, b)]
            yield from (f"{title}{path}: {change}" for path, change in _compare(*known))


def _tell_pages(a: PdfReader, b: PdfReader) -> Iterator[str]:
    """Yield the pages that are gone or stand elsewhere, then what differs on the others."""
    old, new = ([_read(page) for page in file.pages] for file in (a, b))
    if len(old) != len(new):
        yield f"頁数: {len(old)} → {len(new)}"
    moved = [
        number
        for number, own in enumerate(new)
        if old[number : number + 1] != [own]
        and (number >= len(old) or own in old or old[number] in new)
    ]
    for number in moved:
        numbers = _name(b.pages[number], _list_boxes(b.pages[number]))
        where = f"{old.index(new[number]) + 1}頁に移って" if new[number] in old else "失われて"
        yield f"{number + 1}頁（数値{numbers}）が{where}います"
    for number, pages in enumerate(zip(a.pages, b.pages, strict=False)):
        if number not in moved:
            yield from (f"{number + 1}頁 {told}" for told in _tell_page(*pages))


def _tell_page(old: PageObject, new: PageObject) -> Iterator[str]:
    if _read(old) != _read(new):
        lines = [page.extract_text().split("\n") for page in (old, new)]
        if lines[0] == lines[1]:
            yield f"文字は同じで、描かれ方が違います{_name(new, _find_painted(old, new))}"
        yield from (show_change(left, right) for left, right, _ in pair_changes(*lines))
    for path, change in _compare(_flatten(old), _flatten(new)):
        if not path.startswith("/Contents"):
            low, high = old.cropbox.lower_left, old.cropbox.upper_right
            inside = [(*map(max, box, low), *map(min, box[2:], high)) for box in _list_boxes(new)]
            lost = {*_list_boxes(new)} - {*inside} if path.endswith("/CropBox") else ()
            yield f"{path}: {change}" + (f"。見えない数値{_name(new, lost)}" if lost else "")
    left, right = ([_flatten(note) for note in page.get("/Annots", [])] for page in (old, new))
    old_texts, new_texts = ([str(own) for own in notes] for notes in (left, right))
    for kind, a1, a2, b1, b2 in SequenceMatcher(None, old_texts, new_texts).get_opcodes():
        for a, b in zip_longest(range(a1, a2), range(b1, b2)) if kind != "equal" else ():
            box = _list_boxes(old)[a] if b is None else _list_boxes(new)[b]
            named = f"リンクか注釈{_name(new, [box])}"
            if b is None:
                yield f"{named}が余分です: {left[a].get('/Contents', left[a]['/Subtype'])}"
            elif a is None:
                yield f"{named}がありません"
            else:
                path, change = next(_compare(left[a], right[b]))
                yield f"{named}の{path}: {change}"


def _compare(a: dict[str, str], b: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield each path within two objects under which something else stands."""
    for path in {**b, **a}:
        if a.get(path) != b.get(path):
            word = _WORDS.get(path.split("/")[1], "")
            yield f"{word} {path}".strip(), show_change(a.get(path, ""), b.get(path, ""))


def _list_boxes(page: PageObject) -> list[Box]:
    """Return where the links and notes of a page lie."""
    boxes = (RectangleObject(own.get_object()["/Rect"]) for own in page.get("/Annots", []))
    return [(*box.lower_left, *box.upper_right) for box in boxes]


def _read(page: PageObject) -> bytes:
    contents = page.get_contents()
    return b"" if contents is None else contents.get_data()


def _find_painted(old: PageObject, new: PageObject) -> list[Box]:
    """Return where the marks lie that differ: what is drawn, or where that which changed stands."""
    a, b = (_read(page).decode("latin-1").splitlines() for page in (old, new))
    boxes: list[Box] = []
    for kind, a1, a2, _, _ in SequenceMatcher(None, a, b).get_opcodes():
        if kind == "equal":
            continue
        areas = [tuple(map(float, m)) for m in _RECTANGLE.findall("\n".join(a[a1:a2]))]
        boxes += [(x, y, x + wide, y + high) for x, y, wide, high in areas]
        moves = _MOVE.findall("\n".join(a[: a2 + 1]))
        if moves and kind == "replace" and not areas:
            x, y = map(float, moves[-1])
            boxes.append((x, y, x, y))
    return boxes


def _name(page: PageObject, boxes: Iterable[Box]) -> str:
    """Return the texts of a page that begin in these places."""
    found: list[str] = []

    def visit(text: str, cm: list[float], tm: list[float], *_: object) -> None:
        x, y = (tm[4] * cm[n] + tm[5] * cm[n + 2] + cm[n + 4] for n in (0, 1))
        for left, low, right, high in boxes:
            is_beside = left - _NEAR <= x <= max(left, right - 2 * _NEAR) + _NEAR
            if is_beside and low - 2 * _NEAR <= y <= high + 2 * _NEAR:
                found.append(text.strip())

    page.extract_text(visitor_text=visit)
    told = "」「".join(dict.fromkeys(filter(None, found)))
    return f"「{told[:60]}」" if told else ""


def _flatten(whole: Any) -> dict[str, str]:
    """Return all that an object holds, by the path to it; another page only by its number."""
    found: dict[str, str] = {}
    seen: set[int] = set()
    waiting = [("", whole)]
    while waiting:
        path, own = waiting.pop()
        thing = own.get_object()
        is_list = isinstance(thing, list)
        texts = [_say(part) for part in (thing if is_list else [own])] if path else [None]
        if None not in texts:
            found[path] = " ".join(map(str, texts))
        elif id(thing) not in seen:
            seen.add(id(thing))
            if isinstance(thing, StreamObject):
                found[path] = hashlib.sha256(thing.get_data()).hexdigest()
            parts = [
                (f"{path}{'/' if is_list else ''}{key}", part)
                for key, part in (enumerate(thing) if is_list else sorted(thing.items()))
                if key not in _UNREAD
            ]
            waiting.extend(reversed(parts))
    return found


def _say(own: Any) -> str | None:
    """Return a value as text, a page by its number; nothing for what holds others."""
    thing = own.get_object()
    if isinstance(thing, dict) and thing.get("/Type") == "/Page":
        number = own.pdf.get_page_number(PageObject(own.pdf, own))
        return "ない頁" if number is None else f"{number + 1}頁"
    return None if isinstance(thing, dict | list) else str(thing)
