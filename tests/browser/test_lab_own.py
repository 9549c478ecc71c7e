"""An analysis, a report and measures of one's own in a real JupyterLab, in a survey's folder."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator

from conftest import ROOT, require_tool
from deliveries import reports_of
from labs import ACTIVE, HTML, RED, Lab, start_lab


@pytest.fixture(scope="module")
def lab(
    browser: Browser, own_project: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Lab]:
    """JupyterLab in a survey's folder that has two notebooks of its own."""
    require_tool("chromium")
    folder = shutil.copytree(own_project, tmp_path_factory.mktemp("lab") / "調査")
    shutil.copy(ROOT / "notebooks/explore.ipynb", folder / "notebooks")
    with start_lab(folder, tmp_path_factory.mktemp("own")) as address:
        lab = Lab(browser, address)
        lab.enter("notebooks")
        yield lab
        lab.context.close()


def run(lab: Lab, notebook: str) -> Locator:
    """Run all cells of a notebook, none of which may turn red, and return what they show."""
    lab.open_notebook(f"{notebook}.ipynb")
    lab.run_all()
    assert lab.page.locator(RED).count() == 0
    assert lab.errors == []
    return lab.page.locator(f"{ACTIVE} .jp-OutputArea-output")


def test_a_cross_table_and_a_chart_are_made_by_hand(lab: Lab) -> None:
    shown = run(lab, "explore")
    kinds = [output.get_attribute("data-mime-type") for output in shown.all()]
    assert kinds.count("image/png") == 1
    assert kinds.count("text/html") >= 5
    assert "application/vnd.jupyter.stderr" not in kinds
    table = shown.locator("table.dataframe", has_text="オンライン化済").nth(1)
    assert table.locator("th", has_text="文化スポーツ部").count() == 1


def test_a_report_of_one_s_own_shows_its_parts_as_the_build_does(
    lab: Lab, own_project: Path, tmp_path: Path
) -> None:
    shown = run(lab, "fees")
    kinds = {output.get_attribute("data-mime-type") for output in shown.all()}
    assert kinds == {"text/html"}
    assert shown.locator("a.figure", has_text="3手続き").count() == 1
    assert shown.locator("svg a.figure").count() > 4
    assert lab.export(HTML, tmp_path) == (reports_of(own_project) / "fees.html").read_bytes()


def test_a_number_of_one_s_own_is_followed_to_its_cells(lab: Lab) -> None:
    panel = lab.follow(lab.page.locator(f"{ACTIVE} a.figure", has_text="3手続き"))
    assert "「手数料」が「あり」" in panel.inner_text()
    assert re.search(r"\.xlsx\s+調査票\s+A\d+・P\d+", panel.locator("tbody").inner_text())
