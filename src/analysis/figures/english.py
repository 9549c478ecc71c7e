"""What says the reports of a cycle in English, and what of its answers stays Japanese in them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from analysis.figures.asked import unnoted
from analysis.figures.requests import FIRST_LAW
from analysis.language.lexicon import Lexicon, find_words, open_lexicon
from analysis.names import ORIGINAL
from analysis.questionnaire.spellings import match_key
from analysis.settings import refuse_settings

if TYPE_CHECKING:
    from analysis.figures.findings import Findings

_FREE, _OWN = ("name", "law"), ("department", "section")


def open_spoken(lang: str, findings: "Findings") -> Lexicon | None:
    """Return what says the reports of some findings in a language; None for Japanese.

    Procedures and laws keep their names. Raises ReportError where the survey has no words for it.
    """
    if lang == ORIGINAL:
        return None
    # Which texts may stay as they are is no answer that a report shows.
    with unnoted():
        frames = list(_list_frames(findings))
        laws = findings.ledger.cycle.questionnaire.derived.get(FIRST_LAW)
        free = {text for frame in frames for name in _FREE for text in frame[name].dropna()}
        own = {text for frame in frames for name in _OWN for text in frame[name].dropna()}
        own |= {scope.name for scope in findings.ledger.scopes.values()}
    lexicon = open_lexicon(findings.cycle, free | {*(laws.choices.values() if laws else ())}, own)
    _require_distinct(lexicon, findings)
    return lexicon


def _require_distinct(lexicon: Lexicon, findings: "Findings") -> None:
    """Raise SettingsError where readers of English could not tell departments or choices apart."""
    cycle = findings.cycle
    groups = [[own.name for own in cycle.departments]]
    groups += [[*field.choices.values()] for field in cycle.questionnaire.fields if field.choices]
    wrong, told = [], set[str]()
    for group in groups:
        first: dict[str, str] = {}
        for name in dict.fromkeys(group):
            said = lexicon.find(name)
            other = first.setdefault(match_key(said).casefold(), name) if said else name
            if other != name and name not in told:
                told.add(name)
                wrong.append((("words", name), f"「{other}」と同じ英語です"))
    if wrong and (path := find_words(cycle)):
        refuse_settings(path, wrong)


def _list_frames(findings: "Findings") -> Iterator[pd.DataFrame]:
    for survey in (findings.survey, findings.previous, findings.waiting):
        if survey is not None:
            yield survey.rows
