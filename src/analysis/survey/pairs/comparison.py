"""Two cycles side by side: all that the rules between them look at, and how a breach is told."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from analysis.cycle import Cycle
from analysis.questionnaire.field import Field
from analysis.survey.pairs.match import pair_cycles
from analysis.survey.problems import Place, Problem, report
from analysis.survey.survey import Survey

_ANSWERS = (
    *("department", "department_slug", "name", "law", "status", "online_date", "annual_volume"),
    *("remarks", "remarks_raw"),
)
_BLAMED = ("procedure_id", "status", "online_date", "annual_volume")
_COLUMNS = (
    *_ANSWERS,
    "procedure_id",
    "workbook",
    "sheet",
    *(f"{field}{part}" for field in _BLAMED for part in ("_cell", "_raw")),
)

RowRecord = dict[Hashable, Any]


@dataclass(frozen=True)
class Comparison:
    """All that the rules look at: this cycle and the one before, and what pairs them."""

    cycle: Cycle
    survey: Survey
    before: pd.DataFrame

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """Every pair with what the rules ask of both rows, of the previous one `previous_...`.

        >>> both = Comparison(ledger.cycle, survey, findings.previous.rows)
        >>> both.pairs[["previous_id", "current_id", "previous_status", "status"]]
          previous_id current_id previous_status       status
        0       K-002      K-002     not_started  not_started
        1       K-901      K-001     not_started       online
        """
        pairs = pair_cycles(self.survey.rows, self.before, self.survey.matches)
        now = _take_rows(self.survey.rows, pairs["current_id"], _COLUMNS)
        before = _take_rows(self.before, pairs["previous_id"], _ANSWERS).add_prefix("previous_")
        return pd.concat([pairs, now, before], axis=1)

    @cached_property
    def confirmed(self) -> set[str]:
        """The current ids that a line of `matches` names."""
        return set(self.survey.matches["current_id"].dropna())

    @cached_property
    def departments(self) -> dict[str, str]:
        """The names of this cycle's departments by slug."""
        return {department.slug: department.name for department in self.cycle.departments}


def list_records(
    rows: pd.DataFrame, is_blamed: "pd.Series[bool] | np.ndarray[Any, Any]", *fields: str
) -> list[RowRecord]:
    """Return the blamed rows that have a cell for the first of the fields, with what blames it.

    >>> found = list_records(rows, rows["status"] == "online", "status")
    >>> [(row["workbook"], row["status_cell"], row["status_raw"]) for row in found]
    [('環境部.xlsx', 'G6', 'オンライン化済')]
    """
    if not is_blamed.any():
        return []
    own = fields[0]
    names = ("department", "department_slug", "workbook", "sheet", f"{own}_cell", f"{own}_raw")
    wanted = list(dict.fromkeys([*names, *fields]))
    return rows.loc[rows[f"{own}_cell"].notna() & is_blamed, wanted].to_dict("records")


def report_cell(code: str, row: RowRecord, field: Field, words: dict[str, str]) -> Problem:
    """Return a breach of the rule `code` in the cell of a record's field."""
    place = Place(row["department"], row["workbook"], row["sheet"], row[f"{field.name}_cell"])
    raw = row[f"{field.name}_raw"]
    return report(code, place, field, value=raw if isinstance(raw, str) else None, **words)


def _take_rows(rows: pd.DataFrame, ids: "pd.Series[str]", columns: Sequence[str]) -> pd.DataFrame:
    """Return the first row of each id, in the order of `ids`."""
    first = {one: at for at, one in reversed(list(enumerate(rows["procedure_id"].tolist())))}
    return rows[list(columns)].iloc[[first[one] for one in ids]].reset_index(drop=True)
