"""An id counts in a text only in its own form, or where the text calls it one."""

import pytest

from analysis.survey.pairs.mention import find_mentioned

CODED = ["07-0001", "07-0012", "19-0100", "K-001", "K-002", "R-0012"]


@pytest.mark.parametrize(
    "text",
    [
        "2026/2/10追加",
        "2026-2-10",
        "2026年2月10日追加",
        "令和2年度から2か月",
        "R8.2.10廃止",
        "2/10廃止",
        "手数料2円、1,002件、2.5%、2:30まで、2~3日",
        "朝日1-2-7へ移管",
        "朝日一丁目2へ移管",
        "様式2を廃止",
        "第2を廃止",
        "届出その2を統合",
        "申請(2)を廃止",
        "2件を統合",
        "2つの申請を統合",
        "2手続きを統合",
        "12を統合、20を統合、A2を統合",
        "K-002を統合",
        "電話番号2、様式No.2、利用者ID2",
        "手続きID 22、No.2号様式",
        "2",
        "",
    ],
)
def test_a_number_in_a_date_an_amount_or_a_name_is_no_id(text: str) -> None:
    assert find_mentioned(["2"], [text], ["1", "2", "3"]) == set()


@pytest.mark.parametrize(
    "text",
    [
        "手続きID2を統合",
        "手続きＩＤ：２",
        "手続ID「2」",
        "旧ID 2",
        "旧2",
        "No.2と同じ",
        "№２",
        "番号2",
        "整理番号は2",
        "手続番号1、2",
        "「2」を統合",
        "「2」へ統合",
        "『2』と一本化",
        "2を統合",
        "2へ統合",
        "2に統合",
        "2番を統合",
        "2は廃止",
        "1・2・3を統合",
        "1と2を統合した",
        "2（届出その２）を統合",
        "2「届出その２」を統合",
        "2の手続きを統合",
        "2から振り直し",
        "この届出と2を統合",
        "2026/2/10 「2」を統合",
        "2026/2/10、2を統合",
    ],
)
def test_a_number_that_the_text_calls_an_id_is_one(text: str) -> None:
    assert find_mentioned(["2"], [text], ["1", "2", "3"]) == {"2"}


@pytest.mark.parametrize(
    "text", ["07-0012を統合", "07-0012", "旧０７－００１２", "(07-0012)", "07ー0012、07-0013"]
)
def test_a_number_with_its_own_form_needs_no_such_word(text: str) -> None:
    assert find_mentioned(["07-0012"], [text], CODED) == {"07-0012"}


@pytest.mark.parametrize(
    "text",
    [
        "電話 07-0012",
        "TEL:07-0012",
        "内線07-0012",
        "〒07-0012",
        "024-07-0012",
        "07-0012-3",
        "07-0012番地",
        "07-0012円",
        "107-0012",
        "07-00123",
    ],
)
def test_a_longer_number_or_one_called_otherwise_is_none(text: str) -> None:
    assert find_mentioned(["07-0012"], [text], CODED) == set()


@pytest.mark.parametrize(
    ("one", "text", "is_named"),
    [
        ("K-002", "K-002（届出その２）を統合", True),
        ("K-002", "K-002/K-003を統合", True),
        ("K-002", "K-0021 と XK-002 と K-002-1 と K-002.1", False),
        ("K-002", "k-002@city.example、AK-002@city.example", False),
        ("A4", "A4用紙で提出", False),
        ("A4", "A4を統合", True),
        ("R6-1", "R6-1から開始", False),
        ("R6-1", "手続きID R6-1", True),
        ("2024-9", "2024-9から受付", False),
        ("1-23", "朝日町1-23", False),
        ("1-23", "No.1-23", True),
        ("環12", "環12を統合", True),
        ("環12", "循環12回", False),
        ("環12", "環123", False),
        ("20240901", "20240901廃止", False),
        ("20240901", "旧ID20240901", True),
        ("30012", "30012を統合", True),
        ("0012", "0012を統合", True),
        ("0012", "0012", True),
    ],
)
def test_how_much_a_text_must_say_depends_on_the_form(one: str, text: str, is_named: bool) -> None:
    assert find_mentioned([one], [text], [one]) == ({one} if is_named else set())


def test_the_form_is_learned_from_the_other_ids() -> None:
    assert find_mentioned(["12-3456"], ["12-3456"], ["12-3456"]) == set()
    assert find_mentioned(["12-3456"], ["12-3456"], ["12-3456", "12-0001"]) == {"12-3456"}
