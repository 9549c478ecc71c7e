"""The road to the target: what is left, at which pace, and what rate each step would bring.

source: report 2025-01-10, 3 (100 % by the end of the next fiscal year) and the routes of its
section 2. A month is a twelfth of a year; a time between two days is rounded to whole months.
"""

import datetime
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

import pandas as pd

from analysis.cycle import Cycle
from analysis.figures.derived import Derivation, Rows, SheetLine, quote
from analysis.figures.item import CHANGE, CITY_AND_DEPARTMENTS, Item
from analysis.figures.measure import (
    Change,
    Count,
    Duration,
    PerMonth,
    Share,
    Shortfall,
    Total,
    where,
)
from analysis.figures.rounding import round_half_up
from analysis.figures.statuses import (
    NO_REASON,
    NO_REASON_NAME,
    count_all,
    count_statuses,
)
from analysis.questionnaire.field import SAID_BETWEEN, Derived, list_codes
from analysis.questionnaire.questionnaire import REASON, STATUS, Questionnaire

STAGE, VOLUME = "stage", "annual_volume"
LOBBIED = "lobbied"
"""What names the definition that leaves out all that others must change first."""

_DAYS_OF_MONTH = Fraction(1461, 48)
_REACHED = 100


class Horizon(NamedTuple):
    """How much is to be reached, and the months since the cycle before and until then, if known."""

    percent: int
    months_since: int | None
    months_left: int | None


class Milestone(NamedTuple):
    """A part of the road: what is done by then besides all before it, by the codes of stages.

    `work` is what has to be done for it, in words that a sentence goes on from.
    """

    name: str
    label: str
    codes: tuple[str, ...]
    work: str = ""


def find_horizon(cycle: Cycle) -> Horizon:
    """Return a cycle's horizon; without a target that is all, by no day."""
    target, as_of, before = cycle.settings.target, cycle.settings.as_of, cycle.settings.previous
    return Horizon(
        _REACHED if target is None else target.rate_percent,
        None if before is None else count_months(datetime.date.fromisoformat(before), as_of),
        None if target is None else count_months(as_of, target.by),
    )


def count_months(begin: datetime.date, end: datetime.date) -> int | None:
    """Return how many months lie between two days; None if none does, not even half of one.

    >>> count_months(datetime.date(2024, 3, 31), datetime.date(2024, 9, 1))
    5
    """
    if end <= begin:
        return None
    return int(round_half_up((end - begin).days / _DAYS_OF_MONTH, 0)) or None


def list_stage_derivations(asked: Questionnaire) -> tuple[Derivation, ...]:
    """Return what works out how far a procedure has come: its status, or why it has not started.

    Of several reasons it is the one that comes last on the road.
    """
    order = [code for step in list_milestones(asked) for code in step.codes]
    kept = asked.list_statuses("online", "started")
    names = {code: asked.label(STATUS, code) for code in kept}
    waiting = asked.list_statuses("not_started")
    called = asked.name_role("not_started")
    # A status and a reason may be called alike.
    reasons = {f"{REASON}_{code}": f"{called}：{own}" for code, own in asked.reasons.items()}
    none = f"{called}：{NO_REASON}" if reasons else called
    labels = {**names, **reasons, NO_REASON_NAME: none}

    def find(status: object, reason: object) -> str | None:
        if status in kept:
            return str(status)
        if status not in waiting:
            return None
        given = (
            [f"{REASON}_{code}" for code in list_codes(reason)] if isinstance(reason, str) else []
        )
        known = [code for code in given if code in order]
        return max(known, key=order.index) if known else NO_REASON_NAME

    def derive(rows: Rows) -> "pd.Series[str]":
        pairs = [
            *zip(rows.here[STATUS].astype(object), rows.here[REASON].astype(object), strict=True)
        ]
        known = {pair: find(*pair) for pair in {*pairs}}
        return pd.Series([known[pair] for pair in pairs], index=rows.here.index, dtype="str")

    def write(line: SheetLine) -> str:
        status, reason = line.here(STATUS), line.here(REASON) if reasons else ""
        told = quote(none)
        # The last one found decides, so it is looked for first.
        for code in (code for code in order if code in reasons):
            marks = quote(SAID_BETWEEN)
            label = asked.reasons[code.removeprefix(f"{REASON}_")]
            within = f"{marks}&{reason}&{marks}"
            is_given = f"ISNUMBER(FIND({quote(f'{SAID_BETWEEN}{label}{SAID_BETWEEN}')},{within}))"
            told = f"IF({is_given},{quote(reasons[code])},{told})"
        is_kept, waits = (
            f"OR({','.join(f'{status}={quote(asked.label(STATUS, code))}' for code in codes)})"
            for codes in (kept, waiting)
        )
        return f'=IF({is_kept},{status}&"",IF({waits},{told},""))'

    decided_by = (STATUS, REASON) if reasons else (STATUS,)
    field = Derived(STAGE, "オンライン化までの段階", labels, decided_by)
    return (Derivation(field, derive, write),)


