"""Starts the first process of the guest side: the forkserver, or a fresh child.

This is a module of its own that imports very little: a command mostly waits for torch, so the
process that imports torch has to start before anything else.
"""

from grader.sandbox.host.forkserver_process import ForkserverProcess
from grader.sandbox.host.home import Home
from grader.sandbox.host.spawned_process import SpawnedProcess
from grader.sandbox.host.start_method import (
    StartMethod,
    default_start_method,
    expect_available,
)

Launched = ForkserverProcess | SpawnedProcess


def launch(method: StartMethod | None = None) -> Launched:
    """Start the process, which begins to import torch; return at once.

    Args:
        method: How children are started, by default as `default_start_method` says.

    Raises:
        UsageError: This system doesn't have the method.
    """
    chosen = expect_available(method or default_start_method())
    home = Home.make()
    try:
        if chosen is StartMethod.FORKSERVER:
            return ForkserverProcess.start(home)
        return SpawnedProcess.start(home)
    except BaseException:
        home.remove()
        raise
