"""What the READMEs say of JupyterLab, tried in the real one: run by hand, exported by its menu."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from analysis.cycle import open_cycle
from analysis.inputs import list_inputs
from analysis.reports.stated import EXPLORE

from conftest import LATEST, ROOT, require_tool
from labs import ACTIVE, Lab, start_lab

NOTEBOOKS = sorted({path.stem for path in (ROOT / "notebooks").glob("*.ipynb")} - {EXPLORE})
HTML, PDF = "Analysis_html", "Analysis_pdf"


@pytest.fixture(scope="module")
def project(built: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of a project that was built, for JupyterLab to write in."""
    require_tool("chromium")
    return shutil.copytree(built[0].parents[1], tmp_path_factory.mktemp("lab") / "調査 分析")


@pytest.fixture(scope="module")
def lab(browser: Browser, project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with start_lab(project, tmp_path_factory.mktemp("own")) as address:
        lab = Lab(browser, address)
        yield lab
        lab.context.close()


def test_the_file_browser_shows_the_whole_project(lab: Lab) -> None:
    assert {"data", "notebooks", "reports"} <= set(lab.list_files())


def test_a_notebook_that_was_not_run_is_refused_in_words(lab: Lab) -> None:
    lab.enter("notebooks")
    lab.open_notebook("reasons.ipynb")
    assert "すべてのセルを実行してから書き出してください。" in lab.fail_to_export(HTML)


@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_a_notebook_runs_and_its_exports_are_the_build_s_own_bytes(
    lab: Lab, built: tuple[Path, str], project: Path, tmp_path: Path, notebook: str
) -> None:
    lab.open_notebook(f"{notebook}.ipynb")
    lab.run_all()
    shown = lab.page.locator(f"{ACTIVE} .jp-OutputArea-output")
    kinds = {output.get_attribute("data-mime-type") for output in shown.all()}
    assert kinds == {"text/html"}, shown.all_inner_texts()
    assert lab.page.locator(f"{ACTIVE} .jp-mod-error").count() == 0
    assert lab.errors == []
    for title, suffix in ((HTML, "html"), (PDF, "pdf")):
        made = built[0] / f"{notebook}.{suffix}"
        made = made if made.exists() else built[0] / f"{notebook}-somu.{suffix}"
        assert lab.export(title, tmp_path) == made.read_bytes()
        assert [path.name for path in tmp_path.glob(f"*.{suffix}")] == [f"{notebook}.{suffix}"]
    cells = json.loads((project / "notebooks" / f"{notebook}.ipynb").read_bytes())["cells"]
    assert all(cell["execution_count"] for cell in cells if cell["cell_type"] == "code")


def test_a_chart_s_numbers_stay_links_in_a_cell(lab: Lab) -> None:
    links = lab.page.locator(".jp-NotebookPanel figure.chart svg a.figure")
    assert links.count() > 10


def test_what_jupyterlab_writes_into_notebooks_makes_no_report_anew(
    lab: Lab, built: tuple[Path, str], project: Path
) -> None:
    before = built[0].parents[1]
    for name in NOTEBOOKS:
        written, was = (folder / "notebooks" / f"{name}.ipynb" for folder in (project, before))
        assert written.read_bytes() != was.read_bytes()
    assert list_inputs(open_cycle(LATEST, project)) == list_inputs(open_cycle(LATEST, before))
