"""Name the laws that an answer speaks of: the same law the same way, however it is written.

Departments write a procedure's ground as free text: 戸籍法第25条・第27条, 医師法第6条ほか各資格法.
Nothing is looked up and nothing guessed: a law that two of them call by two names is two laws.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

_LONGEST = 80
_HASH_LENGTH = 10
_NUMERALS = {sign: value for value, sign in enumerate("〇一二三四五六七八九")}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_NUMBER = "[0-9〇一二三四五六七八九十百千]{1,9}"
_ARTICLE = re.compile(rf"第({_NUMBER})条((?:の{_NUMBER})*)")
# Where a law's name ends and a part of it is named.
_PART = re.compile(rf"附則|別表|第{_NUMBER}[条章編款節項号]")
# When and as which number it was promulgated, in brackets or not.
_PROMULGATED = re.compile(
    rf"\(?(?:明治|大正|昭和|平成|令和)[0-9元〇一二三四五六七八九十]{{1,4}}年[^第()]{{1,20}}第{_NUMBER}号\)?"
)
_KINDS = "法|法律|令|規則|条例|細則|要綱|要領|要項|規程|約款|告示|通知|通達|規約|基準|条約|協定"
_MORE = "等|など|ほか.*|その他.*"
_WHOLE = re.compile(rf"(?:{_KINDS})(?:\([^()]*\))?(?:{_MORE})?$")
_AND_MORE = re.compile(rf"(?<=[法律令則例綱領項程款示知達約準定])(?:{_MORE})$")
_BETWEEN = re.compile("([・、,;/]|及び|並びに|又は|または|および|ならびに)")
_SAME = re.compile(rf"同(?:{_KINDS})$")
_LEFT_OUT = str.maketrans("", "", "「」『』")
_WIDE = str.maketrans("()", "（）")


class Citation(NamedTuple):
    """A law by its name, and the articles that are named of it: `25`, `37の2`."""

    law: str
    articles: tuple[str, ...]


@lru_cache(maxsize=16384)
def list_citations(answer: str) -> tuple[Citation, ...]:
    """Return the laws that an answer names, in its order, each once with all its articles.

    Width, spaces, quotes and the number of promulgation make no difference, numerals neither. A
    part without a law of its own is the law's before it. An answer of which no name is left is one
    by itself; a blank one names none.

    >>> list_citations("戸籍法第２５条・第二十七条の２")
    (Citation(law='戸籍法', articles=('25', '27の2')),)
    >>> [law for law, _ in list_citations("肝炎対策基本法・福島県肝炎要綱、墓地、埋葬法ほか")]
    ['肝炎対策基本法', '福島県肝炎要綱', '墓地、埋葬法']
    """
    text = "".join(unicodedata.normalize("NFKC", answer).translate(_LEFT_OUT).split())
    text = _PROMULGATED.sub("", text)
    found: dict[str, dict[str, None]] = {}
    last = ""
    for part in _part_laws(text):
        begin = _PART.search(part)
        name = part[: begin.start()] if begin else part
        name = _AND_MORE.sub("", name).strip("・、,;/")
        if not name or _SAME.fullmatch(name):
            name = last
        if name:
            last = name
            articles = found.setdefault(name.translate(_WIDE), {})
            articles.update(dict.fromkeys(list_articles(part)))
    if not found and text:
        found[text.translate(_WIDE)] = {}
    return tuple(Citation(law, tuple(articles)) for law, articles in found.items())


def list_articles(text: str) -> Iterator[str]:
    """Yield the articles that a text names, by plain numerals: `第三十七条の２第1項` is `37の2`.

    Those of supplementary provisions are others.

    >>> [*list_articles("第三十七条の２第1項、第４０条、附則第３条")]
    ['37の2', '40', '附則3']
    """
    main, supplement, rest = unicodedata.normalize("NFKC", text).partition("附則")
    for provisions in (main, rest):
        for number, branches in _ARTICLE.findall(provisions):
            parts = [number, *branches.split("の")[1:]]
            article = "の".join(str(_count(part)) for part in parts)
            yield f"{supplement}{article}" if provisions is rest else article


def code_law(law: str) -> str:
    """Return the code by which a law's name is known in every cycle: letters and digits only."""
    return f"law_{hashlib.sha256(law.casefold().encode()).hexdigest()[:_HASH_LENGTH]}"


def label_law(law: str) -> str:
    """Return a law's name as it is printed: a very long one is cut, and told apart by its code."""
    if len(law) <= _LONGEST:
        return law
    return f"{law[:_LONGEST]}…（{code_law(law).removeprefix('law_')}）"


def _part_laws(text: str) -> Iterator[str]:
    """Yield the parts of an answer that name a law each, or articles of the one before."""
    pieces = _BETWEEN.split(text)
    held = pieces[0]
    for mark, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        if _PART.search(held) or _WHOLE.search(held):
            yield held
            held = piece
        else:
            held += mark + piece
    yield held


def _count(numeral: str) -> int:
    """Return the number that digits or a numeral such as 二十五 stand for."""
    if numeral.isdecimal():
        return int(numeral)
    total, digits = 0, ""
    for sign in numeral:
        if sign in _UNITS:
            total += int(digits or 1) * _UNITS[sign]
            digits = ""
        else:
            digits += str(_NUMERALS.get(sign, sign))
    return total + int(digits or 0)
