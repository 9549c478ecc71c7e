"""The evidence that a page carries: what a browser needs to recount the page's figures by itself.

Each row that some figure needs stands in it once, column by column, with its cells and what its
decisive cells hold; the measures stand in it as expressions. What follows from the rows (counts,
what became of a procedure since the last cycle) does not: the page's own script finds it; only
which procedures are the same under two ids it is told.
"""

import base64
import json
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import pandas as pd

from analysis.cycle import WHOLE
from analysis.evidence.answers import IDENTITY, order_fields
from analysis.evidence.appendix import list_beside
from analysis.evidence.carried import close_measures, keep_counts, list_decisive
from analysis.evidence.columns import (
    list_others,
    list_procedures,
    list_uncompared,
    write_column,
)
from analysis.evidence.meaning import Word, write_meaning
from analysis.figures.definition import (
    MISSING,
    OTHER_FIELDS,
    field_name,
    name_table_rows,
    other_fields,
)
from analysis.figures.evidence import CELL_PARTS, PLACE
from analysis.figures.figure import Figure
from analysis.figures.ledger import PROCEDURES, Ledger
from analysis.figures.measure import (
    WAITING,
    Tallied,
    find_earlier,
    tables_of,
)
from analysis.figures.scopes import LEVELS
from analysis.figures.select import list_pair_ids
from analysis.figures.tables import pair_ids
from analysis.figures.values import list_values
from analysis.questionnaire.field import NOTHING
from analysis.questionnaire.questionnaire import Questionnaire

LEVEL = 6
"""How hard the evidence is compressed; the hardest, 9, takes seven times as long for a fiftieth."""


def write_payload(ledger: Ledger, figures: Sequence[Figure], word: Word = dict) -> str:
    """Return the evidence of these figures for a page: JSON, compressed, as base64.

    Where figures of some departments stand beside the whole city's, these are two such texts with a
    blank between: what only this page carries, and the city's rows (see `write_city_payload`).
    `figures` brings with each share its two counts and with each change both its sides, as the
    page's lines of evidence do. The same figures give the same text. Raises KeyError for a measure
    made from a count that the catalogue doesn't name.
    """
    beside = list_beside(ledger, figures)
    own = {figure.scope for figure in figures} - ({WHOLE} if beside else set())
    written = _pack(word(_gather(ledger, figures, own)))
    if not beside:
        return written
    return f"{written} {write_city_payload(ledger, tuple(figure.id for figure in beside))}"


@lru_cache(maxsize=1)
def write_city_payload(ledger: Ledger, ids: tuple[str, ...]) -> str:
    """Return the rows of the whole city that these figures of it need, by cycle, packed alike.

    Each row has the answers that these figures ask for, and no name but where that is one. Every
    department's page carries the same: a process, and those forked from it, write them once.
    """
    counts = keep_counts(close_measures(ledger, {ledger.find(name).measure for name in ids}))
    fields = list_decisive(counts, ("procedure_id",), ledger.cycle.questionnaire)
    frames = _procedures_of(ledger, {WHOLE}, fields)
    return _pack(
        {
            cycle: list_procedures(frame, fields, ledger.cycle.questionnaire)
            | _list_pairs(frame)
            | _tell_cycle(frame, cycle)
            for cycle, frame in frames.items()
        }
    )


def _pack(content: Mapping[str, Any]) -> str:
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(zlib.compress(text.encode(), LEVEL)).decode("ascii")


def _gather(ledger: Ledger, figures: Sequence[Figure], own: set[str]) -> dict[str, Any]:
    """Return what the figures are made from; of procedures, those within the scopes of `own`."""
    measures = close_measures(ledger, {figure.measure for figure in figures})
    scopes, within = {figure.scope for figure in figures}, defaultdict(set)
    for figure in figures:
        for table in tables_of(measures[figure.measure]):
            within[table].add(figure.scope)
    counts = keep_counts(measures)
    asked = ledger.cycle.questionnaire
    fields = list_decisive(counts, IDENTITY, asked)
    names = dict(_name_fields(counts, fields, asked))
    if any(_is_other(frame).any() for frame in _procedures_of(ledger, {WHOLE}, fields).values()):
        names["paired_by"] = (OTHER_FIELDS["paired_by"][0], dict(OTHER_FIELDS["paired_by"][1]))
    return {
        "cycle": ledger.cycle.name,
        "previous": ledger.tables.previous_cycle if ledger.has_previous else None,
        "scopes": [_write_scope(ledger, slug) for slug in ledger.scopes if slug in scopes],
        "measures": {name: write_meaning(ledger, name) for name in measures},
        "online": asked.list_statuses("online"),
        "fields": names,
        "decided": {name: own.decided_by for name, own in asked.derived.items() if name in names},
        "compared": [name for name, own in asked.derived.items() if own.is_compared],
        "nouns": {count.table: name_table_rows(count.table) for count in counts},
        "tables": _gather_tables(ledger, counts, within, own, fields),
    }


