"""Propose, for people to decide, what may have taken over the procedures of a department or 課."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import pandas as pd

_MOST_PROPOSED = 3

Stand = tuple[str, str]
"""A department and a 課 by their names."""


class Whereabouts(NamedTuple):
    """Where procedures of the previous cycle stand today, by what tells so.

    `ids` are those of the previous cycle, `names` the keys of names that no paired procedure has.
    """

    ids: Mapping[str, Stand]
    names: Mapping[str, Stand]
    key: Callable[[str], str]


class Likely(NamedTuple):
    """What may follow an office, and how many of its procedures stand there by id and by name."""

    before: str
    now: str
    by_id: int
    by_name: int


def find_whereabouts(
    rows: pd.DataFrame, pairs: pd.DataFrame, key: Callable[[str], str] = str
) -> Whereabouts:
    """Return where the previous cycle's procedures stand among this cycle's `rows`.

    `pairs` are those of both cycles (`previous_id`, `current_id`). A name tells where it stands
    once, in a row that is no pair's; two names are one if `key` gives the same for both.

    >>> pairs = pd.DataFrame({"previous_id": ["K-901"], "current_id": ["K-001"]})
    >>> found = find_whereabouts(rows, pairs)
    >>> found.ids, found.names
    ({'K-901': ('環境部', '環境政策課')}, {'届出その2': ('こども部', 'こども課')})
    """
    columns = ("procedure_id", "name", "department", "section")
    told = [rows[name].fillna("").tolist() for name in columns]
    stands = {one: (department, section) for one, _, department, section in zip(*told, strict=True)}
    ids = dict(zip(pairs["previous_id"], pairs["current_id"].map(stands), strict=True))
    paired = set(pairs["current_id"])
    names: dict[str, list[Stand]] = {}
    for one, name, *stand in zip(*told, strict=True):
        if name and one not in paired:
            names.setdefault(key(name), []).append((stand[0], stand[1]))
    return Whereabouts(ids, {name: at[0] for name, at in names.items() if len(at) == 1}, key)


def propose_for_department(gone: pd.DataFrame, where: Whereabouts) -> list[Likely]:
    """Return what may follow a department: one other for all of it, else one for each 課.

    `gone` are its rows of the previous cycle.

    >>> where = Whereabouts({"K-001": ("新部", "新課"), "K-002": ("旧部", "旧課")}, {}, str)
    >>> [own[:3] for own in propose_for_department(rows[:1], where)]
    [('環境部', '新部', 1)]
    >>> [own[:3] for own in propose_for_department(rows.assign(department="元部"), where)]
    [('元部 環境政策課', '新部', 1), ('元部 こども課', '旧部', 1)]
    """
    name = str(gone["department"].iloc[0])
    whole = list(_rank(name, gone, where, lambda stand: stand[0]))
    if len(whole) <= 1:
        return whole
    parts = gone.groupby("section", sort=False)
    return [
        own
        for section, rows in parts
        for own in list(_rank(f"{name} {section}", rows, where, lambda stand: stand[0]))[:1]
    ]


def propose_for_section(gone: pd.DataFrame, where: Whereabouts) -> list[Likely]:
    """Return the 課 that may follow a 課 whose rows of the previous cycle are `gone`, likely first.

    Of a procedure without a 課 today nothing is known.

    >>> where = Whereabouts({"K-001": ("環境部", "新課")}, {}, str)
    >>> [own[:3] for own in propose_for_section(rows[:1], where)]
    [('環境部 環境政策課', '環境部 新課', 1)]
    """
    name = " ".join(gone[column].iloc[0] for column in ("department", "section"))
    found = _rank(name, gone, where, lambda stand: " ".join(stand) if stand[1] else "")
    return [own for own in found if own.now]


def say_proposal(found: list[Likely]) -> str:
    """Return what may follow as it is written in `cycle.toml`; nothing if nothing may.

    An office has one successor: of several that may be one's the likeliest is written, the others
    are named.

    >>> found = [Likely("旧部", "新部", 2, 0), Likely("旧部", "別部", 1, 0)]
    >>> say_proposal(found).partition("：")[2]
    'from = "旧部"、to = "新部"（同じ手続きID 2件、同じ名称 0件。ほかに「別部」）。'
    """
    by_office: dict[str, list[Likely]] = {}
    for own in found:
        by_office.setdefault(own.before, []).append(own)
    lines = [
        f"from = {_quote(own.before)}、to = {_quote(own.now)}（同じ手続きID {own.by_id:,}件、"
        f"同じ名称 {own.by_name:,}件{_name_others(others)}）"
        for own, *others in [*by_office.values()][:_MOST_PROPOSED]
    ]
    more = len(by_office) - _MOST_PROPOSED
    told = f"{'、'.join(lines)}{f'、ほか{more:,}件' if more > 0 else ''}"
    return f"引継ぎとみられるもの：{told}。" if lines else ""


def _name_others(others: Sequence[Likely]) -> str:
    named = "".join(f"「{own.now}」" for own in others[:_MOST_PROPOSED])
    more = "など" if len(others) > _MOST_PROPOSED else ""
    return f"。ほかに{named}{more}" if others else ""


def _quote(name: str) -> str:
    """Return a name as TOML has it in quotes, which escapes what JSON does, and alike."""
    return json.dumps(name, ensure_ascii=False)


def _rank(
    before: str, gone: pd.DataFrame, where: Whereabouts, call: Callable[[Stand], str]
) -> Iterator[Likely]:
    """Yield what may follow, that with most procedures first."""
    found: dict[str, Counter[str]] = {"ids": Counter(), "names": Counter()}
    columns = (gone[name].fillna("").tolist() for name in ("procedure_id", "name"))
    for one, name in zip(*columns, strict=True):
        stand, way = where.ids.get(one), "ids"
        if stand is None:
            stand, way = where.names.get(where.key(name)), "names"
        # To itself an office can't be taken over, whatever else its department was.
        if stand is not None and call(stand) != before:
            found[way][call(stand)] += 1
    for now, _ in (found["ids"] + found["names"]).most_common():
        yield Likely(before, now, found["ids"][now], found["names"][now])
