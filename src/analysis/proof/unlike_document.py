"""Name the pages and attachments in which two PDFs differ, and the numbers that stand there."""

import hashlib
import io
import logging
import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any

from pypdf import PageObject, PdfReader
from pypdf.generic import StreamObject

from analysis.proof.unlike_text import pair_changes, show_change, tell_text

Box = tuple[float, float, float, float]
_NUMBER = r"(-?[\d.]+)"
_MOVE = re.compile(rf"{_NUMBER} {_NUMBER} cm")
_RECTANGLE = re.compile(rf"{_NUMBER} {_NUMBER} {_NUMBER} {_NUMBER} re")
# Back to where the walk came from, and numbers that tell one object from another.
_UNREAD = {"/Parent", "/P", "/StructParent", "/StructParents", "/Contents", "/Prev", "/ParentTree"}
_NEAR = 2.0
"""How far from a mark the beginning of a text may lie that stands there, in points."""


def tell_document(delivered: bytes, made: bytes) -> Iterator[str]:
    """Yield each place by page, then attachments, then the rest; raise for what is no PDF."""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    a, b = PdfReader(io.BytesIO(delivered)), PdfReader(io.BytesIO(made))
    is_found = len(a.pages) != len(b.pages)
    if is_found:
        yield f"頁数: {len(a.pages)} → {len(b.pages)}"
    for number, (old, new) in enumerate(zip(a.pages, b.pages, strict=False), start=1):
        for place in _tell_page(old, new):
            is_found = True
            yield f"{number}頁 {place}"
    for name in sorted({*a.attachments, *b.attachments}):
        left, right = (b"".join(file.attachments.get(name, [b""])) for file in (a, b))
        if left != right:
            is_found = True
            place = next(tell_text(left, right, name[name.rfind(".") :]), "")
            yield f"添付 {name}: {place}"
    if not is_found:
        roots = (own.trailer["/Root"] for own in (a, b))
        yield from (f"{path}: {change}" for path, change in _compare(*roots))


def _tell_page(old: PageObject, new: PageObject) -> Iterator[str]:
    if _read(old) != _read(new):
        lines = [page.extract_text().split("\n") for page in (old, new)]
        if lines[0] == lines[1]:
            yield f"文字は同じで、描かれ方が違います{_name(new, _find_painted(old, new))}"
        yield from (show_change(left, right) for left, right, _ in pair_changes(*lines))
    notes: dict[str, str] = {}
    for path, change in _compare(old, new):
        _, kind, *rest = path.split("/")
        if kind == "Annots":
            notes.setdefault(rest[0], f"{path} {change}")
        else:
            yield f"{path}: {change}"
    for place, told in notes.items():
        boxes = [
            tuple(map(float, _list_notes(page)[int(place)].get_object()["/Rect"]))
            for page in (new, old)
            if int(place) < len(_list_notes(page))
        ]
        yield f"リンクか注釈{_name(new, boxes[:1])}: {told}"


def _compare(old: Any, new: Any) -> Iterator[tuple[str, str]]:
    """Yield each path within two objects under which something else stands."""
    a, b = _flatten(old), _flatten(new)
    for path in {**b, **a}:
        if a.get(path) != b.get(path):
            yield path, show_change(a.get(path, ""), b.get(path, ""))


def _list_notes(page: PageObject) -> Any:
    return page.get("/Annots", [])


def _read(page: PageObject) -> bytes:
    contents = page.get_contents()
    return b"" if contents is None else contents.get_data()


def _find_painted(old: PageObject, new: PageObject) -> list[Box]:
    """Return where the marks lie that differ: the areas that are filled, or else where each is."""
    a, b = (_read(page).decode("latin-1").splitlines() for page in (old, new))
    boxes: list[Box] = []
    for kind, a1, a2, _, _ in SequenceMatcher(None, a, b).get_opcodes():
        if kind == "equal":
            continue
        areas = [tuple(map(float, m)) for m in _RECTANGLE.findall("\n".join(a[a1:a2]))]
        boxes += [(x, y, x + wide, y + high) for x, y, wide, high in areas]
        moves = _MOVE.findall("\n".join(a[: a2 + 1]))
        if moves and not areas:
            x, y = map(float, moves[-1])
            boxes.append((x, y, x, y))
    return boxes


def _name(page: PageObject, boxes: list[Any]) -> str:
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
        if path and isinstance(thing, dict) and thing.get("/Type") == "/Page":
            found[path] = f"{own.pdf.get_page_number(PageObject(own.pdf, own))}"
            continue
        if isinstance(thing, StreamObject):
            found[path] = hashlib.sha256(thing.get_data()).hexdigest()
        if isinstance(thing, dict | list):
            if id(thing) in seen:
                continue
            seen.add(id(thing))
            slash = "" if isinstance(thing, dict) else "/"
            parts = [
                (f"{path}{slash}{key}", part)
                for key, part in sorted(thing.items())  # type: ignore[union-attr]
                if key not in _UNREAD
            ]
            waiting.extend(reversed(parts))
        else:
            found[path] = str(thing)
    return found