def _write_scope(ledger: Ledger, slug: str) -> dict[str, Any]:
    """Return a scope; a section's own name is what the rows hold, its scope's name is longer."""
    scope = ledger.scopes[slug]
    section = None
    if scope.level == "section" and scope.department is not None:
        section = scope.name.removeprefix(f"{ledger.scopes[scope.department].name} ")
    return {
        "slug": slug,
        "name": scope.name,
        "level": scope.level,
        "department": scope.department,
        "section": section,
    }


def _name_fields(
    counts: Sequence[Tallied], fields: Sequence[str], asked: Questionnaire
) -> Iterator[tuple[str, tuple[str, dict[str, str]]]]:
    """Yield each field with its Japanese name and the names of its codes."""
    choices = {field.name: field.choices for field in asked.fields}
    codes: dict[str, Mapping[str, str]] = {
        name: choices[name] for name in fields if name in choices
    }
    for name in (name for count in counts for name in count.where.fields):
        codes.setdefault(name, other_fields(asked).get(name, ("", {}))[1])
    lacked = {f for c in counts for f, told in c.where.conditions if NOTHING in told}
    for name, known in codes.items():
        missing = {NOTHING: MISSING} if name in lacked else {}
        yield name, (field_name(name, asked), {**known, **missing})


def _gather_tables(
    ledger: Ledger,
    counts: Sequence[Tallied],
    scopes: Mapping[str, set[str]],
    own: set[str],
    fields: Sequence[str],
) -> dict[str, dict[str, Any]]:
    """Return the columns of each table's rows, by cycle and table.

    `scopes` are those of the figures that count a table's rows, by table.
    """
    frames, asked = _procedures_of(ledger, own, fields), ledger.cycle.questionnaire
    tables: dict[str, dict[str, Any]] = {cycle: {} for cycle in frames}
    names: dict[object, str] = {}
    if any(count.table in PROCEDURES for count in counts):
        known: dict[object, str] = {}
        for cycle, frame in frames.items():
            named = list(zip(list_pair_ids(frame), list_values(frame, "name"), strict=True))
            # The cycle before tells only the names that were others.
            shown = [name if name != known.get(key) else None for key, name in named]
            known = dict(named)
            names = known | names
            columns = {"name": write_column(shown)} | list_procedures(frame, fields, asked)
            columns |= _list_pairs(frame) | _tell_cycle(frame, cycle)
            tables[cycle]["procedures"] = columns
    titles = {slug: scope.name for slug, scope in ledger.scopes.items()}
    for table in dict.fromkeys(count.table for count in counts):
        if table in PROCEDURES:
            continue
        frame = ledger.tables.current[table]
        rows = frame[_within(frame, scopes[table])]
        decisive = {f for count in counts if count.table == table for f in count.where.fields}
        if table == WAITING or find_earlier(table) is not None:
            told = order_fields({*IDENTITY, *decisive}, asked)
            columns = list_uncompared(rows, told, names, asked) | _tell_cycle(
                rows, ledger.cycle.name
            )
        else:
            columns = list_others(rows, sorted(decisive), titles, asked)
        tables[ledger.cycle.name][table] = columns
    return tables


def _procedures_of(
    ledger: Ledger, scopes: set[str], fields: Iterable[str]
) -> dict[str, pd.DataFrame]:
    """Return, by cycle, the procedures that stand within the scopes in either of the cycles."""
    frames = {ledger.cycle.name: ledger.tables.current["procedures"]}
    if ledger.tables.previous is not None and ledger.tables.previous_cycle is not None:
        frames[ledger.tables.previous_cycle] = ledger.tables.previous
    if WHOLE in scopes:
        return frames
    known = pd.concat([pair_ids(frame)[_within(frame, scopes)] for frame in frames.values()])
    # There are a hundred columns, and each that is taken along costs its time.
    wanted = {*PLACE, "department_slug", "pair_id", "paired_by"}
    wanted |= {f"{field}{part}" for field in fields for part in CELL_PARTS}
    return {
        cycle: frame.loc[pair_ids(frame).isin(known), [name for name in frame if name in wanted]]
        for cycle, frame in frames.items()
    }


def _tell_cycle(frame: pd.DataFrame, cycle: str) -> dict[str, Any]:
    """Return in which cycle's workbooks rows stand, where it is not as their table is called."""
    stands = list_values(frame, "cycle")
    return {"cycle": write_column(stands)} if {*stands} - {cycle} else {}


def _list_pairs(frame: pd.DataFrame) -> dict[str, Any]:
    """Return, of procedures that changed their id, the one they have now and how that is known.

    A page can't find it out: it has neither every name and law nor what people confirmed.
    """
    is_other = _is_other(frame)
    if not is_other.any():
        return {}
    return {
        name: write_column(
            value if other else None
            for value, other in zip(list_values(frame, name), is_other, strict=True)
        )
        for name in ("pair_id", "paired_by")
    }


def _is_other(frame: pd.DataFrame) -> pd.Series:
    """Return, row by row, whether the procedure now has another id."""
    return pair_ids(frame) != frame["procedure_id"]


def _within(frame: pd.DataFrame, scopes: set[str]) -> pd.Series:
    """Return, row by row, whether it stands in one of the scopes."""
    return frame[[f"scope_{level}" for level in LEVELS]].isin(scopes).any(axis=1)
