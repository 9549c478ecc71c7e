"""What a measure means, in plain Japanese, said from the measure itself so that it stays true."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import lru_cache

import pandas as pd

from analysis.errors import FigureError
from analysis.figures.measure import (
    Change,
    Count,
    Duration,
    Measure,
    PerMonth,
    Share,
    Shortfall,
    TableName,
    Total,
    Where,
    find_earlier,
    parts_of,
)
from analysis.names import say_cycle
from analysis.questionnaire.field import NOTHING, list_codes, name_codes
from analysis.questionnaire.questionnaire import Questionnaire
from analysis.questionnaire.rules import SEVERITY_LABELS, load_rules
from analysis.survey.answers.numbers import MISSING_LABELS
from analysis.survey.answers.steps import STEPS
from analysis.survey.survey import LINE_LABELS, STATE_LABELS

TABLE_NOUNS = {
    "procedures": "手続き",
    "transitions": "前回調査からの手続きの異動",
    "previous": "前回調査の手続き",
    "workbooks": "調査票",
    "lines": "調査票の表の手続きでない行",
    "problems": "調査票の問題",
    "corrections": "訂正",
    "steps": "読み取りで整えた回答",
    "published": "公表値",
    "waiting": "前回調査の手続き（数えていない部局）",
}


def name_table_rows(table: TableName) -> str:
    """Return what the rows of a table are called, in words.

    >>> name_table_rows("earlier-2023-09-30")
    '2023年9月30日調査の手続き'
    """
    cycle = find_earlier(table)
    return TABLE_NOUNS[table] if cycle is None else f"{say_cycle(cycle)}調査の手続き"


MISSING = "（なし）"
"""What is said of an answer that there is not."""

OTHER_FIELDS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "fate": ("前回調査との対応", {"continued": "継続", "new": "新規", "abolished": "廃止"}),
    "paired_by": (
        "対応の付け方",
        {"id": "手続きIDが同じ", "name": "名称と根拠法令等が同じ", "confirmed": "確認済み"},
    ),
    "went_online": ("新たなオンライン化", {"yes": "あり", "no": "なし"}),
    "left_online": ("オンライン化の取りやめ", {"yes": "あり", "no": "なし"}),
    "renamed": ("名称の変更", {"yes": "あり", "no": "なし"}),
    "moved": ("所管課の変更", {"yes": "あり", "no": "なし"}),
    "state": ("提出状況", STATE_LABELS),
    "severity": ("重さ", {str(code): label for code, label in SEVERITY_LABELS.items()}),
    "whose": ("問題のある所", {"department": "部局の調査票", "other": "部局の調査票以外"}),
    "kind": ("行の種類", LINE_LABELS),
    "code": ("検査規則", {code: rule.title for code, rule in load_rules().items()}),
    "agrees": ("再計算との一致", {"yes": "一致", "no": "不一致"}),
    "hidden": ("非表示の行", {"yes": "はい", "no": "いいえ"}),
    "step": ("整え方", {code: step.name for code, step in STEPS.items()}),
}
"""Fields of every survey's tables that no department fills in: their Japanese name, and codes'."""


@lru_cache(maxsize=8)
def other_fields(asked: Questionnaire) -> Mapping[str, tuple[str, Mapping[str, str]]]:
    """Return all fields of the tables that no department fills in, as OTHER_FIELDS has them.

    >>> other_fields(ledger.cycle.questionnaire)["annual_volume_missing"][0]
    '年間件数がない理由'
    """
    rules = {code: rule.title for code, rule in asked.rules.items()}
    return {
        **OTHER_FIELDS,
        "code": (OTHER_FIELDS["code"][0], rules),
        **{
            f"{field.name}_missing": (f"{field.header}がない理由", MISSING_LABELS)
            for field in asked.fields
            if field.kind == "number"
        },
        **{name: (own.header, own.choices) for name, own in asked.derived.items()},
    }


def define(measure: Measure, asked: Questionnaire) -> str:
    """Return the measure's definition as a sentence, in the words of what was asked.

    >>> define(Change(Count(where(status="started"))), ledger.cycle.questionnaire)
    '今回調査と前回調査との差：「オンライン化の状況」が「着手済」である手続きの数。'
    """
    return (
        f"{_phrase(measure, asked)}。"
        + ("百分率は四捨五入して小数第一位まで。" if isinstance(measure, Share) else "")
        + ("四捨五入前の値どうしの差を四捨五入。" if _is_rate_change(measure) else "")
        + ("四捨五入して小数第一位まで。" if isinstance(measure, PerMonth | Duration) else "")
    )


def list_constants(measure: Measure) -> Iterator[str]:
    """Yield the words of a definition that tell a number of the measure's own.

    >>> [*list_constants(PerMonth(Change(Count()), 5))]
    ['÷5か月']
    """
    match measure:
        case Shortfall(percent=percent):
            yield _say_goal(percent)
        case PerMonth(months=months):
            yield _say_months(months)
    for part in parts_of(measure):
        yield from list_constants(part)


def field_name(field: str, asked: Questionnaire) -> str:
    """Return a field's Japanese name; raise FigureError for one that no table has."""
    others = other_fields(asked)
    if field in others:
        return others[field][0]
    try:
        return asked.named[field].header
    except KeyError:
        known = "、".join([*others, *asked.named])
        raise FigureError(f"数値の条件の項目「{field}」はありません。あるもの: {known}") from None


