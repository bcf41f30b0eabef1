"""Starts and ends the forkserver's process; `forkserver` talks to it."""

import contextlib
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass

from grader.bootstrap import python_command
from grader.sandbox.host.home import Home
from grader.sandbox.process_tree import end_descendants

_PROGRAM = "from grader.sandbox.guest.start import main; main(int(sys.argv[2]), sys.argv[3])"

_PATIENCE_S = 2.0


@dataclass(frozen=True, slots=True)
class ForkserverProcess:
    """A forkserver process that was started.

    Attributes:
        process: The process.
        control: The host's end of its control socket.
        home: Its current folder, which contains all scratch folders; `close` removes it.
    """

    process: "subprocess.Popen[bytes]"
    control: socket.socket
    home: Home

    @classmethod
    def start(cls, home: Home) -> "ForkserverProcess":
        """Start it; return at once."""
        ours, theirs = socket.socketpair()
        with theirs, contextlib.ExitStack() as on_failure:
            on_failure.callback(ours.close)
            process = subprocess.Popen(
                python_command(_PROGRAM, str(theirs.fileno()), str(home.folder)),
                env=home.environment(),
                cwd=home.folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                process_group=0,  # Ctrl-C is for the host: here it would interrupt an import
            )
            on_failure.pop_all()
        return cls(process, ours, home)

    def close(self, *, is_listening: bool = False) -> None:
        """End the process and all its children, and remove its folder.

        Calling this twice does no harm.

        Args:
            is_listening: Whether the process reads its control socket already. If so, it kills its
                children and ends by itself. If not, it is killed, with all that come from it.
        """
        self.control.close()
        if not is_listening:
            self._kill()
        if self.wait(_PATIENCE_S) is None:
            self._kill()
            self.process.wait()
        self.home.remove()

    def _kill(self) -> None:
        """Kill the process and all that come from it.

        The kernel kills its children with it, but not what they have started. Those are found as
        long as the process exists, and there are no new ones while it is stopped.
        """
        if sys.platform != "win32":  # which has no forkserver
            self.process.send_signal(signal.SIGSTOP)
        if self.process.poll() is None:
            end_descendants(self.process.pid)
        self.process.kill()

    def wait(self, patience_s: float = 1.0) -> int | None:
        """Wait for the process to end, and return its exit status, or None if it hasn't ended."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self.process.wait(timeout=patience_s)
        return None
