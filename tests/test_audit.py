"""The audit workbook: a spreadsheet recounts every figure; a changed answer is seen in it."""

import io
import re
import shutil
import zipfile
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import xlsxwriter

from analysis.audit.cells import LINE_POINTS, FilledSheet
from analysis.audit.read import read_audit
from analysis.audit.sheet import AuditColumn, Formula, Page, Style
from analysis.audit.workbook import write_audit
from analysis.cycle import open_cycle
from analysis.errors import ReportError
from analysis.figures.build import build_ledger, list_derivations
from analysis.figures.corrected import CORRECTED
from analysis.figures.figure import Figure
from analysis.figures.findings import Findings
from analysis.figures.guideline import read_guideline
from analysis.figures.requests import NOBODY
from analysis.figures.rounding import NO_NUMBER
from analysis.forms.cell_text import CUT, LONGEST_TEXT, count_lines, write_text
from analysis.survey.collect import collect_survey
from analysis.survey.survey import row_columns

from archives import SHEET, change
from conftest import DEMO
from reports import HOSTILE
from rows import ASKED, make_rows
from spreadsheets import read_lines, recalculate
from workbooks import make_cycle

pytestmark = pytest.mark.slow

PAIRING = ("pair_id", "paired_by")
_DERIVATIONS = list_derivations(
    ASKED, read_guideline(DEMO / "data" / "raw" / "guideline" / "2024.toml", ASKED), NOBODY
)
DERIVED = tuple(own.field.name for own in _DERIVATIONS)
DERIVED_TITLES = [own.field.header for own in _DERIVATIONS]
# What is worked out from counts by more than one division or subtraction.
WORKED_OUT = ("shortfall", "needed_pace", "pace", "months_to_target")
COUNTS = ("分子", "分母", "前回の分子", "前回の分母")
TEXTS = (
    *HOSTILE,
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "{=1}",
    "<r><t>a & b</t></r>",
    "<r></r>",
    "_x0041_",
    "  前後に空白　",
    "改行\nのある文",
    "\tタブ",
    "http://example.com/#'a'!A1",
    "mailto:a@example.com",
    "123",
    "1e3",
    "2024-09-01",
    "TRUE",
    "#N/A",
    "'",
)
STRANGE_SECTIONS = (
    "*",
    "?",
    "~*",
    "=",
    "<>",
    '"',
    "環境*課",
    "環境政策課",
    "DX課",
    "dx課",
    "課" * 300,
)
FORMATS = {"text": "@", "wrapped": "General;", "count": "0", "percent": "0.0", "corrected": "0;"}


