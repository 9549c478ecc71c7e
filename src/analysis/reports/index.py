"""The index: the page to start from, with the cycle's headline and a link to every report."""

from collections.abc import Sequence

from markupsafe import Markup

from analysis.document import html
from analysis.document.blocks import Block, Column, Link, Paragraph, Table
from analysis.evidence.traced import gather_printed, write_traced_page
from analysis.figures.findings import Findings
from analysis.reports.heading import head
from analysis.reports.plan import Report
from analysis.reports.progress import say_progress

_TITLE = "行政手続きオンライン化の調査 報告書一覧"


def write_index(findings: Findings, reports: Sequence[Report], fingerprint: str) -> str:
    """Return the index page of a cycle's reports, with the fingerprint of what made it."""
    masthead, named = head(findings, _TITLE), findings.cycle.name_file
    blocks: list[Block] = [
        *([masthead.notice] if masthead.notice else []),
        Paragraph((*say_progress(findings, "all"), "。"), kind="lead"),
        Table(
            caption="報告書",
            columns=(Column("報告書"), Column("HTML"), Column("PDF")),
            rows=tuple(
                (report.title, Link("HTML", report.stem, "html"), Link("PDF", report.stem, "pdf"))
                for report in reports
            ),
        ),
        Table(
            caption="データ",
            columns=(Column("内容"), Column("ファイル")),
            rows=(
                (
                    "すべての数値とその定義、根拠の行数",
                    Link(named("figures.csv"), "figures", "csv"),
                ),
                (
                    "全部局の回答のうち数値が数えるものとそのセル",
                    Link(named("answers.csv"), "answers", "csv"),
                ),
                ("各報告書が回答の何から作られたか", Link(named("sources.csv"), "sources", "csv")),
                (
                    "すべての数値を手続きの行から数え直す表計算ファイル",
                    Link(named("audit.xlsx"), "audit", "xlsx"),
                ),
            ),
        ),
    ]
    content = Markup("\n").join(Markup(html.render(block)) for block in blocks)  # noqa: S704
    figures = gather_printed(content, findings)
    return write_traced_page(masthead, content, [], findings, figures, fingerprint=fingerprint)
