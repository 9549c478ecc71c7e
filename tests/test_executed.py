"""The notebooks of a set as they were run: in the record, exported to the same bytes, run again."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbconvert.exporters import get_exporter

from analysis.build.menu import ReportHtmlExporter, ReportPdfExporter
from analysis.build.run import ENGINE
from analysis.cycle import open_cycle
from analysis.errors import ReportError
from analysis.lab.harmless import is_harmless
from analysis.proof.record import read_record
from analysis.reports.heading import ASSUMED
from test_new_report import write_notebook

from conftest import LATEST, ROOT
from deliveries import build, copy_delivery, made_by, reports_of, run
from own import OPENING, PARAMETERS

pytestmark = pytest.mark.slow
EXECUTED = "notebooks/department-gikai.ipynb"


def read(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_bytes()))


def export(name: str, path: Path) -> bytes:
    made, _ = get_exporter(name)().from_filename(str(path))
    return made if isinstance(made, bytes) else made.encode()


def command(program: str, *words: str, at: Path) -> None:
    """Run a command of a library's in a folder."""
    path = Path(sys.executable).with_name(program)
    done = subprocess.run([path, *words], cwd=at, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def read_fingerprint(page: str) -> str:
    return re.search('作成元番号 <span class="quoted">([0-9a-f]{12})', page)[1]


@pytest.fixture
def project(delivery: Path, tmp_path: Path) -> Path:
    return copy_delivery(delivery, tmp_path / "project")


def test_it_has_its_parameters_and_outputs_and_is_in_the_record(delivery: Path) -> None:
    path = reports_of(delivery) / EXECUTED
    notebook = read(path)
    nbformat.validate(nbformat.from_dict(notebook))
    given = [c for c in notebook["cells"] if "injected-parameters" in c["metadata"].get("tags", [])]
    assert f'cycle = "{LATEST}"' in "".join(given[0]["source"])
    assert 'department = "gikai"' in "".join(given[0]["source"])
    assert all(c["execution_count"] for c in notebook["cells"] if c["cell_type"] == "code")
    assert str(delivery) not in path.read_text("utf-8")
    shown = [o["data"] for c in notebook["cells"] for o in c.get("outputs", [])]
    assert max(len("".join(data["text/plain"])) for data in shown) < 100
    assert EXECUTED in read_record(open_cycle(LATEST, delivery)).files


def test_jupyterlab_shows_all_of_it_without_being_asked_to_trust_it(delivery: Path) -> None:
    found = sorted((reports_of(delivery) / "notebooks").glob("*.ipynb"))
    assert len(found) > 5
    for path in found:
        assert is_harmless(nbformat.read(path, as_version=4)), path.name


def test_its_exports_are_the_set_s_own_files(delivery: Path) -> None:
    for path in (reports_of(delivery) / EXECUTED, reports_of(delivery) / "notebooks/reasons.ipynb"):
        page, pdf = (reports_of(delivery) / f"{path.stem}.{end}" for end in ("html", "pdf"))
        assert export("analysis_html", path) == page.read_bytes()
        assert export("analysis_pdf", path) == pdf.read_bytes()


def test_one_that_was_not_run_is_run_and_one_half_run_is_refused_with_its_cells(
    project: Path,
) -> None:
    command("jupyter", "nbconvert", "--to", "analysis_html", "notebooks/overview.ipynb", at=project)
    made = (reports_of(project) / "overview.html").read_bytes()
    assert (project / "notebooks" / "overview.html").read_bytes() == made
    path = project / "notebooks" / "overview.ipynb"
    notebook = nbformat.read(reports_of(project) / "notebooks/overview.ipynb", as_version=4)
    notebook.cells[-1].execution_count = None
    with pytest.raises(ReportError, match=f"セルがあります（{len(notebook.cells)}番目"):
        for exporter in (ReportHtmlExporter(), ReportPdfExporter()):
            exporter.from_notebook_node(notebook, {"metadata": {"path": str(path.parent)}})


@pytest.mark.parametrize("engine", [[], ["--engine", "analysis"]], ids=["kernel", "analysis"])
def test_papermill_s_own_command_gives_the_set_s_bytes(project: Path, engine: list[str]) -> None:
    shutil.rmtree(project / "notebooks")
    source, given = ROOT / "notebooks/department.ipynb", ("-p", "department", "議会事務局")
    command("papermill", str(source), "結果.ipynb", *given, *engine, at=project)
    made = (reports_of(project) / "department-gikai.html").read_bytes()
    assert export("analysis_html", project / "結果.ipynb") == made


def test_a_report_with_other_parameters_says_so_and_is_no_part_of_a_set(project: Path) -> None:
    given = ("-p", "target_percent", "90", "-p", "small", "20")
    command(
        "papermill", "notebooks/road.ipynb", "out.ipynb", *given, "--engine", ENGINE, at=project
    )
    page, standing = export("analysis_html", project / "out.ipynb").decode(), reports_of(project)
    told = "目標 90%（2026年3月31日まで）、順位に含めないのは、手続きが20件より少ない部局"
    assert f'<strong>{ASSUMED}</strong><span class="quoted">{told}</span>' in page
    before = (standing / "road.html").read_text("utf-8")
    assert ASSUMED not in before
    assert read_fingerprint(page) != read_fingerprint(before)
    path = project / "notebooks/road.ipynb"
    path.write_text(
        path.read_text("utf-8").replace("target_percent: int = 0", "target_percent: int = 90")
    )
    code, said = run(project, "report")
    assert code == 1
    assert "一式の目標は cycle.toml に書いてください" in said


def test_parameters_of_one_s_own_notebook_are_told_where_it_was_run_with_others(
    project: Path,
) -> None:
    parameters = f"{PARAMETERS}\nleast: int = 1  # 件数"
    opening = OPENING.replace("fees", "own")
    write_notebook(
        project / "notebooks/own.ipynb", {"order": 1, "title": "数"}, parameters, opening
    )
    given = ("-p", "least", "5", "--engine", ENGINE)
    command("papermill", "notebooks/own.ipynb", "out.ipynb", *given, at=project)
    page = export("analysis_html", project / "out.ipynb").decode()
    assert f'<strong>{ASSUMED}</strong><span class="quoted">least = 5</span>' in page


def test_one_that_was_edited_is_kept_and_made_again_alone(project: Path) -> None:
    path = reports_of(project) / EXECUTED
    standing = path.read_bytes()
    path.write_bytes(standing.replace(b"gikai", b"GIKAI", 1))
    (path.parent / "memo.txt").write_text("控え", "utf-8")
    code, said = run(project, "verify", "--quick")
    assert code == 1
    assert EXECUTED in said
    output = build(project)
    assert made_by(output) == {"department-gikai"}
    assert "department-gikai（控え）.ipynb" in output
    assert path.read_bytes() == standing
    assert (path.parent / "memo.txt").read_text("utf-8") == "控え"


def test_prose_and_defaults_remake_their_own_reports_and_a_broken_cell_is_told_once(
    project: Path,
) -> None:
    beside = {
        name: (reports_of(project) / name).read_bytes() for name in ("figures.csv", "audit.xlsx")
    }
    path = project / "notebooks" / "department.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.insert(1, nbformat.v4.new_markdown_cell("足した文です。", id="added"))
    notebook.cells[2].source = notebook.cells[2].source.replace('"somu"', '"gikai"')
    nbformat.write(notebook, path)
    assert made_by(build(project)) == {"department-gikai", "department-bunkasports"}
    for name, content in beside.items():
        assert (reports_of(project) / name).read_bytes() == content
    notebook.cells[-1].source = "report.procedures(findings, department"
    nbformat.write(notebook, path)
    code, said = run(project, "report")
    assert code == 1
    place = f"{len(notebook.cells)}番目のセル「report.procedures(findings, department」"
    assert said.count(place) == 1 + said.count("失敗: ")
    assert "incomplete input（1行目）" in said
    assert "作成できない報告書: 文化スポーツ部、議会事務局" in said
