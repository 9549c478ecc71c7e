"""Where each number of a PDF leads: to the words of its own evidence, and to no other."""

import html
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pypdf
import pytest
from pypdf.generic import DictionaryObject

from analysis.evidence.orphans import list_printed, read_page
from analysis.figures.english import open_spoken
from analysis.figures.findings import Findings
from analysis.names import ENGLISH

from conftest import LATEST, require_tool

pytestmark = pytest.mark.slow

_WORD = re.compile(
    r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]+)<'
)

_UNSEEN = re.compile("[\u200b\u2060]")

Word = tuple[float, float, float, str]  # from where to where on its page, from which side, what


def test_each_number_of_every_pdf_leads_to_its_own_words(
    built: tuple[Path, str], findings: Findings
) -> None:
    folder, _ = built
    elsewhere = []
    lexicon = open_spoken(ENGLISH, findings)
    assert lexicon is not None
    for path in list_papers(folder):
        pages = read_words(path)
        say = lexicon.say if path.stem.endswith("-en") else str
        wanted = list_targets(path.with_suffix(".html").read_text(encoding="utf-8"))
        links = list(list_links(path))
        assert len(links) == len(wanted), path.name
        for target, (shown_on, told, page, left, down) in zip(wanted, links, strict=True):
            own = findings.ledger.find(target)
            past = "" if own.cycle == LATEST else say(f"（{own.cycle}）")
            begins = f"{say(own.scope_name)}{past}{own.text}".replace(" ", "")
            read = read_from(pages[page - 1], left, down)
            # A number drawn in a chart is told; another's link is read as the number itself.
            drawn = f"{say(own.label)} {say(own.scope_name)} "
            is_told = told in (f"ページ {page}", f"page {page}") or told.startswith(drawn)
            if not is_told or not read.startswith(begins):
                elsewhere.append(f"{path.stem} p. {shown_on}: {target} {page} {down:.0f} {read}")
    assert elsewhere[:5] == []


def list_papers(folder: Path) -> list[Path]:
    """Return the PDFs that end with their evidence: all but the deck, which has its in a page."""
    return [path for path in sorted(folder.glob("*.pdf")) if path.stem != "deck"]


def list_targets(page: str) -> list[str]:
    """Return the figure that each link of a report's PDF is for, in order, as its page tells."""
    content, evidence = page.split('<section id="evidence">')
    # What a chart shows is told again in the page alone: for who can't see it, for who points.
    alone = '<details.*?</details>|<a [^>]*tabindex="-1".*?</a>'
    targets = list_printed(re.sub(alone, "", content, flags=re.DOTALL))
    for own, row in re.findall(r'<tr id="([^"]+)"(.*?)</tr>', evidence, re.DOTALL):
        targets += [target for target in read_page(row).ids if target != html.unescape(own)]
    return targets


def list_links(path: Path) -> Iterator[tuple[int, str, int, float, float]]:
    """Yield each number's link: its page, what it says, the page and the place it leads to."""
    pages = pypdf.PdfReader(path).pages
    numbers = {page.indirect_reference: place for place, page in enumerate(pages, start=1)}
    for place, page in enumerate(pages, start=1):
        for note in page.get("/Annots", []):
            link = note.get_object()
            assert isinstance(link, DictionaryObject)
            if "/Dest" in link:
                target, kind, left, up, _ = link["/Dest"]
                assert kind == "/XYZ"
                down = float(page.mediabox.top - up)
                yield place, link["/Contents"], numbers[target], float(left), down


def read_words(path: Path) -> list[list[Word]]:
    """Return the words of each page, in the order in which they are read."""
    command = [require_tool("pdftotext"), "-bbox", str(path), "-"]
    text = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    return [
        sorted(
            (float(top), float(bottom), float(left), _UNSEEN.sub("", html.unescape(word)))
            for left, top, _, bottom, word in _WORD.findall(page)
        )
        for page in text.split("<page ")[1:]
    ]


def read_from(words: list[Word], left: float, down: float) -> str:
    """Return what is read from a place on, as far as one can see of it in a line."""
    for place, (top, bottom, start, _) in enumerate(words):
        if top <= down <= bottom and start >= left - 1:
            return "".join(word for *_, word in words[place : place + 12])
    return ""
