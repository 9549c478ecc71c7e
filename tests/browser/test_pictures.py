"""Golden pictures: what people see first, looked at by eye before it was kept.

`make golden` keeps today's; look at each before you commit it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image, ImageDraw, ImageFilter

from conftest import LATEST
from pages import open_page
from pictures import MOST, compare, open_browser, photograph, photograph_sheet

if TYPE_CHECKING:
    from playwright.sync_api import Browser

GOLDEN = Path(__file__).parents[1] / "golden" / "pictures"
MOST_BYTES = 60_000
SHARP = 2
"""Pixels of a picture to one of the page: so many that type is laid out without hinting."""
DESK, PHONE = 1200, 390


@dataclass(frozen=True)
class Screen:
    """A page on a screen: which, and how much of it from its top."""

    page: str
    height: int = 1500
    at: str = ""
    is_dark: bool = False
    is_phone: bool = False


SCREENS = {
    "index": Screen("index"),
    "index-phone": Screen("index", 800, is_phone=True),
    "overview": Screen("overview", 2000),
    "overview-dark": Screen("overview", 2000, is_dark=True),
    "department": Screen("department-kankyo", 2000),
    "panel": Screen("department-kankyo", 900, at=f"#{LATEST}/kankyo/online"),
    "road": Screen("road"),
    "navigator": Screen("navigator", 900),
}
SHEETS = {
    "overview-pdf": ("overview", 1),
    "department-pdf": ("department-kankyo", 2),
    "deck": ("deck", 1),
}
"""Pages of PDFs, each by its report's name and its place."""

PRINTED = "overview-print"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Browser]":
    with open_browser(tmp_path_factory.mktemp("fonts")) as started:
        yield started


def take(browser: "Browser", folder: Path, name: str, where: Path) -> Image.Image:
    """Return one of the pictures as the pages of a folder give it today."""
    if name in SHEETS:
        stem, sheet = SHEETS[name]
        return photograph_sheet(folder / f"{stem}.pdf", where, sheet)
    if name == PRINTED:
        with open_page(browser, folder / "overview.html") as page:
            page.pdf(path=where / "printed.pdf")
        return photograph_sheet(where / "printed.pdf", where)
    screen = SCREENS[name]
    look = {
        "viewport": {"width": PHONE if screen.is_phone else DESK, "height": screen.height},
        "color_scheme": "dark" if screen.is_dark else "light",
        "reduced_motion": "reduce",
        "device_scale_factor": SHARP,
    }
    with open_page(browser, folder / f"{screen.page}.html", screen.at, **look) as page:
        return photograph(page, where / "screen.png")


@pytest.mark.parametrize("name", [*SCREENS, PRINTED, *SHEETS])
def test_a_page_looks_as_it_did(
    name: str, browser: "Browser", built: tuple[Path, str], tmp_path: Path, rewrite_golden: bool
) -> None:
    made, path = take(browser, built[0], name, tmp_path), GOLDEN / f"{name}.png"
    kept = Image.open(path) if path.exists() else Image.new("L", (1, 1))
    furthest, difference = compare(made, kept)
    if rewrite_golden and furthest > MOST:
        GOLDEN.mkdir(exist_ok=True)
        made.save(path, optimize=True)
        assert path.stat().st_size < MOST_BYTES
        return
    if furthest > MOST:
        made.save(tmp_path / "made.png")
        difference.save(tmp_path / "difference.png")
    assert furthest <= MOST, (
        f"{path.name}: a tile is {furthest} levels from the golden one, {MOST} may be. Look at "
        f"made.png and difference.png in {tmp_path}; `make golden` keeps what you find right."
    )


def test_every_picture_kept_is_one_that_is_compared() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == {*SCREENS, PRINTED, *SHEETS}


def test_a_bar_that_is_missing_is_seen_and_softer_type_is_not() -> None:
    golden = Image.open(GOLDEN / "department-pdf.png").convert("RGB")
    bar = golden.copy()
    ImageDraw.Draw(bar).rectangle((100, 72, 362, 82), fill="white")
    moved = golden.transform(golden.size, Image.Transform.AFFINE, (1, 0, 0, 0, 1, 6))
    soft = golden.filter(ImageFilter.GaussianBlur(0.7))
    assert compare(bar, golden)[0] > MOST
    assert compare(moved, golden)[0] > MOST
    assert compare(soft, golden)[0] <= MOST
