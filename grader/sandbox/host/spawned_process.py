"""Starts and ends a fresh interpreter that becomes a child; `spawner` talks to it."""

import contextlib
import io
import os
import signal
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from grader.bootstrap import PACKAGE, python_command
from grader.sandbox.host.home import Home
from grader.sandbox.process_tree import end_descendants
from grader.system.python import base_python, venv_variables

_PROGRAM = "from grader.sandbox.guest.spawned import main; main(sys.argv[2], sys.argv[3])"

# In the place of a descriptor: the socket comes through standard input, as Windows shares it.
_SHARED = "shared"

_CHUNK_BYTES = 1 << 16


@dataclass(slots=True)
class SpawnedProcess:
    """A fresh interpreter that imports torch, and then waits for what it should run as a child.

    Attributes:
        process: The process.
        socket: The host's end of its socket.
        output: What it prints; doesn't block.
        home: Its current folder, which contains all scratch folders.
        confinement: What confines it from outside; closing that ends it.
    """

    process: "subprocess.Popen[bytes]"
    socket: socket.socket
    output: io.RawIOBase
    home: Home
    confinement: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    @classmethod
    def start(cls, home: Home) -> "SpawnedProcess":
        """Start it; return at once."""
        ours, theirs = socket.socketpair()
        with theirs, contextlib.ExitStack() as on_failure:
            on_failure.callback(ours.close)
            process, output = _start(theirs, home)
            on_failure.pop_all()
        return cls(process, ours, output, home)

    def close(self) -> None:
        """End the process, and remove the home; calling this twice does no harm."""
        self.end()
        self.home.remove()

    def end(self) -> int:
        """Kill the process and what it has started, and wait until it is gone.

        Returns:
            Minus the signal that ended it, or its exit code.
        """
        self.socket.close()
        self.output.close()
        if sys.platform != "win32" and self.process.poll() is None:
            # What it has started is found as long as it exists, and there is no more of that
            # while it is stopped. On Windows, all of it ends with the job object.
            self.process.send_signal(signal.SIGSTOP)
            end_descendants(self.process.pid)
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
        self.process.kill()
        status = self.process.wait()
        self.confinement.close()
        return status


def _start(theirs: socket.socket, home: Home) -> "tuple[subprocess.Popen[bytes], io.RawIOBase]":
    """Start the process with its end of the socket.

    Returns:
        The process, and what it prints.
    """
    if sys.platform == "win32":
        return _start_by_sharing(theirs, home)
    else:  # noqa: RET505 - so that types are checked for each system
        output, output_end = os.pipe()
        try:
            os.set_blocking(output, False)
            process = subprocess.Popen(
                [
                    *_sandbox_command(home),
                    *python_command(_PROGRAM, str(theirs.fileno()), str(home.folder)),
                ],
                env=home.environment(),
                cwd=home.folder,
                stdin=subprocess.DEVNULL,
                stdout=output_end,
                stderr=output_end,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )
        except BaseException:
            os.close(output)
            raise
        finally:
            os.close(output_end)
        return process, io.FileIO(output)


if sys.platform == "win32":

    def _start_by_sharing(
        theirs: socket.socket, home: Home
    ) -> "tuple[subprocess.Popen[bytes], io.RawIOBase]":
        """Start it first, and then share the socket with it.

        Pipes can't be waited for on Windows, so what comes out of one is passed on through a
        socket.
        """
        process = subprocess.Popen(
            python_command(_PROGRAM, _SHARED, str(home.folder), python=base_python()),
            env=home.environment() | venv_variables(),
            cwd=home.folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            bufsize=0,
            creationflags=subprocess.CREATE_NO_WINDOW,
        )
        try:
            assert process.stdin is not None  # noqa: S101 - asked for above
            assert process.stdout is not None  # noqa: S101
            with process.stdin as told:
                told.write(theirs.share(process.pid))
            return process, pump(process.stdout)
        except BaseException:
            process.kill()
            raise


def _sandbox_command(home: Home) -> list[str]:
    """Return the command by which macOS confines a process, if that was asked for.

    Only on request (``ZEROGRAD_SANDBOX_EXEC=1``): it was never tried on a Mac. The report still
    lists the locks of Linux as missing.
    """
    if sys.platform == "darwin" and os.environ.get("ZEROGRAD_SANDBOX_EXEC") == "1":
        from grader.sandbox.host.seatbelt import profile  # noqa: PLC0415 - only there

        python = (sys.prefix, sys.base_prefix, sys.exec_prefix)
        text = profile(
            home.folder,
            home=Path.home(),
            readable=(*map(Path, python), PACKAGE, home.font_cache),
            hidden=(PACKAGE / "assignments", PACKAGE.parent / "reference"),
        )
        return ["/usr/bin/sandbox-exec", "-p", text]
    return []


def pump(source: "IO[bytes]") -> io.RawIOBase:
    """Return what comes out of a pipe as a socket's file, which doesn't block.

    Args:
        source: The pipe, which is closed when it ends, or when nobody wants it any more.
    """
    output, end = socket.socketpair()

    def pass_on() -> None:
        with source, end, contextlib.suppress(OSError, ValueError):
            while data := source.read(_CHUNK_BYTES):
                end.sendall(data)

    threading.Thread(target=pass_on, daemon=True).start()
    with output:  # the file keeps it open
        output.setblocking(False)  # noqa: FBT003 - its only form
        return output.makefile("rb", buffering=0)
