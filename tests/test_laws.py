"""The names of laws: the same law is named the same way, and nothing is guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.figures.laws import code_law, label_law, list_citations


@pytest.mark.parametrize(
    "answer",
    [
        "戸籍法",
        "「戸籍法」",
        "戸 籍 法",
        "戸籍法（昭和22年法律第224号）第25条",
        "戸籍法昭和二十二年法律第二百二十四号第二十五条",
        "戸籍法等",
        "戸籍法第２５条ほか各法",
        "戸籍法ほか",
        "戸籍法附則第3条",
        "戸籍法別表第1",
    ],
)
def test_a_law_is_named_alike_however_it_is_written(answer: str) -> None:
    assert [law for law, _ in list_citations(answer)] == ["戸籍法"]


@pytest.mark.parametrize(
    ("answer", "laws"),
    [
        ("廃棄物の処理及び清掃に関する法律第14条の4", ["廃棄物の処理及び清掃に関する法律"]),
        ("墓地、埋葬等に関する法律第5条", ["墓地、埋葬等に関する法律"]),
        ("郡山市議会請願・陳情取扱要綱", ["郡山市議会請願・陳情取扱要綱"]),
        ("戸籍法及び住民基本台帳法", ["戸籍法", "住民基本台帳法"]),
        ("恩給法第12条・自衛隊法第97条", ["恩給法", "自衛隊法"]),
        ("戸籍法第3条、同法第5条・旅券法", ["戸籍法", "旅券法"]),
        ("戸籍法、戸籍法施行規則", ["戸籍法", "戸籍法施行規則"]),
        ("不明", ["不明"]),
        ("第3条", ["第3条"]),
        ("", []),
        ("　", []),
    ],
)
def test_an_answer_is_parted_only_where_a_law_ends(answer: str, laws: list[str]) -> None:
    assert [law for law, _ in list_citations(answer)] == laws


def test_the_articles_of_a_law_are_plain_numerals_and_those_of_its_supplement_others() -> None:
    answer = "旅券法第３条第1項・第十条の二・第百二十一条、附則第三条"
    assert list_citations(answer) == (("旅券法", ("3", "10の2", "121", "附則3")),)


def test_long_names_are_cut_for_print_and_stay_apart() -> None:
    one, other = ("長" * 500 + end for end in ("甲法", "乙法"))
    assert label_law(one) != label_law(other)
    assert max(map(len, (label_law(one), label_law(other)))) < 100
    assert code_law("ABC法") == code_law("abc法") != code_law("ABD法")


@given(st.text(alphabet="法令条第1二の・、()（）等ほか及び同附則\n ", max_size=40))
def test_whatever_is_written_is_read(answer: str) -> None:
    found = list_citations(answer)
    assert len({law for law, _ in found}) == len(found)
    assert all(law for law, _ in found)
    assert bool(found) == bool(answer.translate(str.maketrans("", "", "「」『』")).split())
