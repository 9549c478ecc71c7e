"""A row with an answer is a procedure or a problem; a total, a note or a label is neither."""

from collections.abc import Sequence

import pytest
from openpyxl.worksheet.worksheet import Worksheet

from analysis.survey.collect import collect_survey
from analysis.survey.survey import Survey

from workbooks import FIELDS, TITLES, Line, build_workbook, make_cycle, not_started, procedure


def collect(tmp_path, *lines: Line, fields: Sequence[str] = FIELDS) -> Survey:
    return collect_survey(make_cycle(tmp_path, build_workbook(lines, fields=fields)))


def told(survey: Survey) -> list[list[str]]:
    errors = survey.problems[survey.problems["severity"] == "error"]
    return errors[["code", "cell"]].to_numpy().tolist()


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {"status": "できた"},
        {"status": None, "fee": "あり"},
        {"law": None, "law_kind": None, "annual_volume": None, "online_date": None},
        {"fee": "○", "attachment": "×", "remarks": "○"},
    ],
)
def test_a_row_with_answers_is_told_whatever_its_id_reads(tmp_path, answers):
    ids = ["19-0100合計", "合計", "計", "小計", "総手続き数", "環境課計"]
    rows = [procedure(place, procedure_id=own, **answers) for place, own in enumerate(ids, 10)]
    survey = collect(tmp_path, procedure(1), *rows, procedure(3))
    assert told(survey) == [["row_answered", f"A{7 + place}"] for place in range(len(ids))]
    assert list(survey.rows["procedure_id"]) == ["K-001", "K-003"]


@pytest.mark.parametrize(
    "answers",
    [
        {"procedure_id": None, "section": "計"},
        {"procedure_id": None, "system": "合計"},
        {"procedure_id": None, "section": "電話交換室"},
        {"procedure_id": "メール01"},
        {"procedure_id": None, "section": None, "name": "内線番号の届出"},
    ],
)
def test_a_row_with_answers_is_told_wherever_a_totals_or_a_notes_word_stands(tmp_path, answers):
    survey = collect(tmp_path, procedure(1), not_started(2, **answers))
    ((code, _),) = told(survey)
    assert code == "row_answered"


@pytest.mark.parametrize("fields", [FIELDS, FIELDS[::-1], [*FIELDS[6:], *FIELDS[:6]]])
def test_answers_are_known_whatever_the_order_of_the_columns(tmp_path, fields):
    survey = collect(tmp_path, procedure(1), procedure(2, procedure_id="合計"), fields=fields)
    assert [code for code, _ in told(survey)] == ["row_answered"]


TOTALS = ("総手続き数", 1, "オンライン化済", 1, "着手済", 0, "未着手", 0)


@pytest.mark.parametrize(
    "cells",
    [
        ["合計", *TOTALS],
        ["合計", *TOTALS, "うち新規", 1],
        ["合計", "うち新規", 1, *TOTALS],
        ["合計", "内訳", *TOTALS],
        ["合計", "オンライン化済", "着手済", "未着手", "うち新規"],
        ["環境政策課 計", "12手続き", "-", "-", "1,200", "5件済", "－"],
        ["総計", "全課", "12手続き", "5/12", "41.7%"],
        ["記入者", "郡山 花子", "所属", "DX戦略課", "役職", "主任", "内線", "1234"],
        ["連絡先", "DX戦略課", "電話", "024-924-0000", "E-mail", "dx@example.jp"],
        ["※ 状況の欄", "オンライン化済"],
    ],
)
def test_what_is_made_of_labels_and_numbers_is_no_answer_wherever_it_stands(tmp_path, cells):
    lines = [[None] * left + cells for left in range(8)]
    survey = collect(tmp_path, procedure(1), ["合計", "総手続き数", 1], *lines)
    assert told(survey) == []
    assert len(survey.rows) == 1


def put_above(sheet: Worksheet, row: int, values: Sequence[object]) -> None:
    for column, value in enumerate(values, start=1):
        sheet.cell(row, column, value)


@pytest.mark.parametrize("has_header", [True, False])
def test_what_stands_above_the_header_is_told(tmp_path, has_header):
    workbook = build_workbook([procedure(3)], top=9)
    sheet = workbook.worksheets[0]
    names = FIELDS[:-1]
    for row, line in ((6, procedure(1)), (7, procedure(2))):
        put_above(sheet, row, [line.get(name) for name in names])
    if has_header:
        put_above(sheet, 5, [TITLES[name] for name in names])
    survey = collect_survey(make_cycle(tmp_path, workbook))
    problems = survey.problems[survey.problems["code"] == "rows_above"]
    rows = "5行、6行、7行" if has_header else "6行、7行"
    assert problems["message"].tolist() == [
        f"見出し（10行）より上に、別の見出しか、手続きの回答があります（{rows}）。"
    ]


@pytest.mark.parametrize(
    "above",
    [
        [None, "調査票", "オンライン化済、着手済、未着手から選ぶ"],
        ["例", *[procedure(1)[name] for name in FIELDS[1:8]]],
        ["合計", *TOTALS],
        ["記入例"],
        ["選択肢", None, "オンライン化済", "着手済", "未着手"],
    ],
)
def test_a_heading_above_the_header_is_none(tmp_path, above):
    workbook = build_workbook([procedure(1)], top=6)
    put_above(workbook.worksheets[0], 4, above)
    assert told(collect_survey(make_cycle(tmp_path, workbook))) == []
