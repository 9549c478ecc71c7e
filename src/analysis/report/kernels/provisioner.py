"""The kernel provisioner `analysis-warm`: kernels forked from the warm process.

For the stock tools too: with JUPYTER_DEFAULT_PROVISIONER_NAME=analysis-warm, JupyterLab and
papermill start their kernels here.
"""

import asyncio
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from analysis.report.kernels.launch import Launch, read_arguments
from analysis.report.kernels.process import WarmProcess
from analysis.report.kernels.warm import is_warm

# The longest path of a socket that systems take is 104 to 108 bytes.
LONGEST_FOLDER = 80
STREAMS = {"stdin", "stdout", "stderr"}


class WarmProvisioner(LocalProvisioner):
    """Forks a kernel instead of starting it; what can't be forked is started as ever.

    The sockets of a forked kernel are files in a folder of their own, that goes with it.
    """

    process: Any
    sockets: str | None = None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Give the kernel sockets in a folder of its own, and prepare as ever."""
        manager: Any = self.parent
        forked = is_warm() and read_arguments(manager.format_kernel_cmd()) is not None
        if forked and self.sockets is None:
            self.sockets = make_folder()
            manager.cache_ports = False
            manager.transport = "ipc"
            manager.ip = str(Path(self.sockets) / "k")
            if not manager.connection_file:
                manager.connection_file = str(Path(self.sockets) / "kernel.json")
        return await super().pre_launch(**kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork the kernel; start it as ever if it is not this Python's or has its own streams."""
        arguments = read_arguments(cmd)
        if self.sockets is None or arguments is None or STREAMS & kwargs.keys():
            return await super().launch_kernel(cmd, **kwargs)
        folder = str(Path(kwargs.get("cwd") or Path.cwd()).absolute())
        self.process = WarmProcess(Launch(arguments, folder, kwargs["env"], self.sockets))
        # The kernel begins with a group of its own.
        self.pid = self.pgid = self.process.pid
        self.cwd = folder
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
        """Remove the kernel's sockets unless it starts again."""
        await super().cleanup(restart)
        if self.sockets is not None and not restart:
            shutil.rmtree(self.sockets, ignore_errors=True)
            self.sockets = None


def make_folder() -> str:
    """Make a folder of one's own, with a name short enough for a socket in it."""
    usual = tempfile.gettempdir()
    short = usual if len(os.fsencode(usual)) < LONGEST_FOLDER else "/tmp"  # noqa: S108
    return tempfile.mkdtemp(prefix="kernel-", dir=short)
