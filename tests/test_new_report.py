"""A report is added by its notebook and, if it has one, its module: all else follows of itself."""

import csv
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pypdf
import pytest

from analysis.build.misplaced import find_misplaced
from analysis.cycle import Cycle, open_cycle
from analysis.errors import ReportError
from analysis.figures.findings import Findings
from analysis.inputs import list_notebooks
from analysis.reports.index import write_index
from analysis.reports.plan import Report, plan_reports

from conftest import DEMO, LATEST, ROOT
from deliveries import copy_delivery, made_by, read_graph, reports_of, run_command, run_copy

MODULE = '''
"""Fees: how many procedures there are."""

from analysis.document.blocks import Block, Column, Group, Link, Masthead, Paragraph, Shown, Table
from analysis.figures.findings import Findings
from analysis.reports.figure_columns import FigureColumn, FigureColumns
from analysis.reports.heading import head_report


def masthead(findings: Findings) -> Masthead:
    return head_report(findings, "fees")


def table(findings: Findings) -> Block:
    columns = FigureColumns(findings, [FigureColumn("total", "手続き")])
    rows = [(Link(d.name, f"department-{d.slug}"), *columns.cells(d.slug))
            for d in findings.cycle.departments]
    return Group((
        Paragraph(("手続きは", Shown(findings.ledger.figure("total")), "です。")),
        Table("手数料", (Column("部局名"), *columns.head), (*rows, ("計", *columns.cells())),
              ledger=findings.ledger),
    ))
'''
FEES = ("fees.masthead(findings)", "fees.table(findings)")
# Of each department, and without a module.
MEMO = (
    "from analysis.document.blocks import Column, Link, Table\n"
    "from analysis.reports.heading import head_report\n"
    'head_report(findings, "memo", findings.department(department).name)',
    'columns = (Column("数値"), Column("値", numeric=True))\n'
    'total = findings.ledger.figure("total", department)\n'
    'Table("補足", columns, ((Link("手数料", "fees"), total),))',
)


def write_notebook(path: Path, stated: object, first: str, *cells: str) -> None:
    """Write a notebook that states this; `first` are its parameters."""
    sources = [first, *cells]
    tags: list[dict[str, Any]] = [{"tags": ["parameters"]}, *({} for _ in cells)]
    written = [
        {
            "cell_type": "code", "id": f"cell-{place}", "metadata": metadata,
            "execution_count": None, "outputs": [], "source": source,
        }
        for place, (source, metadata) in enumerate(zip(sources, tags, strict=True))
    ]  # fmt: skip
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel} | ({} if stated is None else {"report": stated})
    notebook = {"cells": written, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(notebook, ensure_ascii=False), encoding="utf-8")


