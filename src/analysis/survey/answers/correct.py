"""Apply the decided corrections of a cycle's `corrections.toml` before anything is cleaned.

A correction says which text it expects to find; one that finds no row, or another text, is a
problem, so that it can't outlive the workbook it was made for. The raw text is never touched.
"""

import datetime
import os
from collections.abc import Iterator
from typing import Annotated

import pandas as pd
from pydantic import BaseModel, ConfigDict, StringConstraints

from analysis.cycle import CORRECTIONS_NAME, Cycle
from analysis.settings import read_toml
from analysis.survey.problems import Place, Problem, report
from analysis.survey.timeline import find_decision_span
from analysis.survey.vocabulary import answer_key, field_named, load_vocabulary

CORRECTION_COLUMNS = (
    "procedure_id",
    "field",
    "department",
    "department_slug",
    "workbook",
    "sheet",
    "cell",
    "expected",
    "value",
    "reason",
    "decided_by",
    "decided_on",
)

Filled = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Correction(BaseModel):
    """One decided correction: in this procedure's field, this text stands for that one.

    `expected` is the raw text in the workbook (empty: a blank cell), `value` the text to read in
    its place, as if typed there (empty: blank).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    procedure_id: Filled
    field: Filled
    expected: str
    value: str
    reason: Filled
    decided_by: Filled
    decided_on: datetime.date


class _Corrections(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    correction: tuple[Correction, ...] = ()


def read_corrections(cycle: Cycle) -> tuple[Correction, ...]:
    """Return the cycle's corrections, none if it has no such file; raise SettingsError."""
    path = cycle.raw_folder / CORRECTIONS_NAME
    return read_toml(path, _Corrections).correction if os.path.lexists(path) else ()


def find_misdated(cycle: Cycle, corrections: tuple[Correction, ...]) -> Iterator[Problem]:
    """Yield every correction that can't have been decided on the day it says."""
    first, last = find_decision_span(cycle)
    for correction in corrections:
        day = correction.decided_on.isoformat()
        if not first <= day <= last:
            words = {"value": day, "first": first, "last": last}
            yield _report("correction_date_outside", correction, **words)


def correct_rows(
    raw: pd.DataFrame, corrections: tuple[Correction, ...]
) -> tuple[pd.DataFrame, pd.DataFrame, list[Problem]]:
    """Return the rows to clean, the corrections applied, and those that can't be.

    Row grain and order are those of `raw`. Needs, for every field f, `f_raw` and `f_held`; adds
    `f_text`, the text to clean: the raw one unless corrected. The applied corrections are one row
    each, in the order of the file, with the columns CORRECTION_COLUMNS, all of dtype str.
    """
    names = [field.name for field in load_vocabulary()]
    rows = raw.assign(**{f"{name}_text": raw[f"{name}_raw"] for name in names})
    ids = raw["procedure_id_raw"].fillna("").map(answer_key)
    applied: dict[tuple[str, str], list[object]] = {}
    problems: list[Problem] = []
    for correction in corrections:
        name, wanted = correction.field, answer_key(correction.procedure_id)
        found = _find_row(raw[ids == wanted], correction, names)
        if isinstance(found, Problem):
            problems.append(found)
            continue
        if (wanted, name) in applied:
            problems.append(_report("correction_twice", correction))
            continue
        rows.loc[found.name, f"{name}_text"] = correction.value or None
        rows.loc[found.name, f"{name}_held"] = "text" if correction.value else None
        applied[wanted, name] = [
            wanted,
            name,
            *found[["department", "department_slug", "workbook", "sheet", f"{name}_cell"]],
            correction.expected,
            correction.value,
            correction.reason,
            correction.decided_by,
            correction.decided_on.isoformat(),
        ]
    frame = pd.DataFrame(list(applied.values()), columns=list(CORRECTION_COLUMNS)).astype("str")
    return rows, frame, problems


def _find_row(
    candidates: pd.DataFrame, correction: Correction, names: list[str]
) -> "pd.Series[str] | Problem":
    """Return the one row with the correction's id that holds the text it expects."""
    if correction.field not in names:
        choices = "、".join(f"{name}（{field_named(name).header}）" for name in names)
        words = {"value": correction.field, "choices": choices}
        return _report("correction_field_unknown", correction, **words)
    if candidates.empty:
        return _report(
            "correction_row_missing",
            correction,
            expected=correction.expected,
            replacement=correction.value,
        )
    texts = candidates[f"{correction.field}_raw"].fillna("")
    matching = candidates[texts == correction.expected]
    if len(matching) == 1:
        return matching.iloc[0]
    named = matching if len(matching) else candidates
    cells = "、".join(
        # A merged cell is the place of several rows.
        dict.fromkeys(
            f"{row['workbook']} {row['sheet']}!{row[f'{correction.field}_cell']}"
            for _, row in named.iterrows()
        )
    )
    return _report(
        "correction_ambiguous" if len(matching) else "correction_value_differs",
        correction,
        value="、".join(texts.unique()),
        expected=correction.expected,
        count=len(matching),
        cells=cells,
    )


def _report(code: str, correction: Correction, **words: object) -> Problem:
    """Return a problem of the corrections file itself: it is mended there, not in a workbook."""
    value = words.pop("value", None)
    return report(
        code,
        Place(None, CORRECTIONS_NAME),
        field=correction.field,
        value=None if value is None else str(value),
        procedure_id=correction.procedure_id,
        **words,
    )
