"""Procedures that only others can move here, while another department has one like it online.

They are proposals to be looked at: what two procedures share is said, never that they are alike.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import pandas as pd

from analysis.figures.derived import Derivation, Rows
from analysis.figures.item import CITY_AND_DEPARTMENTS, Item
from analysis.figures.laws import list_citations
from analysis.figures.measure import Count, where
from analysis.figures.requests import LAW, list_lobbied_rows, write_lobbied
from analysis.figures.values import list_values
from analysis.questionnaire.field import Derived
from analysis.questionnaire.questionnaire import REASON, STATUS, Questionnaire
from analysis.questionnaire.spellings import match_key

ELSEWHERE_ONLINE, TWINS = "elsewhere_online", "twins"
_NAME = "name"


@dataclass(frozen=True)
class Twin:
    """A lobbied procedure and those like it that are online elsewhere, as positions of rows."""

    row: int
    ground: str
    others: tuple[int, ...]


def list_grounds(asked: Questionnaire) -> dict[str, str]:
    """Return what two procedures may share, by code, what tells most first.

    >>> list_grounds(survey.asked)
    {'name': '同じ手続き名', 'article': '根拠法令等と条が同じ', 'law': '根拠法令等が同じ'}
    """
    name, law = asked.named[_NAME].header, asked.named[LAW].header
    grounds = {_NAME: f"同じ{name}"}
    if asked.named[LAW].is_asked:
        grounds |= {"article": f"{law}と条が同じ", LAW: f"{law}が同じ"}
    return grounds


def find_twins(asked: Questionnaire, rows: pd.DataFrame) -> Iterator[Twin]:
    """Yield the lobbied procedures that have others like them online in another department.

    In the order of the rows; each once, by what tells most. Needs status, reason, name, law and
    department_slug.

    >>> [*find_twins(survey.asked, rows)]
    []
    """
    grounds = list_grounds(asked)
    names, laws, slugs, statuses = (
        list_values(rows, column) for column in (_NAME, LAW, "department_slug", STATUS)
    )
    online = {*asked.list_statuses("online")}
    known: dict[tuple[str, object], list[int]] = {}
    for row, status in enumerate(statuses):
        if status in online:
            for shared in _list_keys(names[row], laws[row], grounds):
                known.setdefault(shared, []).append(row)
    for row, _, _ in list_lobbied_rows(asked, rows):
        best: dict[str, list[int]] = {}
        for shared in _list_keys(names[row], laws[row], grounds):
            others = (o for o in known.get(shared, ()) if slugs[o] != slugs[row])
            best.setdefault(shared[0], []).extend(others)
        most = next((own for own in grounds if best.get(own)), None)
        if most is not None:
            yield Twin(row, most, tuple(dict.fromkeys(best[most])))


def list_twin_derivations(asked: Questionnaire) -> tuple[Derivation, ...]:
    """Return what works out what a lobbied procedure shares with one that is online elsewhere."""
    if not asked.lobbied:
        return ()

    def derive(rows: Rows) -> "pd.Series[str]":
        found = {twin.row: twin.ground for twin in find_twins(asked, rows.here)}
        codes = [found.get(row) for row in range(len(rows.here))]
        return pd.Series(codes, index=rows.here.index, dtype="str")

    decided = (STATUS, REASON, *_list_compared(asked))
    field = Derived(
        ELSEWHERE_ONLINE,
        f"ほかの部局の「{asked.name_role('online')}」との共通点",
        list_grounds(asked),
        decided,
    )
    return (Derivation(field, derive, guard=partial(write_lobbied, asked)),)


def list_twins(asked: Questionnaire) -> Iterator[Item]:
    """Yield the measures of the procedures that have others like them online, by what is shared."""
    if not asked.lobbied:
        return
    label = f"ほかの部局に「{asked.name_role('online')}」の例がある手続き"
    grounds = list_grounds(asked)
    every = Count(where(elsewhere_online=tuple(grounds)))
    yield Item(TWINS, label, every, CITY_AND_DEPARTMENTS)
    for code, said in grounds.items():
        count = Count(where(elsewhere_online=code))
        yield Item(f"{TWINS}_{code}", f"{label}（{said}）", count, CITY_AND_DEPARTMENTS)


def _list_compared(asked: Questionnaire) -> Sequence[str]:
    return (_NAME, LAW) if asked.named[LAW].is_asked else (_NAME,)


def _list_keys(
    name: object, law: object, grounds: Mapping[str, str]
) -> Iterator[tuple[str, object]]:
    """Yield by what a procedure is known, for each of the grounds."""
    if isinstance(name, str):
        yield _NAME, match_key(name)
    if LAW not in grounds or not isinstance(law, str):
        return
    for cited in list_citations(law):
        yield LAW, cited.law
        for article in cited.articles:
            yield "article", (cited.law, article)
