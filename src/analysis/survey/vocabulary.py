"""The survey's columns and the answers each one knows, from `vocabulary.toml`."""

import datetime
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, PositiveInt
from pydantic import Field as Default

from analysis.settings import read_toml

FieldKind = Literal["id", "text", "choice", "number", "date"]

VOCABULARY_PATH = Path(__file__).with_name("vocabulary.toml")


class Field(BaseModel):
    """One column of the survey: code name, printed title, kind, and for a choice its answers.

    `choices` maps the code of an answer to its printed label, in the order of the form;
    `spellings` maps what else is written for an answer, whoever writes it, to that label. `help`
    tells the departments what to enter. `group`, `width` and `example` lay out the form; a report
    prints what a department wrote in a `printed` one. Cycles before `since` don't ask for it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    header: str
    kind: FieldKind
    width: PositiveInt
    group: str = ""
    example: str = ""
    required: bool = False
    printed: bool = False
    since: datetime.date = datetime.date.min
    help: str = ""
    choices: dict[str, str] = Default(default_factory=dict)
    spellings: dict[str, str] = Default(default_factory=dict)


class _Vocabulary(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    field: tuple[Field, ...]


@lru_cache(maxsize=1)
def load_vocabulary() -> tuple[Field, ...]:
    """Return the survey's fields in the order of the form, whichever cycle asks for them."""
    return read_toml(VOCABULARY_PATH, _Vocabulary).field


@lru_cache(maxsize=64)
def list_fields(as_of: datetime.date) -> tuple[Field, ...]:
    """Return the fields that the cycle of this date asks for, in the order of its form."""
    return tuple(field for field in load_vocabulary() if field.since <= as_of)


@lru_cache(maxsize=64)
def field_named(name: str) -> Field:
    """Return the field with this code name; raise KeyError if there is none."""
    return {field.name: field for field in load_vocabulary()}[name]


def label_of(field: str, code: str) -> str:
    """Return the printed label of a choice's code; raise KeyError if there is none."""
    return field_named(field).choices[code]
