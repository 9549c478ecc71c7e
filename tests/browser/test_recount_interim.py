"""検算 of an interim set: last answers and the renamed cycle before recount as all else does."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from cities import NOW, make_city, path_of
from conftest import add_code
from deliveries import run
from pages import open_page, recount

LINE = re.compile(r'<tr id="([^"]+)"')


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    answers = {"ko": ("onn", "own"), "otsu": ("ssn", "wss"), "hei": ("oon", "o")}
    root = make_city(add_code(tmp_path_factory.mktemp("city")), answers)
    path_of(root, "ko").unlink()
    code, output = run(root, "report", "--interim", "--quiet")
    assert code == 0, output
    return root / "reports" / f"{NOW}-interim"


def test_every_page_agrees_with_the_rows_it_carries(browser: Browser, folder: Path) -> None:
    # The navigator prints no figure; the codebook says how many departments have answered.
    without = folder / "navigator-暫定.html"
    assert 'class="figure"' not in without.read_text(encoding="utf-8")
    pages = sorted({*folder.glob("*.html")} - {without})
    assert len(pages) == 11
    for path in pages:
        lines = len(LINE.findall(path.read_text(encoding="utf-8")))
        assert lines > 0
        with open_page(browser, path) as page:
            assert recount(page) == (f"検算：{lines}/{lines} 一致", set()), path.name


def test_the_panel_shows_last_answers_with_their_cycle_and_cells(
    browser: Browser, folder: Path
) -> None:
    with open_page(browser, folder / "overview-暫定.html") as page:
        page.click('a.figure[href$="/ko/waiting_online"]')
        rows = page.inner_text("#panel .list tbody")
    assert "2024-03-31" in rows
    assert "KO-001" in rows
    assert "A6・G6" in rows
