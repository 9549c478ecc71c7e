"""The lexicon: what every text of the English reports is in English, and which text has none yet.

The sentences of the program stand in `english.toml` beside this module, those and the words of a
survey of its own (departments, statuses, titles) in the `english.toml` beside its survey.toml. That
there is such a file is what asks for the reports in English. A phrase is found by the whole text
that a report is about to print, so nobody who writes a report in Japanese has to think of it.
"""

from collections.abc import Collection, Mapping
from itertools import islice

from pydantic import BaseModel, ConfigDict

from analysis.errors import ReportError
from analysis.language.dates import say_date
from analysis.language.phrase import IN_JAPANESE, Phrase, write_key
from analysis.names import ENGLISH_NAME

SIGNS = str.maketrans(
    {
        "、": ", ",
        "。": ". ",
        "：": ": ",
        "（": " (",
        "）": ")",
        "／": " / ",
        "　": " ",
        "・": ", ",
        "｜": " | ",
    }
)
"""What full-width signs are between English words; in a name they stay."""

# In how many ways a text without a translation is read, to tell the words that lack one.
_MOST_WAYS = 200


class Words(BaseModel):
    """The contents of an `english.toml`: `script` is for what a page's own script says alone.

    A unit has two forms, for one and for any other number.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    words: dict[str, str] = {}
    units: dict[str, tuple[str, str]] = {}
    script: dict[str, str] = {}


class Lexicon:
    """Says texts in English; what it can't say it returns as it is, and remembers.

    `names` are texts of the answers that stay Japanese (procedures, laws), `own` those that no
    answer is free in, so that they must be translated wherever they stand.
    """

    def __init__(
        self, words: Words, names: Collection[str] = (), own: Collection[str] = ()
    ) -> None:
        """Take the words, and the names that need none or need one."""
        self.names, self.own = names, own
        self.units, self.script = words.units, words.script
        self.missing: dict[str, str] = {}
        self._blamed: dict[str, tuple[str, ...] | None] = {}
        self.place = ""
        phrases = [Phrase(key, said) for key, said in words.words.items() if said]
        self._known: dict[str, str | None] = {
            key: one.fill({}) if key != one.key else one.said
            for one in phrases
            if not one.holes
            for key in (one.key, one.literals[0])
        }
        self._phrases = sorted(
            (one for one in phrases if one.holes), key=lambda one: one.rank, reverse=True
        )
        self._skeletons = dict(one.skeleton for one in phrases if one.holes)

    def say(self, text: str) -> str:
        """Return a text in English; one that has none as it is, noted as missing."""
        found = self.find(text)
        if found is None:
            self.miss(text)
            return text
        return found

    def say_name(self, text: str) -> str:
        """Return a text of the answers in English where it has a translation, else as it is."""
        if text in self.own:
            return self.say(text)
        return self.find(text) or text if IN_JAPANESE.search(text) else text

    def say_unit(self, name: str, number: str) -> str:
        """Return a unit as it stands behind a number that is printed so."""
        if name in self.units:
            return self.units[name][number.lstrip("+−") != "1"]
        return self.say(name)

    def miss(self, text: str) -> None:
        """Note that a text has no translation."""
        for part in self._blame(text) or (text,):
            self.missing.setdefault(write_key(part), self.place)

    def _blame(self, text: str) -> tuple[str, ...] | None:
        """Return the words of a text that have no translation; None where it has none itself."""
        if text not in self._blamed:
            self._blamed[text] = self._find_blamed(text)
        return self._blamed[text]

    def _find_blamed(self, text: str) -> tuple[str, ...] | None:
        if self.find(text) is not None:
            return ()
        if text in self.own:
            return (text,)
        for phrase in self._phrases:
            ways = islice(phrase.match(text), _MOST_WAYS)
            found = [told for inside in ways if (told := self._blame_all(phrase, inside))]
            if found:
                return min(found, key=lambda told: len("".join(told)))
        return None

    def _blame_all(self, phrase: Phrase, found: Mapping[str, str]) -> tuple[str, ...]:
        """Return the words without a translation in a phrase's holes.

        None of what only commas and the like would part, where a part is no phrase itself.
        """
        words: tuple[str, ...] = ()
        for inside in (own for hole, own in found.items() if not hole.isdigit()):
            told = self._blame(inside)
            if told is None and phrase.is_loose:
                return ()
            words += (inside,) if told is None else told
        return words

    def find(self, text: str) -> str | None:
        """Return a text in English; None where the catalogue has none."""
        if text not in self._known:
            # One that stands within itself is none.
            self._known[text] = None
            self._known[text] = self._find(text)
        return self._known[text]

    def find_key(self, key: str) -> str | None:
        """Return what the catalogue has for a key whose holes are named `a`, `b`, … in order."""
        return self._skeletons.get(key) or self.find(key)

    def _find(self, text: str) -> str | None:
        if not IN_JAPANESE.search(text):
            return text.translate(SIGNS)
        if text in self.names:
            return text
        if (date := say_date(text)) is not None:
            return date
        told = (phrase.say(text, self.find) for phrase in self._phrases)
        return next((said for said in told if said is not None), None)

    def require_all(self) -> None:
        """Return if everything that was asked for had a translation; else raise ReportError."""
        if self.missing:
            raise ReportError(tell_missing(self.missing))


def tell_missing(missing: Mapping[str, str]) -> str:
    """Return, for people, texts without a translation, each with its place, as lines of TOML."""
    lines = [
        f'  {_quote(text)} = ""' + (f"  # {place}" if place else "")
        for text, place in missing.items()
    ]
    return (
        f"英語の訳のない語句が{len(lines)}件あります。data/raw/{ENGLISH_NAME} の [words] に、"
        "次の行の右側に英語を書いて加えてください。\n" + "\n".join(lines)
    )


def _quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
