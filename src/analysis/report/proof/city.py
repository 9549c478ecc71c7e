"""What a department's report takes from the other departments: city.csv.

Such a report sets its department's figures beside the whole city's. For those it needs of every
other procedure the id, the status and their cells, and nothing else: so a change to any other
answer of another department leaves it as it is.
"""

import hashlib
import unicodedata
from collections import defaultdict
from collections.abc import Mapping

import pandas as pd

from analysis.cycle import Cycle
from analysis.figures.evidence import CELL_PARTS
from analysis.figures.ledger import Ledger
from analysis.figures.tables import pair_ids
from analysis.report.proof.sources import Sources
from analysis.survey.store import write_csv
from analysis.survey.vocabulary import field_named

CITY_FIELDS = ("procedure_id", "status")
"""The answers of other departments that a department's report counts."""

_PLACE = ("cycle", "department", "workbook", "sheet", "row")


def write_city(ledger: Ledger) -> bytes:
    """Return city.csv: one row per procedure, of this cycle and then of the one before.

    Columns: where it stands; of each of CITY_FIELDS the answer as printed, its cell, the raw text
    and what decision corrected it; `pair_id`, the id by which both cycles know the procedure, and
    `paired_by`, how that is known (blank where the id is its own).
    """
    frames = [ledger.tables.current["procedures"]]
    if ledger.tables.previous is not None:
        frames.append(ledger.tables.previous)
    return write_csv(pd.concat([_take_columns(frame) for frame in frames], ignore_index=True))


def find_sources(ledger: Ledger, inputs: Mapping[str, str]) -> Sources:
    """Return what each report of a cycle is made from; `inputs` are all of them, by path."""
    city = hashlib.sha256(write_city(ledger)).hexdigest()
    return Sources(ledger.cycle.name, inputs, list_workbooks(ledger), city)


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


def _take_columns(frame: pd.DataFrame) -> pd.DataFrame:
    columns = {name: frame[name] for name in _PLACE}
    for field in CITY_FIELDS:
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
