"""The open table of procedures: a row each, with the answers that may go out.

What departments write freely goes out only where the survey says that reports print it
(`printed`): nobody can tell what else stands in a remark. Who answered is read by nothing.
"""

from collections.abc import Iterator
from itertools import repeat

import pandas as pd

from analysis.cycle import Cycle
from analysis.figures.definition import other_fields
from analysis.figures.findings import Findings
from analysis.opendata.files import PROCEDURES_NAME
from analysis.opendata.table import NO, YES, OpenField, OpenKind, OpenTable
from analysis.questionnaire.field import Field, list_codes

_COUNTED = "件"
_GUIDE = "調査票の案内："
_KINDS: dict[str, OpenKind] = {"number": "integer", "date": "partial_date"}

_Told = tuple[OpenField, list[str]]


def lay_procedures(findings: Findings) -> OpenTable:
    """Return the procedures of the cycle, a row each, in the order of the answers.

    >>> table = lay_procedures(findings)
    >>> table.fields[4].heading, [row[4] for row in table.rows]
    ('手続きID', ['K-001', 'K-002'])
    """
    cycle, asked = findings.cycle, findings.cycle.questionnaire
    frame = findings.ledger.tables.current["procedures"]
    columns = list(_list_places(cycle, frame))
    taken = {field.heading for field, _ in columns}
    for field in asked.list_fields(cycle.settings.as_of):
        if field.kind != "text" or field.printed:
            columns += _list_answers(findings, field, frame, taken)
    identity = asked.named["procedure_id"].header
    return OpenTable(
        PROCEDURES_NAME,
        "手続き",
        "調査の対象とした手続き。手続きごとに1行です。",
        tuple(field for field, _ in columns),
        (identity,),
        tuple(zip(*(cells for _, cells in columns), strict=True)),
    )


def name_area(cycle: Cycle) -> str:
    """Return whose data it is; invented data says so wherever it is taken."""
    settings = cycle.settings
    return f"{settings.city}（架空データ）" if settings.demonstration else settings.city


def _list_places(cycle: Cycle, frame: pd.DataFrame) -> Iterator[_Told]:
    """Yield the columns that say of whom and when each row is."""
    departments = tuple((own.slug, own.name) for own in cycle.departments)
    yield (
        OpenField("地域名", "area", "string", "市の名称。", is_required=True),
        [*repeat(name_area(cycle), len(frame))],
    )
    yield (
        OpenField("時点", "as_of", "date", "回答の時点。", is_required=True),
        [*repeat(cycle.settings.as_of.isoformat(), len(frame))],
    )
    yield (
        OpenField(
            "部局コード",
            "department_slug",
            "string",
            "部局の略号。調査回が変わっても同じです。",
            is_required=True,
        ),
        _write(frame["department_slug"]),
    )
    yield (
        OpenField(
            "部局名", "department", "string", "部局の名称。", choices=departments, is_required=True
        ),
        _write(frame["department"]),
    )


def _list_answers(
    findings: Findings, field: Field, frame: pd.DataFrame, taken: set[str]
) -> Iterator[_Told]:
    """Yield the columns of a field: one, or one for each answer where there may be several."""
    heading = field.header if field.header not in taken else f"{field.header}（調査票）"
    taken.add(heading)
    if field.multiple:
        yield from _list_several(field, heading, frame)
        return
    is_number, is_id = field.kind == "number", field.kind == "id"
    cells = frame[field.name]
    yield (
        OpenField(
            f"{heading}（{_COUNTED}）" if is_number else heading,
            field.name,
            _KINDS.get(field.kind, "string"),
            f"{_GUIDE}{field.help}" if field.help else "",
            _COUNTED if is_number else "",
            tuple(field.choices.items()),
            is_id,
        ),
        _write(cells.map(field.choices) if field.choices else cells),
    )
    missing = f"{field.name}_missing"
    if is_number and missing in frame:
        label, labels = other_fields(findings.cycle.questionnaire)[missing]
        told = f"{heading}の数がないときの理由。数があれば空です。"
        own = OpenField(label, missing, "string", told, choices=tuple(labels.items()))
        yield own, _write(frame[missing].map(labels))


def _list_several(field: Field, heading: str, frame: pd.DataFrame) -> Iterator[_Told]:
    """Yield a column for each answer of which several may be given: a cell holds one value."""
    given = [None if pd.isna(value) else list_codes(value) for value in frame[field.name]]
    for code, label in field.choices.items():
        cells = ["" if own is None else YES if code in own else NO for own in given]
        told = f"「{label}」を回答していれば {YES}、ほかの回答なら {NO}。"
        yield OpenField(f"{heading}：{label}", f"{field.name}:{code}", "boolean", told), cells


def _write(column: pd.Series) -> list[str]:
    return ["" if pd.isna(value) else str(value) for value in column]
