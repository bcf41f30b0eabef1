"""Starts a fresh interpreter for each child, on systems that can't fork or shouldn't."""

import contextlib
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from grader.errors import StarterLostError
from grader.observations.frames import FrameError, receive_message, send_message
from grader.observations.locks import Lock
from grader.observations.messages import ChildLimits, FromSpawned, Spawn, Starting, Warm, Warmed
from grader.sandbox.host.child import Child, ChildStarter
from grader.sandbox.host.child_folders import ChildFolders
from grader.sandbox.host.given import Given
from grader.sandbox.host.home import Home
from grader.sandbox.host.scratch import remove_folder
from grader.sandbox.host.spawned_process import SpawnedProcess
from grader.sandbox.host.usage import read_memory_bytes

_T = TypeVar("_T", Starting, Warmed)

# Far longer than a busy machine needs to import torch: a process that is silent for so long hangs.
_IMPORT_DEADLINE_S = 600.0
_REMOVAL_S = 2.0
_PATIENCE_S = 2.0
_SUBJECT = "a new child"


class Spawner(ChildStarter):
    """Starts children as fresh processes, each of which imports torch.

    The import takes a second or two, so some processes are kept ready: the first is started at
    once, and `keep_ready` starts more. It must not be used from several threads at once.

    Args:
        hidden: Further files and folders that no child may read, such as those of an assignment.
        launched: The first process, if it was started already.
        given: What lies in the folder of each child, or can be imported there.

    Attributes:
        landlock_abi_cap: In tests, the version of Landlock's interface that new children use at
            most, as on an older kernel.
    """

    def __init__(
        self,
        *,
        hidden: Sequence[Path] = (),
        launched: SpawnedProcess | None = None,
        given: Given | None = None,
    ) -> None:
        first = launched or SpawnedProcess.start(Home.make())
        self._home = first.home
        self._ready = [_Importing(first)]
        # After an interruption, sessions are closed while the checks may still use theirs.
        self._exchange = threading.Lock()
        self._children: dict[int, tuple[Child, SpawnedProcess]] = {}
        self._warm: dict[str, None] = {}
        self._versions: dict[str, str] = {}
        self.landlock_abi_cap: int | None = None
        try:
            self._folders = ChildFolders(self._home, hidden=hidden, given=given)
        except BaseException:
            self.close()
            raise

    @property
    def versions(self) -> dict[str, str]:
        """The versions of torch and numpy in the children; waits until they are imported."""
        if not self._versions:
            self.keep_ready(1)
            self._versions = self._ready[0].finish()
        return self._versions

    def warm(self, modules: Sequence[str]) -> None:
        """Have later children import more modules before they load anything; returns at once."""
        new = tuple(name for name in modules if name not in self._warm)
        self._warm.update(dict.fromkeys(new))
        for one in self._ready if new else ():
            one.warm(new)

    def keep_ready(self, children: int) -> None:
        """Start processes until this many are ready, or about to be; returns at once."""
        while len(self._ready) < children:
            one = _Importing(SpawnedProcess.start(self._home))
            self._ready.append(one)
            if self._warm:
                one.warm(tuple(self._warm))

    def start_child(self, *, limits: ChildLimits, without: Sequence[Lock]) -> Child:
        """Turn a process that is ready into a child, with a folder of its own.

        Raises:
            StarterLostError: It can't be started, has ended, or doesn't answer.
            InternalError: What is given can't be put into its folder.
        """
        with self._exchange:
            self.keep_ready(1)
            importing = self._ready.pop(0)
        started = importing.process
        try:
            self._versions = importing.finish()
            if not self._folders.readable:
                self._folders.look_up(importing.path)
            scratch = self._folders.make()
        except BaseException:
            started.end()
            raise
        child = Child(
            pid=started.process.pid,
            socket=started.socket,
            output=started.output,
            scratch=scratch.path,
            given_bytes=scratch.given_bytes,
            given_files=scratch.given_files,
        )
        self._children[child.pid] = child, started
        try:
            self._confine(started, limits)
            message = Spawn(
                scratch=str(scratch.path),
                readable=self._folders.readable,
                limits=limits,
                without=tuple(without),
                landlock_abi_cap=self.landlock_abi_cap,
            )
            send_message(started.socket, message)
            started.socket.setblocking(False)  # noqa: FBT003 - its only form
        except BaseException as error:
            self.kill(child)
            if isinstance(error, OSError):
                raise importing.lost(error) from error
            raise
        return child

    def kill(self, child: Child) -> int:
        """Kill a child, wait until it is gone, and remove its folder.

        Returns:
            Minus the signal that ended it, or its exit code; 0 if it was killed before.
        """
        with self._exchange:
            _, started = self._children.pop(child.pid, (child, None))
        try:
            return 0 if started is None else started.end()
        finally:
            # What takes longer is removed at the end, together with the folder around it.
            remove_folder(child.scratch, patience_s=_REMOVAL_S)

    def close(self) -> None:
        """End all processes, and remove their folders."""
        while self._ready:
            self._ready.pop().process.end()
        while self._children:  # of sessions that an interruption left open
            self._children.popitem()[1][1].end()
        self._home.remove()

    def _confine(self, started: SpawnedProcess, limits: ChildLimits) -> None:
        """Limit from outside what a child can't limit itself on this system."""
        if sys.platform == "win32":
            from grader.sandbox.host.windows_job import confine  # noqa: PLC0415 - only there

            inherited_bytes = read_memory_bytes(started.process.pid)
            handle = int(vars(started.process)["_handle"])  # `subprocess` has no public name for it
            job = confine(handle, inherited_bytes + limits.memory_bytes)
            started.confinement.enter_context(job)


