"""What every report is made from: a cycle's tidy rows and its ledger."""

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from analysis.ancestry import open_ancestors
from analysis.cycle import Cycle, Department, find_root
from analysis.cycle_toml import Target
from analysis.errors import AnalysisError
from analysis.figures.approvals import read_approvals
from analysis.figures.asked import note_everything, unnoted
from analysis.figures.build import aim, build_ledger
from analysis.figures.english import open_spoken
from analysis.figures.frame import list_catalogue, list_frame_titles, make_frame
from analysis.figures.ledger import Ledger
from analysis.figures.own_code import is_notebook, watch_notebook
from analysis.figures.usage import usable
from analysis.inputs import MEASURES_NAME, hash_file
from analysis.language.spoken import speak
from analysis.language.words import require_words
from analysis.names import ORIGINAL, say_day
from analysis.survey.earlier import load_earlier
from analysis.survey.interim import advise_interim
from analysis.survey.opening import open_counted
from analysis.survey.store import load_survey, load_surveys, stamp_inputs, store_problems
from analysis.survey.survey import Survey, require_usable
from analysis.survey.uncounted import keep_compared, keep_uncounted

LATEST = "latest"
INPUTS = "ANALYSIS_INPUTS"
"""Where a build that watches the inputs tells a notebook what `hash_inputs` said of them."""
FISCAL_YEAR_END = (3, 31)


@dataclass(frozen=True)
class Findings:
    """A cycle with its survey, the survey of the cycle before (None: a first cycle), its ledger.

    Of the cycle before there are the departments that are compared; the last answers of those that
    are not counted stand apart (None: there are none), those of the cycles before by their names.
    What is asked of it is noted (see `asked`). `aimed` is a target other than the settings'.
    """

    cycle: Cycle
    _survey: Survey
    _previous: Survey | None
    ledger: Ledger
    _waiting: Survey | None = None
    _earlier: Mapping[str, Survey] = field(default_factory=dict)
    aimed: Target | None = None

    @property
    def survey(self) -> Survey:
        """All answers of the cycle."""
        note_everything()
        return self._survey

    @property
    def previous(self) -> Survey | None:
        """All answers of the cycle before, if there is one."""
        note_everything()
        return self._previous

    @property
    def waiting(self) -> Survey | None:
        """The last answers of the departments that are not counted, if any are known."""
        note_everything()
        return self._waiting

    @property
    def earlier(self) -> Mapping[str, Survey]:
        """All answers of the cycles before the previous one, as this one's trend counts them."""
        note_everything()
        return self._earlier

    def department(self, name_or_slug: str) -> Department:
        """Return a department by official name or slug."""
        return self.cycle.find_department(name_or_slug)

    @usable("findings.frame", {"labels": "日本語の見出しなら True", "previous": "前回なら True"})
    def frame(self, *, labels: bool = False, previous: bool = False) -> pd.DataFrame:
        """Return the procedures of the cycle, or of the one before, a row each (see `make_frame`).

        >>> now, before = findings.frame(), findings.frame(previous=True)
        >>> now.merge(before, on="pair_id", suffixes=("", "_before"))[["pair_id", "status_before"]]
          pair_id status_before
        0   K-001   not_started
        1   K-002   not_started
        """
        tables, asked = self.ledger.tables, self.ledger.cycle.questionnaire
        departments = self.cycle.settings.departments
        return make_frame(tables, asked, departments, labels=labels, previous=previous)

    @property
    def titles(self) -> dict[str, str]:
        """What each column of `frame` is called with labels, by what it is called without."""
        return list_frame_titles(self.ledger.cycle.questionnaire)

    @property
    def measures(self) -> pd.DataFrame:
        """The measures that figures can be asked by, a row each, by name: label and definition.

        >>> findings.measures.loc["online_rate", "label"]
        'オンライン化率'
        """
        return list_catalogue(self.ledger.items.values(), self.ledger.cycle.questionnaire)

    def aim(self, target: Target) -> "Findings":
        """Return the same findings with another target, for a page that asks what if.

        It says so in its head, and is no part of a set, whose figures are the settings'.
        """
        if target == self.cycle.settings.target:
            return self
        ledger = aim(self.ledger, target)
        return replace(self, cycle=ledger.cycle, ledger=ledger, aimed=target)


