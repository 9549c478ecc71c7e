"""Name the pages and attachments in which two PDFs differ, and the numbers that stand there."""

import hashlib
import io
import logging
import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from itertools import chain, zip_longest
from typing import Any

from pypdf import PageObject, PdfReader
from pypdf.generic import DictionaryObject, RectangleObject, StreamObject

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
    """Yield each place by page, then attachments; where there is none, what else differs.

    Raises whatever the library does for what is no PDF.
    """
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    a, b = PdfReader(io.BytesIO(delivered)), PdfReader(io.BytesIO(made))
    places = chain(_tell_pages(a, b), _tell_attachments(a, b))
    for place in places:
        yield place
        yield from places
        return
    for key, title in (("/Root", ""), ("/Info", "文書の情報 ")):
        known = [_flatten(file.trailer.get(key, DictionaryObject())) for file in (a, b)]
        yield from (f"{title}{path}: {change}" for path, change in _compare(*known))


def _tell_pages(a: PdfReader, b: PdfReader) -> Iterator[str]:
    """Yield the pages that are gone, elsewhere or too many, then what differs on the others."""
    old, new = ([_read(page) for page in file.pages] for file in (a, b))
    for kind, a1, a2, b1, b2 in SequenceMatcher(None, old, new).get_opcodes():
        for left, right in zip_longest(range(a1, a2), range(b1, b2)) if kind != "equal" else ():
            page = a.pages[left] if right is None else b.pages[right]
            named = _name(page, _list_boxes(page), "（数値{}）")
            if right is None:
                if old.count(old[left]) > new.count(old[left]):
                    yield f"{left + 1}頁{named}が余分です"
            elif new.count(new[right]) <= old.count(new[right]):
                yield f"{right + 1}頁{named}が{old.index(new[right]) + 1}頁に移っています"
            elif left is None or old[left] in new:
                yield f"{right + 1}頁{named}が失われています"
            else:
                yield from (f"{right + 1}頁 {told}" for told in _tell_page(a.pages[left], page))
    # The links of a page with another number lead elsewhere for that alone.
    for number, pages in enumerate(zip(a.pages, b.pages, strict=False)):
        if old[number] == new[number]:
            yield from (f"{number + 1}頁 {told}" for told in _tell_page(*pages))


def _tell_page(old: PageObject, new: PageObject) -> Iterator[str]:
    if _read(old) != _read(new):
        lines = [page.extract_text().split("\n") for page in (old, new)]
        if lines[0] == lines[1]:
            yield f"文字は同じで、描かれ方が違います{_name(new, _find_painted(old, new))}"
        yield from (show_change(left, right) for left, right, _ in pair_changes(*lines))
    for path, change in _compare(_flatten(old), _flatten(new)):
        if not path.startswith("/Contents"):
            lost = _find_cropped(old, new) if path.endswith("Box") else []
            yield f"{path}: {change}{_name(new, lost, '。見えない数値{}')}"
    left, right = ([_flatten(note) for note in page.get("/Annots", [])] for page in (old, new))
    old_texts, new_texts = ([str(own) for own in notes] for notes in (left, right))
    for kind, a1, a2, b1, b2 in SequenceMatcher(None, old_texts, new_texts).get_opcodes():
        for a, b in zip_longest(range(a1, a2), range(b1, b2)) if kind != "equal" else ():
            box = _list_boxes(old)[a] if b is None else _list_boxes(new)[b]
            named = f"リンクか注釈{_name(new, [box])}"
            if b is None:
                said = left[a].get("/Contents") or left[a].get("/Subtype", "")
                yield f"{named}が余分です: {said}"
            elif a is None:
                yield f"{named}がありません"
            else:
                path, change = next(_compare(left[a], right[b]))
                yield f"{named}の{path}: {change}"


def _tell_attachments(a: PdfReader, b: PdfReader) -> Iterator[str]:
    for name in sorted({*a.attachments, *b.attachments}):
        if name not in a.attachments or name not in b.attachments:
            yield f"添付 {name} が{'余分です' if name in a.attachments else 'ありません'}"
        elif a.attachments[name] != b.attachments[name]:
            left, right = (b"".join(file.attachments[name]) for file in (a, b))
            place = next(tell_text(left, right, name[name.rfind(".") :]), "")
            yield f"添付 {name}: {place}"


def _compare(a: dict[str, str], b: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield each path within two objects under which something else stands."""
    for path in {**b, **a}:
        if a.get(path) != b.get(path):
            word = _WORDS.get(path.split("/")[1], "")
            # A bookmark's title stands beside the page to which it leads.
            page = b.get(f"{path.removesuffix('Title')}Dest", "").partition(" ")[0]
            yield f"{word} {path} {page}".strip(), show_change(a.get(path, ""), b.get(path, ""))


def _list_boxes(page: PageObject) -> list[Box]:
    """Return where the links and notes of a page lie."""
    notes = (own.get_object() for own in page.get("/Annots", []))
    boxes = (RectangleObject(note.get("/Rect", (0, 0, 0, 0))) for note in notes)
    return [(*box.lower_left, *box.upper_right) for box in boxes]


def _read(page: PageObject) -> bytes:
    contents = page.get_contents()
    return b"" if contents is None else contents.get_data()


def _find_cropped(old: PageObject, new: PageObject) -> list[Box]:
    """Return which of the links and notes reach out of what the old page shows."""
    low, high = old.cropbox.lower_left, old.cropbox.upper_right
    boxes = _list_boxes(new)
    return [box for box in boxes if box != (*map(max, box, low), *map(min, box[2:], high))]


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


def _name(page: PageObject, boxes: Iterable[Box], shown: str = "{}") -> str:
    """Return the texts of a page that begin in these places, as shown; nothing for none."""
    found: list[str] = []

    def visit(text: str, cm: list[float], tm: list[float], *_: object) -> None:
        x, y = (tm[4] * cm[n] + tm[5] * cm[n + 2] + cm[n + 4] for n in (0, 1))
        for left, low, right, high in boxes:
            is_beside = left - _NEAR <= x <= max(left, right - 2 * _NEAR) + _NEAR
            if is_beside and low - 2 * _NEAR <= y <= high + 2 * _NEAR:
                found.append(text.strip())

    page.extract_text(visitor_text=visit)
    told = "」「".join(dict.fromkeys(filter(None, found)))
    return shown.format(f"「{told[:60]}」") if told else ""


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
