"""The two exporters: an executed notebook becomes a report as HTML or as PDF.

Registered with nbconvert, so that JupyterLab's own *Save and Export Notebook As* has them too.
"""

import datetime
from functools import cache
from importlib.resources import files
from typing import Any

import typst
from markupsafe import Markup
from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from traitlets import default

from analysis.errors import ReportError, list_examples
from analysis.report.blocks import Masthead
from analysis.report.document import Display, Document, read_document
from analysis.report.fonts import FAMILIES, FOLDERS, missing_glyphs
from analysis.report.markdown import section_title, to_html, to_typst
from analysis.report.page import write_page
from analysis.report.typst import literal

PDF_STANDARDS: list[Any] = ["ua-1", "a-3a"]


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
        return html_of(read_document(notebook)), resources


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
        return pdf_of(read_document(notebook)), resources


def html_of(document: Document) -> str:
    """Return a document as an HTML page."""
    sections: list[tuple[str, str]] = []
    content: list[Markup] = []
    for part in document.parts:
        if isinstance(part, Display):
            content.append(Markup(part.html))  # noqa: S704  a block's own rendering
        elif title := section_title(part):
            sections.append((f"section-{len(sections) + 1}", title))
            content.append(Markup('<h2 id="{}">{}</h2>').format(*sections[-1]))
        else:
            content.append(Markup(to_html(part)))  # noqa: S704  escaped by the renderer
    return write_page(document.masthead, Markup("\n").join(content), sections, "")


def pdf_of(document: Document) -> bytes:
    """Return a document as PDF: the same bytes for the same document, in any folder.

    Raises ReportError when Typst can't set it or the page would break PDF/UA-1 or PDF/A-3a.
    """
    parts = [part.typst if isinstance(part, Display) else to_typst(part) for part in document.parts]
    template = (files("analysis.report") / "templates" / "report.typ").read_text(encoding="utf-8")
    source = "\n".join([template, _setup(document.masthead), *parts])
    as_of = datetime.datetime.fromisoformat(document.masthead.as_of).replace(tzinfo=datetime.UTC)
    try:
        made = typst.compile(
            source.encode(),
            format="pdf",
            font_paths=_fonts(),
            ignore_system_fonts=True,
            pdf_standards=PDF_STANDARDS,
            timestamp=as_of,
        )
    except typst.TypstError as error:
        raise ReportError(_explain(error, "\n".join(parts))) from None
    if not isinstance(made, bytes):
        raise TypeError("Typst returned no PDF")
    return made


def _setup(masthead: Masthead) -> str:
    """Return the line that sets a document's title, pages and type."""
    date = datetime.date.fromisoformat(masthead.as_of)
    notes = "".join(f"{literal(note)}, " for note in masthead.notes)
    fonts = "".join(f"{literal(family)}, " for family in FAMILIES)
    return (
        f"#show: report.with(title: {literal(masthead.title)}, "
        f"subtitle: {literal(masthead.subtitle)}, notes: ({notes}), "
        f"city: {literal(masthead.city)}, "
        f"as-of: datetime(year: {date.year}, month: {date.month}, day: {date.day}), "
        f"demonstration: {'true' if masthead.demonstration else 'false'}, fonts: ({fonts}))"
    )


def _explain(error: typst.TypstError, content: str) -> str:
    """Say what can't be set; a character without a glyph is named with the text around it."""
    lines = []
    for character in sorted(missing_glyphs(content)):
        place = content.index(character)
        around = content[max(place - 12, 0) : place + 12].replace("\n", " ")
        lines.append(f"「{character}」（U+{ord(character):04X}）: …{around}…")
    if not lines:
        return f"PDF を作成できません: {error.message}"
    return (
        f"PDF に印刷できない文字が{len(lines)}種類あります。調査票などのもとの文字を、"
        f"印刷できる文字に直してください。\n{list_examples(lines)}"
    )


@cache
def _fonts() -> typst.Fonts:
    """Read the fonts once a process."""
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=list(FOLDERS)
    )
