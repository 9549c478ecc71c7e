"""What reports take of answers that they don't read whole: city.csv and answers.csv.

A department's report sets its own figures beside the whole city's. For those it needs of every
other procedure the id, the status and their cells, and nothing else: city.csv. The overview and the
guideline print figures and no other answer: answers.csv has all that figures of procedures count. A
change to anything else leaves the report as it is.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.cycle import Cycle
from analysis.figures.evidence import CELL_PARTS
from analysis.figures.ledger import Ledger
from analysis.figures.measure import Count
from analysis.figures.tables import pair_ids
from analysis.report.making.taken import ANSWERS_NAME, CITY_NAME, read_taken
from analysis.report.proof.origin import mark_of
from analysis.report.proof.sources import Sources
from analysis.survey.store import write_csv
from analysis.survey.vocabulary import field_named, load_vocabulary

CITY_FIELDS = ("procedure_id", "status")
"""The answers of other departments that a department's report counts."""

# A procedure stands in its section's figures too, and under its name where evidence is listed.
_NAMING = ("procedure_id", "section", "name")
_PLACE = ("cycle", "department", "workbook", "sheet", "row")


def write_extracts(ledger: Ledger) -> dict[str, bytes]:
    """Return the extracts by name: one row per procedure, of this cycle and then of the one before.

    Columns: where it stands; of each field the answer as printed, its cell, the raw text and what
    decision corrected it; `pair_id`, the id by which both cycles know the procedure, and
    `paired_by`, how that is known (blank where the id is its own). The fields are CITY_FIELDS; in
    answers.csv what names a procedure, and all by which any measure counts procedures.
    """
    frames = [ledger.tables.current["procedures"]]
    if ledger.tables.previous is not None:
        frames.append(ledger.tables.previous)
    return {
        name: write_csv(
            pd.concat([_take_columns(frame, fields) for frame in frames], ignore_index=True)
        )
        for name, fields in ((CITY_NAME, CITY_FIELDS), (ANSWERS_NAME, _list_counted(ledger)))
    }


def find_sources(ledger: Ledger, inputs: Mapping[str, str]) -> Sources:
    """Return what each report of a cycle is made from; `inputs` are all of them, by path."""
    extracts = {name: mark_of(text).sha256 for name, text in write_extracts(ledger).items()}
    taken = read_taken(ledger.cycle)
    return Sources(ledger.cycle.name, inputs, list_workbooks(ledger), extracts, taken)


def list_workbooks(ledger: Ledger) -> dict[str, list[str]]:
    """Return the raw workbooks that each department's report is made from, by slug, sorted.

    They are the department's own in both cycles, and any other in which one of its procedures
    stands in either cycle, as one does that came from another department. Paths are relative to
    the project.
    """
    cycles = [ledger.cycle]
    frames = [ledger.tables.current["procedures"]]
    before = ledger.cycle.open_previous()
    if before is not None and ledger.tables.previous is not None:
        cycles.append(before)
        frames.append(ledger.tables.previous)
    found: dict[str, set[str]] = defaultdict(set)
    owners: dict[object, set[str]] = defaultdict(set)
    for cycle, frame in zip(cycles, frames, strict=True):
        for department in cycle.departments:
            found[department.slug].add(_name_path(cycle, department.workbook))
        for key, slug in _list_distinct(pair_ids(frame), frame["department_slug"]):
            owners[key].add(slug)
    for cycle, frame in zip(cycles, frames, strict=True):
        for key, workbook in _list_distinct(pair_ids(frame), frame["workbook"]):
            for slug in owners[key]:
                found[slug].add(_name_path(cycle, workbook))
    return {department.slug: sorted(found[department.slug]) for department in cycles[0].departments}


def _list_distinct(keys: pd.Series, values: pd.Series) -> list[tuple[str, str]]:
    pairs = zip(keys.to_numpy(dtype=object), values.to_numpy(dtype=object), strict=True)
    return list(dict.fromkeys(pairs))


def _name_path(cycle: Cycle, workbook: str) -> str:
    return unicodedata.normalize("NFC", f"data/raw/{cycle.name}/{workbook}")


def _list_counted(ledger: Ledger) -> list[str]:
    counts = [item.measure for item in ledger.items.values() if isinstance(item.measure, Count)]
    decisive = {f for count in counts if count.table == "procedures" for f in count.where.fields}
    return [f.name for f in load_vocabulary() if f.name in decisive or f.name in _NAMING]


def _take_columns(frame: pd.DataFrame, fields: Sequence[str]) -> pd.DataFrame:
    columns = {name: frame[name] for name in _PLACE}
    for field in fields:
        choices = field_named(field).choices
        columns[field] = frame[field].map(choices) if choices else frame[field]
        for part in CELL_PARTS:
            if part and f"{field}{part}" in frame:
                columns[f"{field}{part}"] = frame[f"{field}{part}"]
    own = pair_ids(frame)
    columns["pair_id"] = own
    if "paired_by" in frame:
        columns["paired_by"] = frame["paired_by"].where(own != frame["procedure_id"])
    return pd.DataFrame(columns)
