"""A title that nobody knows, taken for the one field it can only mean, or for none."""

import pytest

from analysis.questionnaire.read import default_questionnaire
from analysis.questionnaire.spellings import match_key
from analysis.survey.lookup import Lookup
from analysis.survey.table.guess import CLEAR_PERCENT, NEAR_PERCENT, guess_fields


@pytest.fixture(scope="module")
def lookup() -> Lookup:
    fields = default_questionnaire().fields
    return Lookup(
        default_questionnaire(), fields, {match_key(field.header): field for field in fields}, {}
    )


def guess(lookup: Lookup, *titles: str, taken: tuple[str, ...] = ()) -> list[str | None]:
    spelled = {column: (match_key(title),) for column, title in enumerate(titles)}
    found = guess_fields(spelled, taken, lookup)
    return [found[column][0].name if column in found else None for column in spelled]


@pytest.mark.parametrize(
    ("title", "field"),
    [
        ("オンライン化状況", "status"),
        ("オンライン化の時期", "online_date"),
        ("手続きの名称", "name"),
        ("手続名", "name"),
        ("手続ID", "procedure_id"),
        ("未着手理由", "reason"),
        ("理由詳細", "reason_detail"),
        ("システム", "system"),
        ("利用システム名（正式名称）", "system"),
        ("根拠法令", "law"),
        ("原本提出根拠", "original_basis"),
        ("庁内で確認可能な添付書類", "in_house"),
        ("年間受付件数", "annual_volume"),
        ("備考欄", "remarks"),
    ],
)
def test_a_near_title_is_taken_for_its_field(lookup, title, field):
    assert guess(lookup, title) == [field]


@pytest.mark.parametrize(
    "title",
    [
        "オンライン化",
        "未着手の理由の詳細",
        "未着手理由の詳細",
        "根拠法令区分",
        "根拠",
        "理由",
        "事務の名称",
        "添付書類の根拠",
        "オンライン化予定時期",
        "前回のオンライン化の状況",
        "担当課名",
        "本人確認",
        "独自の欄",
    ],
)
def test_a_title_that_may_mean_another_is_taken_for_none(lookup, title):
    assert guess(lookup, title) == [None]


def test_a_title_is_not_taken_for_the_next_best_field(lookup):
    assert guess(lookup, "未着手理由", taken=("reason",)) == [None]


def test_two_titles_about_as_near_are_both_left(lookup):
    assert guess(lookup, "手続名", "手続きの名称") == [None, None]
    assert guess(lookup, "オンライン化の状況等", "オンライン化現状", taken=()) == ["status", None]


def test_the_limits_are_where_real_titles_need_them(lookup):
    # At these a title changes sides: see the lists above.
    assert (NEAR_PERCENT, CLEAR_PERCENT) == (80, 10)
    assert guess(lookup, "手続きの名称") == ["name"]
    assert guess(lookup, "未着手理由の詳細") == [None]
