"""What is proposed for each procedure: the route its reason takes, and the guideline's entries."""

import pandas as pd

from analysis.figures.catalogue import ROUTES
from analysis.figures.evaluate import matches
from analysis.figures.guideline import Guideline

ROUTE_OF = {reason: label for label, reasons in ROUTES.values() for reason in reasons}
LOBBIED = ROUTES["lobby"][1]


def propose(guideline: Guideline, procedures: pd.DataFrame) -> list[str | None]:
    """Return each procedure's proposals, a line each; None where it is online already.

    A procedure whose reason the city can only lobby about gets no entry of the guideline. One
    result per row of `procedures` (tidy rows), in their order.

    >>> propose(ledger.guideline, rows)
    [None, 'ガイドラインに基づき推進']
    """
    lines: list[list[str]] = [[] for _ in range(len(procedures))]
    not_started = procedures["status"] == "not_started"
    for place, reason in enumerate(procedures["reason"].where(not_started)):
        if reason in ROUTE_OF:
            lines[place].append(ROUTE_OF[reason])
    is_open = (procedures["status"] != "online") & ~(
        not_started & procedures["reason"].isin(LOBBIED)
    )
    for entry in guideline.proposals:
        if entry.condition is None or entry.proposal is None:
            continue
        falls_under = is_open & matches(procedures, entry.condition)
        for place in falls_under.to_numpy().nonzero()[0].tolist():
            lines[place].append(entry.proposal)
    return ["\n".join(line) or None for line in lines]
