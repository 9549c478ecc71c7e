"""Small reports, built in the test: figures by hand, and a notebook that shows some blocks."""

import io
from fractions import Fraction

import pypdf
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from analysis.figures.figure import COUNT, Figure, Unit
from analysis.report.blocks import Block, Masthead
from analysis.report.exporters import ReportHtmlExporter, ReportPdfExporter

MASTHEAD = Masthead(
    title="着手状況調査結果",
    subtitle="2024年9月1日時点",
    notes=("政策開発部DX戦略課",),
    as_of="2024-09-01",
    city="郡山市",
    demonstration=True,
)

HOSTILE = (
    "<script>alert(1)</script>",
    '#import "x"',
    "$x$",
    "=cmd|' /C calc'!A0",
    "{{ 7*7 }}",
    "{% raw %}",
    "*a* _b_ `c`",
    "= h",
    "// c",
    "@ref",
    "<x>",
    "]#[",
    '"q" \\ \\u{41}',
    "&amp;",
    "髙﨑𠮷",
    "📄",
    "👨‍👩‍👧",
    "か゚ Ⓐ ㋿",
)


def figure_of(
    measure: str, exact: int | Fraction | None, unit: Unit = COUNT, scope: str = "kankyo"
) -> Figure:
    value = None if exact is None else Fraction(exact)
    return Figure("2024-09-01", scope, "環境部", measure, measure, "定義", unit, value, None, None)


def notebook_of(
    *blocks: Block, prose: str = "## 節", masthead: Masthead | None = MASTHEAD
) -> NotebookNode:
    """Return an executed notebook: a lead, the masthead, prose, and a cell for each block."""
    shown = [block for block in (masthead, *blocks) if block is not None]
    cells = [new_markdown_cell("この報告は試験です。")]
    for place, block in enumerate(shown):
        output = new_output("execute_result", data=block._repr_mimebundle_())
        cells.append(new_code_cell("report.block(findings)", outputs=[output]))
        if place == 0:
            cells.append(new_markdown_cell(prose))
    return new_notebook(cells=cells)


def export_html(notebook: NotebookNode) -> str:
    page, _ = ReportHtmlExporter().from_notebook_node(notebook)
    return page


def export_pdf(notebook: NotebookNode) -> bytes:
    document, _ = ReportPdfExporter().from_notebook_node(notebook)
    return document


def read_pdf(document: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(document))


def text_of(document: bytes) -> str:
    return "\n".join(page.extract_text() for page in read_pdf(document).pages)
