"""What says the reports of a cycle in English, and what of its answers stays Japanese in them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from analysis.figures.asked import unnoted
from analysis.figures.requests import FIRST_LAW
from analysis.language.lexicon import Lexicon
from analysis.language.words import open_lexicon
from analysis.names import ORIGINAL

if TYPE_CHECKING:
    from analysis.figures.findings import Findings

_FREE, _OWN = ("name", "law"), ("department", "section")


def open_spoken(lang: str, findings: "Findings") -> Lexicon | None:
    """Return what says the reports of some findings in a language; None for Japanese.

    Procedures and laws keep their names. Raises as `open_lexicon` does.
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
    return open_lexicon(findings.cycle, free | {*(laws.choices.values() if laws else ())}, own)


def _list_frames(findings: "Findings") -> Iterator[pd.DataFrame]:
    for survey in (findings.survey, findings.previous, findings.waiting):
        if survey is not None:
            yield survey.rows
