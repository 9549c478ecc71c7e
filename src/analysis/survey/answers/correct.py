"""Apply the decided corrections of a cycle's `corrections.toml` before anything is cleaned.

A correction says which text it expects to find; one that finds no row, or another text, is a
problem, so that it can't outlive the workbook it was made for. The raw text is never touched.
"""

import os
from collections.abc import Iterator
from itertools import chain, islice
from typing import Annotated, NamedTuple

import pandas as pd
from pydantic import BaseModel, ConfigDict, StringConstraints

from analysis.cycle import CORRECTIONS_NAME, Cycle
from analysis.errors import EXAMPLES_SHOWN
from analysis.questionnaire.questionnaire import Questionnaire
from analysis.questionnaire.spellings import answer_key
from analysis.settings import Day, read_toml
from analysis.survey.answers.unique import key_ids
from analysis.survey.problems import Place, Problem, report
from analysis.survey.table.fill import Columns
from analysis.survey.timeline import find_decision_span

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

_SOURCE = CORRECTION_COLUMNS[2:6]


Filled = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Correction(BaseModel):
    """One decided correction: in this procedure's field, this text stands for that one.

    `field` may be written as the column's title; `expected` is the raw text in the workbook (empty:
    a blank cell), `value` the text to read in its place, as if typed there (empty: blank).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    procedure_id: Filled
    field: Filled
    expected: str
    value: str
    reason: Filled
    decided_by: Filled
    decided_on: Day


class _Row(NamedTuple):
    """Where a correction's text may stand: the row's place, and the cell it came from."""

    at: int
    department: str
    department_slug: str
    workbook: str
    sheet: str
    cell: str | None


_Texts = dict[str, list[_Row]]


class _Corrections(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    correction: tuple[Correction, ...] = ()


def read_corrections(cycle: Cycle) -> tuple[Correction, ...]:
    """Return the cycle's corrections, none if it has no such file; raise SettingsError.

    A field is named by its code name, whichever way it is written.
    """
    path = cycle.raw_folder / CORRECTIONS_NAME
    if not os.path.lexists(path):
        return ()
    read = read_toml(path, _Corrections).correction
    found = [(written, cycle.questionnaire.find_field(written.field)) for written in read]
    return tuple(
        written.model_copy(update={"field": field.name}) if field else written
        for written, field in found
    )


def find_misdated(cycle: Cycle, corrections: tuple[Correction, ...]) -> Iterator[Problem]:
    """Yield every correction that can't have been decided on the day it says."""
    first, last = find_decision_span(cycle)
    for correction in corrections:
        day = correction.decided_on.isoformat()
        if not first <= day <= last:
            words = {"value": day, "first": first, "last": last}
            yield _report("correction_date_outside", correction, cycle.questionnaire, **words)


