"""Save a workbook so that the same contents give the same bytes, today and elsewhere."""

import datetime
import io
import re
import zipfile
from xml.etree import ElementTree as ET

from openpyxl import Workbook

# The earliest date that a zip entry can carry.
_ENTRY_DATE = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_READABLE_FILE = 0o100644 << 16
_XML_DECLARATION = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TIME_STAMP = re.compile(
    rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:(?:created|modified)>)"
)


def save_repeatably(workbook: Workbook, written_on: datetime.date) -> bytes:
    """Return `workbook` as a file with `written_on` as its only date.

    openpyxl stamps the properties and every zip entry with the clock, and its XML depends on
    whether lxml is installed; so each part is put into canonical form. The parts are stored, not
    deflated: the output of deflate differs between versions of zlib.
    """
    buffer = io.BytesIO()
    workbook.save(buffer)
    saved = io.BytesIO()
    with zipfile.ZipFile(buffer) as made, zipfile.ZipFile(saved, "w") as archive:
        for name in sorted(made.namelist(), key=_order_part):
            entry = zipfile.ZipInfo(name, _ENTRY_DATE)
            entry.compress_type = zipfile.ZIP_STORED
            entry.create_system = _UNIX
            entry.external_attr = _READABLE_FILE
            archive.writestr(entry, _fix_part(made.read(name), written_on))
    return saved.getvalue()


def _order_part(name: str) -> tuple[bool, str]:
    """Put the list of contents first, where readers look for it."""
    return (name != "[Content_Types].xml", name)


def _fix_part(part: bytes, written_on: datetime.date) -> bytes:
    stamp = f"{written_on.isoformat()}T00:00:00Z".encode()
    canonical = ET.canonicalize(part.decode("utf-8")).encode("utf-8")
    return _XML_DECLARATION + _TIME_STAMP.sub(rb"\g<1>" + stamp + rb"\g<3>", canonical)
