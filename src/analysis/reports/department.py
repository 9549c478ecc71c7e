"""A department's report: its numbers beside the city's, its sections, its procedures."""

from collections.abc import Iterator

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
from analysis.figures.findings import Findings
from analysis.figures.statuses import name_statuses
from analysis.questionnaire.field import name_codes
from analysis.questionnaire.questionnaire import REASON, STATUS, Questionnaire
from analysis.reports.bridge import list_bridge
from analysis.reports.figure_columns import FigureColumns
from analysis.reports.heading import head_report
from analysis.reports.long_list import MOST_ON_PAPER, list_on_paper
from analysis.reports.moves import CONCERNED, MOVED, list_moves
from analysis.reports.progress import (
    now_and_change,
    progress_columns,
    progress_measures,
    reason_table,
    say_progress,
)
from analysis.reports.proposal import propose
from analysis.reports.trend import show_department_trend

LISTED = ["procedure_id", "section", "name", "status", "reason"]


def masthead(findings: Findings, department: str) -> Masthead:
    """Return the head of a department's report."""
    return head_report(findings, "department", findings.department(department).name)


def headline(findings: Findings, department: str) -> Block:
    """Return the department's sentence, its figures beside the city's, and their chart."""
    own, asked = findings.department(department), findings.cycle.questionnaire
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
                [(label, figure(name, own.slug)) for name, label in name_statuses(asked).items()],
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
        columns=(
            Column(findings.cycle.questionnaire.named["section"].header, weight=3),
            *columns.head,
        ),
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
    """Return the department's not-started procedures by reason; nothing if none is asked for."""
    own, asked = findings.department(department), findings.cycle.questionnaire
    if not asked.reasons:
        return Group(())
    heading = Paragraph((f"{asked.name_role('not_started')}の理由",), kind="heading")
    return Group((heading, reason_table(findings, own.slug)))


def changes(findings: Findings, department: str) -> Block:
    """Return what changed since the last cycle, procedure by procedure."""
    own, asked = findings.department(department), findings.cycle.questionnaire
    if not findings.ledger.has_previous:
        return Paragraph(("今回が最初の調査のため、前回からの異動はありません。",))
    moves = findings.ledger.rows_of(own.slug, "transitions", CONCERNED)[MOVED]
    rows = [
        row for record in moves.to_dict("records") for row in list_moves(record, own.slug, asked)
    ]
    return Group(
        (
            *list_bridge(findings, own.slug),
            *show_department_trend(findings, own.slug),
            Table(
                caption="前回調査からの異動",
                columns=(
                    Column("異動", weight=3),
                    Column(asked.named["procedure_id"].header, weight=2),
                    Column(asked.named["name"].header, weight=7),
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
    asked = findings.cycle.questionnaire
    proposals = propose(findings.ledger.guideline, asked, frame)
    on_paper = list_on_paper(findings, own) if len(frame) > MOST_ON_PAPER else None
    return Table(
        caption=f"{own.name}の手続き一覧",
        columns=(
            Column(asked.named["procedure_id"].header, weight=5),
            Column(asked.named["section"].header, weight=6),
            Column(asked.named["name"].header, weight=11),
            Column("状況", weight=7),
            *([Column(asked.named[REASON].header, weight=7)] if asked.reasons else ()),
            Column("今後の進め方", weight=11),
        ),
        rows=tuple(
            (
                Quoted(procedure_id),
                Quoted(section),
                Quoted(name),
                asked.label(STATUS, status),
                *_say_reason(asked, status, reason),
                proposal,
            )
            for (procedure_id, section, name, status, reason), proposal in zip(
                frame[LISTED].itertuples(index=False, name=None), proposals, strict=True
            )
        ),
        notes=tuple(filter(None, [_explain_proposals(findings)])),
        on_paper=on_paper,
    )


def _say_reason(asked: Questionnaire, status: str, reason: object) -> Iterator[str | None]:
    """Yield the cell of a procedure's reason, if the survey asks for reasons."""
    if not asked.reasons:
        return
    is_told = status in asked.list_statuses("not_started") and isinstance(reason, str)
    yield name_codes(str(reason), asked.reasons) if is_told else None


def _explain_proposals(findings: Findings) -> str:
    title = findings.ledger.guideline.title
    also = f"と、調査票の回答に当たる「{title}」の項目" if title else ""
    asked = findings.cycle.questionnaire
    if not asked.routes:
        return f"今後の進め方は、{also.removeprefix('と、')}です。" if also else ""
    return f"今後の進め方は、{asked.named[REASON].header}ごとの方針{also}です。"


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
            (findings.ledger.items[name].label, *columns.cells(measure=name))
            for name in progress_measures(findings)
        ),
        notes=("オンライン化率の増減の単位はポイント。",) if has_previous else (),
    )
