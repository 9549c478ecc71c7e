"""A notebook as it counts: without what a run and JupyterLab leave in its file.

Whoever opens a report's notebook in JupyterLab and runs it has changed nothing that a report is
made from. So that its fingerprint says so, a notebook counts as it was before it was run.
"""

import hashlib
import json
from pathlib import Path
from typing import Any


def hash_notebook(path: Path) -> str:
    """Return the sha256 of a notebook without the traces of a run.

    A notebook that has none counts by its bytes, as `sha256sum` has it; and so does a file that
    is no notebook. Any other counts as nbformat writes it once the traces are taken out.
    """
    content = path.read_bytes()
    try:
        notebook = json.loads(content)
        is_touched = _take_out_traces(notebook)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        is_touched = False
    if is_touched:
        written = json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        content = written.encode("utf-8", "surrogatepass")
    return hashlib.sha256(content).hexdigest()


def _take_out_traces(notebook: dict[str, Any]) -> bool:
    """Take out outputs, counts, times and the kernel's version; say whether there were any."""
    is_touched = False
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            is_touched |= bool(cell["outputs"]) or cell["execution_count"] is not None
            cell["outputs"], cell["execution_count"] = [], None
        is_touched |= cell["metadata"].pop("execution", None) is not None
    if language := notebook["metadata"].get("language_info"):
        is_touched |= language.keys() != {"name"}
        notebook["metadata"]["language_info"] = {"name": language["name"]}
    return is_touched