@pytest.mark.slow
def test_a_notebook_and_a_module_make_a_report_like_the_others(
    small_project: Path, tmp_path: Path
) -> None:
    folder = copy_delivery(small_project, tmp_path / "project")
    shutil.copytree(ROOT / "src", folder / "src")
    (folder / "src/analysis/reports/fees.py").write_text(MODULE.strip(), encoding="utf-8")
    path, load = folder / "notebooks/fees.ipynb", "findings = load_findings(cycle)\n"
    names = "from analysis.figures.findings import load_findings\n"
    cycle = 'cycle: str = "latest"  # 調査回'
    fees = f"{names}from analysis.reports import fees\n{load}{FEES[0]}"
    write_notebook(path, {"order": 25, "title": "手数料"}, cycle, fees, *FEES[1:])
    memo = {"order": 27, "title": "{department}の補足"}
    write_notebook(
        folder / "notebooks/memo.ipynb",
        memo,
        f'{cycle}\ndepartment: str = "gikai"  # 部局',
        f"{names}{load}{MEMO[0]}",
        *MEMO[1:],
    )
    said = run_command(folder, "report")
    stems = [
        "overview", "deck", "road", "department-bunkasports", "department-gikai", "fees",
        "memo-bunkasports", "memo-gikai", "reasons", "requests", "guideline", "quality",
    ]  # fmt: skip
    assert made_by(said) == {*stems}
    # Of what was made the last line tells; no notebook is told to be in a wrong place.
    assert "ノートブック" not in said.replace("（HTML、PDF、ノートブック）", "")
    reports = reports_of(folder)
    listed = re.findall(r'<th scope="row"><a href="(.*?)\.html">(.*?)</a></th>', read(reports))
    of_departments = [stem for stem in stems if stem.startswith("department-")]
    others = [stem for stem in stems if stem not in of_departments]
    assert [stem for stem, _ in listed] == [*of_departments, *others, "navigator"]
    assert {title for _, title in listed} >= {"手数料", "議会事務局の補足", "文化スポーツ部の補足"}
    page = read(reports, "fees.html")
    assert "<h1>手数料</h1>" in page
    assert f'<tr id="{LATEST}/all/total">' in page.partition('<section id="evidence">')[2]
    assert 'href="department-gikai.html"' in page
    memo_page = read(reports, "memo-gikai.html")
    assert "<h1>議会事務局の補足</h1>" in memo_page
    assert 'href="fees.html"' in memo_page
    assert "figures.csv" in pypdf.PdfReader(reports / "fees.pdf").attachments
    assert "fees.pdf" in list_links(reports / "memo-gikai.pdf")
    graph = read_graph(folder)
    assert graph["fees.pdf"]["sha256"]
    action = graph["#make/fees.html"]
    assert action["name"] == "手数料の作成"
    assert {"@id": "#notebooks/fees.ipynb"} in action["object"]
    sources = csv.reader((reports / "sources.csv").read_text("utf-8-sig").splitlines())
    assert {"fees", "memo-gikai"} <= {line[0] for line in sources}
    assert "手数料" in graph[index_list(graph)]["value"]
    loaded = "import sys, analysis.build.preload; print('analysis.reports.fees' in sys.modules)"
    assert run_copy(folder, loaded) == "True\n"
    run_command(folder, "verify", "--quick")
    assert made_by(run_command(folder, "report")) == set()
    path.write_text(path.read_text("utf-8").replace('"手数料"', '"手数料の状況"'), "utf-8")
    assert made_by(run_command(folder, "report")) == {"fees"}
    assert "手数料の状況" in read(reports)
    path.unlink()
    (folder / "src/analysis/reports/fees.py").unlink()
    run_command(folder, "report")
    assert not (reports / "fees.html").exists()
    assert "手数料" not in read(reports)


def read(reports: Path, name: str = "index.html") -> str:
    return (reports / name).read_text(encoding="utf-8")


def list_links(path: Path) -> set[str]:
    """Return the files to which a PDF leads."""
    notes = [note for page in pypdf.PdfReader(path).pages for note in page.get("/Annots", [])]
    return {str(note.get_object().get("/A", {}).get("/URI", "")) for note in notes}


def index_list(graph: dict[str, dict[str, Any]]) -> str:
    """Return the id of the parameter that tells which reports the index lists."""
    given = [one["@id"] for one in graph["#make/index.html"]["object"]]
    (told,) = (key for key in given if key.startswith("#parameter/reports"))
    return str(told)


@pytest.fixture
def project(tmp_path: Path) -> Cycle:
    """A project of the demonstration's settings, with the notebooks and without answers."""
    shutil.copytree(ROOT / "notebooks", tmp_path / "notebooks")
    shutil.copytree(DEMO / "data", tmp_path / "data")
    return open_cycle(LATEST, tmp_path)


