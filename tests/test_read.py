"""Reading workbooks: the table wherever it stands, and every row accounted for."""

import pandas as pd
import pytest
from openpyxl.styles import Font

from analysis.errors import SettingsError
from analysis.questionnaire.field import Field
from analysis.questionnaire.read import default_questionnaire
from analysis.survey.collect import collect_survey
from analysis.survey.store import FRAMES
from analysis.survey.survey import Survey

from workbooks import (
    FIELDS,
    RESPONDENT,
    build_workbook,
    make_cycle,
    not_started,
    procedure,
    save_bytes,
    sheet_of,
)


def codes(survey: Survey) -> list[str]:
    return list(survey.problems["code"])


def cells(survey: Survey, code: str) -> list[str]:
    found = survey.problems[survey.problems["code"] == code]
    return list(found["cell"])


def test_each_procedure_is_one_row_that_remembers_its_cells(tmp_path):
    survey = collect_survey(make_cycle(tmp_path, [procedure(1), not_started(2)]))
    row = survey.rows.iloc[1]
    assert (row["workbook"], row["sheet"], row["row"]) == ("環境部.xlsx", "調査票", 7)
    assert (row["status"], row["status_raw"], row["status_cell"]) == ("not_started", "未着手", "G7")
    assert survey.problems.empty


def test_blank_cells_have_an_address_and_no_raw_text(tmp_path):
    rows = collect_survey(make_cycle(tmp_path, [procedure()])).rows
    assert rows.loc[0, "remarks_cell"] == "Q6"
    assert pd.isna(rows.loc[0, "remarks_raw"])
    assert pd.isna(rows.loc[0, "remarks"])


def test_the_contract_of_columns_and_dtypes_holds(tmp_path):
    rows = collect_survey(make_cycle(tmp_path, [procedure()], None)).rows
    source = ["cycle", "department", "department_slug", "workbook", "sheet", "row", "hidden"]
    fields = default_questionnaire().fields
    answers = [f"{field.name}{part}" for field in fields for part in ("", "_raw", "_cell")]
    missing = [f"{field.name}_missing" for field in fields if field.kind == "number"]
    assert list(rows.columns) == [*source, *answers, *missing, "steps"]
    assert rows.columns.is_unique
    numbers = [name.removesuffix("_missing") for name in missing]
    other = {"row": "int64"} | dict.fromkeys(numbers, "Int64")
    assert {name: str(kind) for name, kind in rows.dtypes.items()} == {
        name: other.get(name, "str") for name in rows.columns
    }


def test_a_table_that_starts_lower_and_further_right_is_found(tmp_path):
    workbook = build_workbook([procedure()], top=12, left=4)
    survey = collect_survey(make_cycle(tmp_path, workbook))
    assert survey.rows.loc[0, "procedure_id_cell"] == "D14"
    assert survey.problems.empty


def test_columns_may_stand_in_any_order(tmp_path):
    workbook = build_workbook([procedure()], fields=FIELDS[::-1])
    survey = collect_survey(make_cycle(tmp_path, workbook))
    assert survey.rows.loc[0, ["procedure_id", "procedure_id_cell"]].tolist() == ["K-001", "Q6"]
    assert survey.problems.empty


def test_a_group_title_equal_to_a_column_title_is_not_that_column(tmp_path):
    workbook = build_workbook([procedure()])
    sheet = sheet_of(workbook)
    sheet["G4"] = "オンライン化の状況"
    sheet.merge_cells("G4:I4")
    survey = collect_survey(make_cycle(tmp_path, workbook))
    assert survey.rows.loc[0, "status_cell"] == "G6"
    assert survey.problems.empty


def test_a_group_title_above_a_column_without_title_is_not_that_columns(tmp_path):
    workbook = build_workbook([procedure()], fields=[*FIELDS, "", "last"])
    sheet = sheet_of(workbook)
    sheet.unmerge_cells("R4:R5")
    sheet.unmerge_cells("S4:S5")
    sheet["R4"], sheet["S4"] = "手数料", None
    sheet.merge_cells("R4:S4")
    assert "column_twice" not in codes(collect_survey(make_cycle(tmp_path, workbook)))


