"""Notice where a notebook's own code may know answers for which it did not ask its findings.

Then it counts as made from everything. That is so when it read a file of the data itself, or named
something that is no part of this package: a library, a function, or what came out of one.
"""

import os
import sys
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from analysis.figures.asked import note_everything

_OURS = frozenset({"analysis", "builtins"})
# What IPython itself puts among a notebook's names.
_SHELL = frozenset({"In", "Out", "exit", "quit", "get_ipython", "open"})
_COMMON = ".toml"
"""How the names of those files of the data end of which every report is made anyway."""

_watched: list[str] = []


def watch_notebook(root: Path) -> None:
    """Note everything as asked for when a notebook opens a file of this project's data from now on.

    Of a process that runs no notebook nothing is noted.
    """
    if "get_ipython" not in _list_names():
        return
    if not _watched:
        sys.addaudithook(_note_opened)
    _watched.append(os.fspath(root / "data"))


def note_own_code() -> None:
    """Note everything as asked for if a notebook has named what is no part of this package."""
    names = _list_names()
    if "get_ipython" in names and not all(
        _is_ours(value)
        for name, value in names.items()
        if not name.startswith("_") and name not in _SHELL
    ):
        note_everything()


def _note_opened(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open" and isinstance(path := arguments[0], str) and not path.endswith(_COMMON):
        path = os.path.abspath(path)  # noqa: PTH100 - a Path would be made at every file
        if any(path.startswith(folder) for folder in _watched):
            note_everything()


def _list_names() -> dict[str, Any]:
    return dict(vars(sys.modules["__main__"]))


def _is_ours(value: object) -> bool:
    if isinstance(value, ModuleType):
        module = value.__name__
    elif isinstance(value, type | FunctionType):
        module = value.__module__
    else:
        module = type(value).__module__
    return module.partition(".")[0] in _OURS