class _Importing:
    """A process that imports what it has to.

    Attributes:
        process: The process.
        path: Where its Python looks for packages, once it has finished.
    """

    def __init__(self, process: SpawnedProcess) -> None:
        self.process = process
        self.path: tuple[str, ...] = ()
        self._pending = 1
        self._versions: dict[str, str] = {}

    def warm(self, modules: tuple[str, ...]) -> None:
        """Have it import more modules; what went wrong shows when it has to finish."""
        with contextlib.suppress(OSError):
            send_message(self.process.socket, Warm(modules=modules))
        self._pending += 1

    def finish(self) -> dict[str, str]:
        """Wait until everything is imported, and return the versions of torch and numpy.

        Raises:
            StarterLostError: The process has ended, or doesn't answer.
        """
        if not self.path:
            self.path = self._receive(Starting).path
        while self._pending:
            self._versions = self._receive(Warmed).versions
            self._pending -= 1
        return self._versions

    def lost(self, error: Exception) -> StarterLostError:
        """Make the error for a process that is lost, and end it."""
        if isinstance(error, TimeoutError):
            self.process.end()
            return StarterLostError("did not answer in time", subject=_SUBJECT)
        with contextlib.suppress(subprocess.TimeoutExpired):  # its socket is closed first
            self.process.process.wait(_PATIENCE_S)
        printed = self._printed()
        status = self.process.end()
        return StarterLostError(
            f"ended unexpectedly with status {status}; is torch installed in this environment?"
            f"\n{printed}".rstrip(),
            subject=_SUBJECT,
        )

    def _receive(self, kind: type[_T]) -> _T:
        try:
            self.process.socket.settimeout(_IMPORT_DEADLINE_S)
            message = receive_message(self.process.socket, FromSpawned)
        except (EOFError, OSError, FrameError) as error:
            raise self.lost(error) from error
        if not isinstance(message, kind):
            raise StarterLostError(
                f"answered {type(message).__name__} instead of {kind.__name__}", subject=_SUBJECT
            )
        return message

    def _printed(self) -> str:
        """Return the end of what it has printed, such as why torch can't be imported."""
        with contextlib.suppress(OSError, ValueError):
            return (self.process.output.read(_QUOTED_BYTES) or b"").decode("utf-8", "replace")
        return ""


_QUOTED_BYTES = 2000
