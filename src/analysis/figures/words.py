"""What the survey calls its fields and answers, found by code or by the words of the form."""

from collections.abc import Iterator, Mapping

from analysis.figures.definition import other_fields
from analysis.figures.measure import Where
from analysis.figures.nearest import name_nearest
from analysis.questionnaire.field import NOTHING
from analysis.questionnaire.questionnaire import Questionnaire
from analysis.questionnaire.spellings import match_key

_Choices = Mapping[str, str]


def find_answers(
    table: Mapping[str, str | list[str]], asked: Questionnaire
) -> tuple[Where, list[str]]:
    """Return the condition that a table states, field by field, and what is wrong with it.

    Fields and answers are named by code or as on the form; an empty text is a missing answer.

    >>> asked = ledger.cycle.questionnaire
    >>> find_answers({"手数料": "あり", "status": ["online", "着手済"]}, asked)[0].conditions
    (('fee', ('yes',)), ('status', ('online', 'started')))
    >>> find_answers({"fee": "有"}, asked)[1]
    ['手数料（fee）に「有」という回答はありません。書けるもの: あり（yes）、なし（no）']
    """
    fields = dict(_list_choices(asked))
    titles = {name: title for name, (title, _) in fields.items()}
    conditions: dict[str, tuple[str, ...]] = {}
    wrong = []
    for written, told in table.items():
        name = _find(written, titles)
        if name is None:
            near = name_nearest(written, titles)
            wrong.append(f"「{written}」という、選択式の列はありません。近いもの: {near}")
            continue
        title, choices = fields[name]
        answers = [told] if isinstance(told, str) else told
        codes = {own: NOTHING if own == NOTHING else _find(own, choices) for own in answers}
        known = "、".join(f"{word}（{code}）" for code, word in choices.items())
        wrong += [
            f"{title}（{name}）に「{own}」という回答はありません。書けるもの: {known}"
            for own, code in codes.items()
            if code is None
        ]
        found = [code for code in codes.values() if code is not None]
        if name in conditions or len({*found}) < len(found):
            wrong.append(f"{title}（{name}）の条件が重複しています")
        if not answers:
            wrong.append(f"{title}（{name}）の回答を、一つ以上書いてください")
        conditions[name] = tuple(found)
    return Where(tuple(conditions.items())), wrong


def find_number(written: str, asked: Questionnaire) -> tuple[str | None, str]:
    """Return the number that a survey asks for by this name, or None and what is wrong with it.

    >>> find_number("年間件数", survey.asked), find_number("fee", survey.asked)[0]
    (('annual_volume', ''), None)
    """
    titles = {f.name: f.header for f in asked.fields if f.kind == "number" and f.is_asked}
    if name := _find(written, titles):
        return name, ""
    known = "、".join(f"{title}（{name}）" for name, title in titles.items()) or "ありません"
    return None, f"「{written}」という数の列はありません。足し合わせられるもの: {known}"


def _list_choices(asked: Questionnaire) -> Iterator[tuple[str, tuple[str, _Choices]]]:
    """Yield the columns of procedures that measures may count by: their titles and answers."""
    numbers = set()
    for field in asked.fields:
        if field.is_asked and field.choices:
            yield field.name, (field.header, field.choices)
        if field.is_asked and field.kind == "number":
            numbers.add(f"{field.name}_missing")
    for name, told in other_fields(asked).items():
        if name in numbers or name in asked.derived or name == "hidden":
            yield name, told


def _find(written: str, names: Mapping[str, str]) -> str | None:
    """Return the code that is written, or whose words are written, whatever the width of signs."""
    if written in names:
        return written
    key = match_key(written)
    return next((name for name, words in names.items() if match_key(words) == key), None)
