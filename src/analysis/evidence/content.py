"""What a document says: its sections, the figures behind it, and what of the answers made it."""

import re
from html import unescape
from typing import NamedTuple

from markupsafe import Markup

from analysis.document.document import CellOutput, Document
from analysis.document.markdown import Token, say_prose, section_title, to_html
from analysis.evidence.carried import list_carried
from analysis.evidence.sources import Origin, Sources, find_sources
from analysis.evidence.traced import gather_printed
from analysis.figures.asked import EVERYTHING
from analysis.figures.english import open_spoken
from analysis.figures.figure import Figure
from analysis.figures.findings import Findings
from analysis.language.lexicon import Lexicon

# As `html` writes the heading of a section that a cell opens.
_HEADING = re.compile("<h2>(.*?)</h2>")


class Content(NamedTuple):
    """A document's content as HTML, its sections, the figures behind it, and what made it."""

    content: Markup
    sections: list[tuple[str, str]]
    figures: list[Figure]
    sources: Sources
    fingerprint: str
    parts: tuple[Token | CellOutput, ...]
    lexicon: Lexicon | None


def write_content(document: Document, findings: Findings, origin: Origin) -> Content:
    """Return a document's content, and from what of the answers it was made."""
    sections: list[tuple[str, str]] = []
    parts: list[Markup] = []
    lexicon = open_spoken(document.masthead.lang, findings)
    told = document.parts
    if lexicon is not None:
        lexicon.missing.update(document.missing)
        lexicon.place = "文章のセル"
        told = tuple(
            part if isinstance(part, CellOutput) else say_prose(part, lexicon.say) for part in told
        )
        lexicon.place = "数値の根拠など"

    def open_section(found: str | re.Match[str]) -> str:
        title = found if isinstance(found, str) else unescape(found[1])
        sections.append((f"section-{len(sections) + 1}", title))
        return Markup('<h2 id="{}">{}</h2>').format(*sections[-1])

    for part in told:
        if isinstance(part, CellOutput):
            parts.append(Markup(_HEADING.sub(open_section, part.html)))  # noqa: S704  a block's own
        elif title := section_title(part):
            parts.append(Markup(open_section(title)))  # noqa: S704  escaped there
        else:
            parts.append(Markup(to_html(part)))  # noqa: S704  escaped by the renderer
    content = Markup("\n").join(parts)
    figures = gather_printed(content, findings)
    asked = document.asked
    if EVERYTHING not in asked:
        asked |= list_carried(findings.ledger, figures)
    sources = find_sources(findings.ledger, origin.inputs, asked)
    fingerprint = origin.write_fingerprint(sources)
    return Content(content, sections, figures, sources, fingerprint, told, lexicon)
