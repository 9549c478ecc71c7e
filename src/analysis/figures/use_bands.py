"""How much a procedure is used in a year, in bands, and how many of each grade stand in which."""

from collections.abc import Iterator

import pandas as pd

from analysis.figures.derived import Derivation, Rows, SheetLine, quote
from analysis.figures.effort import column_of, list_grades
from analysis.figures.guideline import Guideline
from analysis.figures.item import CITY_AND_DEPARTMENTS, Item
from analysis.figures.measure import Count, Where
from analysis.figures.road import VOLUME
from analysis.figures.values import list_values
from analysis.questionnaire.field import Derived
from analysis.questionnaire.questionnaire import Questionnaire

USE_BAND, UNKNOWN_USE = "use_band", "unknown"
USE_BANDS = {
    "under_10": "10件未満",
    "under_100": "10〜99件",
    "under_1000": "100〜999件",
    "from_1000": "1,000件以上",
    UNKNOWN_USE: "不明",
}
"""The bands of a year's use by code, each with what it is called; last, what nobody knows."""

_BELOW = {"under_10": 10, "under_100": 100, "under_1000": 1_000}
_MOST = "from_1000"


def name_cell(grade: str, band: str) -> str:
    """Return the name of the measure of a grade's procedures in a band of use."""
    return f"grade_{grade}_use_{band}"


def list_use_derivations(guideline: Guideline, asked: Questionnaire) -> tuple[Derivation, ...]:
    """Return what works out the bands; nothing where no grade is counted by them."""
    if not _has_cells(guideline, asked):
        return ()
    header = asked.named[VOLUME].header
    return (Derivation(Derived(USE_BAND, f"{header}の幅", USE_BANDS, (VOLUME,)), _derive, _write),)


def list_uses(guideline: Guideline, asked: Questionnaire) -> Iterator[Item]:
    """Yield the measures of each grade's procedures by the bands of their use."""
    if not _has_cells(guideline, asked) or guideline.effort is None:
        return
    column, header = column_of(guideline.effort), asked.named[VOLUME].header
    for grade, label, rules in list_grades(guideline):
        for band, told in USE_BANDS.items():
            count = Count(Where(((column, rules), (USE_BAND, (band,)))))
            name = f"手間の段階：{label}（{header} {told}）"
            yield Item(name_cell(grade, band), name, count, CITY_AND_DEPARTMENTS)


def _has_cells(guideline: Guideline, asked: Questionnaire) -> bool:
    return guideline.effort is not None and asked.named[VOLUME].is_asked


def find_band(volume: object) -> str:
    """Return the band of a year's use; of a missing one that of those that nobody knows.

    >>> find_band(9), find_band(10), find_band(1_000), find_band(None)
    ('under_10', 'under_100', 'from_1000', 'unknown')
    """
    if not isinstance(volume, int):
        return UNKNOWN_USE
    return next((band for band, below in _BELOW.items() if volume < below), _MOST)


def _derive(rows: Rows) -> "pd.Series[str]":
    bands = [find_band(volume) for volume in list_values(rows.here, VOLUME)]
    return pd.Series(bands, index=rows.here.index, dtype="str")


def _write(line: SheetLine) -> str:
    cell, told = line.here(VOLUME), quote(USE_BANDS[_MOST])
    for band, below in reversed(_BELOW.items()):
        told = f"IF({cell}<{below},{quote(USE_BANDS[band])},{told})"
    return f"=IF(ISNUMBER({cell}),{told},{quote(USE_BANDS[UNKNOWN_USE])})"
