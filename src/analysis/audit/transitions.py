"""What became of each procedure since the previous cycle, as a sheet of formulas.

Each line refers to the procedure's rows in the two sheets of rows, so that whoever changes an
answer there sees it here.
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis.audit.rows import SCOPE_TITLES
from analysis.audit.sheet import AuditCell, AuditColumn, Formula, Page
from analysis.figures.definition import OTHER_FIELDS, code_name
from analysis.figures.derived import quote
from analysis.figures.evaluate import previous_tables
from analysis.figures.formula import RowSheet
from analysis.figures.ledger import Ledger
from analysis.figures.tables import pair_ids
from analysis.questionnaire.questionnaire import STATUS, Questionnaire

# A sheet, and a row of it or none.
_Line = tuple[RowSheet, int | None]

_YES, _NO = (quote(OTHER_FIELDS["renamed"][1][code]) for code in ("yes", "no"))
_NEW, _CONTINUED, _ABOLISHED = (
    quote(OTHER_FIELDS["fate"][1][code]) for code in ("new", "continued", "abolished")
)

UNPAIRED = "要確認"
"""What a procedure's fate is called when what its rows were paired by was changed in the workbook.

That are the ids; of rows paired by name, the names and laws; of a confirmed pair, its line.
"""

_TRANSITIONS: dict[str, tuple[str, int]] = {
    "procedure_id": ("手続きID", 11),
    "department": ("部局", 15),
    "section": ("課名", 18),
    "name": ("手続き名", 34),
    "paired_by": (OTHER_FIELDS["paired_by"][0], 22),
    "previous_id": ("前回の手続きID", 13),
    "now_id": ("今回の手続きID", 13),
    "previous_status": ("前回の状況", 14),
    "status": ("今回の状況", 14),
    **{
        key: (OTHER_FIELDS[key][0], 16)
        for key in ("fate", "went_online", "left_online", "renamed", "moved")
    },
    **{f"scope_{level}": (SCOPE_TITLES[level], 18) for level in ("all", "department")},
}


def lay_transitions(
    name: str,
    ledger: Ledger,
    sheets: tuple[RowSheet, RowSheet, RowSheet],
    matches: pd.DataFrame,
    criteria: Mapping[str, str],
) -> Page:
    """Return the sheet of transitions: a line a procedure of either cycle, its fate in formulas.

    Each line refers to the procedure's rows in the sheets of rows, `sheets` of now and of before,
    and where people confirmed the pair, to the line of `matches` in the third.

    >>> keys = ("procedure_id", "status", "name_key", "law_key", "section_key", "scope_department")
    >>> sheets = tuple(RowSheet(name, keys, 4) for name in ("今回", "前回", "確認"))
    >>> criteria = {scope: scope for scope in ledger.scopes}
    >>> page = lay_transitions("異動", ledger, sheets, survey.matches, criteria)
    >>> [(c.title, *(cell.value for cell in c.cells)) for c in page.columns if c.key == "fate"]
    [('前回調査との対応', '継続', '継続', '廃止')]
    """
    tables, asked = ledger.tables, ledger.cycle.questionnaire
    table, previous = tables.current["transitions"], previous_tables(tables).current["procedures"]
    here, there, told = (
        {key: at for at, key in enumerate(ids, start=2)}
        for ids in (
            pair_ids(tables.current["procedures"]),
            pair_ids(previous),
            matches["current_id"],
        )
    )
    plan = RowSheet(name, tuple(_TRANSITIONS), max(len(table), 1) + 1)
    cells: dict[str, list[AuditCell]] = {key: [] for key in _TRANSITIONS}
    for row, record in enumerate(table.astype(object).to_dict("records"), start=2):
        key = record["procedure_id"]
        sources = (
            (sheets[0], here.get(key)),
            (sheets[1], there.get(key)),
            (sheets[2], told.get(key)),
        )
        formulas = _write_transition(plan, row, record["paired_by"], sources, asked)
        values = _name_transition(record, key in here, criteria, asked)
        for title, column in cells.items():
            text = formulas.get(title)
            column.append((values[title] or None) if text is None else Formula(text, values[title]))
    columns = [AuditColumn(key, *_TRANSITIONS[key], cells[key]) for key in _TRANSITIONS]
    return Page(name, tuple(columns), 1, list(_TRANSITIONS).index("moved") + 1)


def _write_transition(
    plan: RowSheet,
    row: int,
    paired_by: object,
    sources: tuple[_Line, _Line, _Line],
    asked: Questionnaire,
) -> dict[str, str]:
    """Return the formulas of one line, from the procedure's rows in both sheets (None: in none)."""
    now, before, told = sources
    own = {key: plan.local_cell(key, row) for key in plan.columns}

    def refer(side: _Line, column: str) -> str:
        # An empty cell would be shown as 0.
        return '""' if side[1] is None else f'{side[0].cell(column, side[1])}&""'

    def decide(*conditions: str) -> str:
        return f"=IF(AND({own['fate']}={_CONTINUED},{','.join(conditions)}),{_YES},{_NO})"

    def agree(column: str) -> str:
        return f"EXACT({refer(now, column)},{refer(before, column)})"

    def differ(column: str) -> str:
        return f"NOT({agree(column)})"

    def is_online(key: str) -> str:
        codes = asked.list_statuses("online")
        equal = [f"{own[key]}={quote(asked.label(STATUS, code))}" for code in codes]
        return equal[0] if len(equal) == 1 else f"OR({','.join(equal)})"

    was, now_is = is_online("previous_status"), is_online("status")
    paired = agree("procedure_id")
    if paired_by == "name":
        paired = f"AND({agree('name_key')},{agree('law_key')})"
    elif paired_by == "confirmed":
        decided = [
            f"EXACT({own[key]},{refer(told, column)})"
            for key, column in (("previous_id", "previous_id"), ("now_id", "current_id"))
        ]
        paired = f"AND({','.join(decided)})"
    return {
        "scope_department": f'=IF({own["now_id"]}="",{refer(before, "scope_department")},'
        f"{refer(now, 'scope_department')})",
        "previous_id": f"={refer(before, 'procedure_id')}",
        "now_id": f"={refer(now, 'procedure_id')}",
        "previous_status": f"={refer(before, 'status')}",
        "status": f"={refer(now, 'status')}",
        "fate": f'=IF({own["previous_id"]}="",{_NEW},IF({own["now_id"]}="",{_ABOLISHED},'
        f"IF({paired},{_CONTINUED},{quote(UNPAIRED)})))",
        "went_online": decide(now_is, f"NOT({was})"),
        "left_online": decide(f"NOT({now_is})", was),
        "renamed": decide(differ("name_key")),
        "moved": decide(f"OR({differ('section_key')},{differ('scope_department')})"),
    }


def _name_transition(
    record: Mapping[Any, Any], is_here: bool, criteria: Mapping[str, str], asked: Questionnaire
) -> dict[str, str]:
    """Return what stands in one line, as the formulas give it."""

    def plain(key: str) -> str:
        return "" if pd.isna(record[key]) else str(record[key])

    def named(key: str, field: str) -> str:
        return "" if pd.isna(record[key]) else code_name(field, str(record[key]), asked)

    procedure_id = str(record["procedure_id"])
    return {
        "procedure_id": procedure_id,
        **{key: plain(key) for key in ("department", "section", "name")},
        "paired_by": named("paired_by", "paired_by"),
        "previous_id": plain("previous_procedure_id"),
        "now_id": procedure_id if is_here else "",
        "previous_status": named("previous_status", "status"),
        "status": named("status", "status"),
        **{
            key: code_name(key, str(record[key]), asked)
            for key in ("fate", "went_online", "left_online", "renamed", "moved")
        },
        "scope_all": criteria[record["scope_all"]],
        "scope_department": criteria.get(record["scope_department"], ""),
    }
