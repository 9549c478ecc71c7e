"""The organisations that changed since the cycle before: who took over whose procedures."""

from collections.abc import Iterator

from analysis.document.blocks import Block, Column, Quoted, Table
from analysis.figures.findings import Findings


def list_successions(findings: Findings) -> Iterator[Block]:
    """Yield the table of the successions, in the order of the settings; nothing where none is."""
    if not (takeovers := findings.cycle.takeovers):
        return
    yield Table(
        caption="組織の引継ぎ（前回の数値は、引継ぎ先で数えています）",
        columns=(
            Column("前回の部局・課", weight=4),
            Column("引継ぎ先", weight=4),
            Column("日付", weight=2),
            Column("備考", weight=4),
        ),
        rows=tuple(
            (
                Quoted(own.before.name),
                Quoted(own.now.name),
                Quoted(own.told.date.isoformat()),
                Quoted(own.told.note) if own.told.note else None,
            )
            for own in takeovers
        ),
    )
