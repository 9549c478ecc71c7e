"""Cleaning: what is written in a cell becomes a value, or a problem with its cell."""

import datetime
from collections.abc import Iterable

import pandas as pd
import pytest

from analysis.survey.answers.layout import clean_text
from analysis.survey.collect import collect_survey
from analysis.survey.survey import Survey

from workbooks import make_cycle, not_started, procedure


def collect_one(tmp_path, **answers: object) -> Survey:
    return collect_survey(make_cycle(tmp_path, [procedure(**answers)]))


def collect_each(tmp_path, field: str, written: Iterable[object]) -> Survey:
    """Collect a procedure for each answer to a field."""
    lines = [procedure(n, **{field: answer}) for n, answer in enumerate(written, 1)]
    return collect_survey(make_cycle(tmp_path, lines))


def value_of(survey: Survey, field: str, place: int = 0) -> object:
    value = survey.rows.loc[place, field]
    return None if pd.isna(value) else value


DATES = [
    (datetime.date(2024, 4, 1), "2024-04-01"),
    (datetime.datetime.combine(datetime.date(2024, 4, 1), datetime.time(9, 30)), "2024-04-01"),
    (45383, "2024-04-01"),
    ("45383", "2024-04-01"),
    ("2024-04-01", "2024-04-01"),
    ("２０２４／４／１", "2024-04-01"),
    ("2024年4月1日(月)", "2024-04-01"),
    ("20240401", "2024-04-01"),
    ("2024−4−1", "2024-04-01"),
    ("令和6年4月1日", "2024-04-01"),
    ("令和 ６年\u3000４月 １日", "2024-04-01"),
    ("R6.4.1", "2024-04-01"),
    ("令6.4", "2024-04"),
    ("㋿6年4月", "2024-04"),
    ("令和元年5月1日", "2019-05-01"),
    ("令和5年10月", "2023-10"),
    ("2023/10", "2023-10"),
    ("平成31年4月30日", "2019-04-30"),
    ("平成元年1月", "1989-01"),
    ("H1.1.8", "1989-01-08"),
    ("昭和64年1月7日", "1989-01-07"),
    ("S64.1", "1989-01"),
    ("－", None),
    ("ー", None),
    ("\u3000", None),
]


def test_a_date_is_read_however_it_is_written(tmp_path):
    survey = collect_each(tmp_path, "online_date", (written for written, _ in DATES))
    for place, (written, date) in enumerate(DATES):
        assert value_of(survey, "online_date", place) == date, written
    assert "error" not in set(survey.problems["severity"])


NO_DATES = [
    ("2023-02-29", "date_impossible"),
    ("令和6年13月", "date_impossible"),
    ("令和元年4月30日", "date_impossible"),
    ("平成31年5月1日", "date_impossible"),
    ("平成32年4月", "date_impossible"),
    ("昭和64年1月8日", "date_impossible"),
    ("昭和64年2月", "date_impossible"),
    ("令和0年1月1日", "date_impossible"),
    ("6.4.1", "date_year_ambiguous"),
    ("24/4/1", "date_year_ambiguous"),
    (6.4, "date_unreadable"),
    (12, "date_unreadable"),
    (99999, "date_unreadable"),
    ("令和6年度", "date_fiscal_year"),
    ("2024-04-0①", "date_unreadable"),
    ("来年", "date_unreadable"),
]


def test_a_date_that_is_none_is_an_error_with_its_cell(tmp_path):
    survey = collect_each(tmp_path, "online_date", (written for written, _ in NO_DATES))
    wanted = [(code, f"H{row}") for row, (_, code) in enumerate(NO_DATES, 6)]
    found = survey.problems[["code", "cell"]].itertuples(index=False, name=None)
    assert sorted(found) == sorted(wanted)
    assert survey.rows["online_date"].isna().all()


NUMBERS = [
    (120, 120),
    (120.0, 120),
    (0, 0),
    ("１２０", 120),
    ("1,234,567", 1234567),
    ("１，２００件", 1200),
    ("約120", 120),
    ("約 120 件程度", 120),
    ("不明", None),
    ("－", None),
    ("-", None),
    ("", None),
]


def test_a_number_is_read_however_it_is_written(tmp_path):
    survey = collect_each(tmp_path, "annual_volume", (written for written, _ in NUMBERS))
    for place, (written, volume) in enumerate(NUMBERS):
        assert value_of(survey, "annual_volume", place) == volume, written
    assert survey.problems.empty


NO_NUMBERS = [
    12.5,
    -3,
    "1,20",
    "多数",
    "10～20",
    "12²",
    "①",
    "99999999999999",
    datetime.date(2024, 1, 2),
]


def test_a_number_that_is_none_is_an_error_with_its_cell(tmp_path):
    survey = collect_each(tmp_path, "annual_volume", NO_NUMBERS)
    wanted = [["number_unreadable", f"F{row}"] for row, _ in enumerate(NO_NUMBERS, 6)]
    assert survey.problems[["code", "cell"]].to_numpy().tolist() == wanted
    # The limit is told: 99999999999999 is a whole number, too.
    assert survey.problems["action"].str.startswith("9桁までの整数で").all()


