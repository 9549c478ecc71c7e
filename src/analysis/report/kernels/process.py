"""A forked kernel as its manager sees it: the part of `subprocess.Popen` that managers use."""

import os
import signal
import weakref
from contextlib import suppress
from multiprocessing.connection import wait
from multiprocessing.reduction import ForkingPickler
from typing import IO

from analysis.report.kernels.launch import Launch
from analysis.report.kernels.warm import warm_up

UNKNOWN = 255


class WarmProcess:
    """A kernel forked from the warm process; ends with the process that started it.

    Not a `multiprocessing.Process`: that one would run the main program of whoever asks again in
    each kernel.
    """

    stdin: IO[bytes] | None = None
    stdout: IO[bytes] | None = None
    stderr: IO[bytes] | None = None

    def __init__(self, launch: Launch) -> None:
        """Start a kernel. Raises RuntimeError when the warm process can't be reached."""
        # Only here: not on every system.
        from multiprocessing.forkserver import (  # noqa: PLC0415
            connect_to_new_process,
            read_signed,
        )

        warm_up()
        # Nothing to prepare: what the kernel takes on is in `launch`.
        sent = ForkingPickler.dumps({}), ForkingPickler.dumps(launch)
        try:
            self.sentinel, alive = connect_to_new_process([])
            # While `alive` is open the kernel knows that its starter lives.
            self._close = weakref.finalize(self, _close, self.sentinel, alive)
            for part in sent:
                os.write(alive, part)
            self.pid: int = read_signed(self.sentinel)
        except (OSError, EOFError) as error:
            raise RuntimeError(f"the warm process did not fork: {error!r}") from error
        self._read_signed = read_signed
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return the exit code (negative for a signal), or None while the kernel runs."""
        if self.returncode is None and wait([self.sentinel], timeout=0):
            return self.wait()
        return self.returncode

    def wait(self) -> int:
        """Wait for the kernel's end and return its exit code; 255 when nobody can tell it."""
        if self.returncode is None:
            try:
                self.returncode = self._read_signed(self.sentinel)
            except (OSError, EOFError):
                # The warm process is gone, and the kernel goes with it.
                with suppress(ProcessLookupError):
                    os.kill(self.pid, signal.SIGKILL)
                self.returncode = UNKNOWN
            self._close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal to the kernel unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End the kernel at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask the kernel to end."""
        self.send_signal(signal.SIGTERM)


def _close(*descriptors: int) -> None:
    for descriptor in descriptors:
        os.close(descriptor)
