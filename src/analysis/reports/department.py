"""A department's report: its numbers beside the city's, its sections, its procedures."""

from analysis.cycle import WHOLE, Department
from analysis.document.blocks import (
    Block,
    Column,
    Group,
    Masthead,
    Paragraph,
    Quoted,
    Shown,
    Table,
)
from analysis.document.chart import draw_parts
from analysis.figures.catalogue import REASONS
from analysis.figures.definition import code_name
from analysis.figures.findings import Findings, write_previous
from analysis.reports.figure_columns import FigureColumns
from analysis.reports.heading import head_report
from analysis.reports.moves import CONCERNED, MOVED, list_moves
from analysis.reports.progress import (
    PROGRESS,
    now_and_change,
    progress_columns,
    reason_table,
    say_progress,
)
from analysis.reports.proposal import propose

LISTED = ["procedure_id", "section", "name", "status", "reason"]


def masthead(findings: Findings, department: str) -> Masthead:
    """Return the head of a department's report."""
    return head_report(findings, "department", findings.department(department).name)


def headline(findings: Findings, department: str) -> Block:
    """Return the department's sentence, its figures beside the city's, and their chart."""
    own = findings.department(department)
    figure = findings.ledger.figure
    return Group(
        (
            Paragraph(
                (
                    f"{own.name}の",
                    Shown(figure("total", own.slug), unit="手続き"),
                    "について、",
                    *say_progress(findings, own.slug),
                    "。市全体のオンライン化率は",
                    Shown(figure("online_rate")),
                    "です。",
                ),
                kind="lead",
            ),
            _compare(findings, own),
            draw_parts(
                findings.ledger,
                "手続きの状況",
                [
                    ("オンライン化済", figure("online", own.slug)),
                    ("着手済", figure("started", own.slug)),
                    ("未着手", figure("not_started", own.slug)),
                ],
                figure("total", own.slug),
            ),
        )
    )


def sections(findings: Findings, department: str) -> Block:
    """Return the department's sections with the columns of the published table."""
    own = findings.department(department)
    columns = progress_columns(findings)
    return Table(
        caption="課別のオンライン化の状況",
        columns=(Column("課名", weight=3), *columns.head),
        rows=(
            *(
                (
                    Quoted(scope.name.removeprefix(f"{own.name} ")),
                    *columns.cells(scope.slug),
                )
                for scope in findings.ledger.list_sections(own.slug)
            ),
            ("計", *columns.cells(own.slug)),
        ),
        ledger=findings.ledger,
    )


def reasons(findings: Findings, department: str) -> Block:
    """Return the department's not-started procedures by reason."""
    return reason_table(findings, findings.department(department).slug)


def changes(findings: Findings, department: str) -> Block:
    """Return what changed since the last cycle, procedure by procedure."""
    own = findings.department(department)
    if not findings.ledger.has_previous:
        return Paragraph(("今回が最初の調査のため、前回からの異動はありません。",))
    figure = findings.ledger.figure
    moves = findings.ledger.rows_of(own.slug, "transitions", CONCERNED)[MOVED]
    rows = [row for record in moves.to_dict("records") for row in list_moves(record, own.slug)]
    return Group(
        (
            Paragraph(
                (
                    f"{write_previous(findings)}から、新規が",
                    Shown(figure("new", own.slug)),
                    "、廃止が",
                    Shown(figure("abolished", own.slug)),
                    "、継続する手続きのうち新たにオンライン化したものが",
                    Shown(figure("went_online", own.slug)),
                    "、オンライン化を取りやめたものが",
                    Shown(figure("left_online", own.slug)),
                    "でした。",
                )
            ),
            Table(
                caption="前回調査からの異動",
                columns=(
                    Column("異動", weight=3),
                    Column("手続きID", weight=2),
                    Column("手続き名", weight=7),
                    Column("前回", weight=3),
                    Column("今回", weight=3),
                ),
                rows=tuple(rows),
                empty="前回調査からの異動はありません。",
            ),
        )
    )


def procedures(findings: Findings, department: str) -> Block:
    """Return the full list of the department's procedures with what the guideline proposes."""
    own = findings.department(department)
    frame = findings.ledger.rows_of(own.slug, "procedures")
    proposals = propose(findings.ledger.guideline, frame)
    return Table(
        caption=f"{own.name}の手続き一覧",
        columns=(
            Column("手続きID", weight=5),
            Column("課名", weight=6),
            Column("手続き名", weight=11),
            Column("状況", weight=7),
            Column("未着手の理由", weight=7),
            Column("今後の進め方", weight=11),
        ),
        rows=tuple(
            (
                Quoted(procedure_id),
                Quoted(section),
                Quoted(name),
                code_name("status", status),
                REASONS.get(reason) if status == "not_started" else None,
                proposal,
            )
            for (procedure_id, section, name, status, reason), proposal in zip(
                frame[LISTED].itertuples(index=False, name=None), proposals, strict=True
            )
        ),
        notes=(_explain_proposals(findings),),
    )


def _explain_proposals(findings: Findings) -> str:
    title = findings.ledger.guideline.title
    also = f"と、調査票の回答に当たる「{title}」の項目" if title else ""
    return f"今後の進め方は、未着手の理由ごとの方針{also}です。"


def _compare(findings: Findings, own: Department) -> Table:
    has_previous = findings.ledger.has_previous
    # Two columns alone are as wide as what stands in them.
    weight = 2 if has_previous else None
    sides = ((own.name, own.slug), ("市全体", WHOLE))
    columns = FigureColumns(
        findings, (column for side in sides for column in now_and_change(*side, weight=weight))
    )
    return Table(
        caption=f"{own.name}と市全体",
        columns=(Column("", weight=4), *columns.head),
        rows=tuple(
            (findings.ledger.items[name].label, *columns.cells(measure=name)) for name in PROGRESS
        ),
        notes=("オンライン化率の増減の単位はポイント。",) if has_previous else (),
    )
