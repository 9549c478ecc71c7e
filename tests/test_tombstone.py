"""A remark that says that a procedure is no more, told from one that only uses the words."""

import pytest

from analysis.survey.table.tombstone import find_tombstone_names, is_left_out, is_tombstone


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
        "統廃合",
        "削除済み",
        "重複のため削除",
        "3794へ振り直し",
        "３７９４へ振直し",
        "3794に振りなおしました（R6.4）",
        "No.3794へ番号を振り直し",
        "手続きIDを3794へ変更",
        "2001から3794へ振替",
        "令和6年4月1日に19-0100へ付け替え済",
        "K-012と重複",
        "K‐012に含む",
        "K-012に含めて回答",
        "→3794",
        "R6.4 3794へ振り直し",
        "2024/4/1　3794へ変更した",
        "⇒K-012へ",
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
        "2024-04-01に移行",
        "2026/2/10に変更",
        "R6に変更",
        "令和6年度に変更予定",
        "3794を参照",
        "3794から番号を変更",
        "重複申請は不可",
        "削除届を含む",
        "個人番号の変更",
        "振替納税",
        "口座振替",
        "→令和6年度に検討",
    ],
)
def test_a_word_within_a_name_or_a_condition_is_none(remark):
    assert not is_tombstone(remark)


@pytest.mark.parametrize(
    "remark", ["3794へ振り直し", "2001から3794へ振り直し", "2001を3794へ統合", "→3794"]
)
def test_a_remark_beside_the_procedure_that_the_other_became_is_none(remark):
    assert is_tombstone(remark, "2001")
    assert not is_tombstone(remark, "３７９４")
    assert is_tombstone(remark, "794")


@pytest.mark.parametrize(
    "remark",
    [
        "ぴったりサービスに統合",
        "令和6年4月からかんたん電子申請に一本化",
        "eLTAXへ統合済み",
        "公共施設予約システムへ移行し、窓口を廃止",
        "総合窓口に集約",
    ],
)
def test_what_is_handed_in_through_another_system_is_no_less_there(remark):
    assert not is_tombstone(remark)


@pytest.mark.parametrize(
    "remark", ["10-0054と統合", "令和6年4月1日に10-0054と統合", "10-0054、10-0055と一本化済み"]
)
def test_the_procedure_that_stayed_names_the_one_that_vanished(remark):
    assert not is_tombstone(remark, "10-0001", {"10-0001"})
    assert is_tombstone(remark, "10-0001", {"10-0001", "10-0054"})
    assert is_tombstone(remark.replace("と", "へ"), "10-0001", {"10-0001"})


@pytest.mark.parametrize(
    "remark",
    [
        *(
            "取消",
            "取消し",
            "取り消し",
            "対象外",
            "廃止",
            "削除",
            "【対象外】",
            "取消済",
            "（取消）",
        ),
        *(
            "対象外（国の事務）",
            "対象外　国の事務のため",
            "対象外: 国の事務",
            "対象外のため回答なし",
        ),
        *("廃止 R6.3", "廃止→10-0055", "削除　重複", "本手続きは対象外", "調査対象外です"),
        *("R6.4.1 取消", "窓口で受付\n取消"),
    ],
)
def test_a_remark_that_begins_so_takes_the_row_out(remark):
    assert is_left_out(remark)


@pytest.mark.parametrize(
    "remark",
    [
        *(
            "",
            "取消届を含む",
            "廃止届",
            "削除申請",
            "対象外国人の届出",
            "対象外者あり",
            "取消の申請",
        ),
        *("廃止予定", "取消、変更の届出を含む", "取消 変更 再開", "廃止・休止", "廃止後30日以内"),
        *("オンライン化の対象外", "手数料対象外", "許可の取消", "取消できない", "廃止 届出は窓口"),
        *("対象", "取消線あり", "対象外字なし", "廃止したときの届出"),
    ],
)
def test_a_remark_that_goes_on_takes_no_row_out(remark):
    assert not is_left_out(remark)


@pytest.mark.parametrize(
    ("name", "is_out"),
    [
        ("就学届（統合のため）", False),
        ("就学届【廃止により】", False),
        ("犬の登録（令和6年度統合のため）", False),
        ("犬の登録（令和7年度廃止）", True),
        ("犬の登録(R6.3末で廃止)", True),
        ("【廃止】犬の登録", True),
        ("犬の登録【統合済】", True),
        ("犬の登録※廃止", True),
        ("※欠番　犬の登録", True),
        ("犬の登録（欠番）", True),
        ("犬の登録（廃止済み）", True),
        ("犬の登録［福祉部へ移管］", True),
        ("犬の登録（廃止）", False),
        ("犬の登録（新規・変更・廃止）", False),
        ("犬の登録（廃止手続き）", False),
        ("【廃止届】犬の登録", False),
        ("犬の登録（令和7年度廃止予定）", False),
        ("事業を廃止したときの届出", False),
        ("廃止", False),
    ],
)
def test_a_name_says_so_in_a_part_that_names_no_kind_of_procedure(name, is_out):
    assert find_tombstone_names([name, "猫の登録"]) == [is_out, False]


def test_a_word_set_apart_names_a_kind_where_other_kinds_are():
    names = ["【新規】犬の登録", "【廃止】犬の登録", "【令和6年度廃止】猫の登録", "※廃止 鳥"]
    assert find_tombstone_names(names) == [False, False, True, False]


def test_a_long_row_of_digits_is_told_apart_at_once():
    assert not is_tombstone("廃" + "2" * 30_000)
    assert not is_tombstone("2" * 30_000 + "廃止予定")
