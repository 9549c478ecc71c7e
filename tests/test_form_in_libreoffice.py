"""A form filled in by LibreOffice, and a returned workbook corrected in it, are read as meant."""

import datetime
import shutil
from pathlib import Path

import openpyxl
import pytest
from openpyxl.formula.translate import Translator

from analysis.cycle import Cycle
from analysis.forms.new_cycle import begin_cycle
from analysis.forms.returned.write import return_workbooks
from analysis.forms.write import write_forms
from analysis.survey.collect import collect_survey

from spreadsheets import type_into, work_out
from workbooks import make_cycle, not_started, procedure

pytestmark = pytest.mark.slow

NEXT = "2025-03-31"


@pytest.fixture
def cycle(tmp_path: Path) -> Cycle:
    lines = [not_started(1), procedure(2, status="着手済", online_date=None), procedure(3)]
    make_cycle(tmp_path, lines)
    return begin_cycle(NEXT, tmp_path)


def hand_in(cycle: Cycle, path: Path) -> None:
    shutil.copy(path, cycle.raw_folder / "環境部.xlsx")


def test_what_is_typed_into_a_form_is_what_is_read(cycle: Cycle, tmp_path: Path) -> None:
    (form,) = write_forms(cycle)
    typed = {
        "B4": "郡山 花子",
        "G7": "オンライン化済",
        "H7": "R7.1.15",
        "J7": "",
        "G8": "オンライン化済",
        "H8": "令和6年12月",
        "F9": "不明",
        "A9": "X-999",
        "B3": "税務部",
        "A10": "K-010",
        "B10": "環境政策課",
        "C10": "新しい届出（第1号）",
        "F10": "12",
        "G10": "未着手",
        "J10": "その他理由で不可",
        "K10": '様式が"紙"のため',
    }
    hand_in(cycle, type_into(form.path, tmp_path, "調査票", typed))
    survey = collect_survey(cycle)
    assert list(survey.problems["severity"].unique()) in ([], ["notice"])
    rows = survey.rows.astype(object).where(survey.rows.notna(), None)
    names = ["procedure_id", "annual_volume", "status", "online_date", "reason", "reason_detail"]
    assert rows[names].to_numpy().tolist() == [
        ["K-001", 120, "online", "2025-01-15", None, None],
        ["K-002", 120, "online", "2024-12", None, None],
        ["K-003", None, "online", "2024-04-01", None, None],
        ["K-010", 12, "not_started", None, "other", '様式が"紙"のため'],
    ]
    assert rows["name"].tolist() == ["届出その1", "届出その2", "届出その3", "新しい届出（第1号）"]
    assert survey.workbooks[["stated_total", "stated_online"]].to_numpy().tolist() == [[4, 3]]


def test_cells_are_coloured_while_they_need_an_answer_or_break_a_rule(
    cycle: Cycle, tmp_path: Path
) -> None:
    sound = {"A": "K-1", "B": "課", "C": "届出", "G": "着手済"}
    waiting = sound | {"G": "未着手"}
    online = sound | {"G": "オンライン化済"}
    day = datetime.date(2025, 3, 31)
    cases: list[tuple[dict[str, object], set[str]]] = [
        (sound, set()),
        ({}, set()),
        ({"Q": "メモ"}, {"A", "B", "C", "G"}),
        (sound | {"C": "　"}, {"C"}),
        (waiting, {"J"}),
        (waiting | {"J": "未検討"}, set()),
        (waiting | {"J": "その他理由で不可"}, {"K"}),
        (waiting | {"J": "その他理由で不可", "K": "様式のため"}, set()),
        (waiting | {"J": "未検討", "H": "令和6年4月"}, {"H"}),
        (online, {"H"}),
        (online | {"H": day}, set()),
        (online | {"H": "令和6年4月"}, set()),
        (online | {"H": day + datetime.timedelta(days=1)}, {"H"}),
        (online | {"H": day, "J": "未検討"}, {"J"}),
        (sound | {"J": "未検討"}, {"J"}),
        (sound | {"A": "07-01"}, {"A"}),
        (sound | {"A": "07-01"}, {"A"}),
        (sound | {"A": "7-1"}, set()),
    ]
    (form,) = write_forms(cycle)
    book = openpyxl.load_workbook(form.path)
    sheet = book["調査票"]
    for row, (typed, _) in enumerate(cases, start=7):
        for column in "ABCDEFGHIJKLMNOPQ":
            sheet[f"{column}{row}"] = typed.get(column)
        if typed.get("A") == "K-1":
            sheet[f"A{row}"] = f"K-{row}"
    rules = [
        (str(place.sqref)[0], f"={rule.formula[0]}")
        for place, found in sheet.conditional_formatting._cf_rules.items()
        for rule in found
    ]
    for row in range(7, 7 + len(cases)):
        for number, (_, formula) in enumerate(rules, start=20):
            moved = Translator(formula, "A7").translate_formula(f"A{row}")
            sheet.cell(row, number, moved)
    book.save(tmp_path / "cases.xlsx")
    path = work_out(tmp_path / "cases.xlsx", tmp_path)
    values = openpyxl.load_workbook(path, data_only=True)["調査票"]
    coloured = [
        {column for number, (column, _) in enumerate(rules, 20) if values.cell(row, number).value}
        for row in range(7, 7 + len(cases))
    ]
    assert coloured == [expected for _, expected in cases]