def test_a_header_merged_over_both_rows_throughout_ends_in_the_lower_one(tmp_path):
    workbook = build_workbook([procedure()])
    sheet = sheet_of(workbook)
    for column in "ABCDEFGHIJK":
        sheet[f"{column}4"] = sheet[f"{column}5"].value
        sheet.merge_cells(f"{column}4:{column}5")
    survey = collect_survey(make_cycle(tmp_path, workbook))
    assert survey.workbooks.loc[0, "procedures"] == 1
    assert survey.lines.empty


def test_titles_match_whatever_their_width_blanks_and_line_breaks(tmp_path):
    titles = {
        "procedure_id": "手続き ＩＤ",
        "status": "オンライン化の\n状況",
        "reason": "未着手の\u00a0理由",
    }
    titles["law_kind"] = "根拠区分\n（法令／条例・規則／要綱等）"
    survey = collect_survey(make_cycle(tmp_path, build_workbook([procedure()], titles=titles)))
    assert survey.problems.empty


def test_a_title_of_the_departments_own_needs_an_alias(tmp_path):
    workbook = build_workbook([procedure()], titles={"name": "事務の名称"})
    survey = collect_survey(make_cycle(tmp_path, workbook))
    assert codes(survey) == ["column_missing", "column_extra"]
    survey = collect_survey(make_cycle(tmp_path, workbook, headers={"事務の 名称": "手続き名"}))
    assert survey.problems.empty


def test_aliases_that_point_nowhere_are_all_named(tmp_path):
    cycle = make_cycle(
        tmp_path,
        [procedure()],
        headers={"状況": "オンラインの状況", "備考": "手続き名"},
        answers={"status": {"できた": "完了"}, "colour": {"赤": "あり"}, "fee": {"あり": "なし"}},
    )
    with pytest.raises(SettingsError, match="誤りが5件") as error:
        collect_survey(cycle)
    for found in ("「状況」", "「備考」", "「できた」", "answers.colour", "answers.fee.「あり」"):
        assert found in str(error.value)


def test_a_field_named_like_another_with_a_suffix_does_not_collide():
    parts = [
        f"{f.name}_{part}"
        for f in default_questionnaire().fields
        for part in ("raw", "cell", "held", "fill", "text")
    ]
    names = [field.name for field in default_questionnaire().fields]
    assert len(set(parts + names)) == len(parts + names)
    assert all(isinstance(field, Field) for field in default_questionnaire().fields)


def test_extra_columns_are_told_and_kept_but_for_the_respondents(tmp_path):
    respondent = f"担当者：{RESPONDENT}"
    fields = [*FIELDS[:3], respondent, *FIELDS[3:], "独自の欄"]
    line = procedure() | {respondent: RESPONDENT, "独自の欄": "メモ"}
    survey = collect_survey(make_cycle(tmp_path, build_workbook([line], fields=fields)))
    assert survey.workbooks.loc[0, "extra_columns"] == "担当者、独自の欄"
    assert codes(survey) == ["column_extra"]
    assert survey.extras[["title", "text"]].to_numpy().tolist() == [["独自の欄", "メモ"]]


def test_answers_in_a_column_without_a_title_are_told(tmp_path):
    workbook = build_workbook([procedure()])
    sheet_of(workbook)["S6"] = "メモ"
    survey = collect_survey(make_cycle(tmp_path, workbook))
    assert survey.workbooks.loc[0, "extra_columns"] == "見出しのないS列"


def test_a_missing_required_column_is_one_error(tmp_path):
    workbook = build_workbook([procedure(1), procedure(2)], fields=FIELDS[1:])
    survey = collect_survey(make_cycle(tmp_path, workbook))
    assert codes(survey) == ["column_missing"]
    assert "手続きID" in survey.problems.loc[0, "message"]


