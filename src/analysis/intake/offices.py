"""The departments of a list: one by each name, with what it is called in ids and file names."""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd

from analysis.cycle_toml import WHOLE, WHOLE_NAME, WHOLE_SHORT, Department
from analysis.intake.columns import one_line
from analysis.questionnaire.spellings import match_key

OFFICELESS = "（部局名なし）"
ALL_OFFICES = "全部局"

_ASCII = re.compile(r"[A-Za-z][A-Za-z0-9 ._-]*")
# What no file of some system may be called, or hold in its name.
_FORBIDDEN = re.compile(r'[\\/:*?"<>|]')
_LONGEST_NAME = 60
_LONGEST_STEM = 80
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])", re.IGNORECASE)


class Offices(NamedTuple):
    """The departments in the order of the list, and for each of its names whose it is.

    `merged` are names that were taken for another spelling of a department's.
    """

    departments: tuple[Department, ...]
    of: Mapping[str, Department]
    merged: Mapping[str, str]


def name_offices(names: "pd.Series[str]") -> Offices:
    """Return the departments that a column names, every row of which is filled.

    Names that differ in width, blanks or case alone are one, by the commonest spelling.

    >>> offices = name_offices(pd.Series(["環境部", "DX Office", "環 境 部"], dtype="str"))
    >>> [(own.name, own.slug) for own in offices.departments]
    [('環境部', 'd01'), ('DX Office', 'dxoffice')]
    """
    counts = Counter(names.tolist())
    order = list(dict.fromkeys(names.tolist()))
    spellings: dict[str, list[str]] = {}
    for name in order:
        spellings.setdefault(_key(name), []).append(name)
    width = max(2, len(str(len(spellings))))
    # Slugs and names are words of one kind: no name may be another's slug, nor its own.
    taken_slugs, taken_stems = {WHOLE, *map(_fold, order)}, set[str]()
    departments: list[Department] = []
    of: dict[str, Department] = {}
    merged: dict[str, str] = {}
    for at, (_, own) in enumerate(spellings.items(), start=1):
        written = min(own, key=lambda name: (-counts[name], order.index(name)))
        name = _free_name(one_line(written)[:_LONGEST_NAME] or OFFICELESS)
        wanted = _slug(name)
        plain = f"d{at:0{width}}"
        slug = _free(plain if wanted in {"", *taken_slugs} else wanted, taken_slugs)
        stem = _free(_stem(name, slug), taken_stems)
        department = Department(name=name, slug=slug, workbook=f"{stem}.xlsx")
        departments.append(department)
        of |= dict.fromkeys(own, department)
        merged |= {other: name for other in own if one_line(other) != name}
    return Offices(tuple(departments), of, merged)


def _fold(word: str) -> str:
    """Return what is the same of words that would name one file somewhere."""
    return unicodedata.normalize("NFKC", word).casefold()


def _key(name: str) -> str:
    return match_key(one_line(name)[:_LONGEST_NAME]).casefold()


def _free_name(name: str) -> str:
    """Return a name that the whole city has not."""
    key = _key(name)
    return f"{name}（部局）" if key in map(_key, (WHOLE, WHOLE_NAME, WHOLE_SHORT)) else name


def _slug(name: str) -> str:
    """Return the slug of a name in ASCII, or nothing: no reading can be told of other signs."""
    folded = unicodedata.normalize("NFKC", name)
    return re.sub("[^a-z0-9]", "", folded.lower()) if _ASCII.fullmatch(folded) else ""


def _stem(name: str, slug: str) -> str:
    stem = _FORBIDDEN.sub("＿", name).strip(" .")[:_LONGEST_STEM]
    return f"{slug}_{stem}" if not stem or _RESERVED.fullmatch(stem) else stem


def _free(wanted: str, taken: set[str]) -> str:
    """Return a word that is not taken yet, nor another's but for case and width; take it."""
    number, free = 1, wanted
    while _fold(free) in taken:
        number += 1
        free = f"{wanted}{number}"
    taken.add(_fold(free))
    return free
