"""Starts and ends the forkserver's process.

This is a module of its own that imports very little: a command mostly waits for torch, so the
process that imports torch has to start before anything else. ``forkserver`` talks to it.
"""

import contextlib
import signal
import socket
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from grader.bootstrap import python_command
from grader.sandbox.host.scratch import remove_folder
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
        font_cache: A permanent folder for matplotlib's table of fonts.
    """

    process: "subprocess.Popen[bytes]"
    control: socket.socket
    home: Path
    font_cache: Path

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
        remove_folder(self.home)

    def _kill(self) -> None:
        """Kill the process and all that come from it.

        The kernel kills its children with it, but not what they have started. Those are found as
        long as the process exists, and there are no new ones while it is stopped.
        """
        self.process.send_signal(signal.SIGSTOP)
        if self.process.poll() is None:
            end_descendants(self.process.pid)
        self.process.kill()

    def wait(self, patience_s: float = 1.0) -> int | None:
        """Wait for the process to end, and return its exit status, or None if it hasn't ended."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self.process.wait(timeout=patience_s)
        return None


def launch() -> ForkserverProcess:
    """Start a forkserver, which begins to import torch; return at once."""
    home = Path(tempfile.mkdtemp(prefix="zerograd-"))
    font_cache = _font_cache(home)
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(
            python_command(_PROGRAM, str(theirs.fileno()), str(home)),
            env=_environment(home, font_cache),
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=(theirs.fileno(),),
        )
    return ForkserverProcess(process, ours, home, font_cache)


def _environment(home: Path, font_cache: Path) -> dict[str, str]:
    """Return the forkserver's whole environment, which has no variable of the caller's."""
    return {
        "PATH": "/usr/bin:/bin",  # ctypes finds libseccomp with ldconfig
        "LANG": "C.UTF-8",
        "PYTHONHASHSEED": "0",  # makes the order of sets, and so the report, reproducible
        "PYTHONDONTWRITEBYTECODE": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "MPLBACKEND": "Agg",
        "MPLCONFIGDIR": str(font_cache),
        "TORCHDYNAMO_DISABLE": "1",  # torch.compile then returns the function as it is
        "HOME": str(home),
        "TMPDIR": str(home),
        "USER": "student",
        "LOGNAME": "student",
    }


def _font_cache(home: Path) -> Path:
    """Return a permanent folder for matplotlib's table of fonts, which takes a second to make."""
    cache = platformdirs.user_cache_path("zerograd") / "matplotlib"
    try:
        cache.mkdir(parents=True, exist_ok=True)
    except OSError:
        cache = home / "matplotlib"
        cache.mkdir()
    return cache
