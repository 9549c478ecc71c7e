"""Where a page leads: to the index, to its PDF, to the other departments, to what it names."""

import re
from pathlib import Path
from urllib.parse import unquote

from selectolax.lexbor import LexborHTMLParser

from analysis.figures.findings import Findings

_OPENED_BY_SCRIPT = re.compile(r"<script>.*?</script>", re.DOTALL)


def list_links(page: str, selector: str) -> list[str]:
    return [str(node.attributes["href"]) for node in LexborHTMLParser(page).css(selector)]


def test_every_page_leads_to_the_index_to_its_pdf_and_to_every_department(
    built: tuple[Path, str], findings: Findings
) -> None:
    folder = built[0]
    departments = [f"department-{own.slug}.html" for own in findings.cycle.departments]
    for path in sorted(folder.glob("*.html")):
        # The index, and pages that are no reports, have no PDF.
        if not path.with_suffix(".pdf").exists():
            continue
        page = _OPENED_BY_SCRIPT.sub("", path.read_text(encoding="utf-8"))
        stem, is_english = path.stem.removesuffix("-en"), path.stem.endswith("-en")
        mark = "-en" * is_english
        versions = [f"{stem}.html" if is_english else f"{stem}-en.html"]
        assert list_links(page, "nav.set a") == [
            f"index{mark}.html",
            f"overview{mark}.html",
            *departments,
            f"{path.stem}.pdf",
            *(versions if (folder / f"{stem}-en.html").exists() else []),
        ]
        own = list_links(page, "nav.set a[aria-current=page]")
        assert own == [path.name] * (stem == "overview" or path.name in departments)


def test_no_link_of_any_page_leads_nowhere(built: tuple[Path, str]) -> None:
    folder = built[0]
    for path in sorted(folder.glob("*.html")):
        page = LexborHTMLParser(path.read_text(encoding="utf-8"))
        ids = {node.attributes["id"] for node in page.css("[id]")}
        for link in page.css("a[href]"):
            name, _, fragment = str(link.attributes["href"]).partition("#")
            assert not name or (folder / unquote(name)).is_file(), (path.name, name)
            assert name or unquote(fragment) in ids, (path.name, fragment)
