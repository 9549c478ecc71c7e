"""Who is asked to act: the laws and the agencies behind the reasons that the city can't remove.

Each procedure that is not started and has such a reason is one agency's, by the law that its answer
names first: so those of all agencies are the procedures of the routes that lobby. What no line of
`agencies.toml` covers is nobody's, and stands among them as that.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import pandas as pd

from analysis.figures.agencies import Agencies
from analysis.figures.derived import Derivation, Rows, SheetLine, quote
from analysis.figures.inventory import NO_INVENTORY, Inventory
from analysis.figures.item import CITY_AND_DEPARTMENTS, Item
from analysis.figures.laws import code_law, label_law, list_citations
from analysis.figures.measure import Count, Total, where
from analysis.figures.road import VOLUME
from analysis.figures.scopes import Level
from analysis.figures.statuses import count_statuses
from analysis.figures.values import list_values
from analysis.questionnaire.field import SAID_BETWEEN, Derived, list_codes
from analysis.questionnaire.questionnaire import REASON, STATUS, Questionnaire

LAW = "law"
UNCHECKED = "要確認"
"""What the workbook says of a procedure that only there is one that others must move."""

AGENCY, FIRST_LAW = "asked_agency", "asked_law"
REQUESTED = "requested"
NO_LAW = "no_law"


@dataclass(frozen=True)
class Behind:
    """The agencies and the laws behind the lobbied procedures of a cycle and of the one before.

    `laws` are their names by code; `pairs` are the agency and the law, by code, of each group of
    this cycle's procedures, in the order of the agencies and of the rows. The `inventory` tells
    what the ministries report as online.
    """

    agencies: Agencies
    laws: dict[str, str]
    pairs: tuple[tuple[str, str], ...]
    inventory: Inventory = NO_INVENTORY

    def list_agencies(self) -> list[str]:
        """Return the codes of the agencies that some procedure is for, in the file's order."""
        return list(dict.fromkeys(agency for agency, _ in self.pairs))


NOBODY = Behind(Agencies(), {}, ())
"""What is behind procedures of which nothing is known."""


def find_behind(
    asked: Questionnaire,
    agencies: Agencies,
    rows: pd.DataFrame,
    previous: pd.DataFrame | None,
    inventory: Inventory = NO_INVENTORY,
) -> Behind:
    """Return who and what is behind the lobbied procedures of tidy rows; nothing where none may be.

    Needs status, reason and law.

    >>> find_behind(survey.asked, Agencies(), rows, None).pairs
    ()
    """
    if not asked.lobbied:
        return Behind(agencies, {}, (), inventory)
    laws: dict[str, str] = {}
    found: list[tuple[str, str]] = []
    for frame in (rows, previous):
        for _, law, reasons in list_lobbied_rows(asked, frame) if frame is not None else ():
            name = _name_first(law)
            code = code_law(name) if name else NO_LAW
            laws.setdefault(code, label_law(name) if name else _name_no_law(asked))
            if frame is rows:
                found.append((agencies.find(name, reasons), code))
    order = [*agencies.names]
    pairs = sorted(dict.fromkeys(found), key=lambda pair: order.index(pair[0]))
    return Behind(agencies, laws, tuple(pairs), inventory)


def list_lobbied_rows(
    asked: Questionnaire, rows: pd.DataFrame
) -> Iterator[tuple[int, str, tuple[str, ...]]]:
    """Yield the position, the law's answer and the reasons of each row that only others can move.

    Needs status, reason and law; a blank law is an empty text.

    >>> [*list_lobbied_rows(survey.asked, rows.assign(status="not_started", reason="law_prevents"))]
    [(0, '環境基本条例', ('law_prevents',)), (1, '環境基本条例', ('law_prevents',))]
    """
    lobbied, waiting = {*asked.lobbied}, {*asked.list_statuses("not_started")}
    columns = (list_values(rows, name) for name in (STATUS, REASON, LAW))
    for row, (status, reason, law) in enumerate(zip(*columns, strict=True)):
        given = list_codes(reason) if status in waiting and isinstance(reason, str) else []
        if reasons := tuple(code for code in given if code in lobbied):
            yield row, law if isinstance(law, str) else "", reasons


