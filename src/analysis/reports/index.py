"""The index: the page to start from, with the cycle's headline and a link to every report."""

from collections.abc import Sequence

from markupsafe import Markup

from analysis.cycle import NOTEBOOKS
from analysis.document import html
from analysis.document.blocks import Block, Column, Link, Paragraph, Table
from analysis.errors import ReportError, list_examples
from analysis.evidence.orphans import Printed, find_orphans
from analysis.evidence.traced import gather_printed, write_traced_page
from analysis.figures.findings import Findings
from analysis.reports.heading import head
from analysis.reports.navigator import TITLE, link_navigator
from analysis.reports.plan import Report, has_navigator
from analysis.reports.progress import say_progress
from analysis.reports.stated import ENDING, KEY

_TITLE = "行政手続きオンライン化の調査 報告書一覧"


def write_index(findings: Findings, reports: Sequence[Report], fingerprint: str) -> str:
    """Return the index page of a cycle's reports, with the fingerprint of what made it.

    Raises ReportError that names the notebooks whose titles have a digit without evidence.
    """
    _require_titles(findings, reports)
    cycle = findings.cycle
    masthead, named = head(findings, _TITLE), cycle.name_file
    blocks: list[Block] = [
        *([masthead.notice] if masthead.notice else []),
        Paragraph((*say_progress(findings, "all"), "。"), kind="lead"),
        Table(
            caption="報告書",
            columns=(Column("報告書"), Column("HTML"), Column("PDF")),
            rows=(
                *(
                    (own.title, Link("HTML", own.stem, "html"), Link("PDF", own.stem, "pdf"))
                    for own in reports
                ),
                *([(TITLE, link_navigator("HTML"), None)] if has_navigator(cycle) else ()),
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
                (
                    "オープンデータ（CSV）とその項目の意味",
                    Link("オープンデータ", "codebook", "html"),
                ),
            ),
        ),
    ]
    content = Markup("\n").join(Markup(html.render(block)) for block in blocks)  # noqa: S704
    figures = gather_printed(content, findings)
    return write_traced_page(masthead, content, [], findings, figures, fingerprint=fingerprint)


def _require_titles(findings: Findings, reports: Sequence[Report]) -> None:
    wrong = [
        f"{NOTEBOOKS}/{report.notebook}{ENDING}: {KEY} の title「{report.title}」"
        for report in reports
        if find_orphans(Printed([], [report.title]), findings)
    ]
    if wrong:
        raise ReportError(
            f"報告書の表題のうち{len(wrong)}件に、根拠をたどれない数字があります。"
            f"ノートブックのメタデータを、数字のない表題に直してください。\n{list_examples(wrong)}"
        )
