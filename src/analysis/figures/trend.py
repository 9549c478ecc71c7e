"""The trend: how far the city and its departments were in the cycles before the previous one.

Procedures of then count where they would belong today. A department has a figure of a cycle if any
procedure of then does; of this cycle and the previous one there are figures anyway.
"""

from collections.abc import Iterable, Iterator, Mapping

import pandas as pd

from analysis.figures.item import CITY_AND_DEPARTMENTS, Item
from analysis.figures.measure import Count, Measure, Share, find_earlier, name_earlier, tables_of
from analysis.figures.statuses import count_all, count_statuses
from analysis.names import say_cycle
from analysis.questionnaire.questionnaire import Questionnaire

TREND_MEASURES = ("total", "online", "online_rate")
"""What is told of an earlier cycle, by the names that this cycle's have."""


def name_trend(measure: str, cycle: str) -> str:
    """Return the name of a measure of an earlier cycle.

    >>> name_trend("online_rate", "2023-09-30")
    'online_rate_2023-09-30'
    """
    return f"{measure}_{cycle}"


def list_trend(
    asked: Questionnaire, earlier: Mapping[str, pd.DataFrame], labels: Mapping[str, str]
) -> Iterator[Item]:
    """Yield the measures of the earlier cycles, of which `earlier` are the tidy rows, by name.

    `labels` are those of this cycle's measures.

    >>> labels = {"total": "総手続き数", "online": "済の手続き数", "online_rate": "率"}
    >>> items = list_trend(survey.asked, {"2023-09-30": findings.previous.rows}, labels)
    >>> [(item.name, item.label, sorted(item.only)) for item in items][0]
    ('total_2023-09-30', '総手続き数（2023年9月30日）', ['kankyo', 'kodomo'])
    """
    for cycle, rows in earlier.items():
        table = name_earlier(cycle)
        total, online = (
            Count(count.where, table)
            for count in (count_all(asked), count_statuses(asked, "online"))
        )
        there = frozenset(rows["department_slug"].dropna().unique().tolist())
        measures: tuple[Measure, ...] = (total, online, Share(online, total))
        for name, measure in zip(TREND_MEASURES, measures, strict=True):
            label = f"{labels[name]}（{say_cycle(cycle)}）"
            yield Item(name_trend(name, cycle), label, measure, CITY_AND_DEPARTMENTS, only=there)


def is_of_trend(item: Item) -> bool:
    """Tell whether a measure counts procedures of a cycle before the previous one."""
    return any(find_earlier(table) is not None for table in tables_of(item.measure))


def list_trend_cycles(items: Iterable[Item]) -> list[str]:
    """Return the cycles before the previous one that have measures, the oldest first.

    >>> list_trend_cycles(ledger.items.values())
    []
    """
    found = {find_earlier(table) for item in items for table in tables_of(item.measure)}
    return sorted(cycle for cycle in found if cycle is not None)


def list_earlier_tables(current: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return those of a cycle's tables that hold procedures of earlier cycles, by cycle.

    >>> list_earlier_tables(ledger.tables.current)
    {}
    """
    named = ((find_earlier(table), table) for table in current)
    return {cycle: current[table] for cycle, table in named if cycle is not None}
