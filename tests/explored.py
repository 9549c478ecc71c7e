"""The notebook for an analysis of one's own, run as its user does."""

import os
from pathlib import Path

import papermill
from nbformat import NotebookNode

from conftest import ROOT


def explore(folder: Path, engine: str | None = None) -> NotebookNode:
    """Run the notebook in a folder as a survey's user does, and return it with its outputs."""
    os.chdir(folder)
    path = ROOT / "notebooks" / "explore.ipynb"
    return papermill.execute_notebook(path, None, engine_name=engine, progress_bar=False)


def list_shown(notebook: NotebookNode) -> list[dict[str, str]]:
    """Return what the cells show, by mime type; nothing is printed and nothing is red."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert [o for o in outputs if o.output_type in ("stream", "error")] == []
    return [output.data for output in outputs]
