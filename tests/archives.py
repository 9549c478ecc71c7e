"""Excel files taken apart and put together again, so that a test can break one thing in them."""

import io
import zipfile
from collections.abc import Callable, Mapping

BOOK = "xl/workbook.xml"
BOOK_LINKS = "xl/_rels/workbook.xml.rels"
SHEET = "xl/worksheets/sheet1.xml"
TYPES = "[Content_Types].xml"

_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def unpack(content: bytes) -> dict[str, bytes]:
    """Return the parts of an Excel file by name."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pack(parts: Mapping[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip file of these parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return buffer.getvalue()


def change(content: bytes, name: str, edit: Callable[[str], str]) -> bytes:
    """Return an Excel file with the text of one part edited; an edit must change something."""
    parts = unpack(content)
    before = parts[name].decode("utf-8")
    after = edit(before)
    assert after != before
    return pack(parts | {name: after.encode("utf-8")})


def add_part(content: bytes, name: str, part: bytes, kind: str) -> bytes:
    """Return an Excel file with one more part, to which the workbook is related as this kind."""
    target = name.removeprefix("xl/")
    link = f'<Relationship Id="rIdX" Type="{_RELATION}/{kind}" Target="{target}"/></Relationships>'
    content = change(content, BOOK_LINKS, lambda text: text.replace("</Relationships>", link))
    return pack(unpack(content) | {name: part})


def write_sheet(rows: str, *, before: str = "", after: str = "") -> bytes:
    """Return the XML of a worksheet from its rows and what stands before and after them."""
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}'
        f'<worksheet xmlns="{space}"><sheetData>{rows}</sheetData>{after}</worksheet>'
    ).encode()