def test_lists_colours_and_locks_outlive_libreoffice(cycle: Cycle, tmp_path: Path) -> None:
    (form,) = write_forms(cycle)
    before = openpyxl.load_workbook(form.path)["調査票"]
    saved = type_into(form.path, tmp_path, "調査票", {"Q7": "済"})
    after = openpyxl.load_workbook(saved)["調査票"]
    lists = [
        {
            str(rule.sqref): rule.formula1
            for rule in sheet.data_validations.dataValidation
            if rule.type in ("list", "custom")
        }
        for sheet in (before, after)
    ]
    assert lists[0] == lists[1]
    marks = [
        {
            str(place.sqref): sorted(rule.formula[0] for rule in rules)
            for place, rules in sheet.conditional_formatting._cf_rules.items()
        }
        for sheet in (before, after)
    ]
    assert marks[0] == marks[1]
    assert after.protection.sheet
    assert [after[cell].protection.locked for cell in ("A7", "B7", "A10")] == [True, False, False]
    assert after.print_title_rows == before.print_title_rows
    assert after.page_setup.orientation == "landscape"


def test_a_returned_workbook_corrected_in_libreoffice_is_sound(
    cycle: Cycle, tmp_path: Path
) -> None:
    (form,) = write_forms(cycle)
    faults = {"G7": "着手済", "H9": "2025-04-01", "A11": "K-003", "C11": "重複", "G11": "着手済"}
    faults["B11"] = "環境政策課"
    hand_in(cycle, type_into(form.path, tmp_path, "調査票", faults))
    survey = collect_survey(cycle)
    found = survey.problems[survey.problems["severity"] != "notice"]
    assert list(found["cell"]) == ["J7", "A9", "H9", "A11"]
    (returned,) = return_workbooks(cycle, survey)
    assert returned.path is not None
    mended = {"J7": "", "H9": "2025-03-31", "A11": "K-011"}
    hand_in(cycle, type_into(returned.path, tmp_path, "調査票", mended))
    survey = collect_survey(cycle)
    assert list(survey.problems["severity"].unique()) in ([], ["notice"])
    assert survey.rows["procedure_id"].tolist() == ["K-001", "K-002", "K-003", "K-011"]
    assert return_workbooks(cycle, survey) == []


def test_marks_are_taken_off_after_libreoffice_too(cycle: Cycle, tmp_path: Path) -> None:
    (form,) = write_forms(cycle)
    hand_in(cycle, type_into(form.path, tmp_path, "調査票", {"A10": "K-003", "C10": "重複"}))
    (returned,) = return_workbooks(cycle, collect_survey(cycle))
    assert returned.path is not None
    marked = openpyxl.load_workbook(returned.path)["調査票"]
    assert not marked["A9"].protection.locked
    hand_in(cycle, type_into(returned.path, tmp_path, "調査票", {"A10": "K-010"}))
    (returned,) = return_workbooks(cycle, collect_survey(cycle))
    assert returned.path is not None
    book = openpyxl.load_workbook(returned.path)
    assert book.sheetnames == ["確認事項", "調査票", "記入要領"]
    sheet = book["調査票"]
    assert sheet["A9"].comment is None
    assert sheet["A9"].protection.locked
    assert sheet["A9"].fill.fgColor.rgb == "FFE7E6E6"
    assert sheet["G10"].comment is not None
