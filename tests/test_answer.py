"""Answers, whatever they are dressed in: properties that hold for every text."""

import datetime
import unicodedata
from types import SimpleNamespace
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.cycle import Cycle
from analysis.questionnaire.read import default_questionnaire
from analysis.questionnaire.spellings import choice_key
from analysis.survey.answers.answer import read_answer
from analysis.survey.answers.layout import clean_text
from analysis.survey.dates import _ERAS
from analysis.survey.lookup import build_lookup

SETTINGS = SimpleNamespace(headers={}, answers={}, as_of=datetime.date(2024, 9, 1))
LOOKUP = build_lookup(
    cast(Cycle, SimpleNamespace(questionnaire=default_questionnaire(), settings=SETTINGS))
)
CHOICES = [field for field in default_questionnaire().fields if field.kind == "choice"]
LABELS = [(field, code, label) for field in CHOICES for code, label in field.choices.items()]

_FULLWIDTH = {code: code + 0xFEE0 for code in range(ord("!"), ord("~") + 1)}
_KANJI = "〇一二三四五六七八九"
BLANKS = st.sampled_from(["", " ", "\u3000", "\u00a0", "\n", "\r\n", "\t", "\u200b", "\ufeff"])
# Letters of every kind that layout is about, thicker than chance would bring them together.
_LAYOUT = "aZ1あがはパ漢①（、ー \u3000\u00a0\n\r\t\u3099\u309a\u200b\u202e\x01\u2028"
TEXTS = st.text(st.sampled_from(_LAYOUT)) | st.text()


def read(field: str, text: str) -> object:
    return read_answer(default_questionnaire().named[field], text, "text", LOOKUP)


def read_value(field: str, text: str) -> object:
    return read_answer(default_questionnaire().named[field], text, "text", LOOKUP).value


def widen(text: str) -> str:
    return text.translate(_FULLWIDTH)


def write_kanji(number: int) -> str:
    """Write a number below 100 as 二十五."""
    tens, ones = divmod(number, 10)
    ten = "" if tens == 0 else "十" if tens == 1 else f"{_KANJI[tens]}十"
    return (ten + (_KANJI[ones] if ones else "")) or _KANJI[0]


@st.composite
def era_dates(draw: st.DrawFn) -> tuple[datetime.date, str]:
    """Draw a day, and the same day in some form of its era."""
    names, era = draw(st.sampled_from(list(_ERAS.items())))
    day = draw(st.dates(era.first, min(era.last, datetime.date(2099, 12, 31))))
    name = draw(st.sampled_from(names))
    number = day.year - era.year_one + 1
    parts = [str(number), str(day.month), str(day.day)]
    form = draw(st.sampled_from(["年月日", "padded", "kanji", "compact", *"./-・"]))
    if form == "compact":
        return day, name + "".join(part.zfill(2) for part in parts)
    if form == "kanji":
        parts = [write_kanji(int(part)) for part in parts]
    elif form == "padded":
        parts = [part.zfill(2) for part in parts]
    if number == 1 and draw(st.booleans()):
        parts[0] = "元"
    if form in "./-・":
        return day, name + form.join(parts)
    return day, "{}{}年{}月{}日".format(name, *parts)


@given(era_dates(), st.booleans(), BLANKS, BLANKS)
def test_a_day_in_any_form_of_its_era_reads_back_to_the_same_day(
    written: tuple[datetime.date, str], wide: bool, before: str, after: str
) -> None:
    day, text = written
    text = widen(text) if wide else text
    assert read_value("online_date", f"{before}{text}{after}") == day.isoformat()


@given(st.dates(datetime.date(1900, 1, 1), datetime.date(2099, 12, 31)))
def test_a_day_of_the_western_calendar_reads_back_to_the_same_day(day: datetime.date) -> None:
    kanji = "".join(_KANJI[int(digit)] for digit in str(day.year))
    forms = (
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y/%m/%d}",
        f"{day.year}.{day.month}.{day.day}",
        f"{day:%Y%m%d}",
        f"{day} 00:00:00",
        f"{kanji}年{write_kanji(day.month)}月{write_kanji(day.day)}日",
    )
    assert {read_value("online_date", form) for form in forms} == {day.isoformat()}