def correct_rows(
    raw: Columns,
    corrections: tuple[Correction, ...],
    asked: Questionnaire,
    *,
    ids_per_department: bool = False,
) -> tuple[Columns, pd.DataFrame, list[Problem]]:
    """Return the rows to clean, the corrections applied, and those that can't be.

    Row grain and order are those of `raw`. Needs, for every field f, `f_raw` and `f_held`; adds
    `f_text`, the text to clean: the raw one unless corrected. The applied corrections are one row
    each, in the order of the file, with the columns CORRECTION_COLUMNS, all of dtype str. With
    `ids_per_department` a correction names its procedure with the department's slug.

    >>> raw = rows.assign(annual_volume_held="number").to_dict("list")
    >>> decided = read_corrections(ledger.cycle)
    >>> corrected, applied, problems = correct_rows(raw, decided, ledger.cycle.questionnaire)
    >>> corrected["procedure_id"], corrected["annual_volume_raw"], corrected["annual_volume_text"]
    (['K-001', 'K-002'], ['120', '120'], ['120', '210'])
    >>> applied[["procedure_id", "field", "cell", "expected", "value"]]
      procedure_id          field cell expected value
    0        K-002  annual_volume   F6      120   210
    """
    names = [field.name for field in asked.fields]
    rows = raw | {f"{name}_text": raw[f"{name}_raw"] for name in names}
    ids = key_ids(raw, per_department=ids_per_department)
    by_text = _find_texts(raw, ids, corrections, names)
    applied: dict[tuple[str, str], list[object]] = {}
    changed: set[str] = set()
    problems: list[Problem] = []
    for correction in corrections:
        name, wanted = correction.field, answer_key(correction.procedure_id)
        found = _find_row(by_text.get((wanted, name), {}), correction, asked)
        if isinstance(found, Problem):
            problems.append(found)
            continue
        if (wanted, name) in applied:
            problems.append(_report("correction_twice", correction, asked))
            continue
        texts, helds = f"{name}_text", f"{name}_held"
        if name not in changed:
            # The lists are others' as well.
            rows |= {column: [*rows[column]] for column in (texts, helds)}
            changed.add(name)
        rows[texts][found.at] = correction.value or None
        rows[helds][found.at] = "text" if correction.value else None
        applied[wanted, name] = [
            wanted,
            name,
            *found[1:],
            correction.expected,
            correction.value,
            correction.reason,
            correction.decided_by,
            correction.decided_on.isoformat(),
        ]
    frame = pd.DataFrame(list(applied.values()), columns=list(CORRECTION_COLUMNS), dtype="str")
    return rows, frame, problems


def _find_texts(
    raw: Columns, ids: list[str], corrections: tuple[Correction, ...], names: list[str]
) -> dict[tuple[str, str], _Texts]:
    """Return what stands in the fields that corrections speak of, by the row's id and the field."""
    wanted = {(answer_key(c.procedure_id), c.field) for c in corrections}
    found: dict[tuple[str, str], _Texts] = {}
    for name in {name for _, name in wanted}.intersection(names):
        places = (raw[column] for column in (*_SOURCE, f"{name}_cell"))
        for at, (own, text, *row) in enumerate(zip(ids, raw[f"{name}_raw"], *places, strict=True)):
            if (own, name) in wanted:
                found.setdefault((own, name), {}).setdefault(text or "", []).append(_Row(at, *row))
    return found


def _find_row(texts: _Texts, correction: Correction, asked: Questionnaire) -> _Row | Problem:
    """Return the one row with the correction's id that holds the text it expects."""
    if correction.field not in asked.named:
        known = (field for field in asked.fields if field.is_asked)
        choices = "、".join(f"{field.name}（{field.header}）" for field in known)
        words = {"value": correction.field, "choices": choices}
        return _report("correction_field_unknown", correction, asked, **words)
    if not texts:
        return _report(
            "correction_row_missing",
            correction,
            asked,
            expected=correction.expected,
            replacement=correction.value,
        )
    matching = texts.get(correction.expected, [])
    if len(matching) == 1:
        return matching[0]
    named = matching or list(chain.from_iterable(texts.values()))
    # A merged cell is the place of several rows.
    places = dict.fromkeys(str(Place(None, row.workbook, row.sheet, row.cell)) for row in named)
    cells = list(places)[:EXAMPLES_SHOWN]
    more = len(places) - len(cells)
    return _report(
        "correction_ambiguous" if matching else "correction_value_differs",
        correction,
        asked,
        value="、".join(islice(texts, EXAMPLES_SHOWN)),
        expected=correction.expected,
        count=len(matching),
        cells="、".join(cells) + (f" ほか{more:,}か所" if more else ""),
    )


def _report(code: str, correction: Correction, asked: Questionnaire, **words: object) -> Problem:
    """Return a problem of the corrections file itself: it is mended there, not in a workbook."""
    value = words.pop("value", None)
    return report(
        code,
        Place(None, CORRECTIONS_NAME),
        asked.named.get(correction.field),
        value=None if value is None else str(value),
        procedure_id=correction.procedure_id,
        **words,
    )