@pytest.mark.parametrize(
    "written", ["オンライン化済", " オンライン\n化済", "ｵﾝﾗｲﾝ化済", "オンライン化\u200b済"]
)
def test_an_answer_matches_whatever_its_width_and_blanks(tmp_path, written):
    assert value_of(collect_one(tmp_path, status=written), "status") == "online"


def test_an_answer_of_the_departments_own_needs_an_alias(tmp_path):
    lines = [procedure(1, status="対応済"), procedure(2, status="×"), procedure(3, status="✕")]
    survey = collect_survey(make_cycle(tmp_path, lines))
    assert list(survey.problems["code"]) == ["answer_unknown"] * 3
    aliases = {"status": {"対応済": "オンライン化済", "×": "着手済"}}
    survey = collect_survey(make_cycle(tmp_path, lines, answers=aliases))
    assert list(survey.rows["status"]) == ["online", "started", "started"]
    assert list(survey.rows["status_raw"]) == ["対応済", "×", "✕"]


def test_aliases_of_a_column_may_be_given_under_its_title(tmp_path):
    lines = [procedure(1, status="対応済"), procedure(2, fee="－")]
    aliases = {'"オンライン化の 状況"': {"対応済": "オンライン化済"}, '"手数料"': {"-": "なし"}}
    survey = collect_survey(make_cycle(tmp_path, lines, answers=aliases))
    assert survey.problems.empty
    assert list(survey.rows["status"]) == ["online", "online"]
    assert survey.rows["fee"].iloc[1] == "no"


def test_an_unknown_answer_is_an_error_that_lists_the_known_ones(tmp_path):
    problem = collect_one(tmp_path, status="オンライン化濟").problems.iloc[0]
    assert (problem["code"], problem["cell"], problem["field"]) == (
        "answer_unknown",
        "G6",
        "status",
    )
    assert problem["value"] == "オンライン化濟"
    assert problem["action"].endswith("オンライン化済、着手済、未着手")


def test_a_dash_is_no_answer_to_a_choice(tmp_path):
    survey = collect_one(tmp_path, reason="－", fee="―")
    assert (value_of(survey, "reason"), value_of(survey, "fee")) == (None, None)
    assert survey.problems.empty


def test_an_alias_gives_a_dash_a_meaning(tmp_path):
    cycle = make_cycle(tmp_path, [procedure(fee="－")], answers={"fee": {"-": "なし"}})
    assert value_of(collect_survey(cycle), "fee") == "no"


def test_an_id_is_folded_so_that_cycles_pair(tmp_path):
    survey = collect_one(tmp_path, procedure_id=" Ｋ－００１\u00a0")
    assert value_of(survey, "procedure_id") == "K-001"
    assert value_of(survey, "procedure_id_raw") == " Ｋ－００１\u00a0"


def test_an_id_that_excel_made_a_date_is_an_error(tmp_path):
    survey = collect_one(tmp_path, procedure_id=datetime.date(2024, 1, 2))
    assert survey.problems.loc[0, ["code", "cell"]].tolist() == ["id_unreadable", "A6"]


def test_a_number_as_text_has_no_decimals(tmp_path):
    survey = collect_one(tmp_path, procedure_id=120.0)
    assert value_of(survey, "procedure_id_raw") == "120"


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("住民票の\n写し", "住民票の写し"),
        ("\u3000住民票の\u00a0写し ", "住民票の写し"),
        ("LINE 申請", "LINE 申請"),
        ("第15 \n条", "第15条"),
        ("申請\r\n LINE", "申請LINE"),
        ("Web  form\r\nv2", "Web form v2"),
        ("第①号　第②号", "第①号第②号"),
        ("髙﨑市　神社", "髙﨑市神社"),
        ("１２３ＡＢＣ", "１２３ＡＢＣ"),
        ("か\u3099らす", "がらす"),
        ("葛\U000e0100飾 👩‍👧 𠮷", "葛\U000e0100飾 👩‍👧 𠮷"),
        ("\ufeff\u200b\u202e", None),
        ("<b>&#x1;", "<b>&#x1;"),
    ],
)
def test_a_text_keeps_its_characters_and_loses_its_layout(written, text):
    assert clean_text(written) == text


def test_the_raw_text_is_kept_as_it_stands(tmp_path):
    survey = collect_one(tmp_path, name=" 住民票の\n写し\u00a0")
    assert value_of(survey, "name_raw") == " 住民票の\n写し\u00a0"


def test_a_cell_filled_down_is_wrong_once(tmp_path):
    lines = [not_started(1, law_kind="通達"), not_started(2)]
    survey = collect_survey(make_cycle(tmp_path, lines))
    assert list(survey.problems["cell"]) == ["E6"]
