"""Read a notebook's file: in one place, so that whatever is wrong with it is told in one way."""

import ast
import copy
import json
from pathlib import Path

from analysis.errors import AnalysisError, ReportError
from analysis.startup import ADDRESSES, absent
from analysis.texts import UnreadableTextError, compose_name, read_text

with absent(ADDRESSES):
    import nbformat
    from nbformat import NotebookNode, ValidationError

_FORMAT = 4
MADE_OF = "analysis_made_of"
"""Where an executed notebook says, in its metadata, which one it is."""


def name_notebook(path: Path) -> str:
    """Return how a message names a notebook."""
    return f"notebooks/{compose_name(path.name)}"


def read_notebook(path: Path) -> NotebookNode:
    """Return the notebook that a file holds; raise ReportError that says what keeps it from it."""
    try:
        # By its content it is among the inputs: a link may lead to it.
        notebook = _parse(read_text(path.resolve()))
    except UnreadableTextError as error:
        why = f"（{error.why}）"
    except json.JSONDecodeError as error:
        why = f"（{error.lineno}行目が JSON ではありません）"
    except RecursionError:
        why = "（入れ子が深すぎます）"
    except (AnalysisError, ValueError, ValidationError):
        why = ""
    else:
        return notebook
    raise ReportError(
        f"{name_notebook(path)} がないか、ノートブックとして読めません{why}。"
        "配布されたものに戻してください。"
    ) from None


def load_schema() -> None:
    """Compile what a notebook is held to, so that who is forked need not: 0.1 s for each."""
    nbformat.validate(nbformat.v4.new_notebook())  # type: ignore[no-untyped-call]


def write_notebook(executed: NotebookNode, name: str) -> bytes:
    """Return the file of a notebook that was run; `name` is that of the one that it was made of.

    It says so, as the file may have another name. The same notebook gives the same bytes.
    """
    executed = copy.deepcopy(executed)
    executed.metadata[MADE_OF] = name
    return f"{nbformat.writes(executed)}\n".encode()  # type: ignore[no-untyped-call]


def name_original(notebook: NotebookNode, name: str) -> str:
    """Return the name of the notebook that one called `name` was made of by a run; its own else.

    A build says so, and so does papermill's own command.
    """
    ran = notebook.metadata.get("papermill", {}).get("input_path")
    return str(notebook.metadata.get(MADE_OF) or (Path(ran).stem if ran else name))


def parse_code(path: Path, number: int, source: str) -> ast.Module:
    """Return the code of a notebook's cell; raise ReportError for what is no Python."""
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError) as error:
        line = getattr(error, "lineno", None) or 1
        raise ReportError(
            f"{name_notebook(path)} の{number}番目のセルの{line}行目は、Python として読めません。"
            "直すか、配布されたものに戻してください。"
        ) from None


def _parse(text: str) -> NotebookNode:
    """Return the notebook of a text; raises one of many errors."""
    found = json.loads(text)
    if not isinstance(found, dict) or found.get("nbformat") != _FORMAT:
        raise ValueError("no notebook of this format")
    cells = found.get("cells")
    # Before it looks at them by its schema, the library would mend each.
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        raise ValueError("no cells")
    nbformat.validate(nbformat.from_dict(found))  # type: ignore[no-untyped-call]
    # A half of a pair of signs can't be written again.
    json.dumps(found, ensure_ascii=False).encode()
    notebook: NotebookNode = nbformat.v4.to_notebook_json(found)  # type: ignore[no-untyped-call]
    return notebook
