"""Start JupyterLab in a survey's folder, with the extension that stands beside this module."""

import importlib.util
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from analysis.cycle import find_root

EXTENSIONS = Path(__file__).parent / "extension"
SERVER = "analysis.lab.server"

# Exporters of nbconvert's own that need what a machine may lack, and whether it has it.
_NEEDING: dict[str, Callable[[], bool]] = {
    "ASCIIDocExporter": lambda: _has("pandoc"),
    "RSTExporter": lambda: _has("pandoc"),
    "LatexExporter": lambda: _has("pandoc"),
    "PDFExporter": lambda: _has("pandoc") and _has("xelatex"),
    "QtExporter": lambda: importlib.util.find_spec("PyQt5") is not None,
    # It would load a browser from the network first.
    "WebPDFExporter": lambda: False,
}


def start_lab(options: Sequence[str]) -> None:
    """Run JupyterLab until it is ended, its root the survey's folder; `options` are its own.

    Raises SettingsError outside of a survey.
    """
    root = find_root()
    # Only here: it takes long to import.
    from jupyterlab.labapp import LabApp  # type: ignore[import-untyped]  # noqa: PLC0415

    LabApp.launch_instance(argv=[*list_settings(root), *options])


def list_settings(root: Path) -> Iterator[str]:
    """Yield the settings of JupyterLab as it is started in a survey's folder."""
    yield f"--ServerApp.root_dir={root}"
    yield f"--ServerApp.jpserver_extensions={SERVER}=True"
    yield f"--LabApp.extra_labextensions_path={EXTENSIONS}"
    # What can't work here is not offered.
    for name, is_there in _NEEDING.items():
        if not is_there():
            yield f"--{name}.enabled=False"


def _has(program: str) -> bool:
    return shutil.which(program) is not None
