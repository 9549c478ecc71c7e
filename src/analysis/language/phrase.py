"""One phrase of the catalogue: a Japanese text with holes in it, and what it is in English.

A hole `{1}` is for a figure, or for what else a sentence holds that is no text of ours; any other
name is for a text, which is translated in its turn. English puts them in an order of its own; there
`{name:lower}` begins a text with a small letter, and `{1:bare}` leaves a figure's unit out. What
stands between two `*` is emphasised. Where a phrase has figures, others stand in `{list}` and
`{rest}` alone.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from string import ascii_lowercase

STRONG = "\U000f8000"
JAPANESE_LETTERS = (
    "\u3005-\u3007\u3041-\u3096\u30a1-\u30fa\u30fc-\u30ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f"
    "\U00020000-\U0003ffff"
)
"""Kana and kanji, as a regular expression's set has them."""

IN_JAPANESE = re.compile(f"[{JAPANESE_LETTERS}]")
"""A kana or a kanji."""

_FIRST_TOKEN, _BARE = 0xF0000, 0x4000
_TOKEN = re.compile(f"[{chr(_FIRST_TOKEN)}-{chr(_FIRST_TOKEN + 0x7FFF)}]")
_HOLE = re.compile(r"\{(\w+)\}")
SAID_HOLE = re.compile(r"\{(\w+)(:lower|:bare)?\}")
"""A hole of the English: its name, and what becomes of what it holds."""

MARK, BARE_MARK = "*", ":bare"
"""What emphasis stands between, and what leaves a figure's unit out."""

_SEVERAL = ("list", "rest")
_DEPTHS = {"「": 1, "」": -1, "（": 1, "）": -1}
_LOOSE = re.compile("[、。・（）「」]*")
_WHOLE = 1000


def write_token(place: int) -> str:
    """Return the sign that stands in a sentence for a figure in it, by its place among these."""
    return chr(_FIRST_TOKEN + place)


def read_token(sign: str) -> tuple[int, bool] | None:
    """Return the place of the figure that a sign stands for, and whether it is without its unit.

    None if it is for none.
    """
    if not _TOKEN.fullmatch(sign):
        return None
    return (ord(sign) - _FIRST_TOKEN) % _BARE, ord(sign) - _FIRST_TOKEN >= _BARE


def write_key(text: str) -> str:
    """Return a text as a catalogue has it: its figures as holes, numbered as they come.

    >>> write_key(f"計{write_token(4)}のうち{write_token(2)}")
    '計{1}のうち{2}'
    """
    places = iter(range(1, len(text) + 1))
    return _TOKEN.sub(lambda _: f"{{{next(places)}}}", text).replace(STRONG, MARK)


