"""A report and measures of a survey's own, added to its folder and nothing else: built, proved."""

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pypdf
import pytest

from analysis.build.misplaced import NO_REPORT
from analysis.inputs import MEASURES_NAME
from test_new_report import write_notebook

from conftest import LATEST, SAID
from deliveries import made_by, read_graph, reports_of, run
from own import OPENING, PARAMETERS, STATED
from pages import open_page, recount
from spreadsheets import recalculate

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(own_project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A survey's folder with one notebook and a measures.toml of its own, and its set."""
    said = (own_project / SAID).read_text("utf-8")
    assert {"fees", "overview", "quality"} <= made_by(said)
    # No notebook is told of: the one there is makes a report.
    assert NO_REPORT not in said
    assert "ノートブック" not in said.replace("（HTML、PDF、ノートブック）", "", 1)
    return shutil.copytree(own_project, tmp_path_factory.mktemp("own") / "調査")


def read(folder: Path, name: str) -> str:
    return (reports_of(folder) / name).read_text("utf-8-sig")


def test_it_is_a_report_like_the_others(folder: Path) -> None:
    assert "手数料の状況" in read(folder, "index.html")
    page = read(folder, "fees.html")
    assert f'<tr id="{LATEST}/all/charged_rate">' in page.partition('<section id="evidence">')[2]
    attached = pypdf.PdfReader(reports_of(folder) / "fees.pdf").attachments
    assert "charged_rate" in attached["figures.csv"][0].decode()
    assert f"{LATEST}/bunkasports/charged," in read(folder, "figures.csv")
    graph = read_graph(folder)
    assert {"@id": "#notebooks/fees.ipynb"} in graph["#make/fees.html"]["object"]
    assert any(key.endswith(MEASURES_NAME) for key in graph)
    code, said = run(folder, "verify", "--quick")
    assert code == 0, said


def test_its_number_is_followed_to_the_cells(folder: Path) -> None:
    code, said = run(folder, "trace", f"{LATEST}/文化スポーツ部/手数料のある手続き数")
    assert code == 0, said
    assert re.search(r"文化スポーツ部\.xlsx 調査票!P\d+  手数料「", said)


def test_a_spreadsheet_recounts_its_own_measures(folder: Path, tmp_path: Path) -> None:
    lines = recalculate(reports_of(folder) / "audit.xlsx", tmp_path)["数値"]
    own = [line for line in lines if "/charged" in line["数値ID"]]
    assert len(own) > 20
    assert {line["照合"] for line in own} == {"一致"}


def test_its_page_recounts_itself(folder: Path, browser: "Browser") -> None:
    with open_page(browser, reports_of(folder) / "fees.html") as page:
        told, differing = recount(page)
    assert re.fullmatch(r"検算：(\d+)/\1 一致", told), told
    assert differing == set()


def test_a_changed_measure_is_made_and_a_frame_in_a_cell_is_refused(
    folder: Path, tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    path = copy / "data/raw" / MEASURES_NAME
    path.write_text(
        path.read_text("utf-8").replace("ある手続きのオンライン化率", "あるものの率"), "utf-8"
    )
    code, said = run(copy, "report")
    assert code == 0, said
    assert "手数料のあるものの率" in read(copy, "fees.html")
    frame = "findings = load_findings(cycle)\nfindings.frame(labels=True)"
    drawn = 'findings.frame()["status"].value_counts().plot.bar()'
    write_notebook(copy / "notebooks/fees.ipynb", STATED, PARAMETERS, OPENING, frame, drawn)
    code, said = run(copy, "report")
    assert code == 1
    assert "3番目のセル: " in said
    assert 'show.traced(表, "表題")' in said
    assert 'show.bars("online_rate")' in said
    assert "手数料のあるものの率" in read(copy, "fees.html")
