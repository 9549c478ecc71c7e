"""What the READMEs say of JupyterLab, tried in the real one: run by hand, exported by its menu."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from analysis.cycle import open_cycle
from analysis.inputs import list_inputs
from analysis.reports.stated import EXPLORE

from conftest import LATEST, ROOT, require_tool
from deliveries import run
from labs import ACTIVE, HTML, PANEL, PDF, RED, Lab, start_lab

NOTEBOOKS = sorted({path.stem for path in (ROOT / "notebooks").glob("*.ipynb")} - {EXPLORE})
# The demonstration has no approvals, and so no report of them.
REPORTS = [name for name in NOTEBOOKS if name != "approvals"]


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


def test_it_opens_on_a_page_that_says_what_each_notebook_is_for(lab: Lab) -> None:
    assert {"data", "notebooks", "reports"} <= set(lab.list_files())
    links = lab.page.locator(".jp-MarkdownViewer td a")
    links.first.wait_for()
    assert sorted(links.all_inner_texts()) == sorted([*NOTEBOOKS, EXPLORE])


def test_a_notebook_that_was_not_run_is_run_for_its_export(
    lab: Lab, built: tuple[Path, str], tmp_path: Path
) -> None:
    lab.enter("notebooks")
    lab.open_notebook("reasons.ipynb")
    assert lab.export(HTML, tmp_path) == (built[0] / "reasons.html").read_bytes()


def test_the_menu_has_the_reports_first_and_nothing_that_can_not_work_here(lab: Lab) -> None:
    assert lab.list_exports()[:2] == [HTML, PDF]
    answered = lab.ask("api/nbconvert").json()
    assert len(answered) > 4
    for name in answered.keys() - {"custom"}:
        assert lab.ask(f"nbconvert/{name}/notebooks/reasons.ipynb").ok, name


@pytest.mark.parametrize("notebook", REPORTS)
def test_a_notebook_runs_and_its_exports_are_the_build_s_own_bytes(
    lab: Lab, built: tuple[Path, str], project: Path, tmp_path: Path, notebook: str
) -> None:
    lab.open_notebook(f"{notebook}.ipynb")
    lab.run_all()
    shown = lab.page.locator(f"{ACTIVE} .jp-OutputArea-output")
    kinds = {output.get_attribute("data-mime-type") for output in shown.all()}
    assert kinds == {"text/html"}, shown.all_inner_texts()
    assert lab.page.locator(RED).count() == 0
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


def test_the_panel_of_a_number_opens_in_its_cell(lab: Lab) -> None:
    number = lab.page.locator(f"{ACTIVE} .jp-OutputArea td a.figure").first
    panel = lab.follow(number)
    assert number.inner_text() in panel.locator(".value").inner_text()
    assert ".xlsx" in panel.locator("tbody tr").first.inner_text()
    lab.page.click(f"{PANEL} button")
    assert lab.page.locator(PANEL).count() == 0
    lab.page.locator(f"{ACTIVE} svg a.figure").first.click()
    panel.locator(".value").wait_for()
    lab.page.keyboard.press("Escape")
    assert lab.page.locator(PANEL).count() == 0
    assert lab.errors == []


def test_what_jupyterlab_writes_into_notebooks_makes_no_report_anew(
    lab: Lab, built: tuple[Path, str], project: Path
) -> None:
    before = built[0].parents[1]
    for name in REPORTS:
        written, was = (folder / "notebooks" / f"{name}.ipynb" for folder in (project, before))
        assert written.read_bytes() != was.read_bytes()
    assert list_inputs(open_cycle(LATEST, project)) == list_inputs(open_cycle(LATEST, before))


def test_another_department_and_cycle_are_chosen_in_the_second_cell(
    lab: Lab, project: Path, tmp_path: Path
) -> None:
    lab.open_folder("notebooks")
    lab.open_notebook("department.ipynb")
    for cycle, department in ((LATEST, "kankyo"), ("2024-03-31", "kodomo")):
        lab.pick("調査回", cycle)
        lab.pick("部局", department)
        lab.run_all()
        page = lab.export(HTML, tmp_path)
        code, said = run(project, "report", cycle, "--department", department)
        assert code == 0, said
        assert page == (project / "reports" / cycle / f"department-{department}.html").read_bytes()


def test_another_target_stands_in_the_head_and_in_the_panel(lab: Lab, tmp_path: Path) -> None:
    lab.open_folder("notebooks")
    lab.open_notebook("road.ipynb")
    own = ("cycle", "latest"), ("target_percent", 90), ("target_by", ""), ("small", 10)
    lab.write_cell(1, "\n".join(f"{n}: {type(v).__name__} = {v!r}" for n, v in own))
    lab.run_all()
    page = lab.export(HTML, tmp_path).decode()
    assert "既定と異なる条件：" in page
    assert "目標 90%" in page
    number = lab.page.locator(f"{ACTIVE} .jp-OutputArea li a.figure").first
    assert number.inner_text() in lab.follow(number).locator(".value").inner_text()
    assert lab.page.locator(RED).count() == 0


def test_a_department_that_there_is_not_is_told_with_those_that_there_are(lab: Lab) -> None:
    lab.open_folder("notebooks")
    lab.open_notebook("department.ipynb")
    lab.write_cell(1, 'cycle: str = "latest"\ndepartment: str = "環境課"')
    lab.choose("Run", "Run All Cells")
    assert lab.find_choice("部局").evaluate("it => it.selectedOptions[0].text") == (
        "環境課（ありません）"
    )
    told = lab.page.locator(RED).first
    told.wait_for()
    assert "次のいずれかを指定してください: 総務部（somu）" in told.inner_text()
    assert "Traceback" not in told.inner_text()


def test_the_panel_is_dark_where_the_theme_is(lab: Lab) -> None:
    lab.open_folder("notebooks")
    lab.open_notebook("reasons.ipynb")
    lab.run_all()
    for theme, is_dark in (("Dark", True), ("Light", False)):
        lab.choose("Settings", "Theme", f"JupyterLab {theme}")
        wanted = f"body[data-jp-theme-light='{str(not is_dark).lower()}']"
        lab.page.wait_for_selector(wanted, state="attached")
        panel = lab.follow(lab.page.locator(f"{ACTIVE} .jp-OutputArea td a.figure").first)
        ground = panel.evaluate("it => getComputedStyle(it).backgroundColor")
        assert (sum(map(int, re.findall(r"\d+", ground))) < 3 * 64) == is_dark
