"""Rules across fields, rows and departments."""

from pathlib import Path

import pytest

from analysis.questionnaire.read import default_questionnaire
from analysis.survey import problems
from analysis.survey.collect import collect_survey
from analysis.survey.problems import describe, problems_from_frame

from workbooks import build_workbook, make_cycle, not_started, procedure, sheet_of


def find(tmp_path, *contents: object) -> list[tuple[str, str, str]]:
    """Return severity, code and cell of every problem."""
    frame = collect_survey(make_cycle(tmp_path, *contents)).problems
    found = frame[["severity", "code", "cell"]].itertuples(index=False, name=None)
    return list(found)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (procedure(status=None, online_date=None), ("error", "required_missing", "G6")),
        (procedure(name="\u3000"), ("error", "required_missing", "C6")),
        (not_started(reason=None), ("error", "reason_missing", "J6")),
        (procedure(reason="未検討"), ("warning", "reason_unneeded", "J6")),
        (procedure(online_date=None), ("warning", "online_date_missing", "H6")),
        (procedure(online_date="2024-09-02"), ("error", "online_date_later", "H6")),
        (procedure(online_date="令和6年10月"), ("error", "online_date_later", "H6")),
        (not_started(online_date="令和7年4月"), ("warning", "online_date_unneeded", "H6")),
        (not_started(reason="その他理由で不可"), ("warning", "reason_detail_missing", "K6")),
    ],
)
def test_a_breach_is_reported_with_its_severity_and_cell(tmp_path, line, found):
    assert find(tmp_path, [line]) == [found]


@pytest.mark.parametrize(
    "line",
    [
        procedure(online_date="2024-09-01"),
        procedure(online_date="2024-09"),
        not_started(reason="その他理由で不可", reason_detail="機器がない"),
        procedure(status="着手済", online_date=None),
    ],
)
def test_what_the_rules_allow_is_not_reported(tmp_path, line):
    assert find(tmp_path, [line]) == []


def test_a_cell_that_cannot_be_read_is_not_blamed_again_as_missing(tmp_path):
    lines = [procedure(1, status="謎"), not_started(2, reason="謎"), procedure(3, online_date="謎")]
    assert [code for _, code, _ in find(tmp_path, lines)] == [
        "answer_unknown",
        "answer_unknown",
        "date_unreadable",
    ]


def test_an_id_that_stands_twice_is_reported_in_each_cell_across_departments(tmp_path):
    cycle = make_cycle(tmp_path, [procedure(1), procedure(2)], [procedure(2), procedure(3)])
    found = collect_survey(cycle).problems
    assert found[["code", "workbook", "cell"]].to_numpy().tolist() == [
        ["id_twice", "環境部.xlsx", "A7"],
        ["id_twice", "こども部.xlsx", "A6"],
    ]
    assert "こども部.xlsx 調査票!A6" in found.loc[0, "message"]


def test_ids_that_differ_only_in_width_are_the_same(tmp_path):
    lines = [procedure(1, procedure_id="Ｋ－１"), procedure(2, procedure_id="K-1")]
    assert [code for _, code, _ in find(tmp_path, lines)] == ["id_twice", "id_twice"]


def test_totals_at_the_foot_that_differ_from_the_rows_are_reported(tmp_path):
    foot = ["合計", "総手続き数", 3, "オンライン化済", 1, "着手済", 0, "未着手", 2]
    assert find(tmp_path, [procedure(1), not_started(2), foot]) == [
        ("warning", "total_differs", "C8"),
        ("warning", "total_differs", "I8"),
    ]


def test_status_totals_are_not_compared_while_a_status_is_unreadable(tmp_path):
    foot = ["合計", "総手続き数", 1, "オンライン化済", 1, "着手済", 0, "未着手", 0]
    lines = [procedure(status="謎"), foot]
    assert find(tmp_path, lines) == [("error", "answer_unknown", "G6")]


def test_a_subtotals_numbers_are_not_the_departments(tmp_path):
    lines = [procedure(1), ["合計", "総手続き数", 1], ["小計", "総手続き数", 9]]
    assert find(tmp_path, lines) == []


def test_a_problem_in_one_line_says_where_what_and_what_to_do(tmp_path):
    survey = collect_survey(make_cycle(tmp_path, [procedure(status="おんらいん")]))
    (problem,) = problems_from_frame(survey.problems)
    assert describe(problem) == (
        "環境部.xlsx 調査票!G6: オンライン化の状況「おんらいん」は選択肢にありません。"
        "次のいずれかを入力してください: オンライン化済、着手済、未着手"
    )


def test_a_problem_quotes_a_long_answer_on_one_line_and_in_part(tmp_path):
    survey = collect_survey(make_cycle(tmp_path, [procedure(status="長い\n{x}" + "あ" * 500)]))
    (problem,) = problems_from_frame(survey.problems)
    assert "長い {x}ああ" in problem.message
    assert len(describe(problem)) < 200
    assert problem.value is not None
    assert len(problem.value) == 506


def test_problems_stand_in_the_order_of_departments_rows_and_columns(tmp_path):
    bad = procedure(1, fee="謎", status="謎"), procedure(2, status="謎")
    other = procedure(3, status="謎")
    assert [cell for *_, cell in find(tmp_path, bad, [other])] == ["G6", "P6", "G7", "G6"]


def test_a_section_merged_and_missing_is_one_problem(tmp_path):
    workbook = build_workbook([procedure(1, section=None), procedure(2)])
    sheet_of(workbook).merge_cells("B6:B7")
    assert find(tmp_path, workbook) == [("error", "required_missing", "B6")]


def test_every_rule_has_words_that_end_as_sentences():
    for rule in default_questionnaire().rules.values():
        # What differs is told in sentences of its own.
        assert rule.message.removesuffix("{difference}").endswith("。"), rule.code
        last = rule.action.rstrip("。")
        assert last.endswith(("ください", "ません", "ます", "{choices}")), rule.code


def test_every_rule_is_reported_somewhere():
    folder = Path(problems.__file__).parents[1]
    code = "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.py"))
    rules = default_questionnaire().rules.values()
    assert [r.code for r in rules if not r.when and f'"{r.code}"' not in code] == []
