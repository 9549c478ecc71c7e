"""The words: the program's and a survey's own english.toml, held to their rules and opened."""

from collections.abc import Collection, Iterator
from functools import lru_cache
from pathlib import Path

from analysis.cycle import Cycle
from analysis.errors import ReportError
from analysis.language.faults import find_fault
from analysis.language.lexicon import Lexicon, Words
from analysis.language.phrase import Phrase
from analysis.names import ENGLISH_NAME
from analysis.questionnaire.spellings import match_key
from analysis.settings import read_toml, refuse_settings

_Fault = tuple[tuple[str, str], str]


def find_words(cycle: Cycle) -> Path | None:
    """Return the file with a survey's own English words; None where it wants no English reports."""
    path = cycle.survey_path.with_name(ENGLISH_NAME)
    return path if path.is_file() else None


def require_words(cycle: Cycle) -> None:
    """Return if a survey's own English words, if it has any, can be used.

    Else raise SettingsError naming each wrong entry with its line: one that no page could say, and
    one by which readers of English could not tell departments or the choices of a field apart.
    """
    path = find_words(cycle)
    if path is not None and (wrong := [*_read(path)[1], *_find_alike(_open(path), cycle)]):
        refuse_settings(path, wrong)


def open_lexicon(cycle: Cycle, names: Collection[str] = (), own: Collection[str] = ()) -> Lexicon:
    """Return the lexicon of a survey; its own words stand before the program's.

    Raises SettingsError as `require_words` does, ReportError where the survey has none.
    """
    require_words(cycle)
    path = find_words(cycle)
    if path is None:
        raise ReportError(
            f"英語の報告書には、data/raw/{ENGLISH_NAME} に調査の語句の英語が要ります。"
        )
    return _open(path, names, own)


def _open(path: Path, names: Collection[str] = (), own: Collection[str] = ()) -> Lexicon:
    program, survey = (_read(one)[0] for one in (Path(__file__).with_name(ENGLISH_NAME), path))
    words = Words(
        words=program.words | survey.words,
        units=program.units | survey.units,
        script=program.script | survey.script,
    )
    return Lexicon(words, names, own)


def _find_alike(lexicon: Lexicon, cycle: Cycle) -> Iterator[_Fault]:
    groups = [[own.name for own in cycle.departments]]
    groups += [[*field.choices.values()] for field in cycle.questionnaire.fields if field.choices]
    told = set[str]()
    for group in groups:
        first: dict[str, str] = {}
        for name in dict.fromkeys(group):
            said = lexicon.find(name)
            other = first.setdefault(match_key(said).casefold(), name) if said else name
            if other != name and name not in told:
                told.add(name)
                yield ("words", name), f"「{other}」と同じ英語です"


@lru_cache(maxsize=4)
def _read_stamped(path: Path, _stamp: tuple[int, int]) -> tuple[Words, tuple[_Fault, ...]]:
    words = read_toml(path, Words)
    entries = [
        (table, key, said)
        for table, own in (("words", words.words), ("script", words.script))
        for key, said in own.items()
        if said
    ]
    entries += [("units", key, form) for key, forms in words.units.items() for form in forms]
    faults = {
        (table, key): why
        for table, key, said in entries
        if (why := find_fault(Phrase(key, said), table))
    }
    return words, tuple(faults.items())


def _read(path: Path) -> tuple[Words, tuple[_Fault, ...]]:
    """Return what stands in a file, and what in it is wrong."""
    told = path.stat()
    return _read_stamped(path, (told.st_mtime_ns, told.st_size))
