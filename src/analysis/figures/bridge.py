"""The bridge from the previous cycle's online procedures to this one's, and who was what before.

Each procedure that is online in one of the cycles has one cause: what the other cycle says of it.
So those gained less those lost are the change of the online ones, in every scope. A procedure that
has another id now, or whose status was corrected, is told by that.
"""

from collections.abc import Iterator, Mapping

import pandas as pd

from analysis.figures.corrected import CORRECTED
from analysis.figures.derived import Derivation, Rows, SheetLine, quote
from analysis.figures.item import CITY_AND_DEPARTMENTS, Item
from analysis.figures.measure import PREVIOUS, Count, TableName, where
from analysis.figures.statuses import count_statuses, derived_code, name_status
from analysis.questionnaire.field import Derived
from analysis.questionnaire.questionnaire import STATUS, Questionnaire

CAUSE, OTHER_SIDE = "cause", "other_side"
NONE, ELSEWHERE = "none", "elsewhere"
"""What stands for a procedure that the other cycle has not, or has in another department."""

GAINED, LOST = "gained", "lost"
"""The measures of all that became online, and of all that were; each cause has its own."""

_KEPT = "kept"


def list_causes(asked: Questionnaire) -> dict[str, tuple[str, str]]:
    """Return what the other cycle may say of an online procedure, by code, in order.

    Each with what is said of those that were gained, and of those that were lost.

    >>> for code, (gained, lost) in list_causes(survey.asked).items():
    ...     print(code, gained, lost)
    status_started 着手済から 着手済へ
    status_not_started 未着手から 未着手へ
    none 新規 廃止
    elsewhere ほかの部局から ほかの部局へ
    other_id 手続きIDの変更とともに 手続きIDの変更とともに
    corrected 回答の訂正で 回答の訂正で
    """
    labels = asked.named[STATUS].choices
    others = asked.list_statuses("started", "not_started", "excluded")
    return {
        **{derived_code(code): (f"{labels[code]}から", f"{labels[code]}へ") for code in others},
        NONE: ("新規", "廃止"),
        ELSEWHERE: ("ほかの部局から", "ほかの部局へ"),
        "other_id": ("手続きIDの変更とともに",) * 2,
        "corrected": ("回答の訂正で",) * 2,
    }


def list_bridge_derivations(asked: Questionnaire) -> tuple[Derivation, ...]:
    """Return what works out a procedure's cause, and its status in the other cycle."""
    statuses = {derived_code(code): own for code, own in asked.named[STATUS].choices.items()}
    special = {NONE: "なし", ELSEWHERE: "ほかの部局"}
    causes = {
        **{code: label for code, label in statuses.items() if code in list_causes(asked)},
        **special,
        "other_id": "手続きIDが変わり、状況も変わった",
        "corrected": "訂正した回答",
        _KEPT: "同じ部局で変わらない",
    }
    online = asked.list_statuses("online")
    shown = tuple(quote(asked.label(STATUS, code)) for code in online)
    decided = (STATUS,)
    return (
        Derivation(
            Derived(CAUSE, "もう一方の調査回との違い", causes, decided, is_compared=True),
            lambda rows: _find_causes(rows, online),
            lambda line: _write_cause(line, shown, causes),
        ),
        Derivation(
            Derived(
                OTHER_SIDE,
                "もう一方の調査回の状況",
                {**statuses, **special},
                decided,
                is_compared=True,
            ),
            _find_other_sides,
            lambda line: "=" + _write_other_side(line, special, _refer(line)),
        ),
    )


