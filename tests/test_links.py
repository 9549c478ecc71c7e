"""Where each number of a PDF leads: to the top of its own line of evidence, and to no other."""

import html
import re
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pypdf
import pytest
from pypdf.generic import DictionaryObject

from analysis.evidence.orphans import list_printed, read_page

from conftest import require_tool

pytestmark = pytest.mark.slow

_WORD = re.compile(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)">([^<]+)<')
_CYCLE = re.compile(r"\d{4}-\d{2}-\d{2}/")
# From the rule over a row to the letters of its first line, in points; and between two lines.
ABOVE_LETTERS = 2.2
LEADING = 9

Place = tuple[int, float, float]  # page, and from where to where on it


def test_each_number_of_every_pdf_leads_to_its_own_line(built: tuple[Path, str]) -> None:
    folder, _ = built
    elsewhere = []
    for path in sorted(folder.glob("*.pdf")):
        lines = dict(find_lines(path))
        wanted = list_targets(path.with_suffix(".html").read_text(encoding="utf-8"))
        links = list(list_links(path))
        assert len(links) == len(wanted), path.name
        for target, (shown_on, told, page, down) in zip(wanted, links, strict=True):
            own, top, bottom = lines[target]
            if (page, told) != (own, f"ページ {own}") or not top <= down <= bottom:
                elsewhere.append(f"{path.stem} p. {shown_on}: {target} {page} {down:.0f}")
    assert elsewhere == []


def list_targets(page: str) -> list[str]:
    """Return the figure that each link of a report's PDF is for, in order, as its page tells."""
    content, evidence = page.split('<section id="evidence">')
    # What a chart shows is told again in the page alone, for who can't see it.
    targets = list_printed(re.sub("<details.*?</details>", "", content, flags=re.DOTALL))
    for own, row in re.findall(r'<tr id="([^"]+)"(.*?)</tr>', evidence, re.DOTALL):
        targets += [target for target in read_page(row).ids if target != html.unescape(own)]
    return targets


def list_links(path: Path) -> Iterator[tuple[int, str, int, float]]:
    """Yield each number's link: its page, what it says, the page it leads to, how far down."""
    pages = pypdf.PdfReader(path).pages
    numbers = {page.indirect_reference: place for place, page in enumerate(pages, start=1)}
    for place, page in enumerate(pages, start=1):
        for note in page.get("/Annots", []):
            link = note.get_object()
            assert isinstance(link, DictionaryObject)
            if "/Dest" in link:
                target, kind, _, up, _ = link["/Dest"]
                assert kind == "/XYZ"
                yield place, link["/Contents"], numbers[target], float(page.mediabox.top - up)


def find_lines(path: Path) -> Iterator[tuple[str, Place]]:
    """Yield the line of each figure: its id stands in it, in parts where the column is narrow."""
    command = [require_tool("pdftotext"), "-bbox", str(path), "-"]
    text = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    for page, words in enumerate(text.split("<page ")[1:], start=1):
        columns: dict[str, list[tuple[float, float, str]]] = defaultdict(list)
        for left, top, bottom, word in _WORD.findall(words):
            columns[left].append((float(top), float(bottom), word.replace("\u200b", "")))
        for column in columns.values():
            column.sort()
            for place, (top, bottom, word) in enumerate(column):
                if _CYCLE.match(word):
                    name, last = word, top
                    for below, _, more in column[place + 1 :]:
                        if below - last > LEADING or _CYCLE.match(more):
                            break
                        name, last = name + more, below
                    yield name, (page, top - ABOVE_LETTERS, bottom)
