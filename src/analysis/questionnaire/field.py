"""A column of the survey: its title, what it takes, and what each of its answers means to us."""

import datetime
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, PositiveInt, StringConstraints, model_validator
from pydantic import Field as Default

from analysis.questionnaire.spellings import choice_key
from analysis.settings import Day, Name

FieldKind = Literal["id", "text", "choice", "number", "date"]
Role = Literal["online", "started", "not_started", "excluded"]
"""What a status means to the program; `excluded` ones are counted in no total."""

BETWEEN = re.compile("[、,，;；\n]")
"""What departments write between several answers."""

NOTHING = ""
"""What stands among codes for an answer that is missing."""

SEVERAL, SAID_BETWEEN = ";", "；"
"""What stands between the codes of an answer that is several at once, and between their labels."""

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]


class Field(BaseModel):
    """One column of the survey: code name, printed title, kind, and for a choice its answers.

    `choices` maps the code of an answer to its printed label, in the order of the form;
    `spellings` maps what else is written for an answer, whoever writes it, to that label; with
    `multiple`, several may be given at once. `roles` says what each status means, `routes` what is
    done about each reason. `help` tells the departments what to enter. `group`, `width` and
    `example` lay out the form; a report prints what a department wrote in a `printed` one. Cycles
    before `since` don't ask for it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Code
    header: Name
    kind: FieldKind
    width: PositiveInt
    group: str = ""
    example: str = ""
    required: bool = False
    printed: bool = False
    multiple: bool = False
    since: Day = datetime.date.min
    help: Annotated[str, StringConstraints(max_length=255)] = ""
    choices: dict[Code, Name] = Default(default_factory=dict)
    spellings: dict[str, str] = Default(default_factory=dict)
    roles: dict[str, Role] = Default(default_factory=dict)
    routes: dict[str, str] = Default(default_factory=dict)

    @model_validator(mode="after")
    def _require_plain_words(self) -> Self:
        labels = list(self.choices.values())
        if len({choice_key(text).casefold() for text in labels}) < len(labels):
            raise ValueError(
                "choices の言葉が重複しています"
                "（全角と半角、空白、大文字と小文字、横棒や丸の種類の違いは、同じ言葉とみなします）"
            )
        if any(text.strip().isnumeric() for text in labels):
            raise ValueError("choices の言葉を数字だけにはできません")
        if self.multiple and SEVERAL in unicodedata.normalize("NFKC", "".join(labels)):
            raise ValueError(f"いくつも選べる項目の choices の言葉に「{SAID_BETWEEN}」は使えません")
        if self.multiple and (held := _find_several(labels)):
            raise ValueError(f"choices の「{held}」は、ほかの選択肢をいくつも選んだ回答と同じです")
        return self

    @model_validator(mode="after")
    def _require_sense(self) -> Self:
        if (self.kind == "choice") != bool(self.choices):
            raise ValueError("choices は、kind が choice の項目だけに書いてください")
        if self.multiple and self.kind != "choice":
            raise ValueError("multiple は、kind が choice の項目だけに書けます")
        for key, table in (("roles", self.roles), ("routes", self.routes)):
            if unknown := [code for code in table if code not in self.choices]:
                raise ValueError(f"{key} の「{unknown[0]}」は choices にありません")
        return self

    @model_validator(mode="after")
    def _require_own_spellings(self) -> Self:
        labels = self.choices.values()
        if unknown := [word for word in self.spellings.values() if word not in labels]:
            raise ValueError(f"spellings の「{unknown[0]}」は choices にありません")
        meant = {choice_key(text): text for text in labels}
        for text, label in self.spellings.items():
            if meant.setdefault(choice_key(text), label) != label:
                raise ValueError(f"spellings の「{text}」は、既に別の回答を指しています")
        return self

    @property
    def is_asked(self) -> bool:
        """Whether any cycle asks for it: what no form has, the program knows as always blank."""
        return self.since < datetime.date.max


@dataclass(frozen=True)
class Derived:
    """A column of the rows that no form has: worked out from answers, of which `decided_by` tells.

    Its evidence is the cells of those answers; where `is_compared`, in both cycles. `choices` maps
    each code to its printed label; with `multiple`, a row may have several at once.
    """

    name: str
    header: str
    choices: Mapping[str, str]
    decided_by: tuple[str, ...]
    is_compared: bool = False
    multiple: bool = False


def _find_several(labels: Sequence[str]) -> str | None:
    """Return a label that is others, one after the other, as a cell may hold them; or None."""
    known = {choice_key(text) for text in labels}
    for text in labels:
        parts = [choice_key(part) for part in BETWEEN.split(text) if part.strip()]
        if len(parts) > 1 and known.issuperset(parts):
            return text
    return None


def list_codes(value: str) -> list[str]:
    """Return the codes of an answer, of which there may be several at once."""
    return value.split(SEVERAL)


def name_codes(value: str, names: Mapping[str, str]) -> str:
    """Return an answer's codes by their names; raise KeyError for a code that has none.

    >>> name_codes("fee;seal", {"fee": "手数料", "seal": "押印"})
    '手数料；押印'
    """
    return SAID_BETWEEN.join(names[code] for code in list_codes(value))
