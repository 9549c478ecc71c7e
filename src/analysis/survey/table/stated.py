"""Compare the department's own totals with its rows; a difference means one was overlooked."""

from collections.abc import Iterator, Sequence

from analysis.questionnaire.questionnaire import STATUS, Questionnaire
from analysis.survey.problems import Place, Problem, report
from analysis.survey.table.fill import Columns
from analysis.survey.table.read import Reading


def find_totals_that_differ(
    asked: Questionnaire, rows: Columns, readings: Sequence[Reading]
) -> Iterator[Problem]:
    """Yield each stated total that is another number than that of the rows it counts.

    `rows` are all departments' with department_slug and status; where a status can't be read, only
    the number of rows is compared. The total is of the procedures that are not excluded.

    >>> asked = ledger.cycle.questionnaire
    >>> own = ledger.cycle.find_department("kankyo")
    >>> reading = Reading(own, "answered", sheet="調査票", stated={"total": ("C9", 3)})
    >>> answers = {"department_slug": ["kankyo"], "status": ["online"]}
    >>> [problem.message for problem in find_totals_that_differ(asked, answers, [reading])]
    ['表の下の合計「総手続き数 3」が、行を数えた件数（1）と違います。']
    """
    statuses: dict[str, list[str | None]] = {}
    for slug, status in zip(rows["department_slug"], rows["status"], strict=True):
        statuses.setdefault(slug, []).append(status)
    out = asked.list_statuses("excluded")
    for reading in readings:
        if not reading.is_complete:
            continue
        department = reading.department
        own = statuses.get(department.slug, [])
        is_known = None not in own
        for name, (cell, number) in reading.stated.items():
            if not (is_known or (name == "total" and not out)):
                continue
            counted = len(own) - sum(map(own.count, out)) if name == "total" else own.count(name)
            if number == counted:
                continue
            label = "総手続き数" if name == "total" else asked.label(STATUS, name)
            place = Place(department.name, department.workbook, reading.sheet, cell)
            yield report("total_differs", place, value=str(number), label=label, counted=counted)
