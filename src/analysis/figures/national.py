"""Procedures that only others can move here, though a ministry reports the like as online.

They are proposals: law and article are the same, the procedure need not be. None is counted as
online anywhere; that there is a proposal is what is counted.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import pandas as pd

from analysis.figures.derived import Derivation, Rows
from analysis.figures.inventory import Inventory, Reported
from analysis.figures.item import CITY_AND_DEPARTMENTS, Item
from analysis.figures.measure import Count, where
from analysis.figures.requests import LAW, list_lobbied_rows, write_lobbied
from analysis.figures.values import list_values
from analysis.questionnaire.field import Derived
from analysis.questionnaire.questionnaire import REASON, STATUS, Questionnaire
from analysis.questionnaire.spellings import match_key

NATIONAL, REPORTED_ONLINE = "national", "reported_online"
GROUNDS = {"name": "法令と条が同じで、名称も近い", "article": "法令と条が同じ"}
"""What a procedure has in common with one that is reported as online, what tells most first."""

# Of a hundred: as many signs in common as two names that people take for one have.
_NEAR = 60


@dataclass(frozen=True)
class Proposal:
    """A procedure (the position of its row) with those reported as online, the nearest first."""

    row: int
    ground: str
    nearness: float
    reported: tuple[Reported, ...]


def find_proposals(
    asked: Questionnaire, inventory: Inventory, rows: pd.DataFrame
) -> Iterator[Proposal]:
    """Yield the lobbied procedures under whose law and article something is reported as online.

    In the order of the rows. Needs status, reason, law and name.

    >>> [*find_proposals(survey.asked, Inventory(), rows)]
    []
    """
    if not inventory.done:
        return
    from rapidfuzz import fuzz  # noqa: PLC0415 - only where there is an inventory

    names = list_values(rows, "name")
    for row, law, _ in list_lobbied_rows(asked, rows):
        name = match_key(str(names[row] or ""))
        ranked = sorted(
            ((-fuzz.ratio(name, match_key(own.name)), own) for own in inventory.find(law)),
        )
        if ranked:
            nearness = -ranked[0][0]
            ground = "name" if nearness >= _NEAR else "article"
            yield Proposal(row, ground, nearness, tuple(own for _, own in ranked))


def list_national_derivations(asked: Questionnaire, inventory: Inventory) -> tuple[Derivation, ...]:
    """Return what works out whether a ministry reports the like of a procedure as online."""
    if not asked.lobbied or not inventory.name:
        return ()

    def derive(rows: Rows) -> "pd.Series[str]":
        found = {own.row: own.ground for own in find_proposals(asked, inventory, rows.here)}
        codes = [found.get(row) for row in range(len(rows.here))]
        return pd.Series(codes, index=rows.here.index, dtype="str")

    decided = (STATUS, REASON, LAW, "name")
    field = Derived(REPORTED_ONLINE, "国が実施済とする手続きとの共通点", GROUNDS, decided)
    return (Derivation(field, derive, guard=partial(write_lobbied, asked)),)


def list_national(asked: Questionnaire, inventory: Inventory) -> Iterator[Item]:
    """Yield the measures of the procedures that have such a proposal, by what is shared."""
    if not asked.lobbied or not inventory.name:
        return
    label = "国が実施済とする手続きと法令と条が同じ手続き"
    every = Count(where(reported_online=tuple(GROUNDS)))
    yield Item(NATIONAL, label, every, CITY_AND_DEPARTMENTS)
    for code, said in GROUNDS.items():
        count = Count(where(reported_online=code))
        yield Item(f"{NATIONAL}_{code}", f"{label}（{said}）", count, CITY_AND_DEPARTMENTS)