def test_rows_without_the_required_columns_are_not_errors_of_their_own(tmp_path):
    fields = [f for f in FIELDS if f not in {"procedure_id", "name", "status"}]
    workbook = build_workbook([procedure(1), procedure(2)], fields=fields)
    assert set(codes(collect_survey(make_cycle(tmp_path, workbook)))) == {"column_missing"}


def test_a_missing_optional_column_is_a_warning(tmp_path):
    workbook = build_workbook([procedure()], fields=[f for f in FIELDS if f != "fee"])
    survey = collect_survey(make_cycle(tmp_path, workbook))
    assert list(survey.problems["severity"]) == ["warning"]
    assert pd.isna(survey.rows.loc[0, "fee_cell"])


def test_a_column_that_stands_twice_is_an_error(tmp_path):
    workbook = build_workbook(
        [procedure()], fields=[*FIELDS, "again"], titles={"again": "手続き名"}
    )
    survey = collect_survey(make_cycle(tmp_path, workbook))
    assert codes(survey) == ["column_twice"]
    assert survey.problems.loc[0, "value"] == "C4、R4"


def test_a_merged_section_is_filled_down_with_the_cell_where_it_stands(tmp_path):
    workbook = build_workbook([procedure(1), procedure(2), procedure(3)])
    sheet_of(workbook).merge_cells("B6:B7")
    rows = collect_survey(make_cycle(tmp_path, workbook)).rows
    assert list(rows["section_cell"]) == ["B6", "B6", "B8"]
    assert list(rows["section"]) == ["環境政策課"] * 3


def test_any_vertically_merged_answer_is_filled_down(tmp_path):
    workbook = build_workbook([procedure(1, law="下水道法"), procedure(2, law=None)])
    sheet_of(workbook).merge_cells("D6:D7")
    rows = collect_survey(make_cycle(tmp_path, workbook)).rows
    assert list(rows["law"]) == ["下水道法", "下水道法"]
    assert list(rows["law_cell"]) == ["D6", "D6"]


def test_a_section_written_once_is_filled_down(tmp_path):
    lines = [procedure(1), procedure(2, section=None), None, procedure(3, section="\u3000")]
    rows = collect_survey(make_cycle(tmp_path, lines)).rows
    assert list(rows["section_cell"]) == ["B6", "B6", "B6"]
    assert list(rows["section"]) == ["環境政策課"] * 3


def test_a_section_is_not_filled_down_past_its_subtotal(tmp_path):
    lines = [procedure(1), [None, "小計", "1件"], procedure(2, section=None)]
    survey = collect_survey(make_cycle(tmp_path, lines))
    assert cells(survey, "required_missing") == ["B8"]


def test_other_blank_answers_are_not_filled_down(tmp_path):
    rows = collect_survey(make_cycle(tmp_path, [procedure(1), procedure(2, law=None)])).rows
    assert pd.isna(rows.loc[1, "law"])


def test_subtotal_blank_and_footnote_rows_are_counted_and_not_read(tmp_path):
    lines = [
        procedure(1),
        [None, "小計", "1件", None, None, 120],
        None,
        procedure(2, section="保全課"),
        ["保全課 計", None, None, None, None, 120],
        ["合計", "総手続き数", 2, "オンライン化済", 2, "着手済", 0, "未着手", 0],
        ["※ 年間件数は令和5年度の実績"],
        ["注1", "見込みを含む"],
    ]
    survey = collect_survey(make_cycle(tmp_path, lines))
    assert survey.workbooks.loc[0, ["procedures", "hidden_rows"]].tolist() == [2, 0]
    assert survey.lines[["row", "kind", "cell"]].to_numpy().tolist() == [
        [7, "subtotal", "B7"],
        [8, "blank", "A8"],
        [10, "subtotal", "A10"],
        [11, "total", "A11"],
        [12, "footnote", "A12"],
        [13, "footnote", "A13"],
    ]
    assert list(survey.rows["procedure_id"]) == ["K-001", "K-002"]
    assert survey.problems.empty


