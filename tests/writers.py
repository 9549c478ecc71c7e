"""Workbooks of every kind that has a rule, each by a real writer of it.

What nothing here can write is written after its own specification, and opened by LibreOffice.
"""

import io
import struct
import subprocess
from collections.abc import Iterable
from pathlib import Path

import xlsxwriter
from openpyxl import Workbook, load_workbook
from openpyxl.packaging.relationship import Relationship
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.workbook.external_link import ExternalLink
from openpyxl.workbook.external_link.external import ExternalBook

from archives import pack
from conftest import require_tool
from spreadsheets import run_macro
from workbooks import save_bytes

_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_BINARY = "application/vnd.ms-excel.sheet.binary.macroEnabled.main"

_ADD_MACRO = """
Sub Fill()
  Dim oDoc As Object
  Dim aStore(0) As New com.sun.star.beans.PropertyValue
  Dim aNone()
  oDoc = StarDesktop.loadComponentFromURL(ConvertToURL({source}), "_blank", 0, aNone())
  oDoc.BasicLibraries.VBACompatibilityMode = True
  oDoc.BasicLibraries.getByName("Standard").insertByName("Hello", "Sub Hello" + Chr(10) + "End Sub")
  aStore(0).Name = "FilterName"
  aStore(0).Value = "Calc MS Excel 2007 VBA XML"
  oDoc.storeToURL(ConvertToURL({target}), aStore())
  oDoc.close(True)
End Sub
"""


def save_again(content: bytes, *, macros: bool = False, template: bool = False) -> bytes:
    """Return a workbook as openpyxl saves it, as a kind that may hold macros or as a template."""
    workbook = load_workbook(io.BytesIO(content), keep_vba=macros)
    workbook.template = template
    saved = save_bytes(workbook)
    if workbook.vba_archive is not None:
        # openpyxl leaves it open, in a buffer that may be gone before it.
        workbook.vba_archive.close()
    return saved


def write_with_macros(lines: Iterable[Iterable[object]], title: str = "調査票") -> bytes:
    """Return a workbook with macros as XlsxWriter writes it; nothing here looks at the macros."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as workbook:
        workbook.add_vba_project(io.BytesIO(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), is_stream=True)
        sheet = workbook.add_worksheet(title)
        for row, line in enumerate(lines):
            sheet.write_row(row, 0, line)
    return buffer.getvalue()


def link_to_other(workbook: Workbook, *, name: str = "旧単価") -> Workbook:
    """Give a workbook a link to another one, as openpyxl does, and a name that stands for it."""
    link = ExternalLink(externalBook=ExternalBook(id="rId1"))
    link.file_link = Relationship(
        Id="rId1", type="externalLinkPath", Target="単価表.xlsx", TargetMode="External"
    )
    workbook._external_links.append(link)
    workbook.defined_names[name] = DefinedName(name, attr_text="[1]単価!$A$1")
    return workbook


def convert(content: bytes, folder: Path, ending: str, program: str = "") -> bytes:
    """Return a workbook as LibreOffice saves it; `program` names one of several filters."""
    soffice = require_tool("soffice")
    source = folder / "source.xlsx"
    source.write_bytes(content)
    command = [soffice, f"-env:UserInstallation=file://{folder}/profile", "--headless"]
    kind = f"{ending}:{program}" if program else ending
    command += ["--convert-to", kind, "--outdir", str(folder / "converted"), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return (folder / "converted" / f"source.{ending}").read_bytes()


def add_macro(content: bytes, folder: Path) -> bytes:
    """Return a workbook as LibreOffice saves it after a macro of its own was written into it."""
    source, target = folder / "source.xlsx", folder / "macro.xlsm"
    source.write_bytes(content)
    run_macro(folder, _ADD_MACRO, source=source, target=target)
    return target.read_bytes()


def write_binary(lines: Iterable[Iterable[str]], title: str = "調査票") -> bytes:
    """Return a binary workbook (.xlsb) of texts, after Microsoft's [MS-XLSB]."""
    sheet = [_record(129), _record(145)]
    for row, line in enumerate(lines):
        sheet.append(_record(0, struct.pack("<IIH3xI", row, 0, 300, 0)))
        sheet += [_record(6, struct.pack("<II", n, 0) + _text(t)) for n, t in enumerate(line)]
    sheet += [_record(146), _record(130)]
    listed = struct.pack("<II", 0, 1) + _text("rId1") + _text(title)
    book = [_record(131), _record(143), _record(156, listed), _record(144), _record(132)]
    types = "".join(
        f'<Override PartName="/xl/{name}" ContentType="{kind}"/>'
        for name, kind in (
            ("workbook.bin", _BINARY),
            ("worksheets/sheet1.bin", "application/vnd.ms-excel.worksheet"),
        )
    )
    rels = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.{}+xml"/>'
    return pack(
        {
            "[Content_Types].xml": (
                f'<Types xmlns="{_TYPES}">{rels.format("relationships")}{types}</Types>'.encode()
            ),
            "_rels/.rels": _relate("officeDocument", "xl/workbook.bin"),
            "xl/workbook.bin": b"".join(book),
            "xl/_rels/workbook.bin.rels": _relate("worksheet", "worksheets/sheet1.bin"),
            "xl/worksheets/sheet1.bin": b"".join(sheet),
        }
    )


def write_numbers() -> bytes:
    """Return a zip of the parts by which a document of Numbers is known, as Numbers names them."""
    names = ("Index/Document.iwa", "Index/CalculationEngine.iwa", "Index/Tables/Tile.iwa")
    return pack({**dict.fromkeys(names, b"\0\4\0\0abc"), "Metadata/Properties.plist": b"bplist00"})


def _record(number: int, content: bytes = b"") -> bytes:
    sign = bytes([number]) if number < 128 else bytes([number & 0x7F | 0x80, number >> 7])
    size = len(content)
    sizes = bytes([size]) if size < 128 else bytes([size & 0x7F | 0x80, size >> 7])
    return sign + sizes + content


def _text(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _relate(kind: str, target: str) -> bytes:
    return (
        f'<Relationships xmlns="{_RELATIONS}">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/{kind}" Target="{target}"/></Relationships>'
    ).encode()
