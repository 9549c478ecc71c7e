"""The answers of a column: whether they are choices, one or several at once, and their words.

A word is kept as it stands but for a number before it, where all words of the column have one.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from analysis.intake.columns import one_line
from analysis.questionnaire.field import SAID_BETWEEN
from analysis.questionnaire.spellings import choice_key
from analysis.survey.answers.layout import lay_out
from analysis.survey.table.fill import is_ditto
from analysis.texts import is_dash

MOST_CHOICES = 40
"""More different words than these are texts, not choices."""

LONGEST_CHOICE = 60
_FEWEST_REPEATS = 2
_SEPARATORS = {
    ";": re.compile(r"[;；]"),
    "改行": re.compile(r"\n"),
    "、": re.compile(r"[、,，]"),
    "/": re.compile(r"[/／]"),
}
# How many of the parts of divided cells may stand in no other cell.
_STRANGE_SHARE = 0.1
_NUMBERED = re.compile(
    r"[(（]?([0-9０-９]+(?:[-－‐][0-9０-９]+)*)[)）.．、:：]?\s+(\S.*)", re.DOTALL
)


@dataclass(frozen=True)
class Choices:
    """The words of a column in their order, and for each text of it the words that it holds.

    `labels` are the words as reports print them, `of` leads from a text to the labels it holds,
    `written` from a word of the list that is written otherwise to its label; `separator` names what
    stands between several, empty where each text is one. `numbers` tells that numbers before the
    words were left out.
    """

    labels: tuple[str, ...]
    of: Mapping[str, tuple[str, ...]]
    written: Mapping[str, str] = field(default_factory=dict)
    separator: str = ""
    numbers: bool = False


def read_choices(
    texts: "pd.Series[str]", *, single: bool = False, always: bool = False, meant: bool = False
) -> Choices | None:
    """Return the choices that a column's texts are, or None if they are none.

    `single` is for a column of which each text is one answer; `always` takes whatever words there
    are, `meant` few of them though none comes again. Blank texts hold no words.

    >>> texts = pd.Series(["1 費用; 2 法令", "1 費用", "2 法令; 1 費用", "1 費用"])
    >>> found = read_choices(texts)
    >>> found.labels, found.separator, found.of["2 法令; 1 費用"]
    (('費用', '法令'), ';', ('費用', '法令'))
    """
    counts = Counter(text for text in texts.dropna().tolist() if is_said(text))
    separator = "" if single else _find_separator(counts)
    parts = {text: _divide(text, separator) for text in counts}
    words = Counter[str]()
    for text, own in parts.items():
        words.update(dict.fromkeys(own, counts[text]))
    if not words or not (always or _are_choices(words, meant=meant)):
        return None
    labels, numbers = _name_words(words)
    order = sorted(set(labels.values()), key=lambda label: _rank(label, labels, words, numbers))
    places = {label: at for at, label in enumerate(order)}
    of = {
        text: tuple(sorted({labels[word] for word in own}, key=places.__getitem__))
        for text, own in parts.items()
    }
    keys = {choice_key(label) for label in order}
    written = {w: label for w, label in sorted(labels.items()) if choice_key(w) not in keys}
    return Choices(tuple(order), of, written, separator, bool(numbers))


def is_said(text: str) -> bool:
    """Tell whether a text is an answer: no blank, no dash alone, no mark for as above."""
    line = lay_out(text)[0]
    return bool(line) and not is_dash(line) and not is_ditto(line)


def _find_separator(counts: Mapping[str, int]) -> str:
    """Return what stands between several answers: the parts it makes stand in other cells too.

    Where only one text is divided, each of its parts does: they stand alone there.
    """
    for name, pattern in _SEPARATORS.items():
        parts = {text: _divide(text, name) for text in counts}
        met = Counter(part for own in parts.values() for part in own)
        divided = [own for text, own in parts.items() if pattern.search(text) and len(own) > 1]
        strange = [part for own in divided for part in own if met[part] == 1]
        all_parts = sum(map(len, divided))
        most = _STRANGE_SHARE * all_parts if len(divided) > 1 else 0
        if divided and len(strange) <= most:
            return name
    return ""


def _divide(text: str, separator: str) -> tuple[str, ...]:
    """Return a text's words, each on one line, without what is none."""
    found = _SEPARATORS[separator].split(text) if separator else [text]
    return tuple(dict.fromkeys(one_line(part) for part in found if is_said(part)))


def _are_choices(words: Mapping[str, int], *, meant: bool) -> bool:
    """Tell whether words are few and short enough, and come again."""
    if len(words) > MOST_CHOICES or max(map(len, words)) > LONGEST_CHOICE:
        return False
    return meant or sum(words.values()) >= _FEWEST_REPEATS * len(words)


def _name_words(words: Mapping[str, int]) -> tuple[dict[str, str], dict[str, tuple[int, ...]]]:
    """Return each word's label, and the numbers of the labels if all words begin with one.

    Words that are one to who reads answers have one label: the commonest's.
    """
    numbered = {word: _NUMBERED.fullmatch(word) for word in words}
    names, numbers = {word: word for word in words}, {}
    if all(numbered.values()):
        bare = {word: found[2].strip() for word, found in numbered.items() if found}
        if len({choice_key(name) for name in bare.values()}) == len({choice_key(w) for w in words}):
            names = bare
            numbers = {
                bare[word]: tuple(int(n) for n in re.split(r"[-－‐]", found[1]))
                for word, found in numbered.items()
                if found
            }
    common: dict[str, str] = {}
    for word in sorted(words, key=lambda word: (-words[word], word)):
        common.setdefault(choice_key(names[word]), names[word].replace(SAID_BETWEEN, "・"))
    return {word: common[choice_key(names[word])] for word in words}, numbers


def _rank(
    label: str,
    labels: Mapping[str, str],
    words: Mapping[str, int],
    numbers: Mapping[str, tuple[int, ...]],
) -> tuple[object, ...]:
    """Return by what a label is put in order: its number, or else how often it is said."""
    count = sum(words[word] for word, own in labels.items() if own == label)
    return (numbers.get(label, ()), -count, label)


def code_choices(labels: Sequence[str], begin: str = "a") -> dict[str, str]:
    """Return a code for each label, by its place: a01, a02, and so on."""
    width = max(2, len(str(len(labels))))
    return {f"{begin}{at:0{width}}": label for at, label in enumerate(labels, start=1)}


def list_written(choices: Choices, wanted: Iterable[str]) -> dict[str, str]:
    """Return what the list writes otherwise for these labels."""
    kept = {*wanted}
    return {word: label for word, label in choices.written.items() if label in kept}
