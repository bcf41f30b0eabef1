"""A child as the host sees it, and what starts and ends children."""

import io
import socket
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.observations.locks import Lock
from grader.observations.messages import ChildLimits
from grader.system.closing import Closing


@dataclass(frozen=True, slots=True)
class Child:
    """A child: its process id, its socket, what it prints, its scratch folder.

    Socket and output don't block; both can be waited for. ``given_bytes`` and ``given_files`` are
    what was in the folder from the beginning.
    """

    pid: int
    socket: socket.socket
    output: io.RawIOBase
    scratch: Path
    given_bytes: int = 0
    given_files: int = 0

    def close_ends(self) -> None:
        """Close the host's ends of socket and output; a second call does nothing."""
        self.socket.close()
        self.output.close()


class ChildStarter(Closing):
    """Starts the children of sessions and ends them: the forkserver, or the spawner.

    Creating one returns at once; the first use waits until torch is imported. It must not be used
    from several threads at once.
    """

    @property
    @abstractmethod
    def versions(self) -> dict[str, str]:
        """The versions of torch and numpy in the children; waits until they are imported."""

    @abstractmethod
    def warm(self, modules: Sequence[str]) -> None:
        """Have later children import more modules before they load anything; returns at once."""

    @abstractmethod
    def keep_ready(self, children: int) -> None:
        """Prepare for this many children that are about to be needed; returns at once."""

    @abstractmethod
    def start_child(self, *, limits: ChildLimits, without: Sequence[Lock]) -> Child:
        """Start a child with a folder of its own, in which there is only what is given.

        Raises:
            StarterLostError: What starts children has ended, or doesn't answer.
            InternalError: What is given can't be put into its folder.
        """

    @abstractmethod
    def kill(self, child: Child) -> int:
        """Kill a child, wait until it is gone, and remove its folder.

        Returns:
            Minus the signal that ended it, or its exit code.
        """

    @abstractmethod
    def close(self) -> None:
        """End every child that is left, and remove all folders."""
