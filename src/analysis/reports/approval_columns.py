"""The columns in which the index says of each report whether it was approved, and by whom."""

from collections.abc import Iterator

from analysis.document.blocks import Block, Cell, Column, Link, Paragraph, Quoted, Strong
from analysis.figures.approved import EXPIRED, HOLDS, Standing
from analysis.figures.findings import Findings
from analysis.inputs import APPROVALS_REPORT
from analysis.names import say_day
from analysis.reports.approvals import judge

_TITLE = "承認の状況"
_SINCE = "失効した承認があります"
_NO_PROOF = "承認した人と日は書かれたとおりで、誰が承認したかは証明しません。"


class ApprovalColumns:
    """Whether each report's approval holds, and who gave it when; no columns where none was given.

    Of a report that was approved more than once all that hold are told, else the last.
    """

    def __init__(self, findings: Findings) -> None:
        """Judge the approvals of the cycle's figures and reports by today's answers."""
        self._place = findings.cycle.name_file(APPROVALS_REPORT)
        self._standings = judge(findings)
        self._by_report: dict[str, list[Standing]] = {}
        for own in self._standings:
            day, _, stem = own.approval.target.partition("/")
            if not own.approval.is_figure and day == findings.cycle.name:
                self._by_report.setdefault(stem, []).append(own)

    @property
    def head(self) -> tuple[Column, ...]:
        """The columns' heads."""
        heads = (Column("承認"), Column("承認した人"), Column("承認した日"))
        return heads if self._by_report else ()

    @property
    def notes(self) -> tuple[str, ...]:
        """What is said beneath a table with these columns."""
        return (_NO_PROOF,) if self._by_report else ()

    def cells(self, stem: str | None, title: str) -> tuple[Cell, ...]:
        """Return the cells of a report (None: of none): its state leads to what changed since."""
        if not self._by_report:
            return ()
        found = self._by_report.get(stem or "", [])
        if not found:
            return (None, None, None)
        told = [own for own in found if own.state == HOLDS] or found[-1:]
        names = "\n".join(own.approval.approved_by for own in told)
        days = "\n".join(say_day(own.approval.approved_on) for own in told)
        state = Link(told[0].state, self._place, "html", about=title)
        return (state, Quoted(names), Quoted(days))

    def warn(self) -> Iterator[Block]:
        """Yield that an approval has expired; of what was approved anew, nothing any more."""
        held = {own.approval.target for own in self._standings if own.state == HOLDS}
        expired = {own.approval.target for own in self._standings if own.state == EXPIRED}
        if expired - held:
            link = Link(_TITLE, self._place, "html")
            yield Paragraph((Strong((_SINCE,)), "（", link, "）。"))