def test_the_foots_own_totals_are_read(tmp_path):
    foot = ["合計", "総手続き数", 2, "オンライン化済", "１", "着手済", "0件", "未着手", 1]
    survey = collect_survey(make_cycle(tmp_path, [procedure(1), not_started(2), foot]))
    names = ["stated_total", "stated_online", "stated_started", "stated_not_started"]
    assert survey.workbooks.loc[0, names].tolist() == [2, 1, 0, 1]
    assert survey.problems.empty


def test_a_name_that_begins_like_a_footnote_is_a_procedure(tmp_path):
    survey = collect_survey(make_cycle(tmp_path, [{"name": "注射済票の再交付"}]))
    assert cells(survey, "required_missing") == ["A6", "B6", "G6"]


def test_a_row_without_id_is_an_error_and_stays(tmp_path):
    survey = collect_survey(make_cycle(tmp_path, [procedure(1), procedure(2, procedure_id=None)]))
    assert cells(survey, "required_missing") == ["A7"]
    assert survey.rows.loc[1, "name"] == "届出その2"


def test_a_row_that_is_neither_procedure_nor_note_is_an_error(tmp_path):
    lines = [procedure(1), [None, None, None, None, RESPONDENT]]
    survey = collect_survey(make_cycle(tmp_path, lines))
    assert cells(survey, "row_unknown") == ["E7"]
    assert len(survey.rows) == 1


def test_hidden_rows_are_read_and_told(tmp_path):
    workbook = build_workbook([procedure(1), procedure(2)])
    sheet_of(workbook).row_dimensions[7].hidden = True
    survey = collect_survey(make_cycle(tmp_path, workbook))
    assert list(survey.rows["hidden"]) == ["no", "yes"]
    assert survey.workbooks.loc[0, "hidden_rows"] == 1
    assert codes(survey) == ["rows_hidden"]


def test_the_sheet_with_the_table_is_read_and_the_others_are_told(tmp_path):
    workbook = build_workbook([procedure()])
    workbook.create_sheet("記入要領", 0)["A1"] = "手続きIDは変更しないでください"
    survey = collect_survey(make_cycle(tmp_path, workbook))
    assert survey.workbooks.loc[0, ["sheet", "other_sheets"]].tolist() == ["調査票", "記入要領"]


def test_an_example_sheet_gives_way_to_the_table(tmp_path):
    workbook = build_workbook([procedure()])
    copy = workbook.copy_worksheet(sheet_of(workbook))
    copy.title = "記入例"
    workbook.move_sheet(copy, -1)
    survey = collect_survey(make_cycle(tmp_path, workbook))
    assert survey.workbooks.loc[0, "sheet"] == "調査票"
    assert survey.problems.empty


def test_two_tables_are_an_error_and_neither_is_chosen(tmp_path):
    workbook = build_workbook([procedure()])
    workbook.copy_worksheet(sheet_of(workbook)).title = "調査票2"
    survey = collect_survey(make_cycle(tmp_path, workbook))
    assert codes(survey) == ["table_twice"]
    assert survey.rows.empty


def test_the_respondents_name_is_nowhere(tmp_path):
    workbook = build_workbook([procedure(), ["記入者", RESPONDENT, "内線 1234"]])
    sheet = sheet_of(workbook)
    sheet["B1"] = None
    sheet["C1"], sheet["D1"] = "記入者", RESPONDENT
    survey = collect_survey(make_cycle(tmp_path, workbook))
    assert codes(survey) == ["department_missing"]
    for name in FRAMES:
        frame = getattr(survey, name)
        assert not frame.astype("str").apply(lambda c: c.str.contains("花子")).any(axis=None)


def test_another_departments_workbook_is_an_error(tmp_path):
    survey = collect_survey(
        make_cycle(tmp_path, build_workbook([procedure()], department="税務部"))
    )
    assert (codes(survey), cells(survey, "department_differs")) == (["department_differs"], ["B1"])