def list_milestones(asked: Questionnaire) -> list[Milestone]:
    """Return the steps of the road, the nearest first.

    >>> [step.name for step in list_milestones(survey.asked)]
    ['started', 'promote', 'other_agency', 'law_prevents']
    """
    steps = []
    if started := asked.list_statuses("started"):
        work = asked.name_role("started")
        steps.append(Milestone("started", f"{work}が終わった場合", started, work))
    routed: set[str] = set()
    for route in asked.routes:
        own = asked.list_reasons(route.code)
        routed |= {*own}
        # What others must do is not done at one stroke: each of these reasons is a step.
        for codes in [own] if not route.lobbied else [(code,) for code in own]:
            name = route.code if not route.lobbied else codes[0]
            label = route.label if not route.lobbied else asked.reasons[codes[0]]
            stages = tuple(f"{REASON}_{code}" for code in codes)
            steps.append(Milestone(name, f"「{label}」も終わった場合", stages, f"「{label}」"))
    rest = [f"{REASON}_{code}" for code in asked.reasons if code not in routed]
    if rest or not asked.reasons:
        work = f"{asked.name_role('not_started')}の残り"
        steps.append(Milestone("not_started", f"{work}も終わった場合", tuple(rest), work))
    # Of what nobody said why, no more is known than of the last step.
    last = steps[-1]
    return [*steps[:-1], last._replace(codes=(*last.codes, NO_REASON_NAME))]


def list_without(asked: Questionnaire) -> list[Milestone]:
    """Return what other definitions of the rate leave out: each lobbied reason, then all."""
    lobbied = [
        Milestone(code, asked.reasons[code], (f"{REASON}_{code}",)) for code in asked.lobbied
    ]
    if len(lobbied) > 1:
        every = tuple(code for step in lobbied for code in step.codes)
        lobbied.append(Milestone(LOBBIED, "・".join(step.label for step in lobbied), every))
    return lobbied


def list_road(asked: Questionnaire, horizon: Horizon) -> Iterator[Item]:
    """Yield the measures of the road: what is left, the paces, the steps, the other definitions."""
    online, everything = count_statuses(asked, "online"), count_all(asked)
    short = Shortfall(online, everything, Fraction(horizon.percent))

    def item(
        name: str, label: str, measure: Count | Share | Shortfall | PerMonth | Duration
    ) -> Item:
        return Item(name, label, measure, CITY_AND_DEPARTMENTS)

    yield item("shortfall", "目標までの残り", short)
    if horizon.months_left is not None:
        yield item("needed_pace", "目標に必要な速さ", PerMonth(short, horizon.months_left))
    if horizon.months_since is not None:
        pace = PerMonth(Change(online), horizon.months_since)
        yield item("pace", "前回からの速さ", pace)
        yield item("months_to_target", "この速さで目標に達するまで", Duration(short, pace))
    reached = [*asked.list_statuses("online")]
    stages = (*reached, *(code for step in list_milestones(asked) for code in step.codes))
    for step in list_milestones(asked):
        reached += step.codes
        count = Count(where(stage=tuple(reached)))
        label = step.label.removesuffix("場合")
        yield item(f"if_{step.name}", f"{label}場合の手続き数", count)
        yield item(f"if_{step.name}_rate", f"{label}場合のオンライン化率", Share(count, everything))
    for left in list_without(asked):
        count = Count(where(stage=tuple(code for code in stages if code not in left.codes)))
        yield item(f"without_{left.name}", f"「{left.label}」を除いた手続き数", count)
        yield item(
            f"without_{left.name}_rate",
            f"「{left.label}」を除いたオンライン化率",
            Share(online, count),
        )


def list_volumes(asked: Questionnaire) -> Iterator[Item]:
    """Yield the yearly volume of all and of the online procedures, and the rate weighted by it."""
    field = asked.named[VOLUME]
    if not field.is_asked:
        return
    volume = Total(VOLUME, count_all(asked).where)
    online = Total(VOLUME, count_statuses(asked, "online").where)
    names = asked.name_role("online")
    for name, label, measure in (
        ("volume", f"{field.header}の計", volume),
        ("online_volume", f"{names}の{field.header}の計", online),
        ("volume_rate", f"{field.header}でみたオンライン化率", Share(online, volume)),
    ):
        yield Item(name, label, measure, CITY_AND_DEPARTMENTS)
        if isinstance(measure, Share):
            yield Item(f"{name}{CHANGE}", f"{label}の増減", Change(measure), CITY_AND_DEPARTMENTS)
