"""The pages on paper: as long as the PDF, or little more, whole, and nothing left behind."""

import io
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pypdf
import pytest
from playwright.sync_api import Browser

from demo.catalogue import load_departments

from pages import open_page

MOST = 1.2
"""How long a page may be on paper, of its PDF."""

LEADS = "h2, h3, caption, figcaption, thead tr"
"""What must not stand alone at the end of a sheet."""


REPORTS = (
    *("overview", "overview-en", "reasons", "reasons-en", "road", "requests", "guideline"),
    *("quality", "deck", *(f"department-{own.slug}" for own in load_departments())),
)


@pytest.fixture(scope="module", params=REPORTS)
def printed(request: pytest.FixtureRequest, browser: Browser, built: tuple[Path, str]) -> "Printed":
    path = built[0] / f"{request.param}.html"
    with open_page(browser, path) as page:
        content = page.pdf()
        told = page.eval_on_selector_all(LEADS, "all => all.map(one => one.textContent)")
        ids = page.locator(".tool tbody [scope=row]").all_text_contents()
    return Printed(path, content, told, ids)


class Printed:
    """A page as Chromium prints it, and texts of it to look for."""

    def __init__(self, path: Path, content: bytes, leads: list[str], ids: list[str]) -> None:
        self.pdf = pypdf.PdfReader(path.with_suffix(".pdf"))
        self.sheets = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages]
        self.leads = {plain(text) for text in leads}
        self.ids = ids

    def list_ends(self) -> Iterator[str]:
        """Yield the last line of each sheet."""
        for sheet in self.sheets:
            yield plain([line for line in sheet.splitlines() if line.strip()][-1])


def plain(text: str) -> str:
    """Return a text without spaces, its signs as they are written: a PDF has look-alikes."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def test_every_report_is_among_these(built: tuple[Path, str]) -> None:
    assert {path.stem for path in built[0].glob("*.pdf")} == {*REPORTS}


def test_paper_is_little_longer_than_the_pdf(printed: Printed) -> None:
    assert len(printed.sheets) <= MOST * len(printed.pdf.pages)


def test_no_heading_caption_or_header_is_left_at_the_end_of_a_sheet(printed: Printed) -> None:
    assert [end for end in printed.list_ends() if end in printed.leads] == []


def test_every_row_of_a_list_is_on_paper(printed: Printed) -> None:
    whole = plain("".join(printed.sheets))
    assert [name for name in printed.ids if plain(name) not in whole] == []
