"""What is proposed for each procedure: the route its reason takes, and the guideline's entries."""

from collections.abc import Iterable
from string import ascii_uppercase

import pandas as pd

from analysis.figures.evaluate import matches
from analysis.figures.guideline import Guideline
from analysis.questionnaire.field import list_codes
from analysis.questionnaire.questionnaire import REASON, STATUS, Questionnaire, Route


def propose(
    guideline: Guideline, asked: Questionnaire, procedures: pd.DataFrame
) -> list[str | None]:
    """Return each procedure's proposals, a line each; None where there is nothing to do.

    A procedure all of whose reasons the city can only lobby about gets no entry of the guideline.
    One result per row of `procedures` (tidy rows), in their order.

    >>> propose(ledger.guideline, survey.asked, rows)
    [None, 'ガイドラインに基づき推進']
    """
    lines: list[list[str]] = [[] for _ in range(len(procedures))]
    not_started = procedures[STATUS].isin(asked.list_statuses("not_started"))
    reasons = procedures[REASON].where(not_started)
    routes = {value: _list_routes(asked, value) for value in reasons.dropna().unique()}
    for place, reason in enumerate(reasons):
        lines[place] += [route.label for route in routes.get(reason, ())]
    lobbied = [value for value, own in routes.items() if own and all(r.lobbied for r in own)]
    is_open = procedures[STATUS].isin(
        asked.list_statuses("started", "not_started")
    ) & ~reasons.isin(lobbied)
    for entry in guideline.proposals:
        if entry.condition is None or entry.proposal is None:
            continue
        falls_under = is_open & matches(procedures, entry.condition)
        for place in falls_under.to_numpy().nonzero()[0].tolist():
            lines[place].append(entry.proposal)
    return ["\n".join(line) or None for line in lines]


def letter_proposals(
    guideline: Guideline, asked: Questionnaire, proposals: Iterable[str | None]
) -> dict[str, str]:
    """Return a letter for each line that stands in proposals, by the line.

    Routes come first, then the guideline's, each in its own order.

    >>> letter_proposals(ledger.guideline, survey.asked, [None, "ガイドラインに基づき推進"])
    {'ガイドラインに基づき推進': 'A'}
    """
    said = {line for told in proposals if told for line in told.splitlines()}
    known = [*(route.label for route in asked.routes)]
    known += [entry.proposal for entry in guideline.proposals if entry.proposal]
    lines = [line for line in dict.fromkeys(known) if line in said]
    return {line: _write_letters(place) for place, line in enumerate(lines)}


def _write_letters(place: int) -> str:
    """Return A to Z, then AA, AB as a sheet's columns go on."""
    more, last = divmod(place, len(ascii_uppercase))
    return (_write_letters(more - 1) if more else "") + ascii_uppercase[last]


def _list_routes(asked: Questionnaire, reason: str) -> list[Route]:
    """Return the routes that an answer's reasons take, in the order of the reports."""
    codes = {*list_codes(reason)}
    return [route for route in asked.routes if codes & {*asked.list_reasons(route.code)}]
