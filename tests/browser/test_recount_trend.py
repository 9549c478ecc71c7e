"""検算 of a set with a trend: what older workbooks said recounts as all else does."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from trends import FIRST, NOW, make_three_cycles

from conftest import add_code
from deliveries import run
from pages import open_page, recount

LINE = re.compile(r'<tr id="([^"]+)"')


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = make_three_cycles(add_code(tmp_path_factory.mktemp("city")))
    code, output = run(root, "report", "--quiet")
    assert code == 0, output
    return root / "reports" / NOW


def test_every_page_agrees_with_the_rows_it_carries(browser: Browser, folder: Path) -> None:
    pages = sorted(folder.glob("*.html"))
    found = {path: len(LINE.findall(path.read_text(encoding="utf-8"))) for path in pages}
    # What has no figures has nothing to recount.
    counted = {path: lines for path, lines in found.items() if lines}
    assert {"overview.html", "department-hoken.html"} <= {path.name for path in counted}
    for path, lines in counted.items():
        with open_page(browser, path) as page:
            assert recount(page) == (f"検算：{lines}/{lines} 一致", set()), path.name


def test_the_panel_shows_the_cells_of_then_and_the_names(browser: Browser, folder: Path) -> None:
    with open_page(browser, folder / "overview.html") as page:
        page.click(f'a.figure[href$="/all/online_{FIRST}"]')
        rows = page.inner_text("#panel .list tbody")
    assert FIRST in rows
    assert "S-003" in rows
    # One that is there today has its name from there.
    assert "S-003の届出" in rows
    assert "市民部.xlsx" in rows
    assert "A8・G8" in rows
