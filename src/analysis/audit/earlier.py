"""The procedures of the cycles before the previous one, a sheet a cycle: what the trend counts."""

import re
from collections.abc import Mapping

from analysis.audit.rows import lay_rows
from analysis.audit.sheet import Page
from analysis.figures.findings import Findings
from analysis.figures.measure import name_earlier
from analysis.questionnaire.questionnaire import STATUS

EARLIER_ABOUT = "それより前の調査の手続き。推移の数値が数える行で、部局は今の部局で示します。"
EARLIER_FIELDS = ("procedure_id", "section", "name", STATUS)
"""The answers that stand in such a sheet."""

_TITLE = re.compile(r"(\d{4}-\d{2}-\d{2})の手続き")


def lay_earlier(findings: Findings, criteria: Mapping[str, str]) -> dict[str, Page]:
    """Return the sheets by table; `criteria` is the text for each scope.

    >>> lay_earlier(findings, {})
    {}
    """
    tables, asked = findings.ledger.tables, findings.cycle.questionnaire
    return {
        name_earlier(day): lay_rows(
            name_earlier_sheet(day),
            tables.current[name_earlier(day)],
            survey.corrections,
            criteria,
            asked,
            fields=EARLIER_FIELDS,
        )
        for day, survey in findings.earlier.items()
    }


def name_earlier_sheet(day: str) -> str:
    """Return the title of the sheet of a cycle's procedures."""
    return f"{day}の手続き"


def read_earlier_sheet(title: str) -> str | None:
    """Return the cycle whose procedures a sheet of this title holds; None for any other sheet.

    >>> read_earlier_sheet("2023-09-30の手続き"), read_earlier_sheet("前回の手続き")
    ('2023-09-30', None)
    """
    found = _TITLE.fullmatch(title)
    return None if found is None else found[1]
