"""The index: the city at a glance, every department and the way to every report."""

from collections.abc import Sequence
from dataclasses import replace

from markupsafe import Markup

from analysis.cycle import NOTEBOOKS, Cycle, Department
from analysis.document import html
from analysis.document.blocks import (
    Block,
    Cell,
    Column,
    Link,
    Masthead,
    Paragraph,
    Quoted,
    Table,
)
from analysis.document.translate import translate
from analysis.errors import ReportError, list_examples
from analysis.evidence.orphans import Printed, find_orphans
from analysis.evidence.traced import gather_printed, write_traced_page
from analysis.figures.english import open_spoken
from analysis.figures.findings import Findings
from analysis.language.lexicon import Lexicon
from analysis.names import ORIGINAL
from analysis.reports.approval_columns import ApprovalColumns
from analysis.reports.figure_columns import FigureColumn, FigureColumns
from analysis.reports.heading import DEPARTMENT_REPORT, head, name_versions
from analysis.reports.navigator import TITLE, link_navigator
from analysis.reports.overview import summary
from analysis.reports.plan import ENGLISH_INDEX_NAME, INDEX_NAME, Report, has_navigator
from analysis.reports.stated import ENDING, KEY

_NAVIGATOR = "職員が、一つの手続きの進め方を、問いに答えて探すページです。申請はできません。"
_EDITED = "同じ資料を、職員が直して使うためのファイルです。数値を押すと、根拠の頁が開きます。"
_TITLE = "行政手続きオンライン化の調査 報告書一覧"


def write_index(
    findings: Findings, reports: Sequence[Report], fingerprint: str, lang: str = ORIGINAL
) -> str:
    """Return the index page of a cycle's reports, with the fingerprint of what made it.

    Raises ReportError that names the notebooks whose titles have a digit without evidence.
    """
    _require_titles(findings, reports)
    cycle = findings.cycle
    named = cycle.name_file
    masthead = name_versions(head(findings, _TITLE), cycle, named(INDEX_NAME.partition(".")[0]))
    reports = [report for report in reports if report.lang == ORIGINAL]
    approved = ApprovalColumns(findings)
    blocks: list[Block] = [
        *([masthead.notice] if masthead.notice else []),
        *approved.warn(),
        summary(findings),
        _head("部局"),
        _list_departments(findings, reports, approved),
        _head("全体の報告書"),
        _list_others(cycle, reports, approved),
        _head("データ"),
        Table(
            caption="ファイルとその内容",
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
    lexicon = open_spoken(lang, findings)
    if lexicon is not None:
        lexicon.place = named(ENGLISH_INDEX_NAME)
        masthead = _translate_head(masthead, lexicon)
        blocks = [translate(block, lexicon) for block in blocks]
    content = Markup("\n").join(Markup(html.render(block)) for block in blocks)  # noqa: S704
    figures = gather_printed(content, findings)
    return write_traced_page(
        masthead, content, [], findings, figures, fingerprint=fingerprint, lexicon=lexicon
    )


def _translate_head(masthead: Masthead, lexicon: Lexicon) -> Masthead:
    said = translate(masthead, lexicon)
    # It is no report: it has no PDF.
    return replace(said, stem="") if isinstance(said, Masthead) else masthead


def _head(title: str) -> Paragraph:
    return Paragraph((title,), kind="heading")


def _list_departments(
    findings: Findings, reports: Sequence[Report], approved: ApprovalColumns
) -> Table:
    """Return how far each department has come, its name the way to its page."""
    columns = FigureColumns(
        findings,
        (
            FigureColumn("online_rate", "オンライン化率"),
            FigureColumn("online_rate_change", "増減（ポイント）"),
            FigureColumn("total", "総手続き数"),
        ),
    )
    stems = {report.department: report.stem for report in reports if _is_of_department(report)}

    def line(own: Department) -> tuple[Cell, ...]:
        stem = stems.get(own.slug)
        page = Quoted(own.name) if stem is None else Link(own.name, stem, "html")
        pdf = None if stem is None else Link("PDF", stem, "pdf", about=own.name)
        return (page, *columns.cells(own.slug), *approved.cells(stem, own.name), pdf)

    blank = ("",) * len(approved.head)

    return Table(
        caption="部局別のオンライン化率と手続き数",
        columns=(Column("部局名"), *columns.head, *approved.head, Column("PDF")),
        rows=(*map(line, findings.cycle.departments), ("計", *columns.cells(), *blank, "")),
        ledger=findings.ledger,
        notes=approved.notes,
        tool=True,
    )


def _list_others(cycle: Cycle, reports: Sequence[Report], approved: ApprovalColumns) -> Table:
    """Return the other reports, what each is in a sentence."""
    unasked = approved.cells(None, "")
    return Table(
        caption="報告書とその内容",
        columns=(Column("報告書"), Column("内容"), *approved.head, Column("PDF")),
        rows=(
            *(
                (
                    Link(report.title, report.stem, "html"),
                    report.about,
                    *approved.cells(report.stem, report.title),
                    Link("PDF", report.stem, "pdf", about=report.title),
                )
                for report in reports
                if not _is_of_department(report)
            ),
            *(
                (
                    Link(f"{report.title}（PowerPoint）", report.stem, "pptx"),
                    _EDITED,
                    *unasked,
                    None,
                )
                for report in reports
                if report.slides and not _is_of_department(report)
            ),
            *(
                [(link_navigator(TITLE), _NAVIGATOR, *unasked, None)]
                if has_navigator(cycle)
                else ()
            ),
        ),
    )


def _is_of_department(report: Report) -> bool:
    return report.notebook == DEPARTMENT_REPORT


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