@given(era_dates())
def test_a_day_of_an_era_is_never_read_in_the_era_beside_it(
    written: tuple[datetime.date, str],
) -> None:
    day, _ = written
    for names, era in _ERAS.items():
        if not era.first <= day <= era.last and day.year >= era.year_one:
            text = f"{names[0]}{day.year - era.year_one + 1}年{day.month}月{day.day}日"
            if day.year - era.year_one < 99:
                assert read("online_date", text).error == "date_impossible"  # type: ignore[attr-defined]


@given(
    st.integers(0, 999_999_999),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["{}", "約{}", "年間{}", "年間約 {}", "およそ\u3000{}", "概ね\n{}"]),
    st.sampled_from(["{}", "{}件", "{} 件/年", "{}件程度", "{}程度", "{}\u3000件くらい"]),
)
def test_a_number_dressed_in_width_separators_and_words_reads_back(
    number: int, wide: bool, separated: bool, before: str, after: str
) -> None:
    text = after.format(before.format(f"{number:,}" if separated else str(number)))
    assert read_value("annual_volume", widen(text) if wide else text) == number


@given(st.integers(0, 999), st.integers(0, 999), st.sampled_from([" ", "\n", "\u3000", "\r\n"]))
def test_two_numbers_never_become_one(one: int, other: int, between: str) -> None:
    for write in (str, lambda number: widen(str(number))):
        text = f"{write(one)}{between}{write(other)}"
        assert read_value("annual_volume", text) is None
        assert read_value("online_date", f"20{one:02}{between}{other}") is None


@pytest.mark.slow
@given(TEXTS)
def test_clean_text_leaves_a_clean_text_alone(text: str) -> None:
    cleaned = clean_text(text)
    assert cleaned is None or clean_text(cleaned) == cleaned


def test_no_two_answers_of_a_field_share_a_spelling() -> None:
    for field in CHOICES:
        known = {choice_key(label): code for code, label in field.choices.items()}
        assert len(known) == len(field.choices)
        for found, label in field.spellings.items():
            assert label in field.choices.values()
            assert known.get(choice_key(found)) is None
        assert len({choice_key(found) for found in field.spellings}) == len(field.spellings)


@given(st.sampled_from(LABELS), BLANKS, st.booleans(), st.data())
def test_an_answer_never_changes_its_code_by_folding(
    answer: tuple[object, str, str], blank: str, wide: bool, data: st.DataObject
) -> None:
    field, code, label = answer
    at = data.draw(st.integers(0, len(label)))
    text = label[:at] + blank + label[at:]
    name = field.name  # type: ignore[attr-defined]
    assert read_value(name, widen(text) if wide else text) == code


@given(st.sampled_from(CHOICES), st.text(max_size=4))
def test_a_text_and_its_folded_form_are_the_same_answer(field: object, text: str) -> None:
    name = field.name  # type: ignore[attr-defined]
    folded = unicodedata.normalize("NFKC", text)
    assert LOOKUP.find_code(name, folded) == LOOKUP.find_code(name, text)


ANSWERS = st.one_of(
    TEXTS,
    st.sampled_from(["○", "✕", "－", "有", "不明", "約１２０件", "1,200", "R6.4.1", "２０２４年"]),
    st.sampled_from([label for *_, label in LABELS]),
    st.integers().map(str),
    st.dates().map(str),
)


@pytest.mark.parametrize("field", default_questionnaire().fields, ids=lambda field: field.name)
@given(text=ANSWERS)
def test_an_answer_has_steps_exactly_if_it_reads_otherwise_than_it_stands(
    field: object, text: str
) -> None:
    answer = read_answer(field, text, "text", LOOKUP)  # type: ignore[arg-type]
    shown = field.choices.get(answer.value, answer.value)  # type: ignore[attr-defined]
    is_same = str(shown or (0 if shown == 0 else "")) == text
    assert bool(answer.steps) == (not is_same and answer.error is None)
    assert (answer.missing is None) == (field.kind != "number" or answer.value is not None)  # type: ignore[attr-defined]
