"""An empty alias says no: to a title that was guessed, and to a text that is no answer."""

from collections.abc import Mapping

import pandas as pd
import pytest
from openpyxl import Workbook

from analysis.errors import SettingsError
from analysis.survey.collect import collect_survey
from analysis.survey.survey import Survey

from workbooks import FIELDS, build_workbook, make_cycle, not_started, procedure

DATE = "オンライン化実施時期"
OTHERS = [name for name in FIELDS if name != "online_date"]


def collect(tmp_path, workbook: Workbook, **aliases: Mapping[str, object]) -> Survey:
    return collect_survey(make_cycle(tmp_path, workbook, **aliases))  # type: ignore[arg-type]


def with_date(title: str = DATE) -> Workbook:
    """Return a form without the survey's date whose extra column could be taken for it."""
    line = procedure(online_date=None) | {title: "受付開始から3か月後"}
    return build_workbook([line], fields=[*OTHERS, title])


def codes(survey: Survey) -> list[str]:
    return list(survey.problems["code"])


def test_a_title_near_to_a_missing_field_is_guessed_until_it_is_refused(tmp_path):
    survey = collect(tmp_path / "guessed", with_date())
    assert {"column_guessed", "date_range"} <= set(codes(survey))
    survey = collect(tmp_path / "refused", with_date(), headers={DATE: ""})
    assert codes(survey) == ["optional_column_missing", "column_extra"]
    assert survey.extras["text"].tolist() == ["受付開始から3か月後"]


@pytest.mark.parametrize("title", ["オンライン化 実施時期", f"{DATE}\n（年月）", f"{DATE}(予定)"])
def test_a_refusal_holds_for_every_spelling_and_hint_of_the_title(tmp_path, title):
    assert "column_guessed" not in codes(collect(tmp_path, with_date(title), headers={DATE: ""}))


def test_a_refused_title_with_its_hint_is_not_the_title_without(tmp_path):
    fields = [*FIELDS[:-1], "備考（庁内用）"]
    workbook = build_workbook([procedure() | {"備考（庁内用）": "廃止"}], fields=fields)
    survey = collect(tmp_path, workbook, headers={"備考（庁内用）": ""})
    assert codes(survey) == ["optional_column_missing", "column_extra"]
    assert pd.isna(survey.rows.loc[0, "remarks"])


def test_a_text_that_is_no_answer_is_read_as_none_and_told_as_a_step(tmp_path):
    lines = [procedure(1, fee="窓口で確認"), procedure(2, fee="あり")]
    survey = collect(tmp_path, build_workbook(lines), answers={"fee": {"窓口で 確認": ""}})
    assert survey.problems.empty
    assert survey.rows["fee"].fillna("").tolist() == ["", "yes"]
    assert survey.rows.loc[0, ["fee_raw", "steps"]].tolist() == ["窓口で確認", "fee:missing"]


def test_a_reason_that_is_no_answer_is_missing_where_one_is_due(tmp_path):
    lines = [not_started(1, reason="別紙"), procedure(2, reason="別紙")]
    survey = collect(tmp_path, build_workbook(lines), answers={"reason": {"別紙": ""}})
    assert survey.problems[["code", "cell"]].to_numpy().tolist() == [["reason_missing", "J6"]]


def test_what_has_a_meaning_or_must_be_answered_is_not_refused(tmp_path):
    cycle = make_cycle(
        tmp_path,
        [procedure()],
        headers={"備　考": "", "状況": "オンライン化の状況", "状 況": ""},
        answers={"status": {"別紙": ""}, "fee": {"有": "", "不明": ""}},
    )
    with pytest.raises(SettingsError) as error:
        collect_survey(cycle)
    assert str(error.value).splitlines()[1:] == [
        "  ・headers.「備　考」: 既に見出しを指しているので、空にはできません。",
        "  ・headers.「状 況」: 既に見出しを指しているので、空にはできません。",
        "  ・answers.status.「別紙」: 必須の項目なので、空（無回答）にはできません。",
        "  ・answers.fee.「有」: 既に回答を指しているので、空（無回答）にはできません。",
    ]
