"""Corrections: decided, reasoned, and applied only to the text they were decided for."""

import pandas as pd
import pytest

from analysis.errors import SettingsError
from analysis.survey.alike import describe_alike
from analysis.survey.collect import collect_survey
from analysis.survey.problems import describe, problems_from_frame
from analysis.survey.survey import Survey

from workbooks import FIELDS, build_workbook, make_cycle, not_started, procedure, sheet_of


def entry(**changes: str) -> str:
    values = {
        "procedure_id": "K-001",
        "field": "status",
        "expected": "おんらいん",
        "value": "オンライン化済",
        "reason": "電話で確認",
        "decided_by": "DX戦略課",
        "decided_on": "2024-09-10",
    } | changes
    lines = [f'{key} = "{value}"' for key, value in values.items() if key != "decided_on"]
    return "\n".join(["[[correction]]", *lines, f"decided_on = {values['decided_on']}", ""])


def collect(tmp_path, corrections: str, *lines: object) -> Survey:
    content = list(lines) or [procedure(1, status="おんらいん"), not_started(2)]
    return collect_survey(make_cycle(tmp_path, content, corrections=corrections))


def test_a_correction_changes_the_value_and_not_the_raw_text(tmp_path):
    survey = collect(tmp_path, entry())
    assert survey.rows.loc[0, ["status", "status_raw"]].tolist() == ["online", "おんらいん"]
    assert survey.problems.empty


def test_an_applied_correction_is_told_with_its_cell_and_reason(tmp_path):
    (row,) = collect(tmp_path, entry()).corrections.to_dict("records")
    assert row == {
        "procedure_id": "K-001",
        "field": "status",
        "department": "環境部",
        "department_slug": "kankyo",
        "workbook": "環境部.xlsx",
        "sheet": "調査票",
        "cell": "G6",
        "expected": "おんらいん",
        "value": "オンライン化済",
        "reason": "電話で確認",
        "decided_by": "DX戦略課",
        "decided_on": "2024-09-10",
    }


def test_a_field_may_be_named_as_the_form_names_its_column(tmp_path):
    survey = collect(tmp_path, entry(field="オンライン化の状況"))
    assert survey.corrections["field"].tolist() == ["status"]
    assert survey.rows.loc[0, "status"] == "online"


def test_a_correction_of_a_column_that_is_missing_names_the_sheet(tmp_path):
    fields = [name for name in FIELDS if name != "remarks"]
    book = build_workbook([procedure(1)], fields=fields)
    change = entry(field="remarks", expected="再確認", value="")
    survey = collect_survey(make_cycle(tmp_path, book, corrections=change))
    entries = survey.problems.loc[survey.problems["workbook"] == "corrections.toml", "cell"]
    assert list(entries) == [
        "手続き「K-001」の訂正（環境部.xlsx 調査票、備考は「再確認」ではなく「」）"
    ]


def test_of_many_rows_that_a_correction_may_mean_the_first_are_named(tmp_path):
    lines = [procedure(1, status="おんらいん")] * 7
    problems = collect(tmp_path, entry(), *lines).problems
    (told,) = problems[problems["code"] == "correction_ambiguous"].to_dict("records")
    assert told["message"] == "当てはまる行が7行あります。"
    assert told["cell"].endswith("環境部.xlsx 調査票!G10 ほか2か所）")


def test_corrections_that_fail_for_one_cause_are_one_line(tmp_path):
    changes = "".join(entry(procedure_id=f"Z-{n}", expected=f"答{n}") for n in range(100))
    survey = collect(tmp_path, changes)
    wrong = (p for p in problems_from_frame(survey.problems) if p.workbook == "corrections.toml")
    (line,) = describe_alike(wrong, survey.asked.rules)
    first = "手続き「Z-0」の訂正（オンライン化の状況「答0」→「オンライン化済」）"
    assert line.startswith(f"100件（corrections.toml {first}、手続き「Z-1」")
    assert line.endswith(
        " ほか95件）: この手続きが調査票にありません。"
        "手続きIDを確かめるか、要らなくなった訂正を削ってください。"
    )


