"""Run a notebook with parameters that were checked first.

Papermill only logs an unknown parameter, and with a later default of the same name the default
wins; a report with the wrong parameters would look right. So each name and type is checked here
against the notebook's own `parameters` cell before anything runs.
"""

import ast
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.document.notebook import name_notebook, parse_code, read_notebook
from analysis.errors import ReportError
from analysis.startup import HADOOP, absent

with absent(HADOOP):
    import papermill
    from papermill.engines import papermill_engines
    from papermill.exceptions import PapermillExecutionError

    from analysis.build.engine import AnalysisEngine

if TYPE_CHECKING:
    from nbformat import NotebookNode

ENGINE = "analysis"
# Known to papermill by its entry point too, once the package is installed as it stands here.
papermill_engines.register(ENGINE, AnalysisEngine)

# Where in the cell's text a mistake in writing stands is told by a name that no one can look up.
_IN_CELL = re.compile(r"\s*\(<ipython-input-[^>]*>, line (\d+)\)$")
_LINE = r"（\1行目）"
TYPES = {"str": str, "int": int, "float": float, "bool": bool}


def check_parameters(notebook: Path, parameters: Mapping[str, object]) -> None:
    """Raise ReportError unless every parameter is one of the notebook's, of its declared type.

    The message lists the known parameters with their types and help. A notebook without a cell
    tagged `parameters`, or with an untyped parameter, can't be run at all.
    """
    _check(notebook, read_notebook(notebook), parameters)


def _check(path: Path, notebook: "NotebookNode", parameters: Mapping[str, object]) -> None:
    known = _read_parameters(path, notebook)
    wrong = [f"「{name}」という引数はありません。" for name in parameters if name not in known] + [
        f"「{name}」は {known[name]['type']} で指定してください（{value!r} が渡されました）。"
        for name, value in parameters.items()
        if name in known and type(value) is not TYPES[known[name]["type"]]
    ]
    if wrong:
        listing = "\n".join(
            f"  {name}: {item['type']}  {item['help']}" for name, item in known.items()
        )
        raise ReportError(
            f"{name_notebook(path)} に渡した引数が使えません。\n"
            + "\n".join(wrong)
            + f"\n使える引数:\n{listing}"
        )


def read_parameters(
    notebook: "NotebookNode", tags: Sequence[str] = ("parameters", "injected-parameters")
) -> dict[str, object]:
    """Return the parameters in a notebook's cells of these tags, a given one before a default."""
    found: dict[str, object] = {}
    for cell in notebook.cells:
        if {*tags} & set(cell.metadata.get("tags", [])):
            for node in ast.parse(cell.source).body:
                match node:
                    case (
                        ast.AnnAssign(target=ast.Name(id=name), value=ast.Constant(value=value))
                        | ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=value))
                    ):
                        found[name] = value
    return found


def run_notebook(path: Path, parameters: Mapping[str, object]) -> "NotebookNode":
    """Run a notebook in this process, in the folder in which it is, and return it with outputs.

    To be called in a process of its own, which the notebook may leave as it likes. Nothing of when
    and where it ran is in what is returned. Raises ReportError for unusable parameters, and for a
    cell that failed, with the cell's number and message.
    """
    notebook = read_notebook(path)
    _check(path, notebook, parameters)
    try:
        executed: NotebookNode = papermill.execute_notebook(
            # Not its path, in which papermill would fill in what stands in braces.
            notebook,
            None,
            parameters=dict(parameters),
            engine_name=ENGINE,
            kernel_name="python3",
            progress_bar=False,
        )
    except PapermillExecutionError as error:
        raise ReportError(
            f"{name_notebook(path)} の{_count_cell(notebook, error, parameters)}番目のセル"
            f"「{error.source.strip().splitlines()[-1]}」で止まりました。\n"
            f"{error.ename}: {_IN_CELL.sub(_LINE, str(error.evalue))}"
        ) from None
    _forget_the_run(executed)
    return executed


def _count_cell(
    notebook: "NotebookNode", error: PapermillExecutionError, parameters: Mapping[str, object]
) -> int:
    """Return which cell of the notebook failed, the one with the given parameters not counted."""
    tagged = ["parameters" in cell.metadata.get("tags", []) for cell in notebook.cells]
    is_behind = bool(parameters) and error.cell_index > tagged.index(True)
    return int(error.cell_index) + (0 if is_behind else 1)


def _forget_the_run(notebook: "NotebookNode") -> None:
    """Take out what papermill says of this very run: times, folders, a random id."""
    for part in (notebook, *notebook.cells):
        part.metadata.pop("papermill", None)
        part.metadata.pop("execution", None)
    for cell in notebook.cells:
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.id = "injected-parameters"


def _read_parameters(path: Path, notebook: "NotebookNode") -> dict[str, dict[str, str]]:
    """Return each parameter's declared type and help."""
    cells = [
        (number, cell.source)
        for number, cell in enumerate(notebook.cells, start=1)
        if "parameters" in cell.metadata.get("tags", [])
    ]
    if len(cells) != 1:
        raise ReportError(
            f"{name_notebook(path)} には parameters というタグの付いたセルが"
            f"ちょうど1つ必要です（いまは{len(cells)}つ）。"
        )
    declared = {
        node.target.id: ast.unparse(node.annotation)
        for node in parse_code(path, *cells[0]).body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }
    if "name" not in notebook.metadata.get("kernelspec", {}):
        raise ReportError(
            f"{name_notebook(path)} のカーネルが決まっていません。"
            "JupyterLab で開き、カーネルに Python 3 を選んで保存してください。"
        )
    found = papermill.inspect_notebook(notebook)
    untyped = [name for name in found if declared.get(name) not in TYPES]
    if untyped:
        raise ReportError(
            f"{name_notebook(path)} の引数 {', '.join(untyped)} に型がありません。"
            "`名前: 型 = 既定値  # 説明` の形で書いてください。"
        )
    return {name: {"type": declared[name], "help": found[name]["help"]} for name in found}
