"""The departments that are not counted: their last answers, which count for nothing."""

from collections.abc import Iterator

from analysis.document.blocks import Block, Cell, Column, Table
from analysis.figures.findings import Findings, write_previous
from analysis.figures.statuses import name_statuses
from analysis.survey.survey import STATE_LABELS


def list_waiting(findings: Findings) -> Iterator[Block]:
    """Yield the table of the departments that are not counted; nothing where all are.

    One row per department, in official order, with what its answers were in the cycle before.
    """
    cycle, ledger = findings.cycle, findings.ledger
    if not cycle.uncounted:
        return
    named = name_statuses(cycle.questionnaire).items()
    counts = {"total": "総手続き数", **{str(name): label for name, label in named}}
    known = {scope.slug for scope in ledger.list_waiting()}
    rows: list[tuple[Cell, ...]] = [
        (
            own.department.name,
            STATE_LABELS[own.state],
            *(
                ledger.figure(f"waiting_{name}", own.department.slug)
                if own.department.slug in known
                else None
                for name in counts
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
                for title in counts.values()
            ),
        ),
        rows=tuple(rows),
    )
