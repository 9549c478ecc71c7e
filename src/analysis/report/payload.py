"""The evidence that a page carries: what a browser needs to recount the page's figures by itself.

Each row that some figure needs stands in it once, column by column, with its cells and what its
decisive cells hold; the measures stand in it as expressions. What follows from the rows (counts,
what became of a procedure since the last cycle) does not: the page's own script finds it; only
which procedures are the same under two ids it is told.
"""

import base64
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import ne
from typing import Any

import pandas as pd

from analysis.figures.definition import OTHER_FIELDS, TABLE_NOUNS, code_name, field_name
from analysis.figures.figure import Figure, Unit
from analysis.figures.ledger import Ledger
from analysis.figures.measure import Change, Count, Measure, Share, parts_of
from analysis.figures.select import DECIDED_BY, list_ids
from analysis.figures.tables import LEVELS, WHOLE
from analysis.figures.values import list_values
from analysis.report.columns import list_others, list_procedures, write_column
from analysis.survey.vocabulary import load_vocabulary

IDENTITY = ("procedure_id", "section")
"""The fields by which a procedure counts within a scope, whatever else is asked of it."""

LEVEL = 6
"""How hard the evidence is compressed; the hardest, 9, takes seven times as long for a fiftieth."""

PAIRED = ("procedures", "transitions")
"""The tables that are made of the procedures of both cycles."""