def list_bridge(asked: Questionnaire) -> Iterator[Item]:
    """Yield the measures of the bridge and of the flow from status to status.

    `gained_<cause>` and `lost_<cause>` are the parts of the bridge. `flow_<was>_<is>` counts those
    that stayed in their department; `new_`, `gone_`, `moved_in_`, `moved_out_<status>` the others.
    """

    def item(name: str, label: str, measure: Count) -> Item:
        return Item(name, label, measure, CITY_AND_DEPARTMENTS, is_compared=True)

    online, called = count_statuses(asked, "online").where, asked.name_role("online")
    causes = list_causes(asked)
    sides: tuple[tuple[str, TableName, str], ...] = (
        (GAINED, "procedures", "新たに"),
        (LOST, PREVIOUS, "前回だけ"),
    )
    for side, (prefix, table, words) in enumerate(sides):
        every = Count(online & where(cause=tuple(causes)), table)
        yield item(prefix, f"{words}{called}の手続き", every)
        for cause, told in causes.items():
            count = Count(online & where(cause=cause), table)
            yield item(f"{prefix}_{cause}", f"{words}{called}（{told[side]}）", count)
    statuses = asked.named[STATUS].choices
    for code, label in statuses.items():
        name = name_status(asked, code)
        if name.startswith(STATUS):
            one = Count(where(status=code))
            yield Item(name, f"{label}の手続き数", one, CITY_AND_DEPARTMENTS)
    for was, before in statuses.items():
        for code, label in statuses.items():
            count = Count(where(status=code, other_side=derived_code(was)))
            yield item(f"flow_{was}_{code}", f"{before}から{label}（同じ部局）", count)
    moves: tuple[tuple[str, TableName, str, str], ...] = (
        ("new", "procedures", NONE, "前回にない{}"),
        ("gone", PREVIOUS, NONE, "今回にない{}"),
        ("moved_in", "procedures", ELSEWHERE, "ほかの部局から移った{}"),
        ("moved_out", PREVIOUS, ELSEWHERE, "ほかの部局へ移った{}"),
    )
    for prefix, table, other, words in moves:
        for code, label in statuses.items():
            count = Count(where(status=code, other_side=other), table)
            yield item(f"{prefix}_{code}", words.format(label), count)


def _find_causes(rows: Rows, online: tuple[str, ...]) -> "pd.Series[str]":
    here, beside = rows.here, rows.beside
    found = pd.Series(pd.NA, index=here.index, dtype="str")
    if beside is None:
        return found
    is_online, other = here[STATUS].isin(online), beside[STATUS].astype("str")
    differs = is_online & ~other.isin(online) & beside["procedure_id"].notna()
    is_corrected = pd.Series(False, index=here.index)
    for frame in (here, beside):
        if f"{STATUS}{CORRECTED}" in frame:
            is_corrected |= frame[f"{STATUS}{CORRECTED}"].notna()
    is_elsewhere = here["department_slug"] != beside["department_slug"]
    found = found.mask(is_online, _KEPT).mask(is_online & is_elsewhere, ELSEWHERE)
    found = found.mask(differs, other.map(derived_code, na_action="ignore"))
    found = found.mask(differs & beside["paired_by"].ne("id"), "other_id")
    found = found.mask(differs & is_corrected, "corrected")
    return found.mask(is_online & beside["procedure_id"].isna(), NONE)


def _find_other_sides(rows: Rows) -> "pd.Series[str]":
    here, beside = rows.here, rows.beside
    if beside is None:
        return pd.Series(pd.NA, index=here.index, dtype="str")
    is_elsewhere = here["department_slug"] != beside["department_slug"]
    other = beside[STATUS].astype("str").map(derived_code, na_action="ignore")
    other = other.mask(is_elsewhere, ELSEWHERE)
    return other.mask(beside["procedure_id"].isna(), NONE)


def _write_cause(line: SheetLine, online: tuple[str, ...], causes: Mapping[str, str]) -> str:
    """Return the formula of an online procedure's cause, an empty text of any other."""

    def is_online(cell: str) -> str:
        return f"OR({','.join(f'{cell}={label}' for label in online)})"

    here = line.here(STATUS)
    if line.beside is None:
        return f'=IF({is_online(here)},{quote(causes[NONE])},"")'
    there, differs = line.beside(STATUS), _refer(line)
    if line.paired_by != "id":
        differs = quote(causes["other_id"])
    if STATUS in line.corrected:
        differs = quote(causes["corrected"])
    same = _write_other_side(line, causes, quote(causes[_KEPT]))
    # One that is gone from the other sheet has no department there either.
    gone = f'IF({line.beside("procedure_id")}="",{quote(causes[NONE])},{differs})'
    return f'=IF({is_online(here)},IF({is_online(there)},{same},{gone}),"")'


def _refer(line: SheetLine) -> str:
    # An empty cell would be shown as 0.
    return "" if line.beside is None else f'{line.beside(STATUS)}&""'


def _write_other_side(line: SheetLine, names: Mapping[str, str], same: str) -> str:
    """Return, without `=`, what the other cycle says: none, another department, or `same`."""
    if line.beside is None:
        return quote(names[NONE])
    departments = f"{line.here('scope_department')},{line.beside('scope_department')}"
    moved = f"IF(EXACT({departments}),{same},{quote(names[ELSEWHERE])})"
    return f'IF({line.beside("procedure_id")}="",{quote(names[NONE])},{moved})'
