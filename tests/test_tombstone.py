"""A remark that says that a procedure is no more, told from one that only uses the words."""

import pytest

from analysis.survey.table.tombstone import is_tombstone


@pytest.mark.parametrize(
    "remark",
    [
        "廃止",
        "（廃止）",
        "廃止済み",
        "令和6年4月1日廃止",
        "R6.3末で廃止",
        "2024/4/1 廃止",
        "令和5年度末をもって廃止した。",
        "本手続きは廃止されました",
        "制度廃止のため回答なし",
        "〇〇届へ統合",
        "建築確認申請と統合済み",
        "旧届出と一本化",
        "令和6年10月1日から浄化槽設置届出へ統合。窓口は同じ",
        "こども部へ移管",
        "令和6年度から子育て支援課に移管",
        "欠番",
        "要綱の廃止により欠番",
        "電子化済\n廃止",
    ],
)
def test_a_statement_about_the_procedure_is_one(remark):
    assert is_tombstone(remark)


@pytest.mark.parametrize(
    "remark",
    [
        "",
        "廃止届",
        "廃止届を含む",
        "休止・廃止・再開の届出を含む",
        "設置、変更、廃止",
        "施設の廃止",
        "廃止時に提出",
        "事業を廃止したとき",
        "廃止の場合は要相談",
        "廃止後30日以内",
        "廃止予定",
        "移管予定",
        "県へ移管を協議中",
        "廃止していない",
        "統合型GISを利用",
        "市町村合併により統合された地区を含む",
    ],
)
def test_a_word_within_a_name_or_a_condition_is_none(remark):
    assert not is_tombstone(remark)