def code_name(field: str, code: str, asked: Questionnaire) -> str:
    """Return the Japanese name of a field's code; raise FigureError for one that it has not."""
    if code == NOTHING:
        return MISSING
    name, others = field_name(field, asked), other_fields(asked)
    codes = others[field][1] if field in others else asked.named[field].choices
    if code not in codes:
        known = "、".join(codes) or "（選択式の項目ではありません）"
        raise FigureError(f"「{name}」（{field}）に「{code}」はありません。あるもの: {known}")
    return codes[code]


def value_name(field: str, value: object, asked: Questionnaire) -> str:
    """Return a cleaned value of the survey as people read it: a code by its name."""
    if pd.isna(value):  # type: ignore[call-overload]
        return MISSING
    # What a correction put in an answer's place stands there as it was written.
    choices, codes = asked.named[field].choices, list_codes(str(value))
    return name_codes(str(value), choices) if choices.keys() >= {*codes} else str(value)


def _phrase(measure: Measure, asked: Questionnaire) -> str:
    match measure:
        case Count(where=condition, table=table):
            noun = name_table_rows(table)
            said = (
                f"{_describe_condition(condition, asked)}である{noun}の数"
                if condition.fields
                else f"{noun}の総数"
            )
        case Total(field=field, where=condition, table=table):
            whose = f"{_describe_condition(condition, asked)}である" if condition.fields else ""
            said = f"{whose}{name_table_rows(table)}の「{field_name(field, asked)}」の計"
        case Shortfall(part=part, whole=whole, percent=percent):
            said = f"（{_phrase(part, asked)}）が（{_phrase(whole, asked)}）{_say_goal(percent)}"
        case PerMonth(of=paced, months=months):
            said = f"（{_phrase(paced, asked)}）{_say_months(months)}"
        case Duration(of=short, pace=pace):
            said = f"（{_phrase(short, asked)}）÷（{_phrase(pace, asked)}）"
        case Share(part=part, whole=whole):
            said = f"（{_phrase(part, asked)}）÷（{_phrase(whole, asked)}）"
        case Change(of=of):
            said = f"今回調査と前回調査との差：{_phrase(of, asked)}"
    return said


def _describe_condition(condition: Where, asked: Questionnaire) -> str:
    """Return a condition in words, e.g. `「添付書類」が「あり」または「なし」`."""
    return "、かつ".join(
        f"「{field_name(field, asked)}」が"
        + "または".join(f"「{code_name(field, code, asked)}」" for code in codes)
        for field, codes in condition.conditions
    )


def write_percent(percent: Fraction) -> str:
    """Return a percentage in plain digits, e.g. `99.5%`."""
    return f"{float(percent):.10g}%"


def _say_goal(percent: Fraction) -> str:
    return f"の{write_percent(percent)}に足りない数"


def _say_months(months: int) -> str:
    return f"÷{months}か月"


def _is_rate_change(measure: Measure) -> bool:
    return isinstance(measure, Change) and isinstance(measure.of, Share)