WRONG: dict[str, tuple[str, object, str]] = {
    "no title": ("fees", {"order": 1}, "report に title（報告書の表題）がありません。"),
    "no order": ("fees", {"title": "手数料"}, "report の order（報告書の順）を整数で"),
    "an order in words": ("fees", {"title": "a", "order": "1"}, "report の order（報告書の順）"),
    "a title of two lines": ("fees", {"title": "a\nb", "order": 1}, "report の title は、一行の"),
    "an empty title": ("fees", {"title": "", "order": 1}, "report の title は、一行の文字で"),
    "a number for a heading": (
        "fees", {"title": "a", "order": 1, "heading": 2}, "report の heading は、一行の文字で"
    ),
    "an unknown key": ("fees", {"title": "a", "order": 1, "of": "b"}, "report の「of」は使えま"),
    "a list": ("fees", ["a"], 'メタデータの report は {"order": 順, "title": "表題"} の形で'),
    "a name that no link leads to": (
        "fees #1", {"title": "a", "order": 1}, "ファイル名に使えるのは、文字、数字、「-」と「_」"
    ),
    "a known one that states nothing": ("reasons", None, "メタデータの report に報告書の順と"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_statement_is_told_with_its_file(project: Cycle, name: str) -> None:
    stem, stated, told = WRONG[name]
    write_notebook(project.notebooks_folder / f"{stem}.ipynb", stated, "")
    with pytest.raises(ReportError) as caught:
        plan_reports(project)
    (line,) = str(caught.value).splitlines()[1:]
    assert line.startswith(f"  ・notebooks/{stem}.ipynb: ")
    assert told in line


@pytest.mark.parametrize(
    ("stated", "told"),
    [
        (
            {"order": 30, "title": "手数料"},
            "order が同じものがあります: 「30」: notebooks/fees.ipynb、notebooks/reasons.ipynb",
        ),
        (
            {"order": 31, "title": "データの品質と公表値との照合"},
            "title が同じものがあります: 「データの品質と公表値との照合」: "
            "notebooks/fees.ipynb、notebooks/quality.ipynb",
        ),
        (
            {"order": 31, "title": "議会事務局"},
            "title が同じものがあります: 「議会事務局」: "
            "notebooks/department.ipynb、notebooks/fees.ipynb",
        ),
    ],
)
def test_what_two_notebooks_state_is_told_with_both(
    project: Cycle, stated: dict[str, object], told: str
) -> None:
    write_notebook(project.notebooks_folder / "fees.ipynb", stated, "")
    with pytest.raises(ReportError) as caught:
        plan_reports(project)
    assert str(caught.value).splitlines()[1:] == [f"  ・{told}"]


def test_a_title_with_a_digit_is_told_with_its_notebook(findings: Findings) -> None:
    reports = [Report("fees", "fees", title, ()) for title in ("手数料5", "2024年度の手数料")]
    with pytest.raises(ReportError) as caught:
        write_index(findings, reports, "fingerprint")
    assert str(caught.value).splitlines()[1:] == [
        "  ・notebooks/fees.ipynb: report の title「手数料5」"
    ]


def test_a_file_name_that_two_reports_would_have_is_told(project: Cycle) -> None:
    stated = {"order": 1, "title": "手数料"}
    write_notebook(project.notebooks_folder / "department-gikai.ipynb", stated, "")
    write_notebook(project.notebooks_folder / "Index.ipynb", {"order": 2, "title": "a"}, "")
    with pytest.raises(ReportError) as caught:
        plan_reports(project)
    assert str(caught.value).splitlines()[1:] == [
        "  ・「index」: index.html、notebooks/Index.ipynb",
        "  ・「department-gikai」: notebooks/department-gikai.ipynb、notebooks/department.ipynb",
    ]


def test_a_notebook_of_the_program_stands_in_for_one_that_a_survey_has_not(project: Cycle) -> None:
    before = plan_reports(project)
    (project.notebooks_folder / "guideline.ipynb").unlink()
    assert plan_reports(project) == before
    write_notebook(project.notebooks_folder / "reasons.ipynb", {"order": 1, "title": "理由"}, "")
    assert [r.notebook for r in plan_reports(project) if r.title == "理由"] == ["reasons"]
    assert list_notebooks(project)["guideline.ipynb"] == ROOT / "notebooks" / "guideline.ipynb"


def test_a_report_of_the_package_whose_notebook_can_t_be_read_is_missed(project: Cycle) -> None:
    (project.notebooks_folder / "quality.ipynb").write_text("{", encoding="utf-8")
    with pytest.raises(ReportError) as caught:
        plan_reports(project)
    assert [line.partition(": ")[0] for line in str(caught.value).splitlines()[1:]] == [
        "  ・notebooks/quality.ipynb",
    ]


def test_a_notebook_of_one_s_own_that_can_t_be_read_is_told_so(project: Cycle) -> None:
    for name in ("mine", "explore"):
        (project.notebooks_folder / f"{name}.ipynb").write_text("", encoding="utf-8")
    (told,) = find_misplaced(project)
    assert str(told).startswith("notebooks/mine.ipynb: ")
    assert "ノートブックとして読めません。JupyterLab で直すか" in str(told)


def test_a_notebook_that_states_nothing_is_named_with_what_would_make_it_a_report(
    project: Cycle,
) -> None:
    before = plan_reports(project)
    write_notebook(project.notebooks_folder / "mine.ipynb", None, "")
    assert plan_reports(project) == before
    (told,) = find_misplaced(project)
    assert str(told).startswith("notebooks/mine.ipynb: どの報告書も作らないノートブックです。")
    assert "メタデータの report に order（順）と title（表題）" in str(told)
