"""What a number format shows in a value's place: the same one, another one, a word, or nothing.

Formats that only dress a value (separators, units, colours, a dash for zero) show the same.
"""

import operator
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from analysis.texts import is_dash

# A quoted text, a sign taken as it is, a blank as wide as a sign or a sign that fills the cell, a
# colour or condition or currency, the general format, or any other sign.
_TOKEN = re.compile(r'"([^"]*)"?|\\(.)|[_*].?|\[([^\]]*)\]?|(General|G/標準)|(.)', re.I | re.S)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)(-?[0-9]+(?:\.[0-9]+)?)")
_COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "<>": operator.ne,
}
_PLACES = re.compile(r"[0#?]")
# A comma that no digit follows divides by a thousand.
_OTHER_SCALE = re.compile(r"%|(?<=[0#?]),+(?![0#?,])")
_OTHER_NUMBER = re.compile(r"[0-9百千万億兆]")
# 0"人/1年" is a unit, and shows the number as it is.
_PER_ONE = re.compile(r"/1(?=\D)")
_ZERO_WORDS = frozenset({"", "なし", "無し", "無", "ゼロ", "零", "0", "0件"})
_MOST_SECTIONS = 4


class _Section(NamedTuple):
    """One part of a format: the condition it holds on, its words, its signs for digits in order."""

    condition: tuple[str, float] | None
    words: str
    signs: str

    def is_for(self, number: float) -> bool:
        """Tell whether the condition holds, as it does where there is none."""
        if self.condition is None:
            return True
        sign, bound = self.condition
        return _COMPARE[sign](number, bound)


def shows_another_text(code: str) -> bool:
    """Tell whether a format shows another word in a text's place, or nothing."""
    sections = _parse(code)
    return len(sections) == _MOST_SECTIONS and "@" not in sections[-1].signs


def shows_another_number(code: str, text: str, *, is_name: bool = False) -> bool:
    """Tell whether a format shows a number as another one, as a word, or not at all.

    `is_name` tells that the number names something, so that 0012 and 00-12 are others than 12.
    """
    number = float(text)
    section = _choose(_parse(code), number)
    words = section.words.strip()
    if "@" in section.signs:
        return False
    if not _PLACES.search(section.signs):
        return not (number == 0 and (words in _ZERO_WORDS or is_dash(words)))
    if is_name and (words or section.signs.count("0") > len(text)):
        return True
    return bool(_OTHER_SCALE.search(section.signs) or _OTHER_NUMBER.search(_PER_ONE.sub("", words)))


def _choose(sections: tuple[_Section, ...], number: float) -> _Section:
    if any(section.condition for section in sections):
        return next((section for section in sections if section.is_for(number)), sections[-1])
    at = 2 if number == 0 else int(number < 0)
    return sections[at] if at < len(sections) else sections[0]


@lru_cache(maxsize=256)
def _parse(code: str) -> tuple[_Section, ...]:
    return tuple(_read_sections(code))


def _read_sections(code: str) -> Iterator[_Section]:
    condition, words, signs = None, "", ""
    for found in _TOKEN.finditer(code):
        quoted, taken, bracketed, general, sign = found.groups()
        if sign == ";":
            yield _Section(condition, words, signs)
            condition, words, signs = None, "", ""
        elif bracketed is not None:
            bound = _CONDITION.fullmatch(bracketed)
            condition = (bound[1], float(bound[2])) if bound else condition
        elif general:
            signs += "0"
        elif sign and sign in "0#?.,%@":
            signs += sign
        else:
            words += unicodedata.normalize("NFKC", quoted or taken or sign or "")
    yield _Section(condition, words, signs)
