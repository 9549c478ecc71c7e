"""Look up what a cycle's workbooks write: titles to fields, answers to codes.

A cycle adds to the vocabulary the spellings its departments use (`[headers]` and `[answers]` in
`cycle.toml`). Two spellings are one when their keys are equal (see `spellings`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from analysis.cycle import SETTINGS_NAME, Cycle
from analysis.errors import SettingsError
from analysis.questionnaire.field import Field
from analysis.questionnaire.questionnaire import Questionnaire
from analysis.questionnaire.spellings import choice_key, match_key


@dataclass(frozen=True)
class Lookup:
    """What a cycle's workbooks may write: title key -> field, and per field choice key -> code.

    `asked` is what the survey asks, `fields` those that the cycle asks for; answers are known of
    every field, as a correction may speak of any. `refused` are the keys of titles that the cycle
    says are none of the survey's; `blanks` are fields with the keys of answers that it says are
    none.
    """

    asked: Questionnaire
    fields: tuple[Field, ...]
    headers: Mapping[str, Field]
    answers: Mapping[str, Mapping[str, str]]
    refused: frozenset[str] = frozenset()
    blanks: frozenset[tuple[str, str]] = frozenset()

    def find_field(self, title: str) -> Field | None:
        """Return the field with this title, or the title before a bracketed hint, or None."""
        return self.find_key(match_key(title))

    def find_key(self, key: str) -> Field | None:
        """Return the field with a title of this match key, as `find_field` does."""
        if key in self.refused:
            return None
        return self.headers.get(key) or self.headers.get(_drop_hint(key))

    def is_refused(self, key: str) -> bool:
        """Tell whether the cycle says of a title, or of it before a hint, that it is not ours."""
        return bool({key, _drop_hint(key)} & self.refused)

    def find_code(self, field: str, answer: str) -> str | None:
        """Return the code of an answer as written, or None if the field does not know it."""
        return self.answers[field].get(choice_key(answer))

    def is_blank(self, field: str, answer: str) -> bool:
        """Tell whether the cycle says of an answer as written that it is none."""
        return (field, choice_key(answer)) in self.blanks


def build_lookup(cycle: Cycle) -> Lookup:
    """Return what the cycle asks for, extended by its aliases; an empty one refuses what it means.

    Raises SettingsError naming every alias that points to an unknown title, field or answer, that
    already means something else, or that refuses what is the survey's own or required.
    """
    wrong: list[str] = []
    asked, settings = cycle.questionnaire, cycle.settings
    fields = asked.list_fields(settings.as_of)
    headers, refused = _read_headers(fields, settings.headers, wrong)
    answers, blanks = _read_answers(asked, settings.answers, wrong)
    if wrong:
        lines = "\n".join(f"  ・{line}" for line in wrong)
        raise SettingsError(
            f"{settings.as_of}/{SETTINGS_NAME} の読み替え（headers、answers）に"
            f"誤りが{len(wrong)}件あります。直してください。\n{lines}"
        )
    return Lookup(asked, fields, headers, answers, refused, blanks)


def _read_headers(
    fields: Sequence[Field], aliases: Mapping[str, str], wrong: list[str]
) -> tuple[dict[str, Field], frozenset[str]]:
    """Return the fields by the keys of their titles, and the keys of titles that are refused."""
    headers = {match_key(field.header): field for field in fields}
    for found, header in ((found, header) for found, header in aliases.items() if header):
        field = headers.get(match_key(header))
        if field is None or field.header != header:
            wrong.append(f"headers.「{found}」: 「{header}」という見出しは調査票にありません。")
        elif headers.setdefault(match_key(found), field) is not field:
            wrong.append(f"headers.「{found}」: 既に別の見出しを指しています。")
    refused = {match_key(found): found for found, header in aliases.items() if not header}
    known = [found for key, found in refused.items() if key in headers]
    wrong += [f"headers.「{f}」: 既に見出しを指しているので、空にはできません。" for f in known]
    return headers, frozenset(refused)


def _read_answers(
    asked: Questionnaire, aliases: Mapping[str, Mapping[str, str]], wrong: list[str]
) -> tuple[dict[str, dict[str, str]], frozenset[tuple[str, str]]]:
    """Return the codes by field and key, and the fields with the keys that are no answer."""
    answers = {
        field.name: {choice_key(label): code for code, label in _list_spellings(field)}
        for field in asked.fields
    }
    blanks = set()
    for written, own in aliases.items():
        choice = asked.find_field(written)
        if choice is None or choice.kind != "choice":
            wrong.append(f"answers.{written}: 選択式の項目にこの名前はありません。")
            continue
        name = choice.name
        codes = {label: code for code, label in choice.choices.items()}
        for found, label in sorted(own.items(), key=lambda alias: not alias[1]):
            where, key = f"answers.{written}.「{found}」", choice_key(found)
            if not label and (choice.required or key in answers[name]):
                why = "必須の項目な" if choice.required else "既に回答を指している"
                wrong.append(f"{where}: {why}ので、空（無回答）にはできません。")
            elif not label:
                blanks.add((name, key))
            elif label not in codes:
                known = "、".join(codes)
                wrong.append(f"{where}: 「{label}」は選択肢（{known}）にない。")
            elif answers[name].setdefault(key, codes[label]) != codes[label]:
                wrong.append(f"{where}: 既に別の回答を指しています。")
    return answers, frozenset(blanks)


def _drop_hint(key: str) -> str:
    """Return a title's key without the hint in brackets at its end."""
    return key[: key.find("(")] if key.endswith(")") else key


def _list_spellings(field: Field) -> Iterator[tuple[str, str]]:
    """Yield every code of a choice with its label, then with what else is written for it."""
    yield from field.choices.items()
    codes = {label: code for code, label in field.choices.items()}
    for found, label in field.spellings.items():
        yield codes[label], found