def write_payload(ledger: Ledger, figures: Sequence[Figure]) -> str:
    """Return the evidence of these figures for a page: JSON, compressed, as base64.

    `figures` brings with each share its two counts and with each change both its sides, as the
    page's lines of evidence do. The same figures give the same text. Raises KeyError for a measure
    made from a count that the catalogue doesn't name.
    """
    content = json.dumps(_gather(ledger, figures), ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(zlib.compress(content.encode(), LEVEL)).decode("ascii")


def _gather(ledger: Ledger, figures: Sequence[Figure]) -> dict[str, Any]:
    measures = _close(ledger, {figure.measure for figure in figures})
    scopes = {figure.scope for figure in figures}
    counts = [measure for measure in measures.values() if isinstance(measure, Count)]
    fields = _list_fields(counts)
    names = dict(_name_fields(counts, fields))
    shared = _close(ledger, {figure.measure for figure in figures if figure.scope == WHOLE})
    hidden = set(fields) - set(_list_fields(m for m in shared.values() if isinstance(m, Count)))
    tables = _gather_tables(ledger, counts, scopes, fields, hidden | {"section"})
    if any("paired_by" in named.get("procedures", {}) for named in tables.values()):
        names["paired_by"] = (field_name("paired_by"), dict(OTHER_FIELDS["paired_by"][1]))
    return {
        "cycle": ledger.cycle.name,
        "previous": ledger.tables.previous_cycle if ledger.has_previous else None,
        "scopes": [_write_scope(ledger, slug) for slug in ledger.scopes if slug in scopes],
        "measures": {name: _write_measure(ledger, name) for name in measures},
        "fields": names,
        "nouns": {count.table: TABLE_NOUNS[count.table] for count in counts},
        "tables": tables,
    }


def _close(ledger: Ledger, names: set[str]) -> dict[str, Measure]:
    """Return the measures by name, with those that they are made from, in catalogue order."""
    wanted = set(names)
    # A change of a share is two steps away from its counts.
    for _ in range(2):
        wanted |= {
            ledger.name_of(part) for name in wanted for part in parts_of(ledger.items[name].measure)
        }
    return {name: item.measure for name, item in ledger.items.items() if name in wanted}


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


def _write_measure(ledger: Ledger, name: str) -> dict[str, Any]:
    item = ledger.items[name]
    described: dict[str, Any] = {"label": item.label, "unit": _write_unit(item.unit)}
    match item.measure:
        case Count(where=condition, table=table):
            return described | {"count": table, "where": condition.conditions}
        case Share(part=part, whole=whole):
            return described | {"part": ledger.name_of(part), "whole": ledger.name_of(whole)}
        case Change(of=of):
            return described | {"of": ledger.name_of(of)}


def _write_unit(unit: Unit) -> dict[str, Any]:
    return {
        "name": unit.name, "scale": unit.scale, "places": unit.places, "signed": unit.signed
    }  # fmt: skip


def _list_fields(counts: Iterable[Count]) -> tuple[str, ...]:
    """Return the fields that decide whether a procedure counts, the identity's first."""
    decisive = {
        field if count.table == "procedures" else DECIDED_BY[field]
        for count in counts
        if count.table in PAIRED
        for field in count.where.fields
    }
    order = dict.fromkeys([*IDENTITY, "hidden", *(field.name for field in load_vocabulary())])
    return tuple(name for name in order if name in decisive or name in IDENTITY)


def _name_fields(
    counts: Sequence[Count], fields: Sequence[str]
) -> Iterator[tuple[str, tuple[str, dict[str, str]]]]:
    """Yield each field with its Japanese name and the names of its codes."""
    choices = {field.name: field.choices for field in load_vocabulary()}
    codes: dict[str, Mapping[str, str]] = {
        name: choices[name] for name in fields if name in choices
    }
    for name in (name for count in counts for name in count.where.fields):
        codes.setdefault(name, OTHER_FIELDS[name][1] if name in OTHER_FIELDS else {})
    for name, known in codes.items():
        yield name, (field_name(name), {code: code_name(name, code) for code in known})


def _gather_tables(
    ledger: Ledger,
    counts: Sequence[Count],
    scopes: set[str],
    fields: Sequence[str],
    hidden: set[str],
) -> dict[str, dict[str, Any]]:
    """Return the columns of each table's rows, by cycle and table.

    `hidden` are the fields that no figure of the whole city asks for: beside a department's own,
    the other departments' rows are without them.
    """
    frames = _procedures_of(ledger, scopes)
    tables: dict[str, dict[str, Any]] = {cycle: {} for cycle in frames}
    if any(count.table in PAIRED for count in counts):
        # The names weigh more than all the rest, and the overview has those of other departments.
        own = _ids_within(frames, scopes if "name" in fields else scopes - {WHOLE})
        beside = _ids_within(frames, scopes - {WHOLE})
        known: dict[object, str] = {}
        for cycle, frame in frames.items():
            named = list(zip(list_ids(frame), list_values(frame, "name"), strict=True))
            # The cycle before tells only the names that were others.
            shown = [name if key in own and name != known.get(key) else None for key, name in named]
            known = dict(named)
            inside = [key in beside for key, _ in named]
            columns = list_procedures(frame, shown, fields, hidden if beside else (), inside)
            tables[cycle]["procedures"] = columns | _list_pairs(frame)
    titles = {slug: scope.name for slug, scope in ledger.scopes.items()}
    for table in dict.fromkeys(count.table for count in counts):
        if table in PAIRED:
            continue
        frame = ledger.tables.current[table]
        decisive = {f for count in counts if count.table == table for f in count.where.fields}
        tables[ledger.cycle.name][table] = list_others(
            frame[_within(frame, scopes)], sorted(decisive), titles
        )
    return tables


def _procedures_of(ledger: Ledger, scopes: set[str]) -> dict[str, pd.DataFrame]:
    """Return, by cycle, the procedures that stand within the scopes in either of the cycles."""
    frames = {ledger.cycle.name: ledger.tables.current["procedures"]}
    if ledger.tables.previous is not None and ledger.tables.previous_cycle is not None:
        frames[ledger.tables.previous_cycle] = ledger.tables.previous
    if WHOLE in scopes:
        return frames
    known = _ids_within(frames, scopes)
    return {
        cycle: frame[[key in known for key in list_ids(frame)]] for cycle, frame in frames.items()
    }


def _list_pairs(frame: pd.DataFrame) -> dict[str, Any]:
    """Return, of procedures that changed their id, the one they have now and how that is known.

    A page can't find it out: it has neither every name and law nor what people confirmed.
    """
    if "pair_id" not in frame:
        return {}
    is_other = list(map(ne, list_values(frame, "pair_id"), list_values(frame, "procedure_id")))
    if not any(is_other):
        return {}
    return {
        name: write_column(
            value if other else None
            for value, other in zip(list_values(frame, name), is_other, strict=True)
        )
        for name in ("pair_id", "paired_by")
    }


def _ids_within(frames: Mapping[str, pd.DataFrame], scopes: set[str]) -> set[object]:
    return {
        key
        for frame in frames.values()
        for key, inside in zip(list_ids(frame), _within(frame, scopes), strict=True)
        if inside
    }


def _within(frame: pd.DataFrame, scopes: set[str]) -> list[bool]:
    """Return, row by row, whether it stands in one of the scopes."""
    places = zip(*(list_values(frame, f"scope_{level}") for level in LEVELS), strict=True)
    return [not scopes.isdisjoint(place) for place in places]
