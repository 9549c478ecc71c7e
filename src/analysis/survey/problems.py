"""A problem found in the survey: where it stands, what is wrong, and what to do about it.

Every stage reports through `report`, in the words of the rule (see `rules`).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import NamedTuple

import pandas as pd

from analysis.cycle import SETTINGS_NAME, Department
from analysis.questionnaire.field import SAID_BETWEEN, Field
from analysis.questionnaire.rules import Rule, Severity, load_rules

STOPPED = "workbook_stopped"
"""The rule that a workbook breaks today and perhaps not tomorrow, when there is more memory."""

_LONGEST_VALUE = 60
# What the analysts themselves write into a cycle's folder.
_OWN_FILES = (SETTINGS_NAME, "matches.csv", "corrections.toml")
CELL = re.compile(r"([A-Z]+)([0-9]+)")


class Place(NamedTuple):
    """Where something stands; without a sheet it is the file, without a cell the sheet.

    In a file of ours an entry, such as a line, is named as a cell is.
    """

    department: str | None
    workbook: str
    sheet: str | None = None
    cell: str | None = None

    def at(self, cell: str) -> "Place":
        """Return the place of another cell of the same sheet."""
        return self._replace(cell=cell)

    @property
    def within_workbook(self) -> str:
        """The place as Excel names it: `調査票!G12`, `調査票`, or nothing for the whole file."""
        return "!".join(part for part in (self.sheet, self.cell) if part)

    def __str__(self) -> str:
        """Name the place with its file: `環境部.xlsx 調査票!G12`."""
        return f"{self.workbook} {self.within_workbook}".rstrip()


@dataclass(frozen=True)
class Problem:
    """One breach of one rule. `value` is the raw text found, `field` the code name of the field."""

    department: str | None
    workbook: str
    sheet: str | None
    cell: str | None
    code: str
    severity: Severity
    field: str | None
    value: str | None
    message: str
    action: str

    @property
    def place(self) -> Place:
        """Where the problem stands."""
        return Place(self.department, self.workbook, self.sheet, self.cell)


PROBLEM_COLUMNS = tuple(field.name for field in fields(Problem))


def report(
    rule: str | Rule,
    place: Place,
    field: Field | None = None,
    /,
    *,
    value: str | None = None,
    **words: object,
) -> Problem:
    """Return a breach of a rule, worded with the field's title, the value and `words`.

    A rule that every survey has is named by its code.
    """
    rule = load_rules()[rule] if isinstance(rule, str) else rule
    if field:
        several = f"（いくつも選ぶときは「{SAID_BETWEEN}」で区切る）" if field.multiple else ""
        words |= {"header": field.header, "choices": "、".join(field.choices.values()) + several}
    words = {
        name: (shorten if name in _FOUND else join_lines)(str(word)) for name, word in words.items()
    }
    words["value"] = shorten(value or "")
    return Problem(
        *(place.at(rule.entry.format(**words)) if rule.entry else place),
        code=rule.code,
        severity=rule.severity,
        field=field.name if field else None,
        value=value,
        message=rule.message.format(**words),
        action=rule.action.format(**words),
    )


def describe(problem: Problem, *, within_workbook: bool = False) -> str:
    """Return the problem in one line, ready to send: place, what is wrong, what to do.

    Under a heading that names the workbook already, `within_workbook` leaves it out.
    """
    place = problem.place.within_workbook if within_workbook else str(problem.place)
    return f"{place}: ".removeprefix(": ") + problem.message + problem.action


def problems_to_frame(problems: Iterable[Problem]) -> pd.DataFrame:
    """Return one row per problem, in the given order, columns as `Problem`; missing is NA.

    >>> place = Place("環境部", "環境部.xlsx", "調査票", "C9")
    >>> found = report("total_differs", place, value="3", label="総手続き数", counted=1)
    >>> problems_to_frame([found])[["workbook", "cell", "code", "severity", "value"]]
       workbook cell           code severity value
    0  環境部.xlsx   C9  total_differs  warning     3
    """
    rows = map(attrgetter(*PROBLEM_COLUMNS), problems)
    return pd.DataFrame(rows, columns=list(PROBLEM_COLUMNS), dtype="str")


def problems_from_frame(frame: pd.DataFrame) -> list[Problem]:
    """Return the problems of a frame made by `problems_to_frame`.

    >>> [str(problem.place) for problem in problems_from_frame(survey.problems)]
    ['環境部.xlsx 調査票!H6']
    """
    columns = (frame[name].array.to_numpy(dtype=object, na_value=None) for name in PROBLEM_COLUMNS)
    return list(map(Problem, *columns))


def sort_problems(problems: Iterable[Problem], departments: Sequence[Department]) -> list[Problem]:
    """Return the problems by department, then by place; those of our own files come last."""
    order = {department.name: at for at, department in enumerate(departments)}
    unknown = len(departments)
    own = {name: unknown + at for at, name in enumerate(_OWN_FILES, start=1)}

    def rank(problem: Problem) -> tuple[int, str, int, int, str]:
        found = CELL.fullmatch(problem.cell or "")
        letters, row = (found[1], int(found[2])) if found else ("", 0)
        # Not by the file's name: what came in may be of another kind than what is listed.
        group = order.get(problem.department or "", own.get(problem.workbook, unknown))
        return (group, problem.workbook, row, len(letters), letters)

    return sorted(problems, key=rank)


# Words that quote what a person typed.
_FOUND = frozenset({"before", "expected", "name", "procedure_id", "replacement"})


def join_lines(text: str) -> str:
    """Return a text in one line."""
    return " ".join(line.strip() for line in text.splitlines())


def shorten(text: str) -> str:
    """Return a text fit for one line, cut if it is long."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_VALUE else f"{line[:_LONGEST_VALUE]}…"
