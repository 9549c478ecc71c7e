"""A row that a column of its own says is out is never counted without a word that stops."""

import datetime

import pytest
from openpyxl import Workbook

from analysis.survey.collect import collect_survey
from analysis.survey.survey import Survey

from workbooks import FIELDS, build_workbook, make_cycle, not_started, procedure, sheet_of


def with_column(title: str, *values: object, group: str | None = None) -> Workbook:
    """Return the form with a column at its end, a procedure for each of its values."""
    lines = [procedure(n) | {title: value} for n, value in enumerate(values, 1)]
    workbook = build_workbook(lines, fields=[*FIELDS, title])
    if group:
        sheet = sheet_of(workbook)
        sheet.unmerge_cells("R4:R5")
        sheet["R4"], sheet["R5"] = group, title
    return workbook


def collect(tmp_path, workbook: Workbook, **headers: str) -> Survey:
    return collect_survey(make_cycle(tmp_path, workbook, headers=headers))


def told(survey: Survey) -> list[list[str]]:
    found = survey.problems[survey.problems["severity"] != "notice"]
    return found[["code", "cell"]].to_numpy().tolist()


@pytest.mark.parametrize(
    "title",
    [
        "削除日",
        "廃止日",
        "廃止 年月日",
        "廃止年月",
        "廃止時期",
        "廃止年度",
        "統廃合",
        "統廃合日",
        "廃止・統合日",
        "廃止または統合の年月日",
        "廃止した場合の日付",
        "手続きの廃止日",
        "廃止",
        "廃止済",
        "削除フラグ",
        "廃止の有無",
        "廃止理由",
        "統合先",
        "統合先手続きID",
        "移管先",
        "振り直し",
        "廃止日（西暦）",
    ],
)
def test_a_filled_cell_of_a_column_that_is_there_to_say_so_stops(tmp_path, title):
    survey = collect(tmp_path, with_column(title, "2024-03-31", None, "－", "3794", "なし"))
    assert told(survey) == [["row_removed", "R6"], ["row_removed", "R9"]]


@pytest.mark.parametrize(
    "title",
    [
        "廃止予定日",
        "廃止日（予定）",
        "廃止届の有無",
        "統合元",
        "統合元手続きID",
        "廃止条例",
        "休止・廃止の届出",
        "有効期限",
        "統合型GIS",
        "削除済データの保存年限",
    ],
)
def test_another_column_with_such_a_word_says_nothing_of_the_row(tmp_path, title):
    assert told(collect(tmp_path, with_column(title, "2024-03-31"))) == []


OUT = [
    ("2024-09-01", True),
    ("2024-09-02", False),
    ("令和6年8月", True),
    ("令和6年10月", False),
    ("R7.3.31", False),
    ("2024", True),
    (datetime.date(2024, 3, 31), True),
    (datetime.date(2025, 3, 31), False),
    (45382, True),
    ("令和6年度末", True),
    ("廃止", True),
    ("〃", True),
    ("1", True),
    ("○", True),
    ("0", False),
    ("×", False),
    ("未定", False),
    ("9999-12-31", False),
    (" ", False),
]
"""What a cell says of a row, and whether the row is out by it."""


def test_only_a_day_after_the_surveys_and_a_no_leave_the_row_in(tmp_path):
    found = told(collect(tmp_path, with_column("廃止日", *(value for value, _ in OUT))))
    wanted = [["row_removed", f"R{row}"] for row, (_, is_out) in enumerate(OUT, 6) if is_out]
    assert found == wanted


def test_a_number_where_an_id_stands_is_no_day_to_come(tmp_path):
    found = told(collect(tmp_path, with_column("統合先", "45700", "2044")))
    assert found == [["row_removed", "R6"], ["row_removed", "R7"]]


def test_a_title_begun_in_its_group_is_read_whole(tmp_path):
    found = told(collect(tmp_path, with_column("年月日", "2024-03-31", group="廃止")))
    assert found == [["row_removed", "R6"]]


def test_a_cell_merged_over_several_rows_says_it_of_each_and_is_told_once(tmp_path):
    workbook = with_column("廃止日", "2024-03-31", None, None)
    sheet_of(workbook).merge_cells("R6:R7")
    assert told(collect(tmp_path, workbook)) == [["row_removed", "R6"]]


def test_a_column_that_the_cycle_refuses_says_nothing(tmp_path):
    survey = collect(tmp_path, with_column("廃止日", "2024-03-31"), 廃止日="")
    assert told(survey) == []
    survey = collect(tmp_path, with_column("メモ", "廃止"), メモ="")
    assert told(survey) == []


@pytest.mark.parametrize("title", ["備考2", "摘要", "内部メモ", "前回からの変更", "異動区分", ""])
def test_a_remark_beside_the_surveys_columns_is_told(tmp_path, title):
    survey = collect(tmp_path, with_column(title, "廃止", "廃止届を含む", "K-001へ振り直し"))
    assert told(survey) == [["row_tombstone", "R6"], ["row_tombstone", "R8"]]


def test_a_kind_of_procedure_is_no_remark(tmp_path):
    assert told(collect(tmp_path, with_column("届出の種別", "新規", "変更", "廃止"))) == []


def test_a_remark_in_the_detail_of_a_reason_or_for_an_id_is_told(tmp_path):
    lines = [
        not_started(1, reason="その他理由で不可", reason_detail="令和6年3月末で廃止"),
        procedure(2, procedure_id="欠番"),
        procedure(3, remarks="K-002へ振り直し"),
        procedure(4, remarks="K-002からK-004へ振り直し"),
    ]
    survey = collect_survey(make_cycle(tmp_path, lines))
    assert told(survey) == [
        ["row_tombstone", "K6"],
        ["row_tombstone", "A7"],
        ["row_tombstone", "Q8"],
    ]


def test_a_total_may_hold_anything_in_such_a_column(tmp_path):
    workbook = with_column("廃止日", None)
    sheet = sheet_of(workbook)
    sheet["A7"], sheet["R7"] = "合計", 1
    assert told(collect(tmp_path, workbook)) == []
