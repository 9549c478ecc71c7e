"""A spreadsheet program that recalculates a workbook, and what then stands in its sheets."""

import subprocess
from pathlib import Path

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


def recalculate(path: Path, folder: Path) -> dict[str, list[dict[str, object]]]:
    """Return the lines of every sheet of a workbook, by title, as LibreOffice works them out."""
    soffice = require_tool("soffice")
    settings = folder / "profile" / "user" / "registrymodifications.xcu"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(_SETTINGS, encoding="utf-8")
    command = [soffice, f"-env:UserInstallation=file://{folder}/profile", "--headless"]
    command += ["--convert-to", "xlsx", "--outdir", str(folder / "recalculated"), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return read_lines(folder / "recalculated" / path.name)


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
