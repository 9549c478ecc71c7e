"""What came in: who has answered, and what stands in the workbooks' tables beside procedures."""

from analysis.document.blocks import (
    Block,
    Cell,
    Column,
    Group,
    Paragraph,
    Quoted,
    Shown,
    Strong,
    Table,
)
from analysis.figures.findings import Findings
from analysis.reports.figure_columns import FigureColumn, FigureColumns
from analysis.survey.survey import LINE_LABELS, STATE_LABELS

PROBLEMS = "調査票の問題"
_COUNTS = (
    FigureColumn("total", "総手続き数"),
    FigureColumn("hidden", "うち非表示の行"),
    FigureColumn("problems_warning", "要確認", PROBLEMS),
    FigureColumn("problems_notice", "参考", PROBLEMS),
    FigureColumn("corrections", "訂正", weight=1),
)


def show_collection(findings: Findings) -> Block:
    """Return who has answered with what, and the rows that are no procedures."""
    figure = findings.ledger.figure
    counts = FigureColumns(findings, _COUNTS)
    answers = findings.survey.workbooks.set_index("department_slug")
    rows: list[tuple[Cell, ...]] = [
        (
            department.name,
            Quoted(str(answers.loc[department.slug, "workbook"])),
            STATE_LABELS[str(answers.loc[department.slug, "state"])],
            *counts.cells(department.slug),
        )
        for department in findings.cycle.departments
    ]
    # None of their answers is counted, so nothing of theirs is.
    rows += [
        (
            own.department.name,
            Quoted(str(answers.loc[own.department.slug, "workbook"])),
            STATE_LABELS[own.state],
            *(None for _ in _COUNTS),
        )
        for own in findings.cycle.uncounted
    ]
    # A file that is nobody's has problems too, and the total counts them.
    others = [
        figure(f"{column.measure}_other") if column.group == PROBLEMS else None
        for column in _COUNTS
    ]
    if any(other is not None and other.value for other in others):
        rows.append(("部局の調査票以外", "", "", *others))
    rows.append(("計", "", "", *counts.cells()))
    whole, answered = figure("workbooks"), figure("workbooks_answered")
    counted = Strong(
        ("すべて",) if answered.value == whole.value else (Shown(answered, unit="部局"),)
    )
    return Group(
        (
            Paragraph(
                (
                    Shown(whole, unit="部局"),
                    "のうち、",
                    counted,
                    "の回答を数えています。"
                    if findings.cycle.uncounted
                    else "から調査票が提出されました。",
                )
            ),
            Table(
                caption="調査票の提出状況",
                columns=(
                    Column("部局名", weight=3),
                    Column("ファイル", weight=4),
                    Column("提出状況", weight=2),
                    *counts.head,
                ),
                rows=tuple(rows),
                ledger=findings.ledger,
            ),
            _list_lines(findings),
        )
    )


def _list_lines(findings: Findings) -> Table:
    """Return the rows of the workbooks' tables that are no procedures, by kind."""
    kinds = FigureColumns(
        findings, (FigureColumn(f"lines_{kind}", label) for kind, label in LINE_LABELS.items())
    )
    return Table(
        caption="調査票の表の手続きでない行",
        columns=(Column("部局名", weight=3), *kinds.head),
        rows=(
            *((own.name, *kinds.cells(own.slug)) for own in findings.cycle.departments),
            ("計", *kinds.cells()),
        ),
        ledger=findings.ledger,
    )
