"""The papermill engine `analysis`: a notebook in a warm kernel that waits for nothing.

Papermill itself loads this module when it is imported; import papermill first.
"""

import asyncio
import os
import time
import uuid
from collections.abc import Mapping, Sequence
from contextvars import Context
from queue import Empty
from typing import Any

import zmq
import zmq.asyncio
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.paths import jupyter_path
from jupyter_core.utils import ensure_event_loop
from papermill.engines import NBClientEngine, NotebookExecutionManager
from traitlets import Dict, Type, default
from traitlets.config import Config

from analysis.report.kernels.provisioner import WarmProvisioner

# Whose machine it is must not show in a report: no settings or start-up files of a user's IPython.
ARGUMENTS = [
    "--ProfileDir.location={connection_file}.profile",
    "--IPKernelApp.auto_create=True",
    "--IPKernelApp.exec_PYTHONSTARTUP=False",
    "--HistoryManager.enabled=False",
    # The kernel warns on every start that a local socket is not encrypted.
    "--IPKernelApp.log_level=50",
]
RECONNECT_MS = 5
SILENCE_S = 0.02


class PromptClient(AsyncKernelClient):
    """A client that knows a kernel is ready by its answer, not by a silence after it."""

    @default("context")
    def _context_default(self) -> zmq.asyncio.Context:
        self._created_context = True
        context = zmq.asyncio.Context()
        # The kernel's sockets are there a moment after the client first looks for them.
        context.setsockopt(zmq.RECONNECT_IVL, RECONNECT_MS)
        return context

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel answers and its output arrives; RuntimeError if it does not."""
        deadline = time.monotonic() + (timeout or float("inf"))
        manager: Any = self.parent
        while not await self._answers():
            if not await manager.is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
            if time.monotonic() > deadline:
                raise RuntimeError(f"Kernel didn't respond in {timeout} seconds")

    async def _answers(self) -> bool:
        """Ask once; the kernel's own word that it is idle again shows that output arrives."""
        asked = self.kernel_info()
        try:
            self._handle_kernel_info_reply(await self.get_shell_msg(timeout=1))
            while True:
                # What was said before its output arrived here is lost: to ask anew costs little.
                said = await self.get_iopub_msg(timeout=SILENCE_S)
                about = said["parent_header"].get("msg_id")
                if about == asked and said["content"].get("execution_state") == "idle":
                    return True
        except Empty:
            return False


class ReportKernelManager(AsyncKernelManager):
    """Manages a kernel of the warm provisioner, wherever that is or is not registered."""

    client_factory = Type(PromptClient)
    environment = Dict(config=True, help="What the kernel's environment has beside this one's.")

    def __init__(self, **kwargs: Any) -> None:
        """Give the kernel its provisioner, so that none is looked up."""
        super().__init__(**kwargs)
        self.kernel_id = str(uuid.uuid4())
        # To ask IPython for a folder of its own would import all of it here.
        self.kernel_spec_manager.kernel_dirs = jupyter_path("kernels")
        self.provisioner = WarmProvisioner(
            kernel_id=self.kernel_id, kernel_spec=self.kernel_spec, parent=self
        )

    async def start_kernel(self, **kwargs: Any) -> None:  # type: ignore[override]
        """Start the kernel with its environment."""
        await super().start_kernel(env={**os.environ, **self.environment}, **kwargs)


class AnalysisEngine(NBClientEngine):  # type: ignore[misc]
    """Runs a notebook in a kernel of its own, with no trace of the user or the run before."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: NotebookExecutionManager, kernel_name: str, **kwargs: Any
    ) -> None:
        """Run the managed notebook; raises as papermill's own engine does.

        `environment` is what the kernel's has beside this process's.
        Threads may run one notebook each: each run has an event loop of its own, which ends with
        it. A context without variables, for Jupyter keeps a thread's loop in one.
        """
        Context().run(cls._execute, nb_man, kernel_name, **kwargs)

    @classmethod
    def _execute(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        extra_arguments: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        loop = ensure_event_loop()
        try:
            super().execute_managed_notebook(
                nb_man,
                kernel_name,
                kernel_manager_class=ReportKernelManager,
                config=Config({"ReportKernelManager": {"environment": dict(environment or {})}}),
                shutdown_kernel="immediate",
                extra_arguments=[*extra_arguments, *ARGUMENTS],
                **kwargs,
            )
        finally:
            # Who runs this in a loop has lent his own.
            if not loop.is_running():
                loop.close()
                asyncio.set_event_loop(None)
