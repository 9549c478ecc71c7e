"""The third interpreter: what a spreadsheet recounts is what the ledger says."""

import csv
import subprocess
from fractions import Fraction
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from analysis.figures.formula import Sheet, write_formula
from analysis.figures.measure import Change, Count, Share, where
from analysis.report.findings import Findings

from conftest import require_tool

ONLINE = Count(where(status="online"))
RATE = Share(ONLINE, Count())
SHEET = Sheet("今回", ("procedure_id", "status", "scope_all", "scope_department"), 9)
BEFORE = Sheet("前回", SHEET.columns, 8)


def test_the_formula_of_a_count_is_one_countifs() -> None:
    formula = write_formula(ONLINE, "department", "kankyo", {"procedures": SHEET})
    assert formula == ("=COUNTIFS('今回'!$D$2:$D$9,\"kankyo\",'今回'!$B$2:$B$9,\"online\")")


def test_the_formula_of_alternatives_adds_a_countifs_for_each() -> None:
    either = Count(where(status=("started", "not_started")))
    formula = write_formula(either, "all", "all", {"procedures": SHEET})
    assert formula == (
        "=COUNTIFS('今回'!$C$2:$C$9,\"all\",'今回'!$B$2:$B$9,\"started\")"
        "+COUNTIFS('今回'!$C$2:$C$9,\"all\",'今回'!$B$2:$B$9,\"not_started\")"
    )


def test_the_formula_of_a_change_subtracts_the_previous_sheet() -> None:
    sheets = {"procedures": SHEET}
    formula = write_formula(Change(ONLINE), "all", "all", sheets, {"procedures": BEFORE})
    assert formula == (
        "=(COUNTIFS('今回'!$C$2:$C$9,\"all\",'今回'!$B$2:$B$9,\"online\"))"
        "-(COUNTIFS('前回'!$C$2:$C$8,\"all\",'前回'!$B$2:$B$8,\"online\"))"
    )
    with pytest.raises(ValueError, match="previous"):
        write_formula(Change(RATE), "all", "all", sheets)


def add_sheet(book: openpyxl.Workbook, name: str, frame: pd.DataFrame) -> Sheet:
    sheet = book.create_sheet(name)
    columns = [c for c in frame.columns if not c.endswith(("_raw", "_cell"))]
    sheet.append(columns)
    plain = frame[columns].astype(object)
    for row in plain.where(plain.notna(), None).itertuples(index=False):
        sheet.append([value if value is None else str(value) for value in row])
    return Sheet(name, tuple(columns), max(len(frame) + 1, 2))


def test_libreoffice_recounts_every_figure(findings: Findings, tmp_path: Path) -> None:
    soffice = require_tool("soffice")
    ledger = findings.ledger
    assert ledger.tables.previous is not None
    book = openpyxl.Workbook()
    sheets = {name: add_sheet(book, name, t) for name, t in ledger.tables.current.items()}
    before = {"procedures": add_sheet(book, "previous", ledger.tables.previous)}
    figures = list(ledger.figures.values())
    for place, figure in enumerate(figures, start=1):
        here = figure.cycle == ledger.cycle.name
        formula = write_formula(
            ledger.items[figure.measure].measure,
            ledger.scopes[figure.scope].level,
            figure.scope,
            sheets if here else before,
            before if here else None,
        )
        book["Sheet"].cell(place, 1, formula)
    book.save(tmp_path / "formulas.xlsx")
    command = [soffice, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless"]
    command += ["--convert-to", "csv", "--outdir", tmp_path, tmp_path / "formulas.xlsx"]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    with (tmp_path / "formulas.csv").open(encoding="utf-8") as file:
        recounted = [row[0] for row in csv.reader(file)]
    assert len(recounted) == len(figures)
    for figure, value in zip(figures, recounted, strict=True):
        if figure.exact is None:
            assert value == "#DIV/0!", figure.id
        else:
            assert abs(Fraction(value) - figure.exact) < Fraction(1, 10**9), figure.id
