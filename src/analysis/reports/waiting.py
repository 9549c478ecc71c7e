"""The departments that are not counted: their last answers, which count for nothing."""

from collections.abc import Iterator

from analysis.document.blocks import Block, Cell, Column, Table
from analysis.figures.definition import code_name
from analysis.figures.findings import Findings, write_previous

_COUNTS = {
    "waiting_total": "総手続き数",
    "waiting_online": "オンライン化済",
    "waiting_started": "着手済",
    "waiting_not_started": "未着手",
}


def list_waiting(findings: Findings) -> Iterator[Block]:
    """Yield the table of the departments that are not counted; nothing where all are.

    One row per department, in official order, with what its answers were in the cycle before.
    """
    cycle, ledger = findings.cycle, findings.ledger
    if not cycle.uncounted:
        return
    known = {scope.slug for scope in ledger.list_waiting()}
    rows: list[tuple[Cell, ...]] = [
        (
            own.department.name,
            code_name("state", own.state),
            *(
                ledger.figure(name, own.department.slug) if own.department.slug in known else None
                for name in _COUNTS
            ),
        )
        for own in cycle.uncounted
    ]
    before = write_previous(findings)
    yield Table(
        caption="回答を数えていない部局（前回の回答。どの数値にも含みません）",
        columns=(
            Column("部局名", weight=3),
            Column("今回の回答", weight=2),
            *(
                Column(title, f"前回の回答（{before}）" if before else None, numeric=True, weight=2)
                for title in _COUNTS.values()
            ),
        ),
        rows=tuple(rows),
    )
