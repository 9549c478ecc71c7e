"""Name the places in which two texts differ: pages, lists and the record, line by line."""

import csv
import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import zip_longest
from urllib.parse import unquote

_TOKEN = re.compile(r"<[^>]*>?|[^<]+")
_FIGURE = re.compile(r'<a class="figure" href="#([^"]+)"')
# What says which part of a page or of the record follows; at both ends of a body it is none.
_SECTION = r'<(?:(style|script|footer)\b|/?body>|section data-measure="(\w+)"|h[12].*?>([^<]+))'
_PARTS = {".html": re.compile(_SECTION), ".json": re.compile(r'^   "@id": "(.*)"')}
_WORDS = {"style": "見た目の指定", "script": "動きの指定か根拠のデータ", "footer": "末尾"}
_BEFORE, _SHOWN = 12, 48


def tell_text(delivered: bytes, made: bytes, ending: str) -> Iterator[str]:
    """Yield each place, of the text as it was made again, with what stands there in both."""
    a, b = (
        content.decode("utf-8", "backslashreplace").split("\n") for content in (delivered, made)
    )
    for old, new, line in pair_changes(a, b):
        above = (_PARTS[ending].findall(text) for text in b[line::-1] if ending in _PARTS)
        part = next((found[-1] for found in above if found), "")
        name = "".join(part)
        named = f"（{_WORDS.get(name, name)}）" if name else ""
        where = f"{line + 1}行目{named}"
        if ending == ".html":
            yield from _tell_page(old, new, where)
        elif ending == ".csv":
            yield from _tell_row(old, new, where, b[0])
        else:
            yield f"{where}: {show_change(old, new)}"


def pair_changes(a: Sequence[str], b: Sequence[str]) -> Iterator[tuple[str, str, int]]:
    """Yield the lines that differ in pairs, blank where one side has none; and where in `b`."""
    for kind, a1, a2, b1, b2 in SequenceMatcher(None, a, b).get_opcodes():
        if kind != "equal":
            pairs = zip_longest(a[a1:a2], b[b1:b2], fillvalue="")
            yield from ((old, new, min(b1 + n, b2)) for n, (old, new) in enumerate(pairs))


def find_parting(a: Sequence[object], b: Sequence[object]) -> int:
    """Return the first place in which two texts differ, counted from 0."""
    return next((place for place, (x, y) in enumerate(zip_longest(a, b)) if x != y), 0)


def show_change(old: str, new: str) -> str:
    """Return both texts from shortly before they part."""
    start = max(0, find_parting(old, new) - _BEFORE)
    shown = []
    for text in (old, new):
        cut = text[start : start + _SHOWN]
        more = "…" if len(text) > start + _SHOWN else ""
        # Of blanks one sees only what they are called.
        told = f"「{'…' if start else ''}{cut if cut.strip() else ascii(cut)[1:-1]}{more}」"
        shown.append(told if text else "（なし）")
    return " → ".join(shown)


def _tell_page(old: str, new: str, where: str) -> Iterator[str]:
    """Yield each piece of a line that differs, by its figure or by the first of its line."""
    a, b = _TOKEN.findall(old), _TOKEN.findall(new)
    for kind, a1, a2, b1, b2 in SequenceMatcher(None, a, b).get_opcodes():
        if kind == "equal":
            continue
        inside = "".join(b[:b2]).rpartition("</a>")[2]
        around = _FIGURE.search(inside) or _FIGURE.search(new) or _FIGURE.search(old)
        figure = f" 数値 {unquote(around[1])}" if around else ""
        if figure and not _FIGURE.search(inside):
            figure += " などの行"
        yield f"{where}{figure}: {show_change(''.join(a[a1:a2]), ''.join(b[b1:b2]))}"


def _tell_row(old: str, new: str, where: str, head: str) -> Iterator[str]:
    """Yield each field of a line that differs, by its column, the line's id, and its cell."""
    titles, a, b = (next(csv.reader([text.lstrip("\ufeff")]), []) for text in (head, old, new))
    if not len(titles) == len(a) == len(b):
        yield f"{where}: {show_change(old, new)}"
        return
    row = dict(zip(titles, b, strict=True))
    for title, left, right in zip(titles, a, b, strict=True):
        if left != right:
            cell = row.get(f"{title.removesuffix('_raw')}_cell", "")
            place = f"（{row['workbook']} {row['sheet']}!{cell}）" if cell else ""
            key = row.get("procedure_id", b[0])
            yield f"{where} {key} の {title}{place}: {show_change(left, right)}"