def test_a_correction_is_cleaned_like_an_answer(tmp_path):
    survey = collect(tmp_path, entry(value="完了"))
    assert list(survey.problems["code"]) == ["answer_unknown"]


def test_a_blank_cell_can_be_filled_and_a_filled_one_cleared(tmp_path):
    corrections = entry(procedure_id="Ｋ－００２", field="remarks", expected="", value="再確認")
    corrections += entry(procedure_id="K-002", field="law", expected="環境基本条例", value="")
    rows = collect(tmp_path, corrections + entry()).rows
    assert rows.loc[1, "remarks"] == "再確認"
    assert pd.isna(rows.loc[1, "remarks_raw"])
    assert pd.isna(rows.loc[1, "law"])


def test_an_id_that_stands_twice_can_be_corrected_where_the_rows_differ(tmp_path):
    lines = [procedure(1), procedure(1, procedure_id="K－001", name="別の届出")]
    change = entry(field="procedure_id", expected="K－001", value="K-009")
    survey = collect(tmp_path, change, *lines)
    assert list(survey.rows["procedure_id"]) == ["K-001", "K-009"]
    assert survey.problems.empty


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"procedure_id": "K-404"}, "correction_row_missing"),
        ({"expected": "オンライン"}, "correction_value_differs"),
        ({"field": "colour"}, "correction_field_unknown"),
    ],
)
def test_a_correction_that_does_not_fit_is_an_error(tmp_path, changes, code):
    problems = collect(tmp_path, entry(**changes)).problems
    found = problems[problems["workbook"] == "corrections.toml"]
    assert found[["code", "severity"]].to_numpy().tolist() == [[code, "error"]]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"procedure_id": "K-404"}, ["K-404", "「おんらいん」→「オンライン化済」", "手続きID"]),
        ({"expected": "済み"}, ["K-001", "「済み」ではなく「おんらいん」", "G6", "訂正を削って"]),
    ],
)
def test_its_message_names_file_procedure_field_both_values_and_what_to_do(tmp_path, changes, told):
    problems = problems_from_frame(collect(tmp_path, entry(**changes)).problems)
    (text,) = [describe(p) for p in problems if p.workbook == "corrections.toml"]
    assert text.startswith("corrections.toml 手続き「")
    assert [words for words in (*told, "オンライン化の状況") if words not in text] == []


def test_a_correction_that_fits_two_rows_is_an_error(tmp_path):
    lines = [procedure(1, status="おんらいん"), procedure(1, status="おんらいん")]
    problems = collect(tmp_path, entry(), *lines).problems
    assert "correction_ambiguous" in set(problems["code"])


def test_a_cell_that_a_merge_makes_of_two_rows_is_named_once(tmp_path):
    workbook = build_workbook([procedure(1, status="おんらいん"), procedure(2)])
    for cells in ("A6:A7", "G6:G7"):
        sheet_of(workbook).merge_cells(cells)
    problems = collect_survey(make_cycle(tmp_path, workbook, corrections=entry())).problems
    (told,) = [
        describe(found)
        for found in problems_from_frame(problems)
        if found.code == "correction_ambiguous"
    ]
    assert "（環境部.xlsx 調査票!G6）: 当てはまる行が2行あります。" in told


def test_two_corrections_of_one_cell_are_an_error(tmp_path):
    survey = collect(tmp_path, entry() + entry(value="着手済"))
    assert list(survey.problems["code"]) == ["correction_twice"]
    assert survey.rows.loc[0, "status"] == "online"


@pytest.mark.parametrize("text", [entry(reason=" "), "[[correction]]\nfield = 'status'", "x = 1"])
def test_a_corrections_file_with_gaps_is_refused(tmp_path, text):
    with pytest.raises(SettingsError, match=r"corrections\.toml"):
        collect(tmp_path, text)
