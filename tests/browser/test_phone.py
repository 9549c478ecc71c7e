"""Reports on a phone: no column squeezed, nothing cut that doesn't look it, no page to the side."""

import io
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator

from pages import open_page

PHONE = {"width": 390, "height": 844}
NEXT = ".table:has(caption:text-is('次に進める手続き'))"
TALLEST = 150
"""How high a row may be, in pixels: some six lines."""
FEWEST = 4
"""How many signs a line has that can still be read."""
EDGE, SEEN = 2, 40
"""How many pixels at its edge a box is shaded, and by how many levels of 255."""
WIDTHS = """(rows, least) => rows.flatMap(row => [...row.cells]).filter(
  cell => cell.checkVisibility() && !cell.matches('.sign, .number') && cell.textContent.length > 1
    && cell.clientWidth < least * parseFloat(getComputedStyle(cell).fontSize)
).map(cell => cell.textContent)"""


@pytest.fixture(scope="module")
def folder(built: tuple[Path, str]) -> Path:
    return built[0]


def see_edge(box: Locator) -> int:
    """Return how light a box is along most of its right edge."""
    box.scroll_into_view_if_needed()
    shown = Image.open(io.BytesIO(box.screenshot())).convert("L")
    levels = shown.crop((shown.width - EDGE, 0, *shown.size)).histogram()
    return levels.index(max(levels))


def test_no_column_is_as_narrow_as_a_sign_and_no_row_a_screen_high(
    browser: Browser, folder: Path
) -> None:
    with open_page(browser, folder / "department-kensetsu.html", viewport=PHONE) as page:
        rows = page.locator("main > .table tbody tr:not(.head), main .tool tbody tr:not(.head)")
        assert rows.count() > 40
        assert rows.evaluate_all(WIDTHS, FEWEST) == []
        heights = page.locator(f"{NEXT} tbody tr").evaluate_all(
            "rows => rows.map(row => row.offsetHeight)"
        )
        assert max(heights) <= TALLEST
        sign, key = (page.locator(f"{NEXT} tbody th").nth(place) for place in (0, 1))
        assert sign.bounding_box()["width"] < key.bounding_box()["width"] / 1.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("box", ["figure.chart .drawing", NEXT], ids=["chart", "table"])
def test_what_is_wider_than_the_screen_is_shaded_where_there_is_more(
    browser: Browser, folder: Path, box: str, scheme: str
) -> None:
    path = folder / "department-kensetsu.html"
    with open_page(browser, path, viewport=PHONE, color_scheme=scheme) as page:
        shown = page.locator(box).first
        assert shown.evaluate("box => box.scrollWidth - box.clientWidth") > EDGE
        more = see_edge(shown)
        shown.evaluate("box => { box.scrollLeft = box.scrollWidth; }")
        assert abs(see_edge(shown) - more) > SEEN


@pytest.mark.parametrize("name", ["overview", "overview-en", "department-kensetsu", "road"])
def test_nothing_of_a_report_is_right_of_a_phones_screen(
    browser: Browser, folder: Path, name: str
) -> None:
    with open_page(browser, folder / f"{name}.html", viewport=PHONE) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
