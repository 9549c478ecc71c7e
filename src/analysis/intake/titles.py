"""What the columns of an office's list are called, and which of the survey's fields each means.

The words are looked for as whole titles; a title that is near to one of them is taken for it where
it can mean nothing else, and that is told (`table.guess`).
"""

import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from analysis.questionnaire.field import Field
from analysis.questionnaire.questionnaire import Questionnaire
from analysis.questionnaire.read import default_questionnaire
from analysis.questionnaire.spellings import choice_key, match_key
from analysis.survey.lookup import Lookup

OWNER, LAW_NUMBER, LAW_ARTICLE = "department", "law_number", "law_article"
"""What a list has a column for and a form has not: whose a row is, and the parts of its law."""

_WORDS = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))

TITLES: Mapping[str, list[str]] = _WORDS["titles"]
"""The titles of each field, the surest first."""

STATUS_WORDS: Mapping[str, list[str]] = _WORDS["statuses"]
"""What is written for each role of a status."""


@lru_cache(maxsize=1)
def title_lookup() -> Lookup:
    """Return what a list may be headed with, as the reader of tables asks for it."""
    fields = tuple(_list_fields())
    headers = {match_key(word): f for f in fields for word in TITLES[f.name]}
    return make_lookup(fields, headers)


def make_lookup(fields: tuple[Field, ...], headers: Mapping[str, Field]) -> Lookup:
    """Return a lookup of a list's columns that knows of answers only what a status may be."""
    template = default_questionnaire().named["status"]
    codes = {code: code for code in template.choices}
    words = {
        choice_key(word): role
        for role, own in STATUS_WORDS.items()
        for word in own
        if role in codes and len(word) > 1
    }
    asked = Questionnaire.model_construct(field=fields, route=(), rule=())
    answers: dict[str, dict[str, str]] = {field.name: {} for field in asked.fields}
    answers["status"] = words
    return Lookup(asked, fields, headers, answers)


def rank_title(field: str, title: str) -> int:
    """Return how sure a title is of its field: 0 for the surest; more than any for an unknown."""
    keys = [match_key(word) for word in TITLES[field]]
    key = match_key(title)
    bare = key[: key.find("(")] if key.endswith(")") else key
    return next((at for at, own in enumerate(keys) if own in (key, bare)), len(keys))


def _list_fields() -> Iterator[Field]:
    known = default_questionnaire().named
    for name, words in TITLES.items():
        yield known.get(name) or Field(name=name, header=words[0], kind="text", width=12)
