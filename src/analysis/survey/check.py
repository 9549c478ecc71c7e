"""Hold the cleaned rows to the rules across fields, rows and departments.

A rule is its words in `rules.toml` and one entry here: for a rule within a row, the field whose
cell is to blame and the condition; for any other, a function over the whole intake.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.cycle import Cycle
from analysis.survey.problems import Place, Problem, report
from analysis.survey.read import Reading
from analysis.survey.tombstone import is_tombstone
from analysis.survey.vocabulary import label_of, load_vocabulary


@dataclass(frozen=True)
class Intake:
    """All that the rules look at: the cleaned rows, and the readings they came from."""

    cycle: Cycle
    rows: pd.DataFrame
    readings: Sequence[Reading]


_MOST_OTHERS = 5

Condition = Callable[[Intake], "pd.Series[bool]"]


@dataclass(frozen=True)
class RowRule:
    """A rule within one row: breached in the cell of `field` where `breached` is true."""

    code: str
    field: str
    breached: Condition


def _is_missing(field: str) -> Condition:
    return lambda intake: intake.rows[field].isna()


def _is_later(intake: Intake) -> "pd.Series[bool]":
    """Compare as far as the answer goes: a month is later only if it begins after the day."""
    as_of = intake.cycle.settings.as_of.isoformat()
    dates = intake.rows["online_date"].fillna("")
    # ISO texts compare as their dates do, and 2024 or 2024-09 comes before 2024-09-01.
    return (intake.rows["status"] == "online") & (dates > as_of)


def _is_tombstone(intake: Intake) -> "pd.Series[bool]":
    # As it stands: cleaning joins the lines, of which one may say so.
    remarks = intake.rows["remarks_raw"].where(intake.rows["remarks"].notna())
    return remarks.fillna("").map(is_tombstone).astype(bool)


ROW_RULES = (
    *(
        RowRule("required_missing", field.name, _is_missing(field.name))
        for field in load_vocabulary()
        if field.required
    ),
    RowRule(
        "reason_missing",
        "reason",
        lambda intake: (intake.rows["status"] == "not_started") & intake.rows["reason"].isna(),
    ),
    RowRule(
        "reason_unneeded",
        "reason",
        lambda intake: (
            intake.rows["status"].isin(["online", "started"]) & intake.rows["reason"].notna()
        ),
    ),
    RowRule(
        "online_date_missing",
        "online_date",
        lambda intake: (intake.rows["status"] == "online") & intake.rows["online_date"].isna(),
    ),
    RowRule("online_date_later", "online_date", _is_later),
    RowRule("row_tombstone", "remarks", _is_tombstone),
)


def check_rows(intake: Intake, found: Iterable[Problem]) -> list[Problem]:
    """Return every breach of the rules, in the order of the rules and then of the rows.

    The rows need the cleaned fields with their `_raw` and `_cell` columns. A cell that has an error
    among the problems already found is not blamed again, nor is one in a column that is missing.
    """
    known = {problem.place for problem in found if problem.severity == "error" and problem.cell}
    breaches = [
        *(problem for rule in ROW_RULES for problem in _apply(rule, intake)),
        *(problem for find in _INTAKE_RULES for problem in find(intake)),
    ]
    return [problem for problem in breaches if problem.place not in known]


def _apply(rule: RowRule, intake: Intake) -> Iterator[Problem]:
    rows = intake.rows
    blamed = rows[rule.breached(intake) & rows[f"{rule.field}_cell"].notna()]
    for _, row in blamed.iterrows():
        raw = row[f"{rule.field}_raw"]
        yield report(
            rule.code,
            _place(row, rule.field),
            field=rule.field,
            value=raw if isinstance(raw, str) else None,
            as_of=intake.cycle.name,
        )


def _find_ids_twice(intake: Intake) -> Iterator[Problem]:
    """Blame every row of an id that stands in several, and name the others."""
    rows = intake.rows
    twice = rows[rows["procedure_id"].notna() & rows.duplicated("procedure_id", keep=False)]
    for _, group in twice.groupby("procedure_id", sort=False):
        places = [_place(row, "procedure_id") for _, row in group.iterrows()]
        for at, (place, value) in enumerate(zip(places, group["procedure_id"], strict=True)):
            # An id filled down into thousands of rows would name thousands in each of them.
            near = [*places[: min(at, _MOST_OTHERS)], *places[at + 1 : at + 1 + _MOST_OTHERS]]
            others = "、".join(map(str, near[:_MOST_OTHERS]))
            others += f"など{len(places) - 1}か所" if len(places) > _MOST_OTHERS + 1 else ""
            yield report("id_twice", place, field="procedure_id", value=value, others=others)


def _find_totals_that_differ(intake: Intake) -> Iterator[Problem]:
    """Compare the department's own totals with its rows; a difference means one was overlooked.

    Where a status can't be read, only the number of rows is compared.
    """
    for reading in intake.readings:
        if not reading.is_complete:
            continue
        department = reading.department
        own = intake.rows[intake.rows["department_slug"] == department.slug]
        is_known = own["status"].notna().all()
        for name, (cell, number) in reading.stated.items():
            if not (is_known or name == "total"):
                continue
            counted = len(own) if name == "total" else int((own["status"] == name).sum())
            if number == counted:
                continue
            label = "総手続き数" if name == "total" else label_of("status", name)
            place = Place(department.name, department.workbook, reading.sheet, cell)
            yield report("total_differs", place, value=str(number), label=label, counted=counted)


def _place(row: "pd.Series[str]", field: str) -> Place:
    return Place(row["department"], row["workbook"], row["sheet"], row[f"{field}_cell"])


_INTAKE_RULES: tuple[Callable[[Intake], Iterator[Problem]], ...] = (
    _find_ids_twice,
    _find_totals_that_differ,
)