@pytest.fixture(scope="module")
def audit(findings: Findings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The audit workbook of the demonstration."""
    path = tmp_path_factory.mktemp("audit") / "audit.xlsx"
    path.write_bytes(write_audit(findings))
    return path


def make_findings(
    folder: Path, rows: pd.DataFrame, previous: pd.DataFrame | None = None
) -> Findings:
    """Return the findings of a cycle with these tidy rows, and no workbooks."""
    cycle, before = make_cycle(folder, None, None), None
    survey, earlier = replace(collect_survey(cycle), rows=rows), None
    if previous is not None:
        before = make_cycle(folder, None, None, name="2024-03-31")
        earlier = replace(collect_survey(before), rows=previous)
        settings = cycle.raw_folder / "cycle.toml"
        text = settings.read_text(encoding="utf-8")
        settings.write_text(f'previous = "{before.name}"\n{text}', encoding="utf-8")
        cycle = open_cycle(cycle.name, folder)
    ledger = build_ledger(cycle, survey, earlier)
    return Findings(ledger.cycle, survey, earlier, ledger)


def check_line(line: dict[str, object], figure: Figure) -> None:
    """Hold that a recalculated line comes to the figure's exact number and to its value."""
    now, of_now, before, of_before = (line[title] for title in COUNTS)
    if figure.measure in WORKED_OUT:
        assert line["再計算"] == (NO_NUMBER if figure.value is None else float(figure.value))
        return
    if 0 in (of_now, of_before):
        assert (figure.exact, line["再計算"]) == (None, NO_NUMBER)
        return
    exact = Fraction(now, 1 if of_now is None else of_now)
    if before is not None:
        exact -= Fraction(before, 1 if of_before is None else of_before)
    assert exact == figure.exact, figure.id
    assert line["再計算"] == float(figure.value), figure.id


def list_differing(lines: list[dict[str, object]]) -> set[object]:
    assert {line["照合"] for line in lines} <= {"一致", "不一致"}
    return {line["数値ID"] for line in lines if line["照合"] == "不一致"}


def rewrite(path: Path, sheet: str, pattern: str, into: str) -> int:
    """Change a sheet of a workbook as text; return how often the pattern was found."""
    with zipfile.ZipFile(path) as old:
        contents = {name: old.read(name) for name in old.namelist()}
    part = f"xl/worksheets/{sheet}.xml"
    text, changes = re.subn(pattern, into, contents[part].decode())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in contents.items():
            new.writestr(name, text if name == part else content)
    return changes


@pytest.fixture(scope="module")
def recounted(audit: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The workbook with every stored value of a formula falsified, and as recalculated from it."""
    folder = tmp_path_factory.mktemp("recounted")
    falsified = folder / "falsified.xlsx"
    shutil.copy(audit, falsified)
    for place in (1, 2, 5, 11):
        assert rewrite(falsified, f"sheet{place}", r"(?<=</f><v>)[^<]+", "987654")
    recalculate(falsified, folder)
    return falsified, folder / "recalculated" / falsified.name


def test_a_spreadsheet_that_trusts_no_stored_value_agrees_with_every_figure(
    findings: Findings, recounted: tuple[Path, Path]
) -> None:
    falsified, recalculated = map(read_lines, recounted)
    assert {str(line["再計算"]) for line in falsified["数値"]} == {"987654"}
    figures = findings.ledger.figures
    assert [line["数値ID"] for line in recalculated["数値"]] == list(figures)
    for line in recalculated["数値"]:
        check_line(line, figures[str(line["数値ID"])])
    assert list_differing(recalculated["数値"]) == set()
    assert list_differing(recalculated["公表値"]) == set()


def test_the_stored_values_are_those_that_a_spreadsheet_works_out(
    audit: Path, recounted: tuple[Path, Path]
) -> None:
    stored, recalculated = read_lines(audit), read_lines(recounted[1])
    assert list(stored) == list(recalculated)
    for name, lines in stored.items():
        assert lines == recalculated[name], name


@pytest.mark.parametrize("reason", ["not_considered", "law_prevents"])
def test_one_changed_status_is_seen_in_exactly_the_figures_that_depend_on_it(
    findings: Findings, audit: Path, tmp_path: Path, reason: str
) -> None:
    rows, ids = findings.survey.rows, findings.survey.rows["procedure_id"]
    transitions = findings.ledger.tables.current["transitions"]
    continued = transitions.loc[transitions["fate"] == "continued", "procedure_id"]
    candidates = ids.isin(continued) & (rows["status"] == "not_started")
    candidates &= rows["reason"] == reason
    place = int(candidates.to_numpy().nonzero()[0][50])
    changed = rows.copy()
    changed.loc[place, "status"] = "online"
    survey = replace(findings.survey, rows=changed)
    ledger = build_ledger(findings.cycle, survey, findings.previous, None, findings.earlier)

    path = tmp_path / "changed.xlsx"
    shutil.copy(audit, path)
    place_of = f'<c r="L{place + 2}"'
    answer = f'{place_of} t="inlineStr"><is><t>オンライン化済</t></is></c>'
    assert rewrite(path, "sheet3", rf'{place_of} t="s"><v>\d+</v></c>', answer) == 1
    sheets = recalculate(path, tmp_path)
    line = sheets["今回の手続き"][place]
    assert (line["手続きID"], line["オンライン化の状況"]) == (ids[place], "オンライン化済")

    reported = findings.ledger.figures
    depending = {
        key for key, figure in ledger.figures.items() if figure.value != reported[key].value
    }
    slug = rows["department_slug"][place]
    assert {f"2024-09-01/{slug}/{name}" for name in ("online", "went_online")} < depending
    assert "2024-09-01/all/published_agreeing" in depending
    assert list_differing(sheets["数値"]) == depending
    for line in sheets["数値"]:
        check_line(line, ledger.figures[str(line["数値ID"])])
    published = ledger.tables.current["published"]
    differing = set(published.loc[published["agrees"] == "no", "figure_id"])
    assert list_differing(sheets["公表値"]) == differing
    summary = {line[title] for line in sheets["説明"] for title in line}
    assert len(reported) - len(depending) in summary


def test_two_writings_are_the_same_byte_for_byte(
    findings: Findings, audit: Path, tmp_path: Path
) -> None:
    (tmp_path / "other.xlsx").write_bytes(write_audit(findings))
    assert (tmp_path / "other.xlsx").read_bytes() == audit.read_bytes()


def test_the_workbook_bears_the_date_of_its_cycle_and_no_other(audit: Path) -> None:
    properties = openpyxl.load_workbook(audit, read_only=True).properties
    assert str(properties.created) == str(properties.modified) == "2024-09-01 00:00:00"
    with zipfile.ZipFile(audit) as archive:
        assert {item.date_time[0] for item in archive.infolist()} == {1980}


def test_the_rows_of_both_cycles_come_back_as_they_were(findings: Findings, audit: Path) -> None:
    tables = findings.ledger.tables
    read = read_audit(audit, ASKED).rows
    assert list(read) == ["2024-09-01", "2024-03-31"]
    for name, rows in (
        ("2024-09-01", tables.current["procedures"]),
        ("2024-03-31", tables.previous),
    ):
        assert rows is not None
        # A decision stands in the sheet of corrections, what pairs two rows in that of transitions.
        # What is worked out from answers is worked out from those that come back.
        apart = (CORRECTED, *PAIRING, *DERIVED)
        told = [column for column in rows.columns if not column.endswith(apart)]
        pd.testing.assert_frame_equal(read[name][told], rows[told])


def test_the_rows_come_back_from_a_file_that_a_spreadsheet_saved(
    findings: Findings, recounted: tuple[Path, Path]
) -> None:
    rows = read_audit(recounted[1], ASKED).rows["2024-09-01"]
    pd.testing.assert_frame_equal(rows[row_columns(ASKED.fields)], findings.survey.rows)


def test_hostile_texts_come_back_as_they_were_and_none_becomes_a_formula(tmp_path: Path) -> None:
    rows = make_rows(*({"name": text, "remarks": text, "section": text} for text in TEXTS))
    found = make_findings(tmp_path, rows, make_rows(cycle="2024-03-31"))
    path = tmp_path / "audit.xlsx"
    path.write_bytes(write_audit(found))
    pd.testing.assert_frame_equal(
        read_audit(path, ASKED).rows["2024-09-01"][row_columns(ASKED.fields)],
        rows,
    )
    for sheet in openpyxl.load_workbook(path).worksheets:
        for line in sheet.iter_rows(min_row=2):
            for cell in line:
                title = sheet.cell(1, cell.column).value
                lives = sheet.title in ("数値", "異動", "公表値", "説明") or title in DERIVED_TITLES
                wanted = lives and cell.value not in TEXTS
                assert cell.data_type != "f" or wanted, (sheet.title, cell.coordinate)
                assert cell.hyperlink is None
    lines = recalculate(path, tmp_path)["今回の手続き"]
    assert [line["備考"] for line in lines] == list(TEXTS)
    assert [line["備考（原本の値）"] for line in lines] == list(TEXTS)


def test_what_no_cell_can_hold_is_marked_and_breaks_nothing(tmp_path: Path) -> None:
    texts = ["a\x0bb\x00\x1f\ufffe", "髙" * LONGEST_TEXT, "𠮷" * LONGEST_TEXT, "長" * 99_999]
    rows = make_rows(*({"name": text} for text in texts))
    found = make_findings(tmp_path, rows, rows.assign(cycle="2024-03-31"))
    (tmp_path / "audit.xlsx").write_bytes(write_audit(found))
    lines = recalculate(tmp_path / "audit.xlsx", tmp_path)["今回の手続き"]
    names = [str(line["手続き名"]) for line in lines]
    assert names[0] == "a\ufffdb\ufffd\ufffd\ufffd"
    assert names[1] == texts[1]
    assert [name.endswith(CUT) for name in names] == [False, False, True, True]
    assert [len(name.encode("utf-16-le")) // 2 for name in names[2:]] == [
        LONGEST_TEXT - 1,
        LONGEST_TEXT,
    ]


def test_a_section_named_with_wildcards_and_operators_counts_its_own_rows_only(
    tmp_path: Path,
) -> None:
    statuses = ("online", "started", "not_started")
    rows = make_rows(
        *(
            {"section": name, "status": statuses[place % 3]}
            for place, name in enumerate(STRANGE_SECTIONS)
        )
    )
    found = make_findings(tmp_path, rows, rows.iloc[:4].assign(cycle="2024-03-31"))
    (tmp_path / "audit.xlsx").write_bytes(write_audit(found))
    lines = recalculate(tmp_path / "audit.xlsx", tmp_path)["数値"]
    assert list_differing(lines) == set()
    counted = [line for line in lines if str(line["数値ID"]).endswith("/total")]
    sections = [line["分子"] for line in counted if "." in str(line["数値ID"])]
    assert sections[: len(STRANGE_SECTIONS)] == [1] * len(STRANGE_SECTIONS)


def test_a_first_cycle_has_its_figures_and_no_sheet_of_another(tmp_path: Path) -> None:
    rows = make_rows({}, {"status": "started"}, {"section": "総務課"})
    found = make_findings(tmp_path, rows)
    (tmp_path / "audit.xlsx").write_bytes(write_audit(found))
    sheets = recalculate(tmp_path / "audit.xlsx", tmp_path)
    assert list(sheets) == [
        "説明",
        "数値",
        "今回の手続き",
        "調査票",
        "手続きでない行",
        "問題",
        "訂正",
        "読み取り",
        "公表値",
    ]
    assert [line["数値ID"] for line in sheets["数値"]] == list(found.ledger.figures)
    assert list_differing(sheets["数値"]) == set()
    assert list(read_audit(tmp_path / "audit.xlsx", ASKED).rows) == ["2024-09-01"]


def test_what_became_of_a_procedure_follows_its_rows(tmp_path: Path) -> None:
    before = make_rows(
        {"procedure_id": "A", "status": "started", "name": "届出 A"},
        {"procedure_id": "B", "name": "旧"},
        {"procedure_id": "C", "section": "旧課"},
        {"procedure_id": "D"},
        cycle="2024-03-31",
    )
    now = make_rows(
        {"procedure_id": "A", "name": "届出Ａ"},
        {"procedure_id": "B", "status": "started", "name": "新"},
        {"procedure_id": "C", "section": "新課"},
        {"procedure_id": "E"},
    )
    (tmp_path / "audit.xlsx").write_bytes(write_audit(make_findings(tmp_path, now, before)))
    lines = recalculate(tmp_path / "audit.xlsx", tmp_path)["異動"]
    titles = (
        "前回調査との対応",
        "新たなオンライン化",
        "オンライン化の取りやめ",
        "名称の変更",
        "所管課の変更",
    )
    assert {line["手続きID"]: tuple(line[title] for title in titles) for line in lines} == {
        "A": ("継続", "あり", "なし", "なし", "なし"),
        "B": ("継続", "なし", "あり", "あり", "なし"),
        "C": ("継続", "なし", "なし", "なし", "あり"),
        "E": ("新規", "なし", "なし", "なし", "なし"),
        "D": ("廃止", "なし", "なし", "なし", "なし"),
    }


def test_a_corrected_answer_says_so_beside_it(findings: Findings, audit: Path) -> None:
    told = [line["訂正"] for line in read_lines(audit)["今回の手続き"]]
    wanted = [
        f"年間件数：「{row.expected}」を「{row.value}」に訂正"
        f"（{row.reason}。{row.decided_by}、{row.decided_on}）"
        for row in findings.survey.corrections.itertuples()
    ]
    assert [text for text in told if text] == wanted
    assert len(wanted) == 1
    (found,) = findings.survey.corrections.to_dict("records")
    ids = findings.survey.rows["procedure_id"]
    assert ids[told.index(wanted[0])] == found["procedure_id"]


def write_alone(page: Page, *, cell_by_cell: bool) -> tuple[str, str]:
    """Return a page's sheet and the table of texts, as we fill them or as the library does."""
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as book:
        plain, head = book.add_format(), book.add_format({"bold": True})
        styles = {name: book.add_format({"num_format": code}) for name, code in FORMATS.items()}
        first = book.add_worksheet()
        for place, style in enumerate((head, *styles.values())):
            first.write_blank(0, place, None, style)
        sheet = book.add_worksheet("表", None if cell_by_cell else FilledSheet)
        if not cell_by_cell:
            sheet.fill(page, head, styles, plain, {})
        else:
            sheet.set_row(0, 2 * LINE_POINTS)
            for place, column in enumerate(page.columns):
                write_text(sheet, 0, place, column.title, head, plain=plain)
                for row, cell in enumerate(column.cells, start=1):
                    name = column.style if isinstance(column.style, str) else column.style[row - 1]
                    if name == "wrapped" and cell and count_lines(str(cell), column.width) > 1:
                        sheet.set_row(row, count_lines(str(cell), column.width) * LINE_POINTS)
                    if isinstance(cell, str):
                        write_text(sheet, row, place, cell, styles[name], plain=plain)
                    elif isinstance(cell, Formula):
                        sheet.write_formula(row, place, cell.text, styles[name], cell.value)
                    elif cell is not None:
                        sheet.write_number(row, place, float(cell), styles[name])
    with zipfile.ZipFile(written) as archive:
        parts = (archive.read(f"xl/{part}.xml") for part in ("worksheets/sheet2", "sharedStrings"))
        sheet_xml, texts = (part.decode() for part in parts)
    # Which columns of a row are filled is a hint of the library's, not part of a row's content.
    return re.sub(' spans="[^"]*"', "", sheet_xml), texts


def test_a_page_stands_in_the_file_as_the_library_writes_it_cell_by_cell() -> None:
    rows = len(TEXTS)
    numbers = (0, 1758, -4, Decimal("35.7"), None, Decimal("-0.1"), 10**12)
    values = (1, Decimal("8.3"), "—", "", '<&>"', -7)
    formulas = [Formula(f'=IF(A{at}<>"<&>",B1>2,"x")', value) for at, value in enumerate(values)]
    lines = ("一行", None, "長い文" * 20, "改行\n改行\n", "", TEXTS[0])
    styles: tuple[Style, ...] = ("count", "percent", "count", "corrected")
    columns = (
        AuditColumn("texts", "題<&>", 20, TEXTS),
        AuditColumn("numbers", "<r>数</r>", 9, (numbers * rows)[:rows], "count"),
        AuditColumn("formulas", "式", 9, (formulas * rows)[:rows], (styles * rows)[:rows]),
        AuditColumn("lines", "題<&>", 30, (lines * rows)[:rows], "wrapped"),
    )
    page = Page("表", columns, 0, len(columns))
    assert write_alone(page, cell_by_cell=False) == write_alone(page, cell_by_cell=True)


@pytest.mark.parametrize("content", [b"", b"PK\x05\x06" + bytes(18), b"figure_id,scope\n"])
def test_a_file_that_is_no_audit_workbook_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "audit.xlsx"
    path.write_bytes(content)
    with pytest.raises(ReportError, match=r"audit\.xlsx を検算のファイルとして読めません"):
        read_audit(path, ASKED)


def test_a_file_that_unpacks_to_more_than_any_survey_is_named(tmp_path: Path) -> None:
    path, padding = tmp_path / "audit.xlsx", f"<!--{' ' * 11 * 1024**2}-->"
    content = write_audit(make_findings(tmp_path, make_rows({})))
    path.write_bytes(change(content, SHEET, lambda text: text + padding))
    with pytest.raises(ReportError, match="検算のファイルとして読めません"):
        read_audit(path, ASKED)


def test_a_workbook_with_other_sheets_columns_or_answers_is_named(
    findings: Findings, tmp_path: Path
) -> None:
    with pytest.raises(ReportError, match=r"audit\.xlsx"):
        read_audit(tmp_path / "audit.xlsx", ASKED)
    found = make_findings(tmp_path, make_rows({}, {}))
    path = tmp_path / "audit.xlsx"
    for title, changed, why in (
        ("C1", "別の列", "見出しが違います"),
        ("L3", "済", "3行目の「オンライン化の状況」に知らない回答があります"),
        ("E2", "七", "数値の列に数値でないものがあります"),
        ("E2", 1.5, "数値の列に数値でないものがあります"),
    ):
        path.write_bytes(write_audit(found))
        book = openpyxl.load_workbook(path)
        book["今回の手続き"][title] = changed
        book.save(path)
        with pytest.raises(ReportError, match=why):
            read_audit(path, ASKED)
    del book["今回の手続き"]
    book.save(path)
    with pytest.raises(ReportError, match="シート「今回の手続き」がありません"):
        read_audit(path, ASKED)