def load_findings(
    cycle: Cycle | str,
    load: Callable[[Cycle], Survey] = load_survey,
    inputs: str | None = None,
    lang: str = ORIGINAL,
) -> Findings:
    """Load a cycle (by name, or `latest`) and evaluate its ledger.

    `load` gets a cycle's survey; who doesn't trust a stored one gives `collect_survey`. The last
    findings are remembered and given again as long as the files they are made from are the same;
    who has `hash_inputs` already, and sees to it that they stay so, gives it as `inputs`, or to a
    notebook by the environment. What a notebook shows is said in `lang` from then on. Raises
    SettingsError for an unknown cycle and SurveyError, listing every problem, when the
    departments' answers can't be used.
    """
    # What is read to load them is shown to nobody yet.
    with unnoted():
        if not isinstance(cycle, Cycle):
            # papermill takes 20240901 for a number.
            cycle = open_counted(None if cycle == LATEST else str(cycle), find_root(), load)
        findings = _recall(cycle, inputs) if load is load_survey else _load_anew(cycle, load)
    if is_notebook():
        watch_notebook(cycle.root)
        speak(open_spoken(lang, findings))
    return findings


def _recall(cycle: Cycle, inputs: str | None) -> Findings:
    place = cycle.root / cycle.name
    known, findings = _remembered.get(place, (None, None))
    if findings is None or known != (inputs or os.environ.get(INPUTS)):
        current = hash_inputs(cycle)
        if findings is None or known != current:
            findings = _load_anew(cycle, load_survey)
            # One cycle's: a process may see many cities, one after the other.
            _remembered.clear()
            _remembered[place] = (current, findings)
    return findings


_remembered: dict[Path, tuple[str, Findings]] = {}


def hash_inputs(cycle: Cycle) -> str:
    """Return one sha256 over what a cycle's findings are made from: raw files, guideline, code."""
    measures = cycle.survey_path.with_name(MEASURES_NAME)
    beside = (cycle.guideline_path, cycle.agencies_path, cycle.inventory_path, measures)
    stamp = (
        [stamp_inputs(one) for one in (cycle, *open_ancestors(cycle))],
        [hash_file(path) if path and path.is_file() else None for path in beside],
    )
    return hashlib.sha256(json.dumps(stamp).encode()).hexdigest()


def _load_anew(cycle: Cycle, load: Callable[[Cycle], Survey]) -> Findings:
    # One that is missing is told, with whose settings name it, before any is read.
    open_ancestors(cycle)
    survey, previous = load_surveys(cycle, load)
    if load is load_survey:
        store_problems(cycle, survey)
    require_usable(survey, cycle.name, advise_interim(cycle, survey))
    before, waiting = cycle.open_previous(), None
    if before is not None:
        if previous is None or cycle.uncounted:
            whole = load(before)
            previous, waiting = keep_compared(cycle, whole), keep_uncounted(cycle, whole)
        require_usable(previous, before.name)
    if waiting is not None and waiting.rows.empty:
        waiting = None
    earlier = load_earlier(cycle, load)
    ledger = build_ledger(cycle, survey, previous, waiting, earlier)
    return Findings(ledger.cycle, survey, previous, ledger, waiting, earlier)


def list_refusals(cycle: Cycle, survey: Survey, previous: Survey | None) -> list[str]:
    """Return, for people, why a build would stop even if every answer of the cycle were right.

    That is what lies beside its answers: the previous cycle, the guideline, the published numbers,
    the approvals, the English words.
    """

    def require_previous() -> None:
        before = cycle.open_previous()
        if before is not None and previous is not None:
            require_usable(previous, before.name)

    refusals = []
    requirements: tuple[Callable[[], object], ...] = (
        require_previous,
        lambda: load_earlier(cycle, load_survey),
        lambda: build_ledger(cycle, survey, previous),
        lambda: read_approvals(cycle),
        lambda: require_words(cycle),
    )
    for require in requirements:
        try:
            require()
        except AnalysisError as error:
            refusals.append(str(error))
    # What several of them need is missed once.
    return list(dict.fromkeys(refusals))


def write_date(cycle: Cycle) -> str:
    """Return a cycle's as-of date in Japanese, e.g. `2024年9月1日`."""
    return say_day(cycle.settings.as_of)


def write_month(cycle: Cycle) -> str:
    """Return a cycle's as-of month as a table's head has it, e.g. `2024年9月`."""
    date = cycle.settings.as_of
    return f"{date.year}年{date.month}月"


def write_previous(findings: Findings) -> str:
    """Return the previous cycle's date as the published report has it, e.g. `2023年度末`.

    Empty for a first cycle.
    """
    before = findings.cycle.open_previous()
    if before is None:
        return ""
    date = before.settings.as_of
    if (date.month, date.day) == FISCAL_YEAR_END:
        return f"{date.year - 1}年度末"
    return write_date(before)
