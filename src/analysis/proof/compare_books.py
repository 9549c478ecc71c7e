"""Name the cells, rows, columns and settings in which two workbooks differ."""

from collections import defaultdict
from collections.abc import Iterator
from string import ascii_uppercase
from typing import NamedTuple
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import iterparse  # type: ignore[import-untyped]
from openpyxl.utils.cell import get_column_letter

from analysis.files.package import Package, open_package
from analysis.files.styles import Styles, read_styles
from analysis.proof.compare_texts import show_change

_BOOK, _STRINGS, _STYLES = "xl/workbook.xml", "xl/sharedstrings.xml", "xl/styles.xml"
_SHEET = "xl/worksheets/sheet{}.xml"
_NAMES = {"conditionalFormatting": "条件付き書式", "definedName": "名前の定義", "sheet": "シート"}


class _Cell(NamedTuple):
    """A cell: its formula, its value, and how it looks; or as a value, what else a part says."""

    formula: str = ""
    value: str = ""
    look: str = ""

    def __str__(self) -> str:
        return f"={self.formula} の値 {self.value}" if self.formula else self.value


class _Book(NamedTuple):
    """A workbook, with the texts and the styles that its cells name by number."""

    package: Package
    strings: list[str]
    styles: Styles


def tell_book(delivered: bytes, made: bytes) -> Iterator[str]:
    """Yield each cell that differs, in the order of the sheets, then what else does.

    Raises UnreadableWorkbookError for what is no workbook or costs more to read than any survey.
    """
    a, b = _open(delivered), _open(made)
    titles = [key.partition("シート ")[2] for key in _list(b, _BOOK) if key.startswith("シート ")]
    sheets = {_SHEET.format(place): f"{title}!" for place, title in enumerate(titles, start=1)}
    parts = {*a.package.parts, *b.package.parts}
    rest: list[str] = []
    for part in sorted(parts, key=lambda part: (part not in sheets, len(part), part)):
        is_same = _read(a, part) == _read(b, part)
        if is_same and (part not in sheets or a[1:] == b[1:]):
            continue
        where = sheets.get(part, f"部品 {part} ")
        old, new = _list(a, part), _list(b, part)
        pairs = {place: (old.get(place, _Cell()), new.get(place, _Cell())) for place in new | old}
        unlike = {place: (left, right) for place, (left, right) in pairs.items() if left != right}
        for place, (left, right) in unlike.items():
            told = f"{where}{place}{_name_row(place, new)}: "
            if left[:2] != right[:2]:
                yield f"{told}{show_change(str(left), str(right))}"
            else:
                rest.append(f"{told}書式だけが違います {show_change(left.look, right.look)}")
        if not unlike and not is_same:
            rest.append(f"{where}が違います（保存のしかたなど）")
    yield from rest


def _open(content: bytes) -> _Book:
    package = open_package(content)
    styles = read_styles(package.read_tree(_STYLES)) if _STYLES in package.tags else Styles()
    strings = []
    if _STRINGS in package.parts:
        with package.open(_STRINGS) as stream:
            for _, own in iterparse(stream, forbid_dtd=True):
                if _name(own) == "si":
                    strings.append("".join(own.itertext()))
                    own.clear()
    return _Book(package, strings, styles)


def _list(book: _Book, part: str) -> dict[str, _Cell]:
    """Return what a part holds: the cells, then all that is said of rows, columns and the rest."""
    if part not in book.package.tags or part == _STRINGS:
        return {}
    cells: dict[str, _Cell] = {}
    others: dict[str, str] = defaultdict(str)
    with book.package.open(part) as stream:
        reader = iterparse(stream, forbid_dtd=True)
        for _, own in reader:
            if _name(own) == "c":
                cells[own.get("r", "")] = _read_cell(own, book)
                own.clear()
            elif _name(own) == "row":
                own[:] = []
                others[f"{own.get('r')}行"] += _say(own)
                own.clear()
            elif _name(own) == "col":
                ends = (get_column_letter(int(own.attrib[end])) for end in ("min", "max"))
                others[f"{'～'.join(dict.fromkeys(ends))}列"] += _say(own)
    for child in reader.root:
        for own in child if len(child) and "sqref" not in child.attrib else [child]:
            called = own.get("name") or own.get("Id") or own.get("PartName") or own.get("sqref", "")
            if _name(child) not in ("sheetData", "cols"):
                others[f"{_name(own)} {called}".strip()] += _say(own)
    return cells | {key: _Cell("", value) for key, value in others.items()}


def _read_cell(cell: Element, book: _Book) -> _Cell:
    texts = {_name(own): "".join(own.itertext()) for own in cell}
    value, style = texts.get("v", texts.get("is", "")), cell.get("s", "")
    if cell.get("t") == "s" and value.isdecimal() and int(value) < len(book.strings):
        value = book.strings[int(value)]
    return _Cell(texts.get("f", ""), value, f"{style} {book.styles.find_look(style)}")


def _name_row(place: str, cells: dict[str, _Cell]) -> str:
    """Return what stands first in the row of a cell, or in a row or column; nothing for others."""
    row = place.removesuffix("行").lstrip(ascii_uppercase)
    is_row = row.isdecimal()
    first = cells.get(f"A{row}" if is_row else f"{place.rstrip('列').partition('～')[0]}1")
    return f"（{first.value}の{'行' if is_row else '列'}）" if first else ""


def _read(book: _Book, part: str) -> bytes | None:
    parts = book.package.parts
    return book.package.archive.read(parts[part]) if part in parts else None


def _say(element: Element) -> str:
    """Return all that an element says, but for the cells that a row spans."""
    named = {key.rpartition("}")[2]: value for key, value in element.attrib.items()}
    own = [f"{key}={value}" for key, value in sorted(named.items()) if key not in ("r", "spans")]
    own += [(element.text or "").strip(), *(f"［{_name(own)} {_say(own)}］" for own in element)]
    return " ".join(filter(None, own))


def _name(element: Element) -> str:
    local = element.tag.rpartition("}")[2]
    return _NAMES.get(local, local)
