"""What became of a procedure since the last cycle, as lines of a table."""

from collections.abc import Hashable, Iterator
from typing import Any

from analysis.document.blocks import Cell, Quoted
from analysis.figures.definition import code_name

# Of what there is to know of a transition, what these lines say.
MOVED = [
    *(
        f"{before}{name}"
        for name in ("procedure_id", "name", "section", "status")
        for before in ("", "previous_")
    ),
    *("fate", "paired_by", "renamed", "moved", "went_online", "left_online"),
]


def list_moves(record: dict[Hashable, Any]) -> Iterator[tuple[Cell, ...]]:
    """Yield a line for each thing that changed in one procedure: what, which, before and now.

    `record` is a row of the transitions, of which it needs MOVED.
    """
    identity = (Quoted(record["procedure_id"]), Quoted(record["name"]))
    if record["fate"] == "new":
        yield ("新規", *identity, None, code_name("status", record["status"]))
        return
    if record["fate"] == "abolished":
        before = code_name("status", record["previous_status"])
        name = Quoted(record["previous_name"])
        yield ("廃止", identity[0], name, before, None)
        return
    if record["procedure_id"] != record["previous_procedure_id"]:
        way = code_name("paired_by", record["paired_by"])
        yield (
            f"手続きIDの変更（{way}）",
            *identity,
            Quoted(record["previous_procedure_id"]),
            identity[0],
        )
    if record["status"] != record["previous_status"]:
        yield (
            _name_move(record),
            *identity,
            code_name("status", record["previous_status"]),
            code_name("status", record["status"]),
        )
    if record["renamed"] == "yes":
        yield ("名称変更", *identity, Quoted(record["previous_name"]), identity[1])
    if record["moved"] == "yes":
        yield (
            "所管課の変更",
            *identity,
            *(Quoted(record[name]) for name in ("previous_section", "section")),
        )


def _name_move(record: dict[Hashable, Any]) -> str:
    if record["went_online"] == "yes":
        return "オンライン化"
    if record["left_online"] == "yes":
        return "オンライン化の取りやめ"
    return "着手" if record["status"] == "started" else "着手の取りやめ"
