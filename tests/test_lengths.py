"""How long the reports are: proof stands one step behind, on a quarter of the paper at most."""

from fractions import Fraction
from pathlib import Path

import pypdf

from analysis.evidence.appendix import EVIDENCE_TITLE

MOST_PAGES = 280
MOST_EVIDENCE = Fraction(1, 4)
TITLES = (EVIDENCE_TITLE, "Evidence for the figures")
DECK = "deck"
"""The slides of a meeting are no report to be read, and not counted."""


def measure_paper(path: Path) -> tuple[int, Fraction]:
    """Return how many pages a PDF has, and how many of them are evidence."""
    reader = pypdf.PdfReader(path)
    pages = len(reader.pages)
    # Each outline's parts follow it as a list of their own.
    begun = [mark for mark in reader.outline if not isinstance(mark, list)]
    (start,) = [mark for mark in begun if mark.title in TITLES]
    first = reader.get_destination_page_number(start)
    below = Fraction(start.top) / Fraction(reader.pages[first].mediabox.height)
    return pages, pages - first - 1 + min(below, Fraction(1))


def test_evidence_is_a_quarter_of_all_pages_at_most(built: tuple[Path, str]) -> None:
    measured = [measure_paper(path) for path in built[0].glob("*.pdf") if path.stem != DECK]
    pages = sum(whole for whole, _ in measured)
    assert len(measured) > 20
    assert pages < MOST_PAGES
    assert sum(evidence for _, evidence in measured) <= MOST_EVIDENCE * pages


def test_one_procedure_takes_two_pages(built: tuple[Path, str]) -> None:
    assert measure_paper(built[0] / "department-gikai.pdf")[0] == 2
