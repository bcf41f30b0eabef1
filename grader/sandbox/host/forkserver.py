"""The host's side of the forkserver: have it fork children, and kill them."""

import io
import os
import socket
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from grader.errors import StarterLostError
from grader.observations.frames import PREFIX_BYTES, FrameError, encode_frame, receive_message
from grader.observations.locks import Lock
from grader.observations.messages import (
    ChildLimits,
    FromForkserver,
    Kill,
    Killed,
    Spawn,
    Spawned,
    Starting,
    Warm,
    Warmed,
)
from grader.sandbox.host.child import Child, ChildStarter
from grader.sandbox.host.child_folders import ChildFolders
from grader.sandbox.host.forkserver_process import ForkserverProcess
from grader.sandbox.host.given import Given
from grader.sandbox.host.home import Home
from grader.sandbox.host.scratch import remove_folder

assert sys.platform != "win32"  # noqa: S101 - which has no fork; for mypy

_T = TypeVar("_T", Starting, Warmed, Spawned, Killed)

# Far longer than a busy machine needs: a forkserver that is silent for so long hangs.
_DEADLINE_S = 60.0
_IMPORT_DEADLINE_S = 600.0
_REMOVAL_S = 2.0


class Forkserver(ChildStarter):
    """A process that has imported torch and forks a child for every session.

    Creating it returns at once; the first use waits until torch is imported. It must not be used
    from several threads at once.

    Args:
        hidden: Further files and folders that no child may read, such as those of an assignment.
        launched: The process, if it was started already.
        given: What lies in the folder of each child, or can be imported there.

    Attributes:
        landlock_abi_cap: In tests, the version of Landlock's interface that new children use at
            most, as on an older kernel.
    """

    def __init__(
        self,
        *,
        hidden: Sequence[Path] = (),
        launched: ForkserverProcess | None = None,
        given: Given | None = None,
    ) -> None:
        self._process = launched or ForkserverProcess.start(Home.make())
        self._control = self._process.control
        # One request and its answer at a time: after an interruption, sessions are closed while
        # the thread of the checks may still use theirs.
        self._exchange = threading.Lock()
        self._children: dict[int, Child] = {}
        self._pending_warmups = 1
        self._warm: set[str] = set()
        self._versions: dict[str, str] = {}
        self.landlock_abi_cap: int | None = None
        try:
            self._folders = ChildFolders(self._process.home, hidden=hidden, given=given)
        except BaseException:
            self.close()
            raise

    def warm(self, modules: Sequence[str]) -> None:
        """Have the forkserver import more modules before the next fork; returns at once."""
        new = tuple(name for name in modules if name not in self._warm)
        if new:
            self._warm.update(new)
            self._send(Warm(modules=new))
            self._pending_warmups += 1

    @property
    def versions(self) -> dict[str, str]:
        """The versions of torch and numpy in the children; waits until they are imported."""
        self._catch_up()
        return self._versions

    def keep_ready(self, children: int) -> None:
        """Do nothing: a child takes no longer than a fork."""

    def start_child(self, *, limits: ChildLimits, without: Sequence[Lock]) -> Child:
        """Fork a child with a folder of its own, in which there is only what is given.

        Raises:
            StarterLostError: The forkserver has ended, or doesn't answer.
            InternalError: What is given can't be put into its folder.
        """
        self._catch_up()
        scratch = self._folders.make()
        ours, theirs = socket.socketpair()
        output, output_end = os.pipe()
        try:
            message = Spawn(
                scratch=str(scratch.path),
                readable=self._folders.readable,
                limits=limits,
                without=tuple(without),
                landlock_abi_cap=self.landlock_abi_cap,
            )
            with self._exchange:
                self._send(message, descriptors=(theirs.fileno(), output_end))
                pid = self._receive(Spawned).pid
        except BaseException:
            ours.close()
            os.close(output)
            remove_folder(scratch.path)
            raise
        finally:
            theirs.close()
            os.close(output_end)
        ours.setblocking(False)  # noqa: FBT003 - its only form
        os.set_blocking(output, False)
        child = Child(
            pid=pid,
            socket=ours,
            output=io.FileIO(output),
            scratch=scratch.path,
            given_bytes=scratch.given_bytes,
            given_files=scratch.given_files,
        )
        self._children[pid] = child
        return child

    def kill(self, child: Child) -> int:
        """Kill a child, wait until it is gone, and remove its folder.

        Returns:
            Minus the signal that ended it, or its exit code.
        """
        if self._children.pop(child.pid, None) is not None:
            child.close_ends()
        try:
            with self._exchange:
                self._send(Kill(pid=child.pid))
                status = self._receive(Killed).status
        finally:
            # What takes longer is removed at the end, together with the folder around it.
            remove_folder(child.scratch, patience_s=_REMOVAL_S)
        return status

    def close(self) -> None:
        """End the forkserver and every child that is left."""
        self._process.close(is_listening=not self._pending_warmups)
        while self._children:  # of sessions that an interruption left open
            self._children.popitem()[1].close_ends()

    def _catch_up(self) -> None:
        if self._control.fileno() < 0:  # closed, after a deadline that it missed
            raise StarterLostError("is gone")
        if not self._folders.readable:  # found out while the forkserver imports torch
            self._folders.look_up(self._receive(Starting, is_importing=True).path)
        while self._pending_warmups:
            self._versions = self._receive(Warmed, is_importing=True).versions
            self._pending_warmups -= 1

    def _send(self, message: Warm | Spawn | Kill, *, descriptors: Sequence[int] = ()) -> None:
        try:
            self._control.settimeout(_DEADLINE_S)
            frame = encode_frame(message)
            # The descriptors travel with the first bytes, which always fit into the socket.
            socket.send_fds(self._control, [frame[:PREFIX_BYTES]], list(descriptors))
            self._control.sendall(frame[PREFIX_BYTES:])
        except OSError as error:
            raise self._lost(error) from error

    def _receive(self, kind: type[_T], *, is_importing: bool = False) -> _T:
        """Wait for the next message.

        Raises:
            StarterLostError: The message is of another kind, or does not come in time.
        """
        try:
            self._control.settimeout(_IMPORT_DEADLINE_S if is_importing else _DEADLINE_S)
            message = receive_message(self._control, FromForkserver)
        except (EOFError, OSError, FrameError) as error:
            raise self._lost(error) from error
        if not isinstance(message, kind):
            raise StarterLostError(f"answered {type(message).__name__} instead of {kind.__name__}")
        return message

    def _lost(self, error: Exception) -> StarterLostError:
        """Make the error for a lost process; end one that is late, as it may be mid-message."""
        if isinstance(error, TimeoutError):
            self._process.close()
            return StarterLostError("did not answer in time")
        return StarterLostError(
            f"ended unexpectedly with status {self._process.wait()}; "
            "is torch installed in this environment?"
        )
