"""Notice where a notebook's own code may know answers for which it did not ask its findings.

Then it counts as made from everything. That is so when it imports what is no part of this package,
begins a process, or looks into the folder of the data; and when it has named something that is
neither ours nor a plain value.
"""

import builtins
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from analysis.figures.asked import note_everything

_OURS = frozenset({"analysis", "builtins"})
# What IPython itself puts among a notebook's names.
_SHELL = frozenset({"In", "Out", "exit", "quit", "get_ipython", "open"})
_LOOKS = frozenset({"open", "os.listdir", "os.scandir"})
_BEGINS = frozenset({"subprocess.Popen", "os.system", "os.posix_spawn", "os.fork", "os.exec"})
_COMMON = (".toml", f"{os.sep}raw")
"""How paths end at which anybody may look: settings make every report, cycles are but named."""

_watched: set[str] = set()
_import = builtins.__import__


def watch_notebook(root: Path) -> None:
    """Note from now on whatever a notebook of this project does beside asking its findings."""
    if not _watched:
        sys.addaudithook(_note_event)
        builtins.__import__ = _note_import
    _watched.add(os.fspath(root / "data"))


def is_notebook() -> bool:
    """Return whether this process runs a notebook."""
    return "get_ipython" in vars(sys.modules["__main__"])


def note_own_code() -> None:
    """Note everything as asked for if a notebook has named what is no part of this package."""
    names = dict(vars(sys.modules["__main__"]))
    if is_notebook() and not all(
        _is_ours(value)
        for name, value in names.items()
        if not name.startswith("_") and name not in _SHELL
    ):
        note_everything()


def _note_event(event: str, arguments: tuple[Any, ...]) -> None:
    if event in _BEGINS:
        note_everything()
    elif event in _LOOKS and isinstance(arguments[0], str | bytes):
        path = os.path.abspath(os.fsdecode(arguments[0]))  # noqa: PTH100 - no Path at every file
        if not path.endswith(_COMMON) and any(map(path.startswith, _watched)):
            note_everything()


def _note_import(
    name: str,
    globals: Mapping[str, object] | None = None,  # noqa: A002 - as Python names it
    locals: Mapping[str, object] | None = None,  # noqa: A002
    fromlist: Sequence[str] | None = (),
    level: int = 0,
) -> ModuleType:
    is_notebook = globals is not None and globals.get("__name__") == "__main__"
    if is_notebook and name.partition(".")[0] != "analysis":
        note_everything()
    return _import(name, globals, locals, fromlist or (), level)


def _is_ours(value: object) -> bool:
    if isinstance(value, ModuleType):
        module = value.__name__
    elif isinstance(value, type | FunctionType):
        module = value.__module__
    else:
        module = type(value).__module__
    return module.partition(".")[0] in _OURS
