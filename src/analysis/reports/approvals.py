"""The approvals: which figures and reports somebody let stand, and what changed since."""

from analysis.cycle import Cycle
from analysis.document.blocks import (
    Block,
    Cell,
    Column,
    Group,
    Masthead,
    Paragraph,
    Quoted,
    Table,
)
from analysis.errors import AnalysisError
from analysis.figures.approvals import read_approvals
from analysis.figures.approved import (
    EXPIRED,
    HOLDS,
    OTHER_SET,
    Standing,
    count_expired,
    judge_approvals,
)
from analysis.figures.findings import Findings, load_findings
from analysis.figures.kept import read_kept
from analysis.names import say_day
from analysis.reports.heading import head_report
from analysis.survey.opening import open_counted

# A report has no value of its own.
_TODAY = {HOLDS: "承認した値と同じ", EXPIRED: "下の表のとおり", OTHER_SET: "比べていません"}
_OF_OTHERS = (
    "「対象外」は、ほかの調査回か、暫定か確定かの違う一式の数値の承認です。"
    "この一式の数値ではないため、今の値と比べていません。"
)


def masthead(findings: Findings) -> Masthead:
    """Return the head of the report."""
    return head_report(findings, "approvals")


def approvals(findings: Findings) -> Block:
    """Return every approval with whether it holds, the last first, and what that proves."""
    standings = list(reversed(judge(findings)))
    about = Paragraph(
        (
            "「承認」は、承認したときの根拠のセル、値、定義が今も同じであることを、「失効」は、そのどれかが"
            "変わったことを示します。誰が書いた行かは証明しません。誰でも、どの名前でも書けます。",
        ),
        kind="note",
    )
    has_others = any(own.state == OTHER_SET for own in standings)
    others = (Paragraph((_OF_OTHERS,), kind="note"),) if has_others else ()
    table = Table(
        caption="承認の一覧",
        columns=(
            Column("状態", weight=2),
            Column("対象", weight=7),
            Column("承認した値", weight=3),
            Column("今の値", weight=3, numeric=True),
            Column("承認した人", weight=4),
            Column("承認した日", weight=3),
            Column("備考", weight=5),
        ),
        rows=tuple(map(_tell, standings)),
        marks=tuple("bad" if own.state == EXPIRED else None for own in standings),
        empty="承認はまだありません。",
    )
    return Group((about, *others, table))


def expired(findings: Findings) -> Block:
    """Return what changed since each approval that has expired."""
    return Table(
        caption="失効した承認と、その後に変わったもの",
        columns=(Column("対象", weight=4), Column("変わったもの", weight=10)),
        rows=tuple(
            (_name(own), Quoted("\n".join(own.changes)))
            for own in judge(findings)
            if own.state == EXPIRED
        ),
        empty="失効した承認はありません。",
    )


def judge(findings: Findings) -> list[Standing]:
    """Return what has become of each approval of the cycle."""
    cycle = findings.cycle
    return judge_approvals(findings.ledger, read_approvals(cycle), read_kept(cycle))


def say_standings(findings: Findings) -> list[str]:
    """Return the line on the cycle's approvals; none where there are none, or none can be read.

    What is wrong with them stops their own report, which tells it.
    """
    try:
        standings = judge(findings)
    except AnalysisError:
        return []
    return [count_expired(standings)] if standings else []


def judge_cycle(cycle: Cycle) -> list[Standing]:
    """Return what has become of each approval of a cycle by today's answers.

    Nothing is read for none. Raises AnalysisError where they, or the answers, can't be used.
    """
    if not read_approvals(cycle):
        return []
    return judge(load_findings(open_counted(cycle.name, cycle.root)))


def _tell(own: Standing) -> tuple[Cell, ...]:
    approval = own.approval
    return (
        own.state,
        _name(own),
        Quoted(approval.text),
        own.figure if approval.is_figure and own.state != OTHER_SET else _TODAY[own.state],
        Quoted(approval.approved_by),
        Quoted(say_day(approval.approved_on)),
        Quoted(approval.note),
    )


def _name(own: Standing) -> Quoted:
    return Quoted(f"{own.approval.label}\n{own.approval.target}")
