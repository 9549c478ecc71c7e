"""Read what a survey asks from its `survey.toml`, and refuse what can't be meant."""

import datetime
import os
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from string import Formatter
from typing import Any, get_args

from analysis.questionnaire.field import Field, Role
from analysis.questionnaire.questionnaire import ALWAYS, KNOWN, REASON, STATUS, Questionnaire
from analysis.questionnaire.rules import StatedRule, load_rules, read_rule
from analysis.questionnaire.spellings import match_key
from analysis.settings import read_toml, refuse_settings

SURVEY_NAME = "survey.toml"
TEMPLATE_PATH = Path(__file__).with_name(SURVEY_NAME)

# The words of a breach of a row's rule.
_FILLED = ("header", "value", "label", "choices", "as_of")
# The columns that the program has beside the answers.
_RESERVED = frozenset(
    {
        *("action", "agrees", "all", "cell", "code", "corrected"),
        *("correction", "cycle", "department", "department_slug", "fate", "field"),
        *("hidden", "kind", "left_online", "message", "moved", "pair_id"),
        *("paired_by", "procedures", "published", "raw", "renamed", "row"),
        *("severity", "sha256", "sheet", "state", "step", "steps"),
        *("value", "went_online", "whose", "workbook", "cause", "other_side", "stage"),
        *("use_band", "elsewhere_online", "reported_online", "asked_agency", "asked_law"),
    }
)
_INNER = re.compile(
    r"^(scope|former|previous|stated|rule|reason|route|waiting|decided)_(?!detail$)"
    r"|_(raw|cell|held|fill|text|missing|corrected|key|share|change)$"
)
# What the names of other measures end with.
_TAKEN = ("_share", "_change")
_NO_REASON = "no_reason"


def read_questionnaire(path: Path) -> Questionnaire:
    """Return what a survey asks by its `survey.toml`; without the file, what the template does.

    Raises SettingsError naming, with its line, all that is wrong.
    """
    return _read(path) if os.path.lexists(path) else default_questionnaire()


@lru_cache(maxsize=1)
def default_questionnaire() -> Questionnaire:
    """Return what the published survey asks."""
    return _read(TEMPLATE_PATH)


def _read(path: Path) -> Questionnaire:
    asked = read_toml(path, Questionnaire)
    if wrong := list(_find_wrong(asked)):
        refuse_settings(path, wrong)
    return asked


_Wrong = tuple[tuple[str | int, ...], str]


def _find_wrong(asked: Questionnaire) -> Iterator[_Wrong]:
    """Yield what is wrong with a survey as a whole: where, and why."""
    yield from _find_twice(asked)
    yield from _find_taken(asked)
    fields = {field.name: (at, field) for at, field in enumerate(asked.field)}
    for name, kind in (ALWAYS | KNOWN).items():
        at, field = fields.get(name, (0, None))
        if field is None and name in ALWAYS:
            yield ("field",), f'name = "{name}"、kind = "{kind}" の項目が必要です'
        elif field is not None and field.kind != kind:
            yield ("field", at, "kind"), f"{name} の kind は {kind} にしてください"
        elif field is not None and name in ALWAYS and field.since > datetime.date.min:
            yield ("field", at, "since"), f"{name} は、どの調査回でも尋ねるものです"
        elif field is not None and name in ALWAYS and not field.required:
            yield ("field", at, "required"), f"{name} には required = true が必要です"
    for at, field in enumerate(asked.field):
        if field.name in _RESERVED or _INNER.search(field.name):
            yield ("field", at, "name"), f"{field.name} は、プログラムが使う名前です"
        yield from _find_wrong_words(at, field, asked)
    named = {name: field for name, (_, field) in fields.items()}
    for at, stated in enumerate(asked.rule):
        yield from _find_wrong_rule(at, stated, named)


def _find_taken(asked: Questionnaire) -> Iterator[_Wrong]:
    """Yield the codes by which measures would be named as others are."""
    for at, route in enumerate(asked.route):
        if route.code.endswith(_TAKEN):
            yield ("route", at, "code"), _say_taken(route.code)
    for at, field in enumerate(asked.field):
        for code in field.choices if field.name == REASON else ():
            if code.endswith(_TAKEN):
                yield ("field", at, "choices"), _say_taken(code)
        for code in field.choices if field.name == STATUS else ():
            # How far a procedure has come is told by its status, or by why it has not started.
            if code.startswith(f"{REASON}_") or code == _NO_REASON:
                yield ("field", at, "choices"), f"{code} は、理由を表すのに使う名前です"


def _say_taken(code: str) -> str:
    return f"{code} の終わりは、ほかの数値の名前に使っています"


def _find_wrong_rule(at: int, stated: StatedRule, fields: Mapping[str, Field]) -> Iterator[_Wrong]:
    if stated.code in load_rules():
        yield ("rule", at, "code"), f"{stated.code} は、どの調査にもある規則の名前です"
    try:
        rule = read_rule(stated, fields)
    except ValueError as error:
        yield ("rule", at, "when"), str(error)
        return
    for key in ("message", "action"):
        if not _is_filled(getattr(rule, key)):
            known = "、".join(f"{{{word}}}" for word in _FILLED)
            yield ("rule", at, key), f"{{ }} の中に書けるのは {known} です"


def _is_filled(text: str) -> bool:
    """Tell whether every word in braces is one that a breach of a row's rule has."""
    try:
        parts = list(Formatter().parse(text))
    except ValueError:
        return False
    return all(
        name is None or (name in _FILLED and not form and not conversion)
        for _, name, form, conversion in parts
    )


def _find_wrong_words(at: int, field: Field, asked: Questionnaire) -> Iterator[_Wrong]:
    routes = [route.code for route in asked.route]
    if field.roles and field.name != STATUS:
        yield ("field", at, "roles"), "roles は status だけに書けます"
    if field.routes and field.name != REASON:
        yield ("field", at, "routes"), "routes は reason だけに書けます"
    for code in field.routes.values():
        if code not in routes:
            yield ("field", at, "routes"), f"「{code}」という route がありません"
    if field.name != STATUS:
        return
    if field.multiple:
        yield ("field", at, "multiple"), "状況は一つだけ選ぶものです"
    if unsaid := [label for code, label in field.choices.items() if code not in field.roles]:
        words = "、".join(f"「{label}」" for label in unsaid)
        yield (
            ("field", at, "roles"),
            f"{words}の役割（{'、'.join(get_args(Role))}）を書いてください",
        )
    for role in ("online", "not_started"):
        if role not in field.roles.values():
            yield ("field", at, "roles"), f"役割が {role} の状況が必要です"


def _find_twice(asked: Questionnaire) -> Iterator[_Wrong]:
    named: list[tuple[str, str, list[Any]]] = [
        ("field", "name", [field.name for field in asked.field]),
        ("field", "header", [field.header for field in asked.field]),
        ("route", "code", [route.code for route in asked.route]),
        ("rule", "code", [rule.code for rule in asked.rule]),
    ]
    for table, key, values in named:
        keys = [match_key(value) for value in values]
        for at, value in enumerate(values):
            if keys[at] in keys[:at]:
                yield (table, at, key), f"「{value}」が重複しています"
