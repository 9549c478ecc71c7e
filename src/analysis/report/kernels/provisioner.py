"""The kernel provisioner `analysis-warm`: kernels forked from the warm process.

For the stock tools too: with JUPYTER_DEFAULT_PROVISIONER_NAME=analysis-warm, JupyterLab and
papermill start their kernels here.
"""

import asyncio
import shutil
import tempfile
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from analysis.report.kernels.launch import Launch, read_arguments
from analysis.report.kernels.process import WarmProcess
from analysis.report.kernels.warm import is_warm

STREAMS = {"stdin", "stdout", "stderr"}


class WarmProvisioner(LocalProvisioner):
    """Forks a kernel instead of starting it; what can't be forked is started as ever.

    A kernel's own files, the sockets of a forked one among them, are in a folder that goes with it.
    """

    process: Any
    folder: str | None = None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Give the kernel a folder, and sockets in it if it can be forked; prepare as ever."""
        manager: Any = self.parent
        forked = is_warm() and read_arguments(manager.format_kernel_cmd()) is not None
        if self.folder is None:
            self.folder = tempfile.mkdtemp(prefix="kernel-")
            if not manager.connection_file:
                manager.connection_file = str(Path(self.folder) / "kernel.json")
            if forked:
                manager.cache_ports = False
                manager.transport = "ipc"
                manager.ip = str(Path(self.folder) / "k")
        return await super().pre_launch(**kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork the kernel; start it as ever if it is not this Python's or has its own streams.

        Raises RuntimeError when the warm process can't be reached.
        """
        arguments = read_arguments(cmd)
        if self.folder is None or arguments is None or not is_warm() or STREAMS & kwargs.keys():
            return await super().launch_kernel(cmd, **kwargs)
        cwd = str(Path(kwargs.get("cwd") or Path.cwd()).absolute())
        try:
            self.process = WarmProcess(Launch(arguments, cwd, kwargs["env"], self.folder))
        except RuntimeError:
            await self.cleanup()
            raise
        # The kernel begins with a group of its own.
        self.pid = self.pgid = self.process.pid
        self.cwd = cwd
        return self.connection_info

    async def kill(self, restart: bool = False) -> None:
        """Kill the kernel and see it end, which takes a moment and no round of polling."""
        await super().kill(restart)
        if isinstance(self.process, WarmProcess) and self.process.returncode is None:
            loop, ended = asyncio.get_running_loop(), asyncio.Event()
            loop.add_reader(self.process.sentinel, ended.set)
            try:
                await ended.wait()
            finally:
                loop.remove_reader(self.process.sentinel)

    async def cleanup(self, restart: bool = False) -> None:
        """Remove the kernel's folder unless it starts again."""
        await super().cleanup(restart)
        if self.folder is not None and not restart:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder = None
