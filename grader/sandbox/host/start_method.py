"""How the children of sessions are started."""

import enum
import os
import sys

from grader.errors import UsageError

VARIABLE = "ZEROGRAD_START_METHOD"


class StartMethod(enum.Enum):
    """How children are started.

    A forkserver imports torch once, and forks each child. The spawner starts a fresh interpreter
    for each: it works on every system, and each child takes as long as the import of torch.
    """

    FORKSERVER = "forkserver"
    SPAWN = "spawn"


def default_start_method() -> StartMethod:
    """Return how children are started unless a caller says otherwise.

    The environment variable ``ZEROGRAD_START_METHOD`` decides; without it, Linux has a forkserver.
    Windows can't fork. macOS can, but its system libraries may crash in a forked process, which is
    why Python's own ``multiprocessing`` spawns there too.

    Raises:
        UsageError: The variable has another value, or names what this system doesn't have.
    """
    chosen = os.environ.get(VARIABLE, "")
    known = {one.value: one for one in StartMethod}
    if chosen and chosen not in known:
        raise UsageError(f"{VARIABLE} must be {' or '.join(known)}, not {chosen!r}")
    if chosen:
        return expect_available(known[chosen])
    return StartMethod.FORKSERVER if sys.platform == "linux" else StartMethod.SPAWN


def expect_available(method: StartMethod) -> StartMethod:
    """Return the method if this system has it.

    Raises:
        UsageError: It needs a fork, which this system doesn't have.
    """
    if method is StartMethod.FORKSERVER and not hasattr(os, "fork"):
        raise UsageError("this system has no fork, so children can only be spawned")
    return method
