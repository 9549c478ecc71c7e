"""What becomes of the departments that a cycle's figures do without.

Their workbooks are read and looked at like the others', and count for nothing: no row, no problem
of theirs is left, only that and why they are not counted. What people decided about procedures
that no counted department has waits with them, and so it does for one that has not answered yet.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from analysis.cycle import MATCHES_NAME, Cycle, Uncounted
from analysis.questionnaire.spellings import match_key
from analysis.succession.rescope import move_rows
from analysis.survey.problems import Place, Problem, report
from analysis.survey.survey import ANSWERED, STATE_LABELS, Survey

if TYPE_CHECKING:
    # Who only asks which departments count opens no workbook.
    from analysis.survey.table.read import Reading

_OWNED = ("workbooks", "corrections", "lines", "extras")
_ROW_MISSING = "correction_row_missing"


def find_unusable(cycle: Cycle, survey: Survey) -> list[Uncounted]:
    """Return the departments of a cycle that have not answered or whose answers have an error.

    `survey` is the cycle's, with the problems that show beside the previous one, in the official
    order.

    >>> missing = survey.workbooks.assign(state=["missing", "answered"])
    >>> from dataclasses import replace
    >>> found = find_unusable(ledger.cycle, replace(survey, workbooks=missing))
    >>> [(own.department.name, own.state, own.reason) for own in found]
    [('環境部', 'missing', '未提出')]
    """
    states = dict(zip(survey.workbooks["department_slug"], survey.workbooks["state"], strict=True))
    is_error = survey.problems["severity"] == "error"
    errors = survey.problems.loc[is_error, "department"].value_counts()
    found = []
    for department in cycle.departments:
        state, count = states[department.slug], int(errors.get(department.name, 0))
        if state != ANSWERED:
            found.append(Uncounted(department, state, STATE_LABELS[state]))
        elif count:
            found.append(Uncounted(department, "faulty", f"誤り{count:,}件"))
    return found


def set_apart(
    cycle: Cycle, readings: "Sequence[Reading]"
) -> "tuple[list[Reading], list[Reading], list[Problem]]":
    """Return the readings that count, all of them with their state, and what is told of the others.

    `readings` are those of every department of the settings, in their order. One that does not
    count keeps its file and loses what it says; that its file lies there is told.
    """
    uncounted = {own.department.slug: own for own in cycle.uncounted}
    counted, everyone, told = [], [], []
    for reading in readings:
        own = uncounted.get(reading.department.slug)
        if own is None:
            counted.append(reading)
            everyone.append(reading)
            continue
        everyone.append(
            replace(reading, state=own.state, rows={}, lines=(), extras={}, counts={}, stated={})
        )
        if reading.state != "missing":
            words = {"expected": own.department.name, "why": own.reason}
            place = Place(None, reading.department.workbook)
            told.append(report("workbook_uncounted", place, **words))
    return counted, everyone, told


def leave_problems(
    cycle: Cycle, states: Iterable[str], problems: Iterable[Problem]
) -> Iterator[Problem]:
    """Yield the problems of a cycle without those of departments that are not counted.

    A correction of a procedure that no counted department has waits, and is told so, as long as
    the answers of any are not there: `states` are those of every department.
    """
    names = {own.department.name for own in cycle.uncounted}
    is_open = {*states} != {ANSWERED}
    for problem in problems:
        if problem.department in names:
            continue
        if is_open and problem.code == _ROW_MISSING:
            yield report("correction_waits", problem.place, value=problem.cell)
        else:
            yield problem


def keep_compared(cycle: Cycle, previous: Survey) -> Survey:
    """Return of the previous cycle's survey the departments that this cycle is compared with.

    They are those that this one counts; of a cycle that is closed also those that are no more.
    Every procedure is with the department and 課 that it would belong to now.

    >>> keep_compared(ledger.cycle, findings.previous) is findings.previous
    True
    """
    previous = follow_successions(cycle, previous)
    if not cycle.uncounted:
        return previous
    left = {own.department.slug for own in cycle.uncounted}
    counted = {department.slug for department in cycle.departments}
    return _keep(
        previous, lambda slug: slug in counted or (not cycle.is_interim and slug not in left)
    )


def follow_successions(cycle: Cycle, previous: Survey) -> Survey:
    """Return the previous cycle's survey with every row where it would belong in this cycle.

    Only its rows are others (see `move_rows`). Without a succession it is returned as it is.

    >>> follow_successions(ledger.cycle, findings.previous) is findings.previous
    True
    """
    if not (takeovers := cycle.takeovers):
        return previous
    return replace(previous, rows=move_rows(previous.rows, takeovers, match_key))


def keep_uncounted(cycle: Cycle, previous: Survey) -> Survey:
    """Return of the previous cycle's survey the departments that this cycle does not count.

    >>> len(keep_uncounted(ledger.cycle, findings.previous).rows)
    0
    """
    left = {own.department.slug for own in cycle.uncounted}
    return _keep(follow_successions(cycle, previous), lambda slug: slug in left)


def set_matches_aside(
    cycle: Cycle, survey: Survey, previous: Survey | None
) -> tuple[Survey, list[Problem]]:
    """Return a survey without the confirmed pairs of procedures that are not counted, and those.

    Such a pair names a procedure that neither the survey nor `previous`, as it is compared, has.

    >>> set_matches_aside(ledger.cycle, survey, findings.previous) == (survey, [])
    True
    """
    if not cycle.uncounted or previous is None:
        return survey, []
    is_known = pd.Series(data=True, index=survey.matches.index)
    for name, rows in (("previous_id", previous.rows), ("current_id", survey.rows)):
        named = survey.matches[name]
        is_known &= named.isna() | named.isin(rows["procedure_id"].dropna().tolist())
    place = Place(None, MATCHES_NAME)
    told = [
        report("match_waits", place, line=line, value=line)
        for line in survey.matches.loc[~is_known, "line"]
    ]
    return replace(survey, matches=survey.matches[is_known].reset_index(drop=True)), told


def _keep(survey: Survey, is_kept: Callable[[str], bool]) -> Survey:
    """Return a survey with some departments only, by their slugs.

    A workbook stays with all that is told of it as long as any row of it does, whosever it is.
    """
    rows = survey.rows[survey.rows["department_slug"].map(is_kept).astype(bool)]
    books = survey.workbooks
    is_own = books["department_slug"].map(is_kept).astype(bool)
    books = books[is_own | books["workbook"].isin(rows["workbook"].unique().tolist())]
    names, slugs = (books[name].tolist() for name in ("department", "department_slug"))
    frames = {"rows": rows.reset_index(drop=True)} | {
        name: frame[frame["department_slug"].isin(slugs)].reset_index(drop=True)
        for name in _OWNED
        for frame in [getattr(survey, name)]
    }
    own = survey.problems["department"]
    problems = survey.problems[own.isna() | own.isin(names)].reset_index(drop=True)
    return replace(survey, **frames, problems=problems)