@pytest.mark.parametrize("text", ["部局名：環境部", "部局名: 環 境 部"])
def test_the_department_may_stand_in_its_labels_cell(tmp_path, text):
    workbook = build_workbook([procedure()])
    sheet_of(workbook)["A1"], sheet_of(workbook)["B1"] = text, None
    assert collect_survey(make_cycle(tmp_path, workbook)).problems.empty


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "workbook_empty"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "workbook_not_xlsx"),
        (b"id,name\n", "workbook_text"),
        (None, "workbook_missing"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_error_and_the_others_are_read(tmp_path, content, code):
    survey = collect_survey(make_cycle(tmp_path, content, [procedure()]))
    assert codes(survey) == [code]
    assert survey.problems.loc[0, "workbook"] == "環境部.xlsx"
    assert list(survey.rows["department"]) == ["こども部"]
    states = {"workbook_missing": "missing"}
    assert list(survey.workbooks["state"]) == [states.get(code, "unreadable"), "answered"]


def test_a_damaged_workbook_is_an_error(tmp_path):
    content = bytearray(save_bytes(build_workbook([procedure()])))
    at = content.find(b"xl/worksheets/sheet1.xml") + 100
    content[at : at + 200] = b"\xff" * 200
    survey = collect_survey(make_cycle(tmp_path, bytes(content)))
    assert codes(survey) == ["workbook_altered"]


def test_a_workbook_without_a_table_is_an_error(tmp_path):
    workbook = build_workbook([])
    sheet_of(workbook).delete_rows(1, 9)
    assert codes(collect_survey(make_cycle(tmp_path, workbook))) == ["table_missing"]


def test_a_table_without_procedures_is_an_error(tmp_path):
    assert codes(collect_survey(make_cycle(tmp_path, []))) == ["rows_missing"]


def test_a_formula_saved_without_its_result_is_an_error(tmp_path):
    survey = collect_survey(make_cycle(tmp_path, [procedure(annual_volume="=60*2")]))
    assert cells(survey, "formula_without_value") == ["F6"]


def test_an_excel_error_value_is_an_error_in_any_field(tmp_path):
    survey = collect_survey(make_cycle(tmp_path, [procedure(remarks="#REF!")]))
    assert cells(survey, "cell_error") == ["Q6"]


def test_a_date_that_excel_cannot_show_is_an_error(tmp_path):
    workbook = build_workbook([procedure(online_date=99999999)])
    sheet_of(workbook)["H6"].number_format = "yyyy/m/d"
    survey = collect_survey(make_cycle(tmp_path, workbook))
    assert cells(survey, "cell_error") == ["H6"]


def test_an_escaped_line_end_is_a_line_end(tmp_path):
    rows = collect_survey(make_cycle(tmp_path, [procedure(remarks="a_x000D_\nb")])).rows
    assert rows.loc[0, "remarks_raw"] == "a\nb"


def test_a_file_that_no_department_is_expected_to_send_is_told(tmp_path):
    cycle = make_cycle(tmp_path, [procedure()])
    build_workbook([], department="消防本部").save(cycle.raw_folder / "消防本部.xlsx")
    (cycle.raw_folder / "~$環境部.xlsx").write_bytes(b"lock")
    survey = collect_survey(cycle)
    assert survey.problems[["workbook", "code"]].to_numpy().tolist() == [
        ["消防本部.xlsx", "workbook_unlisted"]
    ]


def test_a_file_name_as_macs_store_it_is_found(tmp_path):
    cycle = make_cycle(tmp_path, [procedure(1)], [procedure(2)])
    path = cycle.raw_folder / "こども部.xlsx"
    path.rename(cycle.raw_folder / "こと\u3099も部.xlsx")
    survey = collect_survey(cycle)
    assert list(survey.workbooks["state"]) == ["answered", "answered"]
    assert survey.problems.empty


def test_colours_and_comments_change_nothing(tmp_path):
    workbook = build_workbook([procedure()])
    sheet_of(workbook)["G6"].font = Font(color="FF0000")
    assert collect_survey(make_cycle(tmp_path, workbook)).problems.empty
