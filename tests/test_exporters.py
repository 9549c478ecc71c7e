"""The exporters take a notebook that was run, and nothing in it that has no evidence."""

from importlib.metadata import entry_points

import nbformat
import pytest
from nbconvert.exporters import get_exporter
from nbformat import NotebookNode

from analysis.errors import ReportError
from analysis.report.blocks import Block, Paragraph, Shown
from analysis.report.exporters import ReportHtmlExporter, ReportPdfExporter
from samples import MASTHEAD, figure


def run_cell(block: Block) -> NotebookNode:
    """Return a code cell as it is after returning a block."""
    data = block._repr_mimebundle_()
    output = nbformat.v4.new_output("execute_result", data=data, execution_count=1)
    return nbformat.v4.new_code_cell("block", outputs=[output], id="block")


def notebook(*cells: NotebookNode) -> NotebookNode:
    return nbformat.v4.new_notebook(cells=list(cells))


SENTENCE = run_cell(Paragraph(("済は", Shown(figure(96)))))


def test_both_exporters_are_registered_and_offered_in_jupyterlab() -> None:
    names = {entry.name for entry in entry_points(group="nbconvert.exporters")}
    assert {"analysis-html", "analysis-pdf"} <= names
    assert get_exporter("analysis-html").export_from_notebook == "報告書（HTML）"
    assert get_exporter("analysis-pdf").export_from_notebook == "報告書（PDF）"


def test_a_run_notebook_becomes_a_page_and_a_pdf_without_code() -> None:
    made = notebook(nbformat.v4.new_markdown_cell("## 節"), run_cell(MASTHEAD), SENTENCE)
    page, resources = ReportHtmlExporter().from_notebook_node(made)
    assert resources["output_extension"] == ".html"
    assert "96件" in page
    assert "<h1>見本の報告</h1>" in page
    assert page.index("<h1>") < page.index("<h2")
    assert "block" not in page.split("</style>")[1]
    pdf, resources = ReportPdfExporter().from_notebook_node(made)
    assert resources["output_extension"] == ".pdf"
    assert pdf.startswith(b"%PDF-")


@pytest.mark.parametrize(
    "output",
    [
        nbformat.v4.new_output("stream", name="stdout", text="1758\n"),
        nbformat.v4.new_output("display_data", data={"text/html": "<b>1758</b>"}),
        nbformat.v4.new_output("error", ename="E", evalue="1758", traceback=[]),
    ],
    ids=lambda output: output.output_type,
)
def test_anything_printed_past_the_blocks_is_refused_and_its_cell_named(
    output: NotebookNode,
) -> None:
    stray = nbformat.v4.new_code_cell("print(1758)", outputs=[output], id="stray")
    with pytest.raises(ReportError, match="2番目のセル"):
        ReportHtmlExporter().from_notebook_node(notebook(run_cell(MASTHEAD), stray))


def test_a_notebook_that_was_not_run_says_what_to_do() -> None:
    with pytest.raises(ReportError, match="すべてのセルを実行してから"):
        ReportPdfExporter().from_notebook_node(notebook(nbformat.v4.new_markdown_cell("文")))
