"""Files that would take too long or too much memory, were they read without bounds.

Each is made for a size in bytes and packed without compression, so that no ratio gives it away.
"""

import zipfile
from collections.abc import Callable

from archives import BOOK, BOOK_LINKS, SHEET, add_part, pack, unpack, write_sheet
from workbooks import FIELDS, TITLES, build_workbook, procedure, save_bytes, write_shared

GOOD = save_bytes(build_workbook([procedure(1)]))
SHARED = write_shared([procedure(1)])
STRINGS = "xl/sharedStrings.xml"
STYLES = "xl/styles.xml"
TABLE = (
    "<row>"
    + "".join(
        f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in [TITLES[name] for name in FIELDS]
    )
    + "</row>"
)


def put(name: str, part: bytes, content: bytes = GOOD) -> bytes:
    return pack(unpack(content) | {name: part}, zipfile.ZIP_STORED)


def fill(unit: str, size: int, *, rows: str = TABLE) -> bytes:
    """Return a workbook whose sheet has a table and then one thing over and over."""
    return put(SHEET, write_sheet(rows + unit * (size // len(unit.encode()))))


def number(pattern: str, size: int) -> str:
    """Return a pattern filled with one number after another."""
    count = size // (len(pattern.format(10**6).encode()))
    return "".join(map(pattern.format, range(count)))


def write_strings(strings: str) -> bytes:
    return f'<sst xmlns="x">{strings}</sst>'.encode()


def book_of_one_sheet(size: int) -> bytes:
    content = fill("<row/>", 2_000_000)
    parts = unpack(content)
    book = parts[BOOK].decode()
    before, mark, after = book.partition("<sheets>")
    entry, _, rest = after.partition("</sheets>")
    many = entry * (size // len(entry.encode()) // 20)
    return put(BOOK, f"{before}{mark}{many}</sheets>{rest}".encode(), content)


def link(content: bytes) -> bytes:
    linked = add_part(content, "xl/externalLinks/externalLink1.xml", b"<x/>", "externalLink")
    return pack(unpack(linked), zipfile.ZIP_STORED)


def fill_linked(formula: str, size: int) -> bytes:
    """Return a workbook that lists another one, with one formula over and over."""
    return link(fill(f"<row><c><f>{formula}</f><v>1</v></c></row>", size, rows=""))


def chain_names(size: int) -> bytes:
    """Return a workbook that lists another one, each of its names standing for the next one."""
    name = "<definedName name='n{0}'>m{0}+n{0}0+n{0}</definedName>"
    names = f"</sheets><definedNames>{number(name, size)}</definedNames>"
    book = unpack(GOOD)[BOOK].decode().replace("<definedNames />", "").replace("</sheets>", names)
    return link(put(BOOK, book.encode()))


def wide_head(size: int) -> bytes:
    """Return a sheet whose first rows have, in every column, a text that stands nowhere else."""
    cell = '<c t="inlineStr"><is><t>{}</t></is></c>'
    texts = iter(range(10**9))
    columns = range(min(16_384, size // 45 // 45))
    rows = ("".join(cell.format(next(texts)) for _ in columns) for _ in range(45))
    return put(SHEET, write_sheet("".join(f"<row>{row}</row>" for row in rows)))


def merged_rows(size: int) -> bytes:
    merge = '<mergeCell ref="A{0}:B{0}"/>'
    rows = range(1, min(size // len(merge.format(10**5)), 1_048_576))
    merges = f"<mergeCells>{''.join(map(merge.format, rows))}</mergeCells>"
    return put(SHEET, write_sheet(TABLE, after=merges))


HOSTILE: dict[str, Callable[[int], bytes]] = {
    "empty cells": lambda size: fill("<c/>", size, rows=TABLE + "<row>"),
    "filled cells": lambda size: fill("<row><c><v>1</v></c><c><v>2</v></c></row>", size),
    "rows": lambda size: fill('<row r="9"/>', size),
    "rows without end": lambda size: fill("<row/>", size),
    "comments": lambda size: fill("<!---->", size),
    "open elements": lambda size: fill("<a>", size),
    "open elements hidden by comments": lambda size: fill("<a><!--</--></a><a>", size),
    "open elements hidden by text": lambda size: fill("<a>/>", size),
    "one text": lambda size: fill("a", size, rows=TABLE + '<row><c t="str"><v>'),
    "one space": lambda size: fill(" ", size),
    "entities of one character": lambda size: fill("&#97;", size),
    "one attribute": lambda size: put(SHEET, b'<a b="' + b"c" * size + b'"/>'),
    "names of elements": lambda size: put(SHEET, write_sheet(number("<e{}/>", size))),
    "names of attributes": lambda size: put(
        SHEET, b"<a " + number("a{}='' ", size).encode() + b"/>"
    ),
    "merges": merged_rows,
    "strings that nobody needs": lambda size: put(
        STRINGS, write_strings(number("<si><t>{}</t></si>", size)), SHARED
    ),
    "a string far down": lambda size: put(
        SHEET,
        write_sheet('<row><c t="s"><v>99999999</v></c></row>'),
        put(STRINGS, write_strings(number("<si><t>{}</t></si>", size)), SHARED),
    ),
    "runs of text": lambda size: put(
        STRINGS, write_strings("<si>" + "<r><t>a</t></r>" * (size // 15) + "</si>"), SHARED
    ),
    "styles": lambda size: put(
        STYLES, f"<styleSheet><cellXfs>{'<xf/>' * (size // 5)}</cellXfs></styleSheet>".encode()
    ),
    "formats": lambda size: put(
        STYLES,
        b"<styleSheet><numFmts>"
        + (b'<numFmt formatCode="' + b"[" * 10_000 + b'"/>') * (size // 10_000)
        + b"</numFmts></styleSheet>",
    ),
    "relationships": lambda size: put(
        BOOK_LINKS, b"<Relationships>" + number("<Relationship Id='{}'/>", size).encode()
    ),
    "one sheet many times": book_of_one_sheet,
    "formulas that look like links": lambda size: fill_linked(
        "<f>" + "[a]b'[" * 1_300 + "</f>", size
    ),
    "names that use names": chain_names,
    "a wide head": wide_head,
    "members": lambda size: b"PK\3\4" + (b"PK\1\2" + bytes(42)) * (size // 46),
    "an end of the directory over and over": lambda size: b"PK\3\4" + b"PK\5\6" * (size // 4),
    "zeros": bytes,
    "commas": lambda size: b"," * size,
    "quotation marks": lambda size: b'"' * size,
    "line ends": lambda size: b"\n" * size,
}


def name_file(kind: str) -> str:
    """Return the name of the file that this kind of content is sent as."""
    return f"環境部.{'csv' if kind in {'commas', 'quotation marks', 'line ends'} else 'xlsx'}"
