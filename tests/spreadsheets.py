"""A spreadsheet program that recalculates a workbook, or in which somebody fills one in."""

import subprocess
from collections.abc import Mapping
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl

from conftest import require_tool

# 0: always recalculate a file as it is opened, whatever values stand in it.
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop>
</item>
</oor:items>
"""

_MODULE = """<?xml version="1.0" encoding="UTF-8"?>
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1"
 script:language="StarBasic">{code}</script:module>
"""
_MACRO = """
Dim oFrame As Object
Dim oDispatcher As Object

Sub Fill()
  Dim oDoc As Object
  Dim aOpen(0) As New com.sun.star.beans.PropertyValue
  Dim aStore(0) As New com.sun.star.beans.PropertyValue
  oDoc = StarDesktop.loadComponentFromURL(ConvertToURL({source}), "_blank", 0, aOpen())
  oFrame = oDoc.CurrentController.Frame
  oDispatcher = createUnoService("com.sun.star.frame.DispatchHelper")
  oDoc.CurrentController.setActiveSheet(oDoc.Sheets.getByName({sheet}))
{entries}
  aStore(0).Name = "FilterName"
  aStore(0).Value = "Calc MS Excel 2007 XML"
  oDoc.storeToURL(ConvertToURL({target}), aStore())
  oDoc.close(True)
End Sub

Sub Enter(sCell As String, sText As String)
  Dim aGo(0) As New com.sun.star.beans.PropertyValue
  Dim aText(0) As New com.sun.star.beans.PropertyValue
  aGo(0).Name = "ToPoint"
  aGo(0).Value = sCell
  oDispatcher.executeDispatch(oFrame, ".uno:GoToCell", "", 0, aGo())
  aText(0).Name = "StringName"
  aText(0).Value = sText
  oDispatcher.executeDispatch(oFrame, ".uno:EnterString", "", 0, aText())
End Sub
"""


def type_into(path: Path, folder: Path, sheet: str, entries: Mapping[str, str]) -> Path:
    """Type texts into the cells of a sheet, as a person does, and return what LibreOffice saved.

    What protection forbids to type into stays as it was.
    """
    target = folder / "typed" / path.name
    target.parent.mkdir(parents=True, exist_ok=True)
    typed = "\n".join(f"  Enter({_quote(c)}, {_quote(text)})" for c, text in entries.items())
    code = _MACRO.replace("{sheet}", _quote(sheet)).replace("{entries}", typed)
    run_macro(folder, code, source=path, target=target)
    return target


def run_macro(folder: Path, code: str, *, source: Path, target: Path) -> None:
    """Have LibreOffice run the macro Fill, which opens a source and stores a target."""
    soffice = require_tool("soffice")
    code = code.replace("{source}", _quote(str(source))).replace("{target}", _quote(str(target)))
    command = [soffice, f"-env:UserInstallation=file://{folder}/profile", "--headless"]
    standard = folder / "profile" / "user" / "basic" / "Standard"
    if not standard.is_dir():
        # The first start lays an empty module there, over any that is there already.
        start = [*command, "--terminate_after_init"]
        subprocess.run(start, check=True, capture_output=True, timeout=300)
    (standard / "Module1.xba").write_text(_MODULE.format(code=escape(code)), encoding="utf-8")
    command += ["--norestore", "macro:///Standard.Module1.Fill()"]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    assert target.is_file(), "the macro did not run to its end"


def _quote(text: str) -> str:
    """Return a text as a string of Basic."""
    return '"' + text.replace('"', '""') + '"'


def recalculate(path: Path, folder: Path) -> dict[str, list[dict[str, object]]]:
    """Return the lines of every sheet of a workbook, by title, as LibreOffice works them out."""
    return read_lines(work_out(path, folder))


def work_out(path: Path, folder: Path) -> Path:
    """Return the workbook with every formula as LibreOffice works it out."""
    soffice = require_tool("soffice")
    settings = folder / "profile" / "user" / "registrymodifications.xcu"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(_SETTINGS, encoding="utf-8")
    command = [soffice, f"-env:UserInstallation=file://{folder}/profile", "--headless"]
    command += ["--convert-to", "xlsx", "--outdir", str(folder / "recalculated"), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return folder / "recalculated" / path.name


def read_lines(path: Path) -> dict[str, list[dict[str, object]]]:
    """Return the lines of every sheet, by title, with the values that stand in the file."""
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    sheets = {}
    for sheet in book.worksheets:
        rows = sheet.iter_rows(values_only=True)
        titles = [str(title) for title in next(rows, ())]
        sheets[sheet.title] = [dict(zip(titles, row, strict=False)) for row in rows]
    book.close()
    return sheets
