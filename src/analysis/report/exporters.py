"""The two exporters: an executed notebook becomes a report as HTML or as PDF.

By `menu` JupyterLab's own *Save and Export Notebook As* has them too.
"""

import datetime
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import typst
from markupsafe import Markup

from analysis.cycle import FIGURES_NAME
from analysis.errors import ReportError, list_examples
from analysis.figures.figure import Figure
from analysis.report import typst as typst_renderer
from analysis.report.appendix import ABOUT, TITLE, gather_figures, write_tables
from analysis.report.attachments import write_attachments
from analysis.report.blocks import Masthead
from analysis.report.document import Display, Document
from analysis.report.findings import Findings
from analysis.report.fonts import missing_glyphs
from analysis.report.markdown import section_title, to_html, to_typst
from analysis.report.orphans import require_traced
from analysis.report.traced import write_traced_page
from analysis.report.typefaces import FAMILIES, FOLDERS, JAPANESE
from analysis.report.typst import literal

PDF_STANDARDS: list[Any] = ["ua-1", "a-3a"]


def pages_of(document: Document, findings: Findings, fingerprint: str) -> tuple[str, bytes]:
    """Return a document as an HTML page and as PDF, its numbers checked once for both.

    Raises ReportError like `html_of` and `pdf_of`.
    """
    content, sections = _write_content(document)
    page, figures = write_traced_page(document.masthead, content, sections, findings, fingerprint)
    return page, _set_pdf(document, findings, fingerprint, figures)


def html_of(document: Document, findings: Findings, fingerprint: str) -> str:
    """Return a document as an HTML page with the evidence of every number in it.

    Raises ReportError for a number that has none in these findings.
    """
    content, sections = _write_content(document)
    page, _ = write_traced_page(document.masthead, content, sections, findings, fingerprint)
    return page


def pdf_of(document: Document, findings: Findings, fingerprint: str) -> bytes:
    """Return a document as PDF: the same bytes for the same document, in any folder.

    Raises ReportError for a number that has no evidence in these findings, and when Typst can't set
    the document or the page would break PDF/UA-1 or PDF/A-3a.
    """
    content, _ = _write_content(document)
    figures = gather_figures(findings.ledger, require_traced(content, findings).ids)
    return _set_pdf(document, findings, fingerprint, figures)


def _write_content(document: Document) -> tuple[Markup, list[tuple[str, str]]]:
    """Return a document's content as HTML, and the ids and titles of its sections."""
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
    return Markup("\n").join(content), sections


def _set_pdf(
    document: Document, findings: Findings, fingerprint: str, figures: list[Figure]
) -> bytes:
    """Set a document with the evidence of these figures, all that it prints and checked."""
    parts = [part.typst if isinstance(part, Display) else to_typst(part) for part in document.parts]
    attached = write_attachments(findings.ledger, figures) if figures else {}
    parts += _write_evidence(figures, findings)
    parts += [_attach(name) for name in attached]
    template = (files("analysis.report") / "templates" / "report.typ").read_text(encoding="utf-8")
    source = "\n".join([template, _setup(document.masthead, fingerprint), *parts])
    as_of = datetime.datetime.fromisoformat(document.masthead.as_of).replace(tzinfo=datetime.UTC)
    try:
        # The library takes files beside the source; its stub does not know yet.
        made = typst.compile(  # type: ignore[call-overload]
            {"main.typ": source.encode(), **attached},
            format="pdf",
            font_paths=load_fonts(),
            ignore_system_fonts=True,
            pdf_standards=PDF_STANDARDS,
            timestamp=as_of,
        )
    except typst.TypstError as error:
        raise ReportError(_explain(error, "\n".join(parts))) from None
    if not isinstance(made, bytes):
        raise TypeError("Typst returned no PDF")
    return made


def _write_evidence(figures: list[Figure], findings: Findings) -> Iterator[str]:
    """Yield 数値の根拠 as Typst markup: a table for each measure."""
    if not figures:
        return
    yield f"#evidence({literal(TITLE)}, {literal(ABOUT)})"
    for table in write_tables(findings.ledger, figures):
        yield typst_renderer.render(table)


def _attach(name: str) -> str:
    """Return the line that puts a CSV file into the PDF."""
    said = "数値の一覧" if name == FIGURES_NAME else "数値の根拠の行"
    return (
        f'#pdf.attach({literal(name)}, relationship: "data", mime-type: "text/csv", '
        f"description: {literal(said)})"
    )


def _setup(masthead: Masthead, fingerprint: str) -> str:
    """Return the line that sets a document's title, pages and type."""
    date = datetime.date.fromisoformat(masthead.as_of)
    notes = "".join(f"{literal(note)}, " for note in masthead.notes)
    fonts = "".join(f"{literal(family)}, " for family in FAMILIES)
    return (
        f"#show: report.with(title: {literal(masthead.title)}, "
        f"subtitle: {literal(masthead.subtitle)}, notes: ({notes}), "
        f"city: {literal(masthead.city)}, "
        f"as-of: datetime(year: {date.year}, month: {date.month}, day: {date.day}), "
        f"demonstration: {'true' if masthead.demonstration else 'false'}, "
        f"fingerprint: {literal(fingerprint)}, fonts: ({fonts}))"
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
def load_fonts() -> typst.Fonts:
    """Return the fonts, looked through and read once a process.

    A process may do so before it forks; once it has set a PDF it may not fork another that does:
    Typst's threads would be missing there, and the other wait for them for ever.
    """
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=list(FOLDERS)
    )
    # Typst reads a font when it first sets a letter; to measure one takes no page and no thread.
    letters = f"#set text(font: {literal(JAPANESE)})\n#context {{ let size = measure[a *a*] }}"
    typst.compile(letters.encode(), format="html", font_paths=fonts, ignore_system_fonts=True)
    return fonts
