"""What a list was understood as, written as the settings of a survey: `survey.toml`, `cycle.toml`.

Whatever stands in a list is a quoted text in them, and nothing of it is read as TOML.
"""

import datetime
from collections.abc import Iterator, Mapping

import tomlkit

from analysis.forms.first import write_first_settings
from analysis.intake.questions import Question
from analysis.intake.understood import Understood
from analysis.questionnaire.field import Field

_HEAD = """\
# この調査で尋ねること：調査票の列、回答の言葉とその役割、理由。
# 「{source}」の列から作りました。どの列を何と読んだかは「{record}」にあります。
# 違っていれば、ここで直します。書き方は docs/settings/survey.md にあります。
#
# 状況の役割（roles）: online（オンライン化済）、started（着手済）、not_started（まだ）、
# excluded（対象外。総数に数えない）
"""
_ROUTES = """
# 理由ごとの今後の進め方を報告書に載せるときは、次の # を取り、reason の項目に
# routes = { a01 = "promote" } のように書きます。
# [[route]]
# code = "promote"
# label = "オンライン化を進める"
# because = "については、"
# plan = "オンライン化を進める"

# 回答の規則（[[rule]]）は書いていません。一覧の回答が、そのまま集計できるようにするためです。
# 次の調査から守ってもらう規則は、ここに加えます。
"""
_PER_DEPARTMENT = "ids_per_department = true"
_DEPARTMENTS = "[[departments]]"


def write_survey_settings(understood: Understood, source: str, record: str) -> str:
    """Return the `survey.toml` of a list's survey."""
    undecided = {own.code for own in understood.roles if not own.is_known}
    parts = [_HEAD.format(source=source, record=record)]
    parts += ["\n".join(_write_field(own, undecided)) + "\n" for own in understood.questions]
    return "\n".join(parts) + _ROUTES


def write_cycle_settings(as_of: datetime.date, understood: Understood) -> str:
    """Return the `cycle.toml` of a first cycle with a list's departments in place of examples."""
    text = write_first_settings(as_of)
    if understood.ids_per_department:
        text = text.replace(f"# {_PER_DEPARTMENT}", _PER_DEPARTMENT)
    begin = text.index(_DEPARTMENTS)
    end = text.index("\n#", text.rindex(_DEPARTMENTS)) + 1
    listed = "\n".join(
        f"{_DEPARTMENTS}\nname = {_quote(own.name)}\nslug = {_quote(own.slug)}\n"
        f"workbook = {_quote(own.workbook)}\n"
        for own in understood.offices.departments
    )
    return f"{text[:begin]}{listed}\n{text[end:]}"


def _write_field(question: Question, undecided: set[str]) -> Iterator[str]:
    field = question.field
    yield "[[field]]"
    column = question.column
    if column is not None:
        yield f"# 元の一覧の{column.letter}列（{question.why}）"
    yield f"name = {_quote(field.name)}"
    yield f"header = {_quote(field.header)}"
    yield f"kind = {_quote(field.kind)}"
    yield f"width = {field.width}"
    for key in ("group", "help"):
        if value := getattr(field, key):
            yield f"{key} = {_quote(value)}"
    for key in ("required", "printed", "multiple"):
        if getattr(field, key):
            yield f"{key} = true"
    yield from _write_words(field, undecided)


def _write_words(field: Field, undecided: set[str]) -> Iterator[str]:
    if field.choices:
        yield f"choices = {_write_table(field.choices)}"
    if field.spellings:
        yield f"spellings = {_write_table(field.spellings)}"
    if field.roles:
        unsure = [field.choices[code] for code in field.roles if code in undecided]
        if unsure:
            yield f"# 役割を確かめてください: {'、'.join(unsure)}"
        yield f"roles = {_write_table(field.roles)}"


def _write_table(table: Mapping[str, str]) -> str:
    pairs = ", ".join(f"{_name_key(key)} = {_quote(value)}" for key, value in table.items())
    return f"{{ {pairs} }}"


def _name_key(key: str) -> str:
    is_bare = key.isascii() and key.replace("_", "").replace("-", "").isalnum()
    return key if is_bare else _quote(key)


def _quote(text: str) -> str:
    return tomlkit.string(text).as_string()