@dataclass(frozen=True)
class Phrase:
    """A phrase: its Japanese, and its English."""

    key: str
    said: str

    @cached_property
    def literals(self) -> tuple[str, ...]:
        """What stands before, between and behind the holes of the Japanese."""
        return tuple(_HOLE.split(self.key.replace(MARK, STRONG))[::2])

    @cached_property
    def holes(self) -> tuple[str, ...]:
        """The names of the holes of the Japanese, in their order."""
        return tuple(_HOLE.findall(self.key))

    @property
    def is_loose(self) -> bool:
        """Whether any text may be this by its commas and the like: nothing else is its own."""
        return len(self.holes) > 1 and _LOOSE.fullmatch("".join(self.literals)) is not None

    @cached_property
    def rank(self) -> int:
        """How much of the text is its own: of two that fit, the one with more is meant.

        What has an emphasis or a full stop is a sentence, of which other phrases are but parts.
        """
        own = "".join(self.literals)
        is_whole = STRONG in own or own.endswith("。")
        return len(own) + sum(hole.isdigit() for hole in self.holes) + _WHOLE * is_whole

    @cached_property
    def skeleton(self) -> tuple[str, str]:
        """The Japanese and the English with holes named `a`, `b`, … as the Japanese has them."""
        names = dict(zip(self.holes, ascii_lowercase, strict=False))
        key, said = (
            SAID_HOLE.sub(lambda hole: f"{{{names.get(hole[1], hole[1])}}}", text)
            for text in (self.key, self.said)
        )
        return key, said

    def match(self, text: str) -> Iterator[dict[str, str]]:
        """Yield what stands in the holes, for each way in which a text can be this phrase."""
        if self._may_be(text):
            yield from self._walk(text, 0, len(self.literals[0]))

    def say(self, text: str, say: Callable[[str], str | None]) -> str | None:
        """Return a text that is this phrase in English; None where `say` has a part of it not.

        Of several ways in which the text can be this, the first whose parts all are known is meant.
        """
        if not self._may_be(text):
            return None

        # Each place is asked of once: of many holes each way to there would ask again.
        @cache
        def fits(hole: int, at: int) -> bool:
            is_end = hole == len(self.holes)
            return is_end or any(fits(hole + 1, on) for _, on in self._list_insides(text, hole, at))

        @cache
        def find(hole: int, at: int) -> dict[str, str] | None:
            if hole == len(self.holes):
                return {}
            name = self.holes[hole]
            for inside, on in self._list_insides(text, hole, at):
                # To say a text takes the longest: not one that nothing could follow.
                said = (inside if name.isdigit() else say(inside)) if fits(hole + 1, on) else None
                if said is not None and (rest := find(hole + 1, on)) is not None:
                    return {name: said, **rest}
            return None

        found = find(0, len(self.literals[0]))
        return None if found is None else self.fill(found)

    def _may_be(self, text: str) -> bool:
        first, last = self.literals[0], self.literals[-1]
        return (
            text.startswith(first) and text.endswith(last) and all(map(text.count, self.literals))
        )

    def _walk(self, text: str, hole: int, at: int) -> Iterator[dict[str, str]]:
        name = self.holes[hole]
        for inside, behind in self._list_insides(text, hole, at):
            if hole == len(self.holes) - 1:
                yield {name: inside}
            else:
                for rest in self._walk(text, hole + 1, behind):
                    yield {name: inside, **rest}

    def _list_insides(self, text: str, hole: int, at: int) -> Iterator[tuple[str, int]]:
        """Yield what a hole that begins there may hold, with the place where the next begins."""
        name, after = self.holes[hole], self.literals[hole + 1]
        if hole == len(self.holes) - 1:
            ends = [len(text) - len(after)]
        elif name.isdigit():
            # A figure is one sign.
            ends = [at + 1] if text.startswith(after, at + 1) else []
        else:
            ends = list(_find_all(text, after, at + 1))
        for end in ends:
            inside = text[at:end]
            if inside and self._may_hold(name, inside):
                yield inside, end + len(after)

    def _may_hold(self, name: str, inside: str) -> bool:
        if name.isdigit():
            return read_token(inside) is not None
        if not _is_closed(inside):
            return False
        # A figure that a phrase names is its own: it is not one of several that are alike.
        return not self._has_figures or name in _SEVERAL or not _TOKEN.search(inside)

    @cached_property
    def _has_figures(self) -> bool:
        return any(map(str.isdigit, self.holes))

    def fill(self, found: dict[str, str]) -> str:
        """Return the English with these texts in its holes."""
        said = self.said.replace(MARK, STRONG)
        return SAID_HOLE.sub(lambda hole: _CHANGES[hole[2] or ""](found[hole[1]]), said)


def begin_small(text: str) -> str:
    """Return a text that begins with a small letter, unless with an abbreviation."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


_CHANGES: dict[str, Callable[[str], str]] = {
    "": str,
    ":lower": begin_small,
    BARE_MARK: lambda token: chr(ord(token) + _BARE),
}


def _is_closed(text: str) -> bool:
    """Return whether every bracket of a text is opened and closed in it."""
    depth = 0
    for sign in text:
        depth += _DEPTHS.get(sign, 0)
        if depth < 0:
            return False
    return depth == 0


def _find_all(text: str, part: str, at: int) -> Iterator[int]:
    while (at := text.find(part, at)) >= 0:
        yield at
        at += 1
