"""The notebooks stay thin: prose, parameters, and one call a cell."""

import ast
from pathlib import Path

import nbformat
import pytest

from analysis.cycle import open_cycle
from analysis.reports.plan import plan_reports
from analysis.reports.stated import EXPLORE

from conftest import DEMO, LATEST, ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
MOST_CODE_CELLS = 8
MOST_LINES = 25
FORBIDDEN = (ast.FunctionDef, ast.Lambda, ast.For, ast.While, ast.ClassDef, ast.comprehension)


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request: pytest.FixtureRequest) -> nbformat.NotebookNode:
    return nbformat.read(request.param, as_version=4)


def code_cells(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_the_first_reports_are_there_and_every_notebook_but_one_makes_one() -> None:
    reports = plan_reports(open_cycle(LATEST, DEMO))
    made_by = list(dict.fromkeys(report.notebook for report in reports))
    first = ["overview", "department", "reasons", "guideline", "quality"]
    assert [name for name in made_by if name in first] == first
    # Nothing of the demonstration is approved.
    assert {*made_by, "approvals", EXPLORE} == {path.stem for path in NOTEBOOKS}


def test_the_first_cell_says_in_prose_what_the_report_answers(
    notebook: nbformat.NotebookNode,
) -> None:
    assert notebook.cells[0].cell_type == "markdown"
    assert "この" in notebook.cells[0].source


def test_the_second_cell_holds_typed_parameters_with_help(notebook: nbformat.NotebookNode) -> None:
    cell = notebook.cells[1]
    assert cell.metadata.tags == ["parameters"]
    for line in cell.source.splitlines():
        (node,) = ast.parse(line).body
        assert isinstance(node, ast.AnnAssign)
        assert "# " in line, f"a parameter is explained behind it, as in `# 調査回`: {line}"


def test_a_notebook_is_short(notebook: nbformat.NotebookNode) -> None:
    cells = code_cells(notebook)
    assert len(cells) <= MOST_CODE_CELLS
    assert sum(len(cell.source.splitlines()) for cell in cells) <= MOST_LINES


def test_a_notebook_holds_no_logic_no_path_and_no_number(notebook: nbformat.NotebookNode) -> None:
    parameters = [c for c in code_cells(notebook) if "parameters" in c.metadata.get("tags", [])]
    for cell in code_cells(notebook):
        for node in ast.walk(ast.parse(cell.source)):
            assert not isinstance(node, FORBIDDEN)
            if isinstance(node, ast.Constant):
                # A parameter's default may be one.
                is_number = cell in parameters and isinstance(node.value, int)
                assert is_number or isinstance(node.value, str | bool)
                assert "/" not in str(node.value)
        assert "groupby" not in cell.source


def test_a_notebook_is_committed_without_outputs(notebook: nbformat.NotebookNode) -> None:
    for cell in code_cells(notebook):
        assert cell.outputs == []
        assert cell.execution_count is None


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_stands_as_jupyterlab_saves_it_but_for_what_a_run_leaves(path: Path) -> None:
    """So it counts the same before and after it was run and saved there."""
    text = path.read_text(encoding="utf-8")
    notebook = nbformat.reads(text, as_version=4)
    assert nbformat.writes(notebook) + "\n" == text
    assert notebook.metadata.kernelspec.display_name == "Python 3 (ipykernel)"
    assert notebook.metadata.language_info == {"name": "python"}
