"""A whole cycle: every department read, every problem listed."""

import pytest

from analysis.errors import SurveyError
from analysis.survey.collect import collect_survey
from analysis.survey.store import FRAMES
from analysis.survey.survey import require_usable

from workbooks import make_cycle, not_started, procedure


def test_rows_stand_in_the_departments_official_order(tmp_path):
    survey = collect_survey(make_cycle(tmp_path, [procedure(2), procedure(1)], [procedure(3)]))
    assert list(survey.rows["procedure_id"]) == ["K-002", "K-001", "K-003"]
    assert list(survey.rows["department_slug"]) == ["kankyo", "kankyo", "kodomo"]
    assert list(survey.rows.index) == [0, 1, 2]


def test_every_department_has_a_line_in_the_collection_status(tmp_path):
    workbooks = collect_survey(make_cycle(tmp_path, [procedure(1)], None)).workbooks
    assert workbooks[["department", "state", "procedures"]].to_numpy().tolist() == [
        ["環境部", "answered", 1],
        ["こども部", "missing", 0],
    ]
    assert workbooks["sha256"].str.len().tolist()[0] == 64


def test_a_cycle_without_any_workbook_is_collected(tmp_path):
    survey = collect_survey(make_cycle(tmp_path, None, None))
    assert survey.rows.empty
    assert list(survey.problems["code"]) == ["workbook_missing", "workbook_missing"]


def test_a_sound_survey_is_usable(tmp_path):
    survey = collect_survey(make_cycle(tmp_path, [procedure(1)], [not_started(2)]))
    require_usable(survey, "2024-09-01")


def test_warnings_do_not_stop_a_survey(tmp_path):
    survey = collect_survey(make_cycle(tmp_path, [procedure(1, online_date=None)]))
    assert list(survey.problems["severity"]) == ["warning"]
    require_usable(survey, "2024-09-01")


def test_all_errors_are_listed_at_once_by_workbook(tmp_path):
    lines = [procedure(n, status=f"謎{n}", online_date=None) for n in range(1, 9)]
    survey = collect_survey(make_cycle(tmp_path, lines, b""))
    with pytest.raises(SurveyError) as error:
        require_usable(survey, "2024-09-01")
    text = str(error.value)
    assert "調査回 2024-09-01 の調査票に誤りが9件" in text
    assert [f"調査票!G{row}: " in text for row in range(6, 14)] == [True] * 8
    assert text.index("環境部.xlsx（8件）") < text.index("こども部.xlsx（1件）")
    assert "problems.csv" not in text


@pytest.mark.slow
def test_a_thousand_alike_errors_stop_a_build_with_one_line(tmp_path):
    lines = [procedure(n, status="謎", online_date=None) for n in range(1, 1001)]
    survey = collect_survey(make_cycle(tmp_path, lines))
    with pytest.raises(SurveyError) as error:
        require_usable(survey, "2024-09-01")
    assert str(error.value).splitlines()[3:] == [
        "環境部.xlsx（1,000件）",
        "  ・1,000件（調査票!G6～G1005）: オンライン化の状況「謎」は選択肢にありません。"
        "次のいずれかを入力してください: オンライン化済、着手済、未着手",
        "",
        "すべての問題の一覧: data/processed/2024-09-01/problems.csv"
        "（`analysis check 2024-09-01` で作成します）",
    ]


def test_collecting_twice_gives_the_same(tmp_path):
    cycle = make_cycle(tmp_path, [procedure(1), procedure(2, status="謎")])
    first, second = collect_survey(cycle), collect_survey(cycle)
    for name in FRAMES:
        assert getattr(first, name).equals(getattr(second, name))
