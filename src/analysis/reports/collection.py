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
from analysis.figures.definition import code_name
from analysis.figures.findings import Findings
from analysis.survey.survey import LINE_LABELS


def show_collection(findings: Findings) -> Block:
    """Return who has answered with what, and the rows that are no procedures."""
    figure = findings.ledger.figure
    answers = findings.survey.workbooks.set_index("department_slug")
    counts = ("total", "hidden", "problems_warning", "problems_notice", "corrections")
    rows: list[tuple[Cell, ...]] = [
        (
            department.name,
            Quoted(str(answers.loc[department.slug, "workbook"])),
            code_name("state", str(answers.loc[department.slug, "state"])),
            *(figure(name, department.slug) for name in counts),
        )
        for department in findings.cycle.departments
    ]
    # A file that is nobody's has problems too, and the total counts them.
    others = [figure(f"{name}_other") if "problems" in name else None for name in counts]
    if any(other is not None and other.value for other in others):
        rows.append(("部局の調査票以外", "", "", *others))
    rows.append(("計", "", "", *(figure(name) for name in counts)))
    return Group(
        (
            Paragraph(
                (
                    Shown(figure("workbooks"), unit="部局"),
                    "のうち、",
                    Strong((Shown(figure("workbooks_answered"), unit="部局"),)),
                    "から調査票が提出されました。",
                )
            ),
            Table(
                caption="調査票の提出状況",
                columns=(
                    Column("部局名", weight=3),
                    Column("ファイル", weight=4),
                    Column("提出状況", weight=2),
                    Column("手続き", numeric=True, weight=2),
                    Column("うち非表示の行", numeric=True, weight=2),
                    Column("要確認", "調査票の問題", numeric=True, weight=2),
                    Column("参考", "調査票の問題", numeric=True, weight=2),
                    Column("訂正", numeric=True, weight=1),
                ),
                rows=tuple(rows),
                ledger=findings.ledger,
            ),
            _list_lines(findings),
        )
    )


def _list_lines(findings: Findings) -> Table:
    """Return the rows of the workbooks' tables that are no procedures, by kind."""
    figure = findings.ledger.figure
    rows: list[tuple[Cell, ...]] = [
        (department.name, *(figure(f"lines_{kind}", department.slug) for kind in LINE_LABELS))
        for department in findings.cycle.departments
    ]
    rows.append(("計", *(figure(f"lines_{kind}") for kind in LINE_LABELS)))
    return Table(
        caption="調査票の表の手続きでない行",
        columns=(
            Column("部局名", weight=3),
            *(Column(label, numeric=True, weight=2) for label in LINE_LABELS.values()),
        ),
        rows=tuple(rows),
        ledger=findings.ledger,
    )
