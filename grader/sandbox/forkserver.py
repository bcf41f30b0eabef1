"""Starts the forkserver process and asks it for children."""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import platformdirs

from grader.errors import WorkerLostError
from grader.observations.frames import PREFIX_BYTES, FrameError, encode_frame, receive_message
from grader.observations.messages import (
    ChildLimits,
    FromForkserver,
    Hello,
    Kill,
    Killed,
    Spawn,
    Spawned,
    Starting,
    Warm,
)
from grader.sandbox.allow_list import allow_list
from grader.sandbox.scratch import remove_folder

_PACKAGE = Path(__file__).resolve().parents[1]

# -P: no folder of the caller's comes first in sys.path. The package's own folder goes last, for a
# checkout that is not installed.
_BOOTSTRAP = (
    "import sys; sys.path.append(sys.argv[1]); "
    "from grader.worker.start import main; main(int(sys.argv[2]), sys.argv[3])"
)

_Answer = TypeVar("_Answer", Starting, Hello, Spawned, Killed)


@dataclass(frozen=True, slots=True)
class Child:
    """A forked child as the trusted side holds it: its id, its socket, its output, its folder."""

    pid: int
    socket: socket.socket
    output_descriptor: int
    scratch: Path


class Forkserver:
    """A process that has imported torch and forks a child for every session.

    Starting it returns at once; the first use waits until torch is imported. Not for
    use from several threads at once.

    Args:
        hidden: More files and folders that no child may read (an assignment's, say).
    """

    def __init__(self, *, hidden: Sequence[Path] = ()) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._control = ours
            self._home = Path(tempfile.mkdtemp(prefix="zerograd-"))
            environment = _environment(self._home)
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-P", "-c", _BOOTSTRAP),
                    *(str(_PACKAGE.parent), str(theirs.fileno()), str(self._home)),
                ],
                env=environment,
                cwd=self._home,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
            )
        self._pending_hellos = 1
        self._warm: set[str] = set()
        self._versions: dict[str, str] = {}
        self._fonts = Path(environment["MPLCONFIGDIR"])
        self._hidden = (_PACKAGE, *hidden)
        self._readable: tuple[str, ...] = ()

    def __enter__(self) -> Self:
        """Give the forkserver itself; leaving the context closes it."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the forkserver."""
        self.close()

    def warm(self, modules: Sequence[str]) -> None:
        """Have more modules imported before the next fork; returns at once."""
        new = tuple(name for name in modules if name not in self._warm)
        if new:
            self._warm.update(new)
            self._send(Warm(modules=new))
            self._pending_hellos += 1

    @property
    def versions(self) -> dict[str, str]:
        """The versions of torch and numpy in the children; waits until they are imported."""
        self._catch_up()
        return self._versions

    def spawn(self, *, limits: ChildLimits, without: Sequence[str]) -> Child:
        """Fork a child with an empty folder of its own.

        Raises:
            WorkerLostError: the forkserver is gone.
        """
        self._catch_up()
        scratch = Path(tempfile.mkdtemp(prefix="scratch-", dir=self._home))
        ours, theirs = socket.socketpair()
        output, output_end = os.pipe()
        try:
            message = Spawn(
                scratch=str(scratch),
                readable=self._readable,
                limits=limits,
                without=tuple(without),
            )
            self._send(message, descriptors=(theirs.fileno(), output_end))
            pid = self._receive(Spawned).pid
        except BaseException:
            ours.close()
            os.close(output)
            remove_folder(scratch)
            raise
        finally:
            theirs.close()
            os.close(output_end)
        return Child(pid=pid, socket=ours, output_descriptor=output, scratch=scratch)

    def kill(self, child: Child) -> int:
        """Kill a child, wait until it is gone, and remove its folder.

        Returns:
            Minus the signal that ended it, or its exit code.
        """
        child.socket.close()
        with contextlib.suppress(OSError):
            os.close(child.output_descriptor)
        try:
            self._send(Kill(pid=child.pid))
            status = self._receive(Killed).status
        finally:
            remove_folder(child.scratch)
        return status

    def close(self) -> None:
        """End the forkserver and every child that is left."""
        self._control.close()  # it kills its children and exits when it reads the end
        if self._pending_hellos:  # still importing, and without children
            self._process.kill()
        try:
            self._process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        remove_folder(self._home)

    def _catch_up(self) -> None:
        if not self._readable:  # worked out while the forkserver imports torch
            path = self._receive(Starting).path
            self._readable = (*allow_list(path, hidden=self._hidden), str(self._fonts))
        while self._pending_hellos:
            self._versions = self._receive(Hello).versions
            self._pending_hellos -= 1

    def _send(self, message: Warm | Spawn | Kill, *, descriptors: Sequence[int] = ()) -> None:
        try:
            frame = encode_frame(message)
            # The descriptors ride on the first bytes, which always fit into the socket.
            socket.send_fds(self._control, [frame[:PREFIX_BYTES]], list(descriptors))
            self._control.sendall(frame[PREFIX_BYTES:])
        except OSError as error:
            raise self._lost() from error

    def _receive(self, kind: type[_Answer]) -> _Answer:
        try:
            message = receive_message(self._control, FromForkserver)
        except (EOFError, OSError, FrameError) as error:
            raise self._lost() from error
        if not isinstance(message, kind):
            raise WorkerLostError(f"answered {type(message).__name__}, not {kind.__name__}")
        return message

    def _lost(self) -> WorkerLostError:
        status = self._process.poll()
        if status is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                status = self._process.wait(timeout=1)
        return WorkerLostError(
            f"ended unexpectedly with status {status}; is torch installed in this environment?"
        )


def _environment(home: Path) -> dict[str, str]:
    """Give the forkserver's whole environment: nothing of the caller's comes along."""
    return {
        "PATH": "/usr/bin:/bin",  # ctypes finds libseccomp with ldconfig
        "LANG": "C.UTF-8",
        "PYTHONHASHSEED": "0",  # the order of sets, and so the report, is the same each time
        "PYTHONDONTWRITEBYTECODE": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "MPLBACKEND": "Agg",
        "MPLCONFIGDIR": str(_font_cache(home)),
        "TORCHDYNAMO_DISABLE": "1",  # torch.compile then returns the function as it is
        "HOME": str(home),
        "TMPDIR": str(home),
        "USER": "student",
        "LOGNAME": "student",
    }


def _font_cache(home: Path) -> Path:
    """Find a lasting folder for matplotlib's table of fonts, which takes a second to make."""
    cache = platformdirs.user_cache_path("zerograd") / "matplotlib"
    try:
        cache.mkdir(parents=True, exist_ok=True)
    except OSError:
        cache = home / "matplotlib"
        cache.mkdir()
    return cache
