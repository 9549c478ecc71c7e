"""One name, one meaning: a second bearer of a name is found, never merged with the first."""

import unicodedata
from collections.abc import Iterable


def find_twice(named: Iterable[tuple[str, str]]) -> list[str]:
    """Return a line for each word that more than one bears, in the order of the words.

    `named` are words, each with who bears it. Words that differ in case or width only are one: they
    would name one file on some systems.
    """
    bearers: dict[str, list[str]] = {}
    for word, bearer in named:
        bearers.setdefault(unicodedata.normalize("NFKC", word).casefold(), []).append(bearer)
    return [f"「{word}」: {'、'.join(found)}" for word, found in bearers.items() if len(found) > 1]
