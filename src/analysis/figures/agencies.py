"""The agencies whose laws keep procedures from moving online, as the user's `agencies.toml` says.

Which agency is competent for a law is nowhere in the answers. What no line covers is not guessed.
"""

import os
import re
from collections.abc import Collection, Iterator
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from analysis.cycle_toml import Slug
from analysis.figures.laws import list_citations
from analysis.questionnaire.questionnaire import Questionnaire
from analysis.settings import Name, read_toml, refuse_settings

NOBODYS, NOBODYS_NAME = "undecided", "所管未定"
"""The code and the name of what stands for an agency where no line covers a law."""

_ANY = "*"


class Agency(BaseModel):
    """An agency to write to: its code in figures' ids, its name, and the laws that it is asked of.

    A law is named, or several by what they begin or end with: `福島県*`. With `reasons` it is asked
    only where a procedure has one of these reasons: who hands on applications for another office is
    not kept by the ministry of the law.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: Slug
    name: Name
    addressee: Name | None = None
    laws: list[Name] = Field(min_length=1)
    reasons: list[str] = []


class Agencies(BaseModel):
    """The contents of an `agencies.toml`. Of several patterns for a law the first counts."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    agency: list[Agency] = []

    def find(self, law: str, reasons: Collection[str]) -> str:
        """Return the code of a law's agency: a name goes before a pattern, a reason before none.

        >>> ministry = Agency(code="moj", name="法務省", laws=["戸籍法*"])
        >>> Agencies(agency=[ministry]).find("戸籍法施行規則", ())
        'moj'
        >>> Agencies().find("戸籍法", ())
        'undecided'
        """
        for line in self._ordered:
            if line.takes(law) and (not line.reasons or not line.reasons.isdisjoint(reasons)):
                return line.code
        return NOBODYS

    @cached_property
    def names(self) -> dict[str, str]:
        """The agencies' names by code, in the file's order; what no line covers comes last."""
        return {own.code: own.name for own in self.agency} | {NOBODYS: NOBODYS_NAME}

    @cached_property
    def _ordered(self) -> "list[_Line]":
        lines = [
            _Line(own.code, _read_law(law), frozenset(own.reasons))
            for own in self.agency
            for law in own.laws
        ]
        return sorted(lines, key=lambda line: (_ANY in line.law, not line.reasons))


class _Line(NamedTuple):
    """A law, or a pattern of some, of an agency."""

    code: str
    law: str
    reasons: frozenset[str]

    def takes(self, law: str) -> bool:
        """Tell whether a law is meant."""
        if _ANY not in self.law:
            return self.law == law
        pattern = ".*".join(map(re.escape, re.split(r"\*+", self.law)))
        return bool(re.fullmatch(pattern, law))


def read_agencies(path: Path, asked: Questionnaire) -> Agencies:
    """Read an `agencies.toml`; none are known where there is no file.

    Raises SettingsError for a law that two of its lines name, and for a reason that is not asked.
    """
    if not os.path.lexists(path):
        return Agencies()
    agencies = _code_reasons(read_toml(path, Agencies), asked)
    if wrong := list(_find_wrong(agencies, asked)):
        refuse_settings(path, wrong)
    return agencies


def _code_reasons(agencies: Agencies, asked: Questionnaire) -> Agencies:
    """Return the agencies with the reasons by their codes, where they are named by their labels."""
    codes = {label: code for code, label in asked.reasons.items()}
    lines = [
        own.model_copy(update={"reasons": [codes.get(word, word) for word in own.reasons]})
        for own in agencies.agency
    ]
    return agencies.model_copy(update={"agency": lines})


def _find_wrong(
    agencies: Agencies, asked: Questionnaire
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    codes: set[str] = {NOBODYS}
    owners: dict[tuple[str, str], str] = {}
    for at, own in enumerate(agencies.agency):
        if own.code in codes:
            yield ("agency", at, "code"), f"「{own.code}」は、既にほかの相手先の符号です"
        codes.add(own.code)
        if strange := [word for word in own.reasons if word not in asked.reasons]:
            words = "、".join(asked.reasons.values()) or "（理由を尋ねない調査です）"
            yield (
                ("agency", at, "reasons"),
                f"「{strange[0]}」という理由はありません。あるもの: {words}",
            )
        for law in own.laws:
            if _ANY in law.strip(_ANY) or not law.strip(f"{_ANY} "):
                yield ("agency", at, "laws"), f"「{law}」の「*」は、名称の前か後ろに付けてください"
            for reason in own.reasons or [""]:
                other = owners.setdefault((_read_law(law), reason), own.name)
                if other != own.name or own.laws.count(law) > 1:
                    yield ("agency", at, "laws"), f"「{law}」は、既に{other}にあります"
                    break


def _read_law(written: str) -> str:
    """Return a law's name, or a pattern, as answers' are read."""
    return "".join(law for law, _ in list_citations(written)[:1])
