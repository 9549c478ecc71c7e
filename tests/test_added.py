"""One entry more in survey.toml is all that a column or a rule needs."""

import datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from analysis.questionnaire.read import TEMPLATE_PATH, default_questionnaire

from deliveries import run_command, run_copy
from workbooks import FIELDS, make_cycle, not_started, procedure

pytestmark = pytest.mark.slow

THEN, NOW = "2024-09-01", "2025-03-31"
COLUMN = f"""
[[field]]
name = "counter"
header = "受付の窓口"
help = "書面を受け付ける窓口の名称を記入してください。"
kind = "text"
group = "窓口"
width = 21
example = "市民課の窓口"
printed = true
since = {NOW}
"""
RULE = """
[[rule]]
code = "counter_missing"
severity = "error"
field = "counter"
when = { status = ["started", "not_started"], counter = "blank" }
"""
TITLE = "「オンライン化の状況」が「着手済」か「未着手」のときは、「受付の窓口」を記入する。"
MESSAGE = "「オンライン化の状況」が「着手済」か「未着手」ですが、「受付の窓口」が空欄です。"
AT = len(default_questionnaire().list_fields(datetime.date.fromisoformat(NOW))) + 1
LETTER = openpyxl.utils.get_column_letter(AT)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a survey whose survey.toml has the two entries more, with the forms of both cycles."""
    folder = tmp_path_factory.mktemp("added")
    make_cycle(folder, [procedure(1), not_started(2), not_started(3)])
    template = TEMPLATE_PATH.read_text(encoding="utf-8")
    (folder / "data/raw/survey.toml").write_text(f"{template}{COLUMN}{RULE}", encoding="utf-8")
    run_command(folder, "new-cycle", NOW)
    run_command(folder, "form", THEN)
    run_command(folder, "form", NOW)
    return folder


@pytest.fixture(scope="module")
def said(folder: Path) -> str:
    """Fill the form with one answer missing and one that no type can show, and check it."""
    path = folder / f"data/processed/{NOW}/forms/環境部.xlsx"
    book = openpyxl.load_workbook(path)
    for row, answer in ((7, "\ue000の窓口"), (8, "市民課"), (9, None)):
        book["調査票"][f"{LETTER}{row}"] = answer
    book.save(folder / f"data/raw/{NOW}/環境部.xlsx")
    ends = "try: main()\nexcept SystemExit as end: assert end.code == 1"
    return run_copy(folder, f"from analysis.cli import main\n{ends}", "check", NOW)


def open_form(folder: Path, cycle: str) -> Workbook:
    return openpyxl.load_workbook(folder / f"data/processed/{cycle}/forms/環境部.xlsx")


def list_marks(sheet: Worksheet) -> dict[str, str]:
    marks = sheet.conditional_formatting._cf_rules.items()
    return {str(place.sqref).split("7")[0]: rules[0].formula[0] for place, rules in marks}


def list_texts(sheet: Worksheet) -> list[object]:
    return [cell.value for row in sheet.iter_rows() for cell in row if cell.value]


def test_the_form_has_the_column_with_its_group_width_hint_and_mark(folder: Path) -> None:
    book = open_form(folder, NOW)
    sheet = book["調査票"]
    assert [sheet.cell(row, AT).value for row in (5, 6)] == ["窓口", "受付の窓口"]
    assert round(sheet.column_dimensions[LETTER].width) == 22
    assert not sheet[f"{LETTER}7"].protection.locked
    assert sheet.auto_filter.ref.split(":")[1].startswith(LETTER)
    (hint,) = (v for v in sheet.data_validations.dataValidation if v.promptTitle == "受付の窓口")
    assert str(hint.sqref).startswith(f"{LETTER}7:{LETTER}")
    marks = list_marks(sheet)
    blank = f'LEN(TRIM(SUBSTITUTE(${LETTER}7,"\u3000","")))=0'
    assert marks[LETTER] == f'AND(OR($G7="着手済",$G7="未着手"),{blank})'
    assert f"COUNTA($A7:${LETTER}7)>0" in marks["A"]


def test_the_guide_tells_of_the_column_and_of_the_rule(folder: Path) -> None:
    texts = list_texts(open_form(folder, NOW)["記入要領"])
    assert {"受付の窓口", "市民課の窓口", TITLE} <= {*texts}


def test_a_breach_is_told_in_the_columns_cell_and_sent_back_there(folder: Path, said: str) -> None:
    assert f"環境部.xlsx 調査票!{LETTER}9: {MESSAGE}" in said
    assert "誤り 1件" in said
    path = folder / f"data/processed/{NOW}/returned/環境部.xlsx"
    sheet = openpyxl.load_workbook(path)["調査票"]
    assert MESSAGE in sheet[f"{LETTER}9"].comment.text
    assert sheet[f"{LETTER}8"].comment is None


@pytest.mark.usefixtures("said")
def test_what_a_report_prints_of_it_is_looked_at_before(folder: Path) -> None:
    printed = run_copy(
        folder,
        "from analysis.cycle import open_cycle\n"
        "from analysis.document.fonts import require_glyphs\n"
        "from analysis.errors import ReportError\n"
        "from analysis.survey.collect import collect_survey\n"
        "survey = collect_survey(open_cycle(None))\n"
        "try: require_glyphs(survey.rows, survey.asked.fields)\n"
        "except ReportError as error: print(error)",
    )
    assert f"環境部.xlsx 調査票!{LETTER}7: " in printed


def test_a_cycle_that_was_asked_without_the_column_hears_nothing_of_it(folder: Path) -> None:
    said = run_command(folder, "check", THEN)
    assert [f"{kind} 0件" in said for kind in ("誤り", "要確認", "参考")] == [True] * 3
    assert not list(folder.glob(f"data/processed/{THEN}/returned/*"))
    book = open_form(folder, THEN)
    assert book["調査票"].max_column == len(FIELDS)
    assert not {"受付の窓口", TITLE} & {*list_texts(book["記入要領"])}
    assert LETTER not in list_marks(book["調査票"])


@pytest.mark.parametrize(("cycle", "is_listed"), [(THEN, False), (NOW, True)])
@pytest.mark.usefixtures("said")
def test_the_quality_report_lists_the_rule_where_it_holds(
    folder: Path, cycle: str, *, is_listed: bool
) -> None:
    printed = run_copy(
        folder,
        "from analysis.cycle import open_cycle\n"
        "from analysis.figures.findings import load_findings\n"
        "from analysis.reports.rules import show_rules\n"
        "from analysis.survey.collect import collect_survey\n"
        "from dataclasses import replace\n"
        f"findings = load_findings(open_cycle({THEN!r}), collect_survey)\n"
        f"findings = replace(findings, cycle=open_cycle({cycle!r}))\n"
        "for row in show_rules(findings).rows: print(row[0])",
    )
    assert (TITLE in printed.splitlines()) == is_listed
