"""One name, one meaning: a second bearer of a name is found, never merged with the first.

And what the names of cycles say: whether one is interim, and whose figures an id means.
"""

import datetime
import unicodedata
from collections.abc import Iterable

INTERIM_ENDING = "-interim"
"""What ends the name of a cycle as it is before every department has answered."""

INTERIM = "暫定"
"""What its reports, and their files, are marked with."""

ENGLISH_NAME = "english.toml"
"""The file, beside what a survey asks, with its words in English: that asks for English reports."""

ENGLISH_PATH = f"data/raw/{ENGLISH_NAME}"

ENGLISH, ORIGINAL = "en", "ja"
"""The languages of reports, as files and pages name them."""

_COMPARED = "-for-"


def spell_cycle(name: str) -> str:
    """Return a cycle's name as folders and ids have it: an interim one may be named by its mark.

    >>> spell_cycle("2024-09-01-暫定")
    '2024-09-01-interim'
    """
    day = name.removesuffix(f"-{INTERIM}")
    return name if day == name else f"{day}{INTERIM_ENDING}"


def name_day(name: str) -> str:
    """Return the name of the raw folder of a cycle, of an interim one too."""
    return spell_cycle(name).removesuffix(INTERIM_ENDING)


def name_previous(previous: str, cycle: str) -> str:
    """Return what figures of the cycle before are called that are others beside `cycle`."""
    return f"{previous}{_COMPARED}{cycle}"


def name_ledger(cycle: str) -> str:
    """Return the name of the cycle in whose ledger the figures of a cycle, as ids say it, stand."""
    name = spell_cycle(cycle)
    return name.partition(_COMPARED)[2] or name


def name_compared(cycle: str) -> str:
    """Return the name of the cycle whose answers the figures of a cycle, as ids say it, count."""
    return cycle.partition(_COMPARED)[0]


def say_day(day: datetime.date | str) -> str:
    """Return a day as every report writes it; a text is one in ISO's form.

    >>> say_day("2024-09-01")
    '2024年9月1日'
    """
    date = datetime.date.fromisoformat(day) if isinstance(day, str) else day
    return f"{date.year}年{date.month}月{date.day}日"


def say_cycle(name: str) -> str:
    """Return the day of the answers that the figures of a cycle, as ids say it, count.

    >>> say_cycle("2024-03-31-for-2024-09-01")
    '2024年3月31日'
    """
    return say_day(name_day(name_compared(name)))


def name_in(language: str, stem: str) -> str:
    """Return how a report's files are called in a language, without an ending.

    >>> name_in("en", "overview"), name_in("ja", "overview")
    ('overview-en', 'overview')
    """
    return stem if language == ORIGINAL else f"{stem}-{language}"


def find_twice(named: Iterable[tuple[str, str]]) -> list[str]:
    """Return a line for each word that more than one bears, in the order of the words.

    `named` are words, each with who bears it. Words that differ in case or width only are one: they
    would name one file on some systems.
    """
    bearers: dict[str, list[str]] = {}
    for word, bearer in named:
        bearers.setdefault(unicodedata.normalize("NFKC", word).casefold(), []).append(bearer)
    return [f"「{word}」: {'、'.join(found)}" for word, found in bearers.items() if len(found) > 1]
