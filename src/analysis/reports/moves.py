"""What became of a procedure since the last cycle, as lines of a department's table.

A procedure that came from another department or went to one has a line of its own in both tables;
by a succession (引継ぎ) it is part of the numbers of the department before, too.
"""

from collections.abc import Hashable, Iterator
from typing import Any

from analysis.document.blocks import Cell, Quoted
from analysis.figures.definition import OTHER_FIELDS
from analysis.questionnaire.questionnaire import STATUS, Questionnaire
from analysis.succession.rescope import FORMER, TAKEN_OVER

# Of what there is to know of a transition, what these lines say.
MOVED = [
    *(
        f"{before}{name}"
        for name in ("procedure_id", "name", "department", "department_slug", "section", "status")
        for before in ("", "previous_")
    ),
    *("fate", "paired_by", "renamed", "moved", "went_online", "left_online"),
    *(TAKEN_OVER, *FORMER),
]
CONCERNED = ("department_slug", "previous_department_slug", FORMER[1])
"""The columns of a transition that tell the departments which it is a move of."""


def list_moves(
    record: dict[Hashable, Any], slug: str, asked: Questionnaire
) -> Iterator[tuple[Cell, ...]]:
    """Yield a line for each thing that a procedure changed for a department: what, which, how.

    `record` is a row of the transitions, of which it needs MOVED, `slug` the department's.
    """
    identity = (Quoted(record["procedure_id"]), Quoted(record["name"]))
    if record["fate"] == "new":
        yield ("新規", *identity, None, asked.label(STATUS, record["status"]))
        return
    if record[TAKEN_OVER] == "yes":
        yield from _list_crossing(record, slug, "（引継ぎ）", "former_", "previous_")
    yield from _list_crossing(record, slug, "", "previous_", "")
    if record["department_slug"] != slug:
        return
    if record["fate"] == "abolished":
        before = asked.label(STATUS, record["previous_status"])
        name = Quoted(record["previous_name"])
        yield ("廃止", identity[0], name, before, None)
        return
    if record["procedure_id"] != record["previous_procedure_id"]:
        way = OTHER_FIELDS["paired_by"][1][record["paired_by"]]
        yield (
            f"手続きIDの変更（{way}）",
            *identity,
            Quoted(record["previous_procedure_id"]),
            identity[0],
        )
    if record["status"] != record["previous_status"]:
        yield (
            _name_move(record, asked),
            *identity,
            asked.label(STATUS, record["previous_status"]),
            asked.label(STATUS, record["status"]),
        )
    if record["renamed"] == "yes":
        yield ("名称変更", *identity, Quoted(record["previous_name"]), identity[1])
    is_here = record["previous_department_slug"] == slug
    if record["moved"] == "yes" and is_here:
        yield (
            "所管課の変更",
            *identity,
            *(Quoted(record[name]) for name in ("previous_section", "section")),
        )


def _list_crossing(
    record: dict[Hashable, Any], slug: str, how: str, before: str, now: str
) -> Iterator[tuple[Cell, ...]]:
    """Yield the line of a procedure that came to the department or left it; nothing if neither."""
    sides = [f"{side}department_slug" for side in (before, now)]
    was, is_now = (record[side] == slug for side in sides)
    if record[sides[0]] == record[sides[1]] or was == is_now:
        return
    identity = (Quoted(record["procedure_id"]), Quoted(record["name"]))
    there, own = (now, before) if was else (before, now)
    other = Quoted(f"{record[f'{there}department']} {record[f'{there}section']}")
    here = Quoted(record[f"{own}section"])
    yield (
        f"転出{how}" if was else f"転入{how}",
        *identity,
        *((here, other) if was else (other, here)),
    )


def _name_move(record: dict[Hashable, Any], asked: Questionnaire) -> str:
    if record["went_online"] == "yes":
        return "オンライン化"
    if record["left_online"] == "yes":
        return "オンライン化の取りやめ"
    started = asked.list_statuses("started")
    was, is_now = (record[when] in started for when in ("previous_status", STATUS))
    if was == is_now:
        return "状況の変更"
    return "着手" if is_now else "着手の取りやめ"
