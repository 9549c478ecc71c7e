"""Change a workbook's parts after a library wrote it, so that the same contents are the same bytes.

openpyxl stamps the clock into a file and drops the results that stood beside the formulas, without
which nothing but a spreadsheet program could read the totals.
"""

import datetime
import io
import re
import zipfile
from collections.abc import Callable, Mapping
from html import escape
from xml.etree import ElementTree as ET

from openpyxl.workbook import Workbook

Results = Mapping[str, object]
"""What stands beside the formulas of a sheet, by the cell's address."""

# The earliest date that an entry of a zip can carry.
_ENTRY_DATE = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_READABLE_FILE = 0o100644 << 16
_CONTENTS = "[Content_Types].xml"
_XML_DECLARATION = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_STAMP = re.compile(r"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</)")
_FORMULA_CELL = re.compile(r'<c r="([A-Z]+[0-9]+)"([^>]*)>(<f[^>]*>[^<]*</f>)<v></v></c>')


def save_repeatably(
    workbook: Workbook, results: Mapping[str, Results], written_on: datetime.date
) -> bytes:
    """Return the workbook as a file with `written_on` as its only date.

    `results` are those of each sheet, by title, as they stood in the file it was loaded from.
    """
    buffer = io.BytesIO()
    workbook.save(buffer)
    by_part = {
        f"xl/worksheets/sheet{number}.xml": results.get(sheet.title, {})
        for number, sheet in enumerate(workbook.worksheets, start=1)
    }
    stamp = f"{written_on.isoformat()}T00:00:00Z"

    def settle(name: str, part: bytes) -> bytes:
        if not name.endswith((".xml", ".rels")):
            return part
        text = ET.canonicalize(part.decode("utf-8"))
        if name == "docProps/core.xml":
            text = _STAMP.sub(rf"\g<1>{stamp}\g<2>", text)
        if by_part.get(name):
            text = _put_results(text, by_part[name])
        return _XML_DECLARATION + text.encode("utf-8")

    return rewrite_parts(buffer.getvalue(), settle)


def rewrite_parts(content: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """Return a workbook's file with each part as `change` gives it for its name and bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as made, zipfile.ZipFile(target, "w") as archive:
        for name in sorted(made.namelist(), key=lambda name: (name != _CONTENTS, name)):
            entry = zipfile.ZipInfo(name, _ENTRY_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = _UNIX
            entry.external_attr = _READABLE_FILE
            archive.writestr(entry, change(name, made.read(name)))
    return target.getvalue()


def _put_results(text: str, results: Results) -> str:
    """Write the results beside the formulas of a sheet's XML in canonical form."""

    def put(found: re.Match[str]) -> str:
        place, attributes, formula = found.groups()
        match results.get(place):
            case None:
                return found.group()
            case bool(answer):
                kind, value = ' t="b"', str(int(answer))
            case int() | float() as number:
                kind, value = "", repr(number)
            case other:
                error = str(other).startswith("#")
                kind, value = (' t="e"' if error else ' t="str"'), escape(str(other), quote=False)
        return f'<c r="{place}"{attributes}{kind}>{formula}<v>{value}</v></c>'

    return _FORMULA_CELL.sub(put, text)
