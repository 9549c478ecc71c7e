"""A survey's folder with a report and measures of its own: built once, then followed and opened."""

import re
import shutil
from pathlib import Path

import nbformat

from analysis.inputs import MEASURES_NAME
from test_new_report import write_notebook

from conftest import ROOT, SAID
from deliveries import run

PARAMETERS = 'cycle: str = "latest"  # 調査回'
OPENING = """from analysis.figures.findings import load_findings
from analysis.reports.show import Show

show = Show(load_findings(cycle))
show.head("fees")"""
CELLS = (
    'show.sentence("手数料のある手続きは{charged:手続き}で、オンライン化率は{charged_rate}です。")',
    'show.table(columns=["total", "charged", "charged_rate", "charged_rate_change"])',
    'show.table("section", ["charged"], department="文化スポーツ部")',
    'show.bars("charged_rate")',
    'show.bars(["online", "started", "not_started"], of="total")',
    'show.traced(show.figures(columns=["charged"]).sort_values("手数料のある手続き数"), "順")',
)
STATED = {"order": 35, "title": "手数料の状況"}


def read_own() -> str:
    """Return the measures that the settings' page has for an example."""
    page = (ROOT / "docs/settings/measures.md").read_text("utf-8")
    return re.search(r"^```toml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)[1]


def save_as_jupyterlab(path: Path) -> None:
    """Write a notebook as JupyterLab does."""
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata.language_info = {"name": "python"}
    path.write_text(nbformat.writes(notebook) + "\n", "utf-8")


def make_own(small_project: Path, folder: Path) -> None:
    """Give a project's answers one notebook and a measures.toml of its own, and build its set."""
    shutil.copytree(small_project / "data", folder / "data")
    (folder / "data/raw" / MEASURES_NAME).write_text(read_own(), "utf-8")
    (folder / "notebooks").mkdir()
    write_notebook(folder / "notebooks/fees.ipynb", STATED, PARAMETERS, OPENING, *CELLS)
    save_as_jupyterlab(folder / "notebooks/fees.ipynb")
    code, said = run(folder, "report")
    assert code == 0, said
    (folder / SAID).write_text(said, "utf-8")
