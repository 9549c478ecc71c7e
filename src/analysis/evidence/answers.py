"""answers.csv: every procedure's answers that figures count, with the cells in which they stand.

Whoever redoes a figure's evidence finds its cells here. A report that carries some of these answers
of every procedure is known by a hash over just those columns.
"""

import hashlib
from collections.abc import Collection, Mapping
from functools import lru_cache

import pandas as pd

from analysis.figures.evidence import CELL_PARTS
from analysis.figures.ledger import Ledger
from analysis.figures.measure import Tallied
from analysis.figures.select import list_deciding
from analysis.figures.tables import pair_ids
from analysis.figures.trend import list_earlier_tables
from analysis.questionnaire.field import name_codes
from analysis.questionnaire.questionnaire import Questionnaire
from analysis.survey.plain_csv import write_csv

IDENTITY = ("procedure_id", "section")
"""The fields by which a procedure counts within a scope, whatever else is asked of it."""

_PLACE = ("cycle", "department", "workbook", "sheet", "row")


def write_answers(ledger: Ledger, fields: Collection[str] | None = None) -> bytes:
    """Return answers.csv, or of its columns those of some fields.

    One row per procedure: of this cycle, of the one before, then of those before that. Columns:
    where it stands; of each field the answer as printed, its cell, the raw text and what decision
    corrected it; `pair_id`, the id by which this cycle and the one before know the procedure, and
    `paired_by`, how that is known (blank where the id is its own). The fields are what names a
    procedure, and all by which any measure counts procedures.
    """
    if fields is None:
        asked = ledger.cycle.questionnaire
        decided_by = {name: (name, *own.decided_by) for name, own in asked.derived.items()}
        measures = (item.measure for item in ledger.items.values())
        counts = [measure for measure in measures if isinstance(measure, Tallied)]
        counted = (list_deciding(c, decided_by) for c in counts if c.table == "procedures")
        fields = {*IDENTITY, "name"}.union(*counted)
    tables = ledger.tables
    frames = [tables.current["procedures"]]
    if tables.previous is not None:
        frames.append(tables.previous)
    frames += list_earlier_tables(tables.current).values()
    asked = ledger.cycle.questionnaire
    taken = [_take_columns(frame, order_fields(fields, asked), asked) for frame in frames]
    return write_csv(pd.concat(taken, ignore_index=True))


@lru_cache(maxsize=8)
def hash_answers(ledger: Ledger, fields: tuple[str, ...]) -> str:
    """Return the sha256 of the columns of some fields, written as answers.csv is."""
    return hashlib.sha256(write_answers(ledger, fields)).hexdigest()


def order_fields(names: Collection[str], asked: Questionnaire) -> tuple[str, ...]:
    """Return fields in the order in which a procedure's answers are written."""
    own = (field.name for field in asked.fields)
    order = dict.fromkeys([*IDENTITY, "hidden", *own, *asked.derived])
    return tuple(name for name in order if name in names)


def name_column(column: "pd.Series[str]", names: Mapping[str, str]) -> "pd.Series[str]":
    """Return a column of answers as printed.

    >>> name_column(rows["status"], {"online": "済", "not_started": "未"}).tolist()
    ['済', '未']
    """
    said = {value: name_codes(value, names) for value in column.dropna().unique()}
    return column.map(said)


def _take_columns(
    frame: pd.DataFrame, fields: Collection[str], asked: Questionnaire
) -> pd.DataFrame:
    choices: dict[str, Mapping[str, str]] = {
        **{field.name: field.choices for field in asked.fields},
        **{name: own.choices for name, own in asked.derived.items()},
    }
    columns = {name: frame[name] for name in _PLACE}
    # What is worked out from two cycles' answers is of these alone.
    for field in (name for name in fields if name in frame):
        words = choices.get(field)
        columns[field] = name_column(frame[field], words) if words else frame[field]
        for part in CELL_PARTS:
            if part and f"{field}{part}" in frame:
                columns[f"{field}{part}"] = frame[f"{field}{part}"]
    own = pair_ids(frame)
    columns["pair_id"] = own
    if "paired_by" in frame:
        columns["paired_by"] = frame["paired_by"].where(own != frame["procedure_id"])
    return pd.DataFrame(columns)
