"""One message of the catalogue: a Japanese text with holes in it, and what it is in English.

A hole `{1}` is for a figure, or for what else a sentence holds that is no text of ours; any other
name is for a text, which is translated in its turn; `{name:lower}` of the English begins it with a
small letter. English puts them in an order of its own. What
stands between two `*` is emphasised.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from string import ascii_lowercase

STRONG = "\U000f8000"
_FIRST_TOKEN = 0xF0000
_TOKEN = re.compile(f"[{chr(_FIRST_TOKEN)}-{chr(_FIRST_TOKEN + 0x7FFF)}]")
_HOLE = re.compile(r"\{(\w+)\}")
_SAID_HOLE = re.compile(r"\{(\w+)(:lower)?\}")
_MARK = "*"


def write_token(place: int) -> str:
    """Return the sign that stands in a sentence for a figure in it, by its place among these."""
    return chr(_FIRST_TOKEN + place)


def read_token(sign: str) -> int | None:
    """Return the place of the figure that a sign stands for; None if it is for none."""
    return ord(sign) - _FIRST_TOKEN if _TOKEN.fullmatch(sign) else None


def write_key(text: str) -> str:
    """Return a text as a catalogue has it: its figures as holes, numbered as they come.

    >>> write_key(f"計{write_token(4)}のうち{write_token(2)}")
    '計{1}のうち{2}'
    """
    places = iter(range(1, len(text) + 1))
    return _TOKEN.sub(lambda _: f"{{{next(places)}}}", text).replace(STRONG, _MARK)


@dataclass(frozen=True)
class Message:
    """A message: its Japanese, and its English."""

    key: str
    said: str

    @cached_property
    def literals(self) -> tuple[str, ...]:
        """What stands before, between and behind the holes of the Japanese."""
        return tuple(_HOLE.split(self.key.replace(_MARK, STRONG))[::2])

    @cached_property
    def holes(self) -> tuple[str, ...]:
        """The names of the holes of the Japanese, in their order."""
        return tuple(_HOLE.findall(self.key))

    @cached_property
    def rank(self) -> int:
        """How much of the text is its own: of two that fit, the one with more is meant."""
        return sum(map(len, self.literals)) + sum(hole.isdigit() for hole in self.holes)

    @cached_property
    def skeleton(self) -> tuple[str, str]:
        """The Japanese and the English with holes named `a`, `b`, … as the Japanese has them."""
        names = dict(zip(self.holes, ascii_lowercase, strict=False))
        key, said = (
            _SAID_HOLE.sub(lambda hole: f"{{{names.get(hole[1], hole[1])}}}", text)
            for text in (self.key, self.said)
        )
        return key, said

    def find_wrong(self) -> str | None:
        """Return what is wrong with the English, in words; None if nothing is."""
        told = [name for name, _ in _SAID_HOLE.findall(self.said)]
        if sorted(told) != sorted(self.holes):
            own = "、".join(f"{{{hole}}}" for hole in self.holes) or "（なし）"
            return f"{{ }} で囲んだところは、日本語と同じものを一つずつ書いてください: {own}"
        if self.said.count(_MARK) != self.key.count(_MARK):
            return "強調の * は、日本語と同じ数だけ書いてください"
        return None

    def match(self, text: str) -> Iterator[dict[str, str]]:
        """Yield what stands in the holes, for each way in which a text can be this message."""
        first, *_, last = self.literals
        if text.startswith(first) and text.endswith(last) and all(map(text.count, self.literals)):
            yield from self._walk(text, 0, len(first))

    def _walk(self, text: str, hole: int, at: int) -> Iterator[dict[str, str]]:
        name, after = self.holes[hole], self.literals[hole + 1]
        is_last = hole == len(self.holes) - 1
        ends = [len(text) - len(after)] if is_last else _find_all(text, after, at + 1)
        for end in ends:
            inside = text[at:end]
            if not inside or (name.isdigit() and read_token(inside) is None):
                continue
            if is_last:
                yield {name: inside}
            else:
                for rest in self._walk(text, hole + 1, end + len(after)):
                    yield {name: inside, **rest}

    def fill(self, found: dict[str, str]) -> str:
        """Return the English with these texts in its holes."""
        said = self.said.replace(_MARK, STRONG)
        return _SAID_HOLE.sub(
            lambda hole: _lower(found[hole[1]]) if hole[2] else found[hole[1]], said
        )


def _lower(text: str) -> str:
    """Return a text that begins with a small letter, unless with an abbreviation."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def _find_all(text: str, part: str, at: int) -> Iterator[int]:
    while (at := text.find(part, at)) >= 0:
        yield at
        at += 1
