"""The list of a workbook's problems in a file of its own, where the workbook can't be marked.

Nothing of the workbook is in it but what the problems quote.
"""

import datetime
from collections.abc import Sequence

from openpyxl.workbook import Workbook

from analysis.forms.resave import save_repeatably
from analysis.forms.returned.listed import list_problems
from analysis.forms.returned.review_sheet import add_review
from analysis.survey.problems import Problem

MOST_ENTRIES = 5_000


def write_list(
    problems: Sequence[Problem], lines: Sequence[str], written_on: datetime.date
) -> bytes:
    """Return the list as a workbook; the same bytes every time.

    `lines` stand at its head. Alike problems are one entry, with each of their cells; beyond
    MOST_ENTRIES there is only the number of those left out.
    """
    workbook = Workbook()
    workbook.remove(workbook.active)
    listed = list_problems(workbook, problems, most_places=None)
    left = sum(entry.alike.count for entry in listed[MOST_ENTRIES:])
    more = [f"ほかに{left:,}件あります。"] if left else []
    add_review(workbook, listed[:MOST_ENTRIES], [*lines, *more])
    return save_repeatably(workbook, {}, written_on)
