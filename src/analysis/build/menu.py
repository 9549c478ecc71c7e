"""What JupyterLab's *Save and Export Notebook As* offers: the exporters, registered with nbconvert.

A build has no need of them, nor of nbconvert, which takes long to import.
"""

from pathlib import Path
from typing import Any

from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from traitlets import default

from analysis.build.run import read_parameters
from analysis.cycle import find_root
from analysis.document.document import Document, read_document
from analysis.evidence.exporters import html_of, pdf_of
from analysis.evidence.sources import Origin
from analysis.figures.findings import Findings, load_findings
from analysis.inputs import list_inputs
from analysis.survey.opening import open_counted


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
        """Return the page of an executed notebook; raise ReportError for one that is no report."""
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
        """Return the PDF of an executed notebook; raise ReportError for one that is no report."""
        notebook, resources = super().from_notebook_node(nb, resources, **kw)
        return pdf_of(*_read(notebook, resources)), resources


def _read(notebook: NotebookNode, resources: Any) -> tuple[Document, Findings, Origin]:
    """Return a notebook's document, the findings of the cycle on its head, and what makes it."""
    document = read_document(notebook)
    folder = resources.get("metadata", {}).get("path")
    root = find_root(Path(folder) if folder else None)
    findings = load_findings(open_counted(document.masthead.cycle, root))
    return document, findings, _find_origin(notebook, findings, resources)


def _find_origin(notebook: NotebookNode, findings: Findings, resources: Any) -> Origin:
    """Return what makes a notebook exported by hand, as a build tells it: the page is the same."""
    name = str(resources.get("metadata", {}).get("name", ""))
    parameters = read_parameters(notebook)
    if "cycle" in parameters:
        parameters["cycle"] = findings.cycle.name
    if "department" in parameters:
        parameters["department"] = findings.department(str(parameters["department"])).slug
    told = tuple((name, str(value)) for name, value in parameters.items())
    return Origin(list_inputs(findings.cycle), name, told)
