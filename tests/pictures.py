"""Pictures of pages: taken in the reports' own type, made small, and compared as an eye would.

A picture is compared in tiles: what hinting and antialiasing change, in another Chromium or on
another machine, is lost in a tile's mean; a block that moved or a bar that is missing is not.
"""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageChops

from analysis.document.typefaces import FOLDERS, JAPANESE

from conftest import require_tool

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

WIDE = 480
"""How wide a picture is kept, in pixels."""

TILE = 8
"""A tile's side in a kept picture: about one line of text of a page."""

MOST = 40
"""How far the mean lightness of a tile may be from the golden one's, of 255."""

COLOURS = 16

_FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
{folders}<cachedir>{cache}</cachedir>
<match target="pattern"><edit name="family" mode="append"><string>{family}</string></edit></match>
</fontconfig>"""


@contextmanager
def open_browser(folder: Path, *flags: str) -> "Iterator[Browser]":
    """Start Chromium with no type but the reports' own, so that a machine's own changes nothing."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - it starts late enough

    told = folder / "fonts.conf"
    folders = "".join(f"<dir>{name}</dir>" for name in FOLDERS)
    told.write_text(_FONTS.format(folders=folders, cache=folder, family=JAPANESE), "utf-8")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=require_tool("chromium"),
            args=["--no-sandbox", "--hide-scrollbars", *flags],
            env={"FONTCONFIG_FILE": str(told), "HOME": str(folder)},
        )
        yield started
        started.close()


def photograph(page: "Page", path: Path) -> Image.Image:
    """Return what of a page is on the screen."""
    page.screenshot(path=path, animations="disabled")
    return shrink(Image.open(path))


def photograph_sheet(pdf: Path, folder: Path, sheet: int = 1) -> Image.Image:
    """Return a page of a PDF."""
    target = folder / f"{pdf.stem}-{sheet}"
    command = [require_tool("pdftoppm"), "-png", "-singlefile", "-r", "120"]
    subprocess.run(
        [*command, "-f", str(sheet), "-l", str(sheet), pdf, target], check=True, capture_output=True
    )
    return shrink(Image.open(target.with_suffix(".png")))


def shrink(picture: Image.Image) -> Image.Image:
    """Return a picture as wide as it is kept, in few colours."""
    size = (WIDE, round(picture.height * WIDE / picture.width))
    small = picture.convert("RGB").resize(size, Image.Resampling.BOX)
    return small.quantize(COLOURS, dither=Image.Dither.NONE)


def compare(made: Image.Image, golden: Image.Image) -> tuple[int, Image.Image]:
    """Return how far the tile that differs most is from the golden one, and a picture of all."""
    if made.size != golden.size:
        return 255, made.convert("L")
    tiles = [_lay_tiles(picture) for picture in (made, golden)]
    difference = ImageChops.difference(*tiles)
    return difference.getextrema()[1], difference.resize(made.size, Image.Resampling.NEAREST)


def _lay_tiles(picture: Image.Image) -> Image.Image:
    size = tuple(-(-side // TILE) for side in picture.size)
    return picture.convert("L").resize(size, Image.Resampling.BOX)
