"""The survey's columns and the answers each one knows, from `vocabulary.toml`."""

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Default

from analysis.settings import read_toml

FieldKind = Literal["id", "text", "choice", "number", "date"]

VOCABULARY_PATH = Path(__file__).with_name("vocabulary.toml")


class Field(BaseModel):
    """One column of the survey: code name, printed title, kind, and for a choice its answers.

    `choices` maps the code of an answer to its printed label, in the order of the form;
    `spellings` maps what else is written for an answer, whoever writes it, to that label. `help`
    tells the departments what to enter.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    header: str
    kind: FieldKind
    required: bool = False
    help: str = ""
    choices: dict[str, str] = Default(default_factory=dict)
    spellings: dict[str, str] = Default(default_factory=dict)


class _Vocabulary(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    field: tuple[Field, ...]


@lru_cache(maxsize=1)
def load_vocabulary() -> tuple[Field, ...]:
    """Return the survey's fields in the order of the form."""
    return read_toml(VOCABULARY_PATH, _Vocabulary).field


@lru_cache(maxsize=64)
def field_named(name: str) -> Field:
    """Return the field with this code name; raise KeyError if there is none."""
    return {field.name: field for field in load_vocabulary()}[name]


def label_of(field: str, code: str) -> str:
    """Return the printed label of a choice's code; raise KeyError if there is none."""
    return field_named(field).choices[code]
