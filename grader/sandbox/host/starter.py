"""Opens what starts children, by the method that was chosen."""

import sys
from collections.abc import Sequence
from pathlib import Path

from grader.errors import UsageError
from grader.sandbox.host.child import ChildStarter
from grader.sandbox.host.given import Given
from grader.sandbox.host.launch import Launched, launch
from grader.sandbox.host.spawned_process import SpawnedProcess
from grader.sandbox.host.spawner import Spawner
from grader.sandbox.host.start_method import StartMethod


def open_starter(
    *,
    hidden: Sequence[Path] = (),
    launched: Launched | None = None,
    given: Given | None = None,
    method: StartMethod | None = None,
) -> ChildStarter:
    """Return what starts children.

    Args:
        hidden: Further files and folders that no child may read, such as those of an assignment.
        launched: Its first process, if it was started already; then ``method`` is that one's.
        given: What lies in the folder of each child, or can be imported there.
        method: How children are started, by default as `default_start_method` says.

    Raises:
        UsageError: This system doesn't have the method.
        InternalError: What is given can't be copied.
    """
    first = launched or launch(method)
    if isinstance(first, SpawnedProcess):
        return Spawner(hidden=hidden, launched=first, given=given)
    if sys.platform == "win32":
        raise UsageError("Windows has no forkserver")
    else:  # noqa: RET506 - so that types are checked for each system
        from grader.sandbox.host.forkserver import Forkserver  # noqa: PLC0415

        return Forkserver(hidden=hidden, launched=first, given=given)
