"""Name the cells in which two workbooks differ: formulas, values, and how they look."""

from collections.abc import Iterator
from string import ascii_uppercase
from typing import NamedTuple
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import iterparse  # type: ignore[import-untyped]

from analysis.files.package import Package, open_package
from analysis.proof.unlike_text import show_change

_BOOK, _STRINGS = "xl/workbook.xml", "xl/sharedstrings.xml"
_SHEET = "xl/worksheets/sheet{}.xml"


class _Cell(NamedTuple):
    """A cell: its formula, its value, and the number of its look."""

    formula: str = ""
    value: str = ""
    look: str = ""

    def __str__(self) -> str:
        return f"={self.formula} の値 {self.value}" if self.formula else self.value


def tell_book(delivered: bytes, made: bytes) -> Iterator[str]:
    """Yield each cell that differs, in the order of the sheets, then what else does.

    Raises UnreadableWorkbookError for what is no workbook or costs more to read than any survey.
    """
    a, b = open_package(delivered), open_package(made)
    titles = [entry.get("name", "") for entry in _find(b, _BOOK, "sheet")]
    sheets = {_SHEET.format(place): title for place, title in enumerate(titles, start=1)}
    looks, others = [], []
    strings = tuple([_join(entry) for entry in _find(book, _STRINGS, "si")] for book in (a, b))
    for part in sorted({*a.parts, *b.parts}, key=lambda part: (len(part), part)):
        is_same = part in a.parts and part in b.parts and _read(a, part) == _read(b, part)
        if is_same and (part not in sheets or strings[0] == strings[1]):
            continue
        if part not in sheets or part not in a.parts:
            others.append(f"シート「{sheets[part]}」" if part in sheets else f"部品 {part}")
            continue
        old, new = (_read_cells(*side, part) for side in zip((a, b), strings, strict=True))
        places = list(dict.fromkeys([*new, *old]))
        for place in places:
            left, right = old.get(place, _Cell()), new.get(place, _Cell())
            if left[:2] != right[:2]:
                of = new.get(f"A{place.lstrip(ascii_uppercase)}", _Cell()).value
                change = show_change(str(left), str(right))
                yield f"{sheets[part]}!{place}（{of}の行）: {change}"
            elif left != right:
                looks.append(f"{sheets[part]}!{place}: 書式だけが違います")
        if not is_same:
            others.append(f"シート「{sheets[part]}」のセルのほか（行・列の表示、保存のしかたなど）")
    yield from looks
    yield from (f"{place}が違います" for place in others)


def _read_cells(book: Package, strings: list[str], part: str) -> dict[str, _Cell]:
    found = {}
    for cell in _find(book, part, "c"):
        texts = {_local(own): _join(own) for own in cell}
        value = texts.get("v", texts.get("is", ""))
        if cell.get("t") == "s" and value.isdecimal() and int(value) < len(strings):
            value = strings[int(value)]
        if value or "f" in texts:
            found[cell.get("r", "")] = _Cell(texts.get("f", ""), value, cell.get("s", ""))
    return found


def _find(book: Package, part: str, name: str) -> Iterator[Element]:
    """Yield the elements of a part with a name; what they hold is gone with the next."""
    if part in book.parts:
        with book.open(part) as stream:
            for _, element in iterparse(stream, forbid_dtd=True):
                if _local(element) == name:
                    yield element
                    element.clear()


def _read(book: Package, part: str) -> bytes:
    return book.archive.read(book.parts[part])


def _join(element: Element) -> str:
    return "".join(element.itertext())


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]
