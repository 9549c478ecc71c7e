"""The papermill engine `analysis`: a notebook in a shell of IPython's own, within this process.

No kernel, no socket and no message: who wants a notebook apart runs papermill in a process of its
own, as a build does. Papermill itself loads this module when it is imported; import that first.
"""

import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import CapturingDisplayPublisher
from IPython.core.interactiveshell import ExecutionResult, InteractiveShell
from IPython.core.profiledir import ProfileDir
from IPython.utils.capture import CapturedIO, capture_output
from nbformat import NotebookNode, from_dict
from papermill.engines import Engine, NotebookExecutionManager
from traitlets import Type
from traitlets.config import Config


class AnalysisEngine(Engine):  # type: ignore[misc]
    """Runs a notebook with no trace of the user or of the run before."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: NotebookExecutionManager, kernel_name: str, **kwargs: Any
    ) -> None:
        """Run the managed notebook until a cell fails, whose error then stands in its outputs."""
        with _open_shell() as shell:
            for index, cell in enumerate(nb_man.nb.cells):
                nb_man.cell_start(cell, index)
                error = _run_cell(shell, cell) if cell.cell_type == "code" else None
                if error is not None:
                    nb_man.cell_exception(cell, cell_index=index, exception=error)
                nb_man.cell_complete(cell, cell_index=index)
                if error is not None:
                    break
        nb_man.nb.metadata.language_info = {"name": "python"}


class _Hook(DisplayHook):
    """Takes what a cell is worth for what it showed."""

    def write_output_prompt(self) -> None:
        """Print nothing."""

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        """Keep it with what the cell displays itself."""
        shell: Any = self.shell
        shell.display_pub.publish(format_dict, md_dict)

    def finish_displayhook(self) -> None:
        """Print nothing."""
        self._is_active = False


class _Shell(InteractiveShell):
    """A shell that keeps what cells show."""

    display_pub_class = Type(CapturingDisplayPublisher)
    displayhook_class = Type(_Hook)

    def ask_exit(self) -> None:
        """End the notebook, as `sys.exit` does: what `exit` asks for."""
        raise SystemExit("exit")


@contextmanager
def _open_shell() -> Iterator[Any]:
    """Give a shell without a user's settings, start-up files or history."""
    main = sys.modules["__main__"]
    _Shell.clear_instance()
    with TemporaryDirectory(prefix="analysis-shell-") as folder:
        try:
            yield _Shell.instance(
                config=Config({"HistoryManager": {"enabled": False}}),
                profile_dir=ProfileDir.create_profile_dir(folder),  # type: ignore[no-untyped-call]
            )
        finally:
            _Shell.clear_instance()
            sys.modules["__main__"] = main


def _run_cell(shell: Any, cell: NotebookNode) -> BaseException | None:
    """Run a cell, set what it showed, and return what it raised."""
    shell.display_pub.outputs.clear()
    with capture_output(display=False) as captured:
        result: ExecutionResult = shell.run_cell(cell.source, store_history=True)
    error = result.error_before_exec or result.error_in_exec
    cell.execution_count = result.execution_count
    outputs = _list_outputs(shell, captured, error)
    cell.outputs = [from_dict(output) for output in outputs]  # type: ignore[no-untyped-call]
    return error


def _list_outputs(
    shell: Any, captured: CapturedIO, error: BaseException | None
) -> Iterator[dict[str, Any]]:
    """Yield the outputs of the cell that was run last, as a notebook holds them."""
    if error is not None:
        yield {
            "output_type": "error",
            "ename": type(error).__name__,
            "evalue": str(error),
            "traceback": traceback.format_exception(error),
        }
        return
    for name, text in (("stdout", captured.stdout), ("stderr", captured.stderr)):
        if text:
            yield {"output_type": "stream", "name": name, "text": text}
    for shown in shell.display_pub.outputs:
        yield {
            "output_type": "display_data",
            "data": shown["data"],
            "metadata": shown["metadata"] or {},
        }
