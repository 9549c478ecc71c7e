"""What JupyterLab's *Save and Export Notebook As* offers: the exporters, registered with nbconvert.

A build has no need of them, nor of nbconvert, which takes long to import.
"""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from traitlets import default

from analysis.build.jobs import BuildTarget, run_report
from analysis.build.run import read_parameters
from analysis.build.workers import in_new_process
from analysis.cycle import find_root
from analysis.cycle_toml import Target
from analysis.document import html, typst
from analysis.document.blocks import Block, Paragraph
from analysis.document.document import CellOutput, Document, read_document
from analysis.document.notebook import name_original
from analysis.document.translate import translate
from analysis.errors import ReportError
from analysis.evidence.exporters import html_of, pdf_of
from analysis.evidence.sources import Origin
from analysis.figures.english import open_spoken
from analysis.figures.findings import Findings, load_findings
from analysis.inputs import list_inputs
from analysis.language.lexicon import Lexicon
from analysis.language.words import find_words
from analysis.reports.heading import ASSUMED, say_assumed
from analysis.reports.plan import Report
from analysis.reports.stated import ENDING
from analysis.survey.opening import open_counted

# What a build gives a notebook; a language where there are two.
_LANGUAGE = "lang"
_IN_HEAD = ("cycle", "department", _LANGUAGE)


class ReportHtmlExporter(Exporter):
    """Exports a report as one self-contained HTML page."""

    export_from_notebook = "報告書（HTML）"
    output_mimetype = "text/html"

    @default("file_extension")
    def _file_extension(self) -> str:
        return ".html"

    def from_notebook_node(
        self, nb: NotebookNode, resources: Any = None, **kw: Any
    ) -> tuple[Any, Any]:
        """Return the page of a notebook, run if it was not; raise ReportError for no report."""
        notebook, resources = super().from_notebook_node(nb, resources, **kw)
        return html_of(*_read(notebook, resources)), resources


class ReportPdfExporter(Exporter):
    """Exports a report as an A4 PDF that keeps PDF/UA-1 and PDF/A-3a."""

    export_from_notebook = "報告書（PDF）"
    output_mimetype = "application/pdf"

    @default("file_extension")
    def _file_extension(self) -> str:
        return ".pdf"

    def from_notebook_node(
        self, nb: NotebookNode, resources: Any = None, **kw: Any
    ) -> tuple[Any, Any]:
        """Return the PDF of a notebook, run if it was not; raise ReportError for no report."""
        notebook, resources = super().from_notebook_node(nb, resources, **kw)
        return pdf_of(*_read(notebook, resources)), resources


def _read(notebook: NotebookNode, resources: Any) -> tuple[Document, Findings, Origin]:
    """Return a notebook's document, the findings of the cycle on its head, and what makes it.

    One that was not run is run in a process of its own, with the parameters that stand in it.
    """
    folder = Path(resources.get("metadata", {}).get("path") or ".").resolve()
    name = str(resources.get("metadata", {}).get("name", ""))
    root = find_root(folder)
    waiting = [cell for cell in _list_code(notebook) if cell.execution_count is None]
    path = folder / f"{name}{ENDING}"
    if len(waiting) == len(_list_code(notebook)) and path.is_file():
        report = Report(name, name, name, ())
        document, _ = in_new_process(run_report, BuildTarget(root, "", {}), report, path)
    else:
        _require_run(notebook, waiting)
        document = read_document(notebook)
    findings = load_findings(open_counted(document.masthead.cycle, root))
    if document.masthead.aimed is not None:
        percent, by = document.masthead.aimed
        findings = findings.aim(Target(rate_percent=percent, by=date.fromisoformat(by)))
    origin = _find_origin(notebook, findings, name_original(notebook, name))
    lexicon = open_spoken(document.masthead.lang, findings)
    return _tell_parameters(document, origin, lexicon), findings, origin


def _tell_parameters(document: Document, origin: Origin, lexicon: Lexicon | None) -> Document:
    """Return a document that says above all with what parameters it was made, unless it does.

    Cycle and department stand in its head, its language is seen, and what a notebook has for its
    own is told by nobody.
    """
    told = [f"{name} = {value}" for name, value in origin.parameters if name not in _IN_HEAD]
    is_told = any(isinstance(own, CellOutput) and ASSUMED in own.html for own in document.parts[:1])
    if not told or is_told:
        return document
    said: Block = Paragraph(say_assumed(told), kind="lead")
    said = said if lexicon is None else translate(said, lexicon)
    shown = CellOutput(html.render(said), typst.render(said))
    return replace(document, parts=(shown, *document.parts))


def _list_code(notebook: NotebookNode) -> list[NotebookNode]:
    """Return the cells with code in them."""
    return [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]


def _require_run(notebook: NotebookNode, waiting: list[NotebookNode]) -> None:
    """Raise ReportError for cells that were added, or emptied of what they showed, after a run."""
    if waiting:
        places = "、".join(f"{notebook.cells.index(cell) + 1}番目" for cell in waiting)
        raise ReportError(
            f"実行していないセルがあります（{places}）。"
            "すべてのセルを実行してから書き出してください。"
        )


def _find_origin(notebook: NotebookNode, findings: Findings, name: str) -> Origin:
    """Return what makes a notebook exported by hand, as a build tells it: the page is the same."""
    parameters = read_parameters(notebook)
    if "cycle" in parameters:
        parameters["cycle"] = findings.cycle.name
    if "department" in parameters:
        parameters["department"] = findings.department(str(parameters["department"])).slug
    # A build gives a notebook these; of what it leaves alone, it tells nothing.
    given = {*_IN_HEAD} - (set() if find_words(findings.cycle) else {_LANGUAGE})
    defaults = read_parameters(notebook, ("parameters",))
    told = tuple(
        (name, str(value))
        for name, value in parameters.items()
        if name in given or value != defaults.get(name)
    )
    return Origin(list_inputs(findings.cycle), name, told)
