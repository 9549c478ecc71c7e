"""What a notebook takes from the answers: one of the extracts, as far as its code can tell.

A notebook that does no more than show sections of one module takes what that module takes. One with
any other code, as somebody may have written who edited it, may read any answer.
"""

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from analysis.cycle import Cycle

CITY_NAME, ANSWERS_NAME = "city.csv", "answers.csv"

_DEPARTMENT = "department"
# What the sections of these modules of the reports take; any other's may take anything.
_BY_MODULE = {
    _DEPARTMENT: CITY_NAME,
    "overview": ANSWERS_NAME,
    "guideline": ANSWERS_NAME,
}


def read_taken(cycle: Cycle) -> dict[str, str]:
    """Return the name of the extract that each notebook takes, without those that may take all."""
    found = {path.stem: _find_taken(path) for path in cycle.notebooks_folder.glob("*.ipynb")}
    return {notebook: name for notebook, name in sorted(found.items()) if name is not None}


def _find_taken(notebook: Path) -> str | None:
    modules: dict[str, str] = {}
    shown: set[str] = set()
    try:
        statements = list(_list_statements(json.loads(notebook.read_bytes())))
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        SyntaxError,
        RecursionError,
    ):
        return None
    for is_parameter, statement in statements:
        match statement:
            case ast.AnnAssign(value=ast.Constant()) if is_parameter:
                pass
            case ast.ImportFrom(module="analysis.report", names=names, level=0):
                modules |= {item.asname or item.name: item.name for item in names}
            case ast.ImportFrom(
                module="analysis.report.findings",
                names=[ast.alias(name="load_findings", asname=None)],
                level=0,
            ):
                pass
            case ast.Assign(
                targets=[ast.Name(id="findings")],
                value=ast.Call(
                    func=ast.Name(id="load_findings"), args=[ast.Name(id="cycle")], keywords=[]
                ),
            ):
                pass
            case ast.Expr(
                value=ast.Call(
                    func=ast.Attribute(value=ast.Name(id=module)),
                    args=[ast.Name(id="findings"), *more],
                    keywords=[],
                )
            ) if _is_plain(more, modules.get(module)):
                shown.add(modules[module])
            case _:
                return None
    return _BY_MODULE.get(shown.pop()) if len(shown) == 1 else None


def _is_plain(arguments: list[ast.expr], module: str | None) -> bool:
    """Say whether a section is given no more than it may be: its department is the parameter."""
    if module == _DEPARTMENT:
        return [ast.unparse(argument) for argument in arguments] == [_DEPARTMENT]
    return module is not None and all(isinstance(given, ast.Constant) for given in arguments)


def _list_statements(notebook: dict[str, Any]) -> Iterator[tuple[bool, ast.stmt]]:
    """Yield each statement of a notebook's code, and whether it stands among the parameters."""
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            is_parameter = "parameters" in cell["metadata"].get("tags", [])
            for statement in ast.parse("".join(cell["source"])).body:
                yield is_parameter, statement
