"""The two exporters: an executed notebook becomes a report as HTML or as PDF.

By `menu` JupyterLab's own *Save and Export Notebook As* has them too.
"""

import datetime
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple
from urllib.parse import quote

import typst

from analysis.cycle import FIGURES_NAME
from analysis.document.blocks import Masthead
from analysis.document.document import CellOutput, Document
from analysis.document.fonts import missing_glyphs, name_signs
from analysis.document.markdown import to_typst
from analysis.document.tags import finish_tags
from analysis.document.typefaces import FAMILIES, FOLDERS, JAPANESE
from analysis.document.typst import literal
from analysis.errors import ReportError, list_examples
from analysis.evidence.appendix import say_rows
from analysis.evidence.attachments import write_attachments
from analysis.evidence.content import Content, write_content
from analysis.evidence.orphans import require_traced
from analysis.evidence.paper import PLACES_NAME, write_evidence, write_places
from analysis.evidence.sources import Origin, Sources
from analysis.evidence.traced import mark_links, write_traced_page
from analysis.evidence.worded import lead_to_versions
from analysis.figures.findings import Findings
from analysis.inputs import SHORT_LENGTH
from analysis.language.paper import say_template
from analysis.looks import fill_typst

_FIGURES = FIGURES_NAME.partition(".")[0]
PDF_STANDARDS: list[Any] = ["ua-1", "a-3a"]


class Pages(NamedTuple):
    """A report as an HTML page and as PDF, with what was asked of the answers for it.

    `slides` is the presentation of one that is made of slides.
    """

    html: str
    pdf: bytes
    sources: Sources
    slides: bytes | None = None


def pages_of(document: Document, findings: Findings, origin: Origin) -> Pages:
    """Return a document as an HTML page and as PDF, its numbers checked once for both.

    Raises ReportError like `html_of` and `pdf_of`.
    """
    written = write_content(document, findings, origin)
    page = _write_page(document, findings, written)
    pdf = _set_pdf(document, findings, written)
    if not document.slides:
        return Pages(page, pdf, written.sources)
    # Only here: no other report takes the time to import it.
    from analysis.document.slides.presentation import write_presentation  # noqa: PLC0415

    mark = f"作成元番号 {written.fingerprint[:SHORT_LENGTH]}"
    slides = write_presentation(document.masthead, document.slides, findings.cycle.mark, mark)
    return Pages(page, pdf, written.sources, slides)


def html_of(document: Document, findings: Findings, origin: Origin) -> str:
    """Return a document as an HTML page with the evidence of every number in it.

    Raises ReportError for a number that has none in these findings.
    """
    return _write_page(document, findings, write_content(document, findings, origin))


def pdf_of(document: Document, findings: Findings, origin: Origin) -> bytes:
    """Return a document as PDF: the same bytes for the same document, in any folder.

    Raises ReportError for a number that has no evidence in these findings, and when Typst can't set
    the document or the page would break PDF/UA-1 or PDF/A-3a.
    """
    written = write_content(document, findings, origin)
    require_traced(written.content, findings, written.lexicon)
    return _set_pdf(document, findings, written)


def _write_page(document: Document, findings: Findings, written: Content) -> str:
    return write_traced_page(
        document.masthead,
        written.content,
        written.sections,
        findings,
        written.figures,
        fingerprint=written.fingerprint[:SHORT_LENGTH],
        lexicon=written.lexicon,
    )


def _set_pdf(document: Document, findings: Findings, written: Content) -> bytes:
    """Set a document with the evidence of its figures, all that it prints and checked."""
    figures, lexicon, is_shown = written.figures, written.lexicon, bool(document.slides)
    say = str if lexicon is None else lexicon.say
    parts = [
        part.typst if isinstance(part, CellOutput) else to_typst(part)
        for part in written.parts
        # What a presentation says beside its slides is for its page.
        if isinstance(part, CellOutput) or not is_shown
    ]
    attached: dict[str, bytes] = {}
    if figures:
        rows = say_rows(findings.ledger, figures, say=say)
        attached = write_attachments(findings.ledger, figures) | {PLACES_NAME: write_places(rows)}
        attached = {findings.cycle.name_file(name): csv for name, csv in attached.items()}
        if not is_shown:
            parts += write_evidence(findings.ledger, figures, rows, lexicon)
    parts += [_attach(name, say) for name in attached]
    setup = _setup(document.masthead, written.fingerprint[:SHORT_LENGTH], is_shown=is_shown)
    body = mark_links("\n".join(parts), findings.cycle.mark)
    template = _read_templates(is_shown=is_shown)
    if lexicon is not None:
        template = say_template(template, lexicon)
        body = lead_to_versions(body, document.masthead)
        lexicon.require_all()
    source = "\n".join([fill_typst(template), setup, body])
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
        raise ReportError(_explain(error, f"{setup}\n{body}")) from None
    if not isinstance(made, bytes):
        raise TypeError("Typst returned no PDF")
    return finish_tags(made, body)


def _attach(name: str, say: Callable[[str], str]) -> str:
    """Return the line that puts a CSV file into the PDF."""
    said = "数値の一覧" if name.startswith(_FIGURES) else "数値の根拠の行"
    return (
        f'#pdf.attach({literal(name)}, relationship: "data", mime-type: "text/csv", '
        f"description: {literal(say(said))})"
    )


def _read_templates(*, is_shown: bool) -> str:
    """Return the functions that a document is set with; slides have some of their own."""
    folder = files("analysis.document") / "templates"
    names = ["report.typ", *(["slides.typ"] if is_shown else [])]
    return "\n".join((folder / name).read_text(encoding="utf-8") for name in names)


def _setup(masthead: Masthead, fingerprint: str, *, is_shown: bool) -> str:
    """Return the line that sets a document's title, pages and type."""
    kind, page = "report", ""
    if is_shown:
        kind, page = "presentation", f"page-name: {literal(quote(masthead.stem) + '.html')}, "
    date = datetime.date.fromisoformat(masthead.as_of)
    notes = "".join(f"{literal(note)}, " for note in masthead.notes)
    fonts = "".join(f"{literal(family)}, " for family in FAMILIES)
    return (
        f"#show: {kind}.with({page}title: {literal(masthead.title)}, "
        f"subtitle: {literal(masthead.subtitle)}, notes: ({notes}), "
        f"city: {literal(masthead.city)}, "
        f"as-of: datetime(year: {date.year}, month: {date.month}, day: {date.day}), "
        f"demonstration: {'true' if masthead.demonstration else 'false'}, "
        f"invented: {literal(masthead.invented)}, "
        f"fingerprint: {literal(fingerprint)}, fonts: ({fonts}))"
    )


def _explain(error: typst.TypstError, content: str) -> str:
    """Say what can't be set; a character without a glyph is named with the text around it."""
    lines = []
    for character in sorted(missing_glyphs(content)):
        place = content.index(character)
        around = content[max(place - 12, 0) : place + 12].replace("\n", " ")
        lines.append(f"{name_signs(character)}: …{around}…")
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