def list_request_derivations(asked: Questionnaire, behind: Behind) -> tuple[Derivation, ...]:
    """Return what works out whom a procedure's request is for, and because of which law."""
    if not asked.lobbied:
        return ()
    decided = (STATUS, REASON, LAW)
    names = behind.agencies.names
    return (
        Derivation(
            Derived(AGENCY, "働きかけの相手先", names, decided),
            partial(_derive, asked, behind.agencies.find),
            guard=partial(write_lobbied, asked),
            unknown=UNCHECKED,
        ),
        Derivation(
            Derived(FIRST_LAW, "働きかけのもとの法令", behind.laws, decided),
            partial(_derive, asked, lambda law, _: code_law(law) if law else NO_LAW),
            guard=partial(write_lobbied, asked),
            unknown=UNCHECKED,
        ),
    )


def write_lobbied(asked: Questionnaire, line: SheetLine) -> str:
    """Return the condition of a sheet of rows that a procedure is one that only others can move."""
    status, reason = line.here(STATUS), line.here(REASON)
    waiting = [asked.label(STATUS, code) for code in asked.list_statuses("not_started")]
    marks = quote(SAID_BETWEEN)
    found = [
        f"ISNUMBER(FIND({quote(f'{SAID_BETWEEN}{label}{SAID_BETWEEN}')},{marks}&{reason}&{marks}))"
        for label in (asked.reasons[code] for code in asked.lobbied)
    ]
    is_waiting = ",".join(f"{status}={quote(label)}" for label in waiting)
    return f"AND(OR({is_waiting}),OR({','.join(found)}))"


def list_requests(asked: Questionnaire, behind: Behind) -> Iterator[Item]:
    """Yield the measures of the requests: all lobbied procedures, by agency, by agency and law.

    Each with the yearly volume, if it is asked; an agency's also by reason.
    """
    reasons = asked.lobbied
    if not reasons:
        return
    every = count_statuses(asked, "not_started").where & where(reason=reasons)
    yield from _count_with_volume(
        asked, REQUESTED, "働きかけの対象", Count(every), CITY_AND_DEPARTMENTS
    )
    for agency in behind.list_agencies():
        own = where(asked_agency=agency)
        name, label = name_request(agency), f"働きかけ：{behind.agencies.names[agency]}"
        yield from _count_with_volume(asked, name, label, Count(own), ("all",))
        for code in reasons:
            count = Count(own & where(reason=code))
            yield Item(f"{name}_for_{code}", f"{label}（{asked.reasons[code]}）", count, ("all",))
    for agency, law in behind.pairs:
        label = f"働きかけ：{behind.agencies.names[agency]}：{behind.laws[law]}"
        own = where(asked_agency=agency, asked_law=law)
        yield from _count_with_volume(asked, name_request(agency, law), label, Count(own), ("all",))


def name_request(agency: str, law: str = "") -> str:
    """Return the name of the measure of an agency's procedures, or of those because of a law.

    >>> name_request("moj")
    'request_moj'
    """
    return "_".join(filter(None, ("request", agency, law)))


def _count_with_volume(
    asked: Questionnaire, name: str, label: str, count: Count, levels: tuple[Level, ...]
) -> Iterator[Item]:
    yield Item(name, f"{label}の手続き数", count, levels)
    field = asked.named[VOLUME]
    if field.is_asked:
        total = Total(VOLUME, count.where)
        yield Item(f"{name}_volume", f"{label}の{field.header}の計", total, levels)


def _name_first(answer: str) -> str:
    return next((law for law, _ in list_citations(answer)), "")


def _name_no_law(asked: Questionnaire) -> str:
    field = asked.named[LAW]
    return f"（{field.header}の記入なし）" if field.is_asked else "（法令を尋ねない調査）"


def _derive(
    asked: Questionnaire, code: Callable[[str, tuple[str, ...]], str], rows: Rows
) -> "pd.Series[str]":
    """Return what a function says of each lobbied row's first law and reasons, else NA."""
    known: dict[tuple[str, tuple[str, ...]], str] = {}
    found: list[str | None] = [None] * len(rows.here)
    for row, law, reasons in list_lobbied_rows(asked, rows.here):
        if (law, reasons) not in known:
            known[law, reasons] = code(_name_first(law), reasons)
        found[row] = known[law, reasons]
    return pd.Series(found, index=rows.here.index, dtype="str")
