"""The guideline appendix: its wording as published, and how many procedures each concerns."""

from analysis.document.blocks import (
    Block,
    Bullets,
    Cell,
    Column,
    Group,
    Link,
    Masthead,
    Paragraph,
    Strong,
    Table,
)
from analysis.errors import ReportError
from analysis.figures.findings import Findings
from analysis.figures.guideline import GuidelineEntry, Section
from analysis.reports.figure_columns import FigureColumn, FigureColumns
from analysis.reports.heading import head_report
from analysis.reports.rule_tables import show_tables

GUIDELINE = "guideline"
"""The report that the guideline's sections stand in."""


def masthead(findings: Findings) -> Masthead:
    """Return the head of the report; raise ReportError in a cycle that names no guideline."""
    if findings.cycle.settings.guideline is None:
        raise ReportError(
            "この調査回の cycle.toml には、ガイドライン（guideline）がありません。"
            'ノートブックのメタデータの report に "needs": "guideline" と書くと、'
            "ガイドラインのない調査回では作りません。"
        )
    return head_report(findings, "guideline")


def about(findings: Findings) -> Block:
    """Return where the guideline's text comes from and what was added to it."""
    guideline = findings.ledger.guideline
    return Group(
        (
            Paragraph((Strong((guideline.goal,)),), kind="lead"),
            Bullets(((f"出典：{guideline.source}",), *((note,) for note in guideline.notes))),
        )
    )


def answers(findings: Findings) -> Block:
    """Return what the guideline answers, each with a link to its place, and its goal.

    Nothing in a cycle without one.
    """
    told = findings.ledger.guideline
    if not told.sections:
        return Group(())
    has_questions = any(own.question for own in told.sections)
    return Group(
        (
            Paragraph((told.heading or told.title,), kind="heading"),
            *([Paragraph((told.intro,))] if told.intro else []),
            Table(
                caption=f"{told.title}で定めたこと",
                columns=(
                    *([Column("質問", weight=4)] if has_questions else []),
                    Column("節", weight=3),
                    Column("定めたこと", weight=6),
                ),
                rows=tuple(
                    (
                        *([own.question] if has_questions else []),
                        Link(f"{own.number} {own.title}", GUIDELINE),
                        own.summary,
                    )
                    for own in told.sections
                ),
            ),
            Paragraph((Strong((told.goal,)),), kind="lead"),
        )
    )


def sections(findings: Findings) -> Block:
    """Return the guideline's sections in their order, each under its number and title."""
    return Group(
        tuple(
            block
            for chosen in findings.ledger.guideline.sections
            for block in (
                Paragraph((f"{chosen.number} {chosen.title}",), kind="heading"),
                _show_section(findings, chosen),
            )
        )
    )


def tables(findings: Findings) -> Block:
    """Return the guideline's decision tables; nothing of a version without them."""
    return show_tables(findings)


def _show_section(findings: Findings, chosen: Section) -> Block:
    """Return a section's wording, then each department's procedures under its entries."""
    columns = FigureColumns(
        findings,
        (
            FigureColumn("{}", "総数", "該当する手続き数"),
            FigureColumn("{}_open", "未対応", "該当する手続き数"),
        ),
    )
    blocks: list[Block] = [Bullets(tuple((text,) for text in chosen.paragraphs))]
    for box in chosen.boxes:
        blocks.append(
            Table(
                caption=box.title,
                columns=(Column("内容", weight=16), *columns.head),
                rows=tuple((entry.cells[0], *_count(columns, entry)) for entry in box.items),
                headings=0,
            )
            if any(entry.id for entry in box.items)
            else Group(
                (
                    Paragraph((Strong((box.title,)),)),
                    Bullets(tuple((entry.cells[0],) for entry in box.items)),
                )
            )
        )
    blocks.append(
        Table(
            caption=chosen.title,
            columns=(*(Column(title, weight=8) for title in chosen.columns), *columns.head),
            rows=tuple((*entry.cells, *_count(columns, entry)) for entry in chosen.rows),
            headings=0,
            notes=(*chosen.footnotes, *_doubts(chosen)),
        )
    )
    blocks.append(Paragraph((Strong((chosen.summary,)),)))
    blocks.append(_by_department(findings, chosen))
    return Group(tuple(block for block in blocks if block != Bullets(())))


def _count(columns: FigureColumns, entry: GuidelineEntry) -> tuple[Cell, ...]:
    """Return how many procedures fall under an entry, if its procedures are counted."""
    if entry.id is None:
        return (None,) * len(columns.head)
    return columns.cells(measure=entry.id)


def _doubts(chosen: Section) -> tuple[str, ...]:
    """Return what is doubtful in the source, entry by entry."""
    return tuple(
        f"原文について（{entry.cells[min(1, len(entry.cells) - 1)].splitlines()[0]}）：{entry.note}"
        for entry in chosen.entries
        if entry.note
    )


def _by_department(findings: Findings, chosen: Section) -> Table:
    columns = FigureColumns(
        findings,
        (
            FigureColumn(f"{entry.id}{which}", title, entry.label, weight=1)
            for entry in chosen.entries
            if entry.id is not None
            for which, title in (("", "総数"), ("_open", "未対応"))
        ),
    )
    return Table(
        caption=f"部局別の該当する手続き数（{chosen.title}）",
        columns=(Column("部局名", weight=3), *columns.head),
        rows=tuple(
            (
                "計" if slug == "all" else Link(name, f"department-{slug}"),
                *columns.cells(slug),
            )
            for name, slug in [
                *((d.name, d.slug) for d in findings.cycle.departments),
                ("計", "all"),
            ]
        ),
        ledger=findings.ledger,
        notes=("総数：該当する手続きすべて。未対応：そのうちオンライン化済でない手続き。",),
    )
