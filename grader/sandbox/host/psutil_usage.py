"""What a process has used so far, on systems without ``/proc``: macOS and Windows.

Tests use it on Linux; it was never run elsewhere. Two things are not known there: how long a
process has waited for a CPU, so on a busy machine that counts as waiting, and which files it has
open that have no name any more. On Windows there are none of those.
"""

import functools
from pathlib import Path

import psutil


def read_cpu_s(pid: int) -> float | None:
    """Return the CPU seconds of a process, over all its threads; None if it is gone."""
    try:
        times = _process(pid).cpu_times()
    except (psutil.Error, OSError):
        return None
    return times.user + times.system


def read_queue_s(pid: int) -> float:  # noqa: ARG001 - not known here
    """Return 0: these systems don't say how long a process has waited for a CPU."""
    return 0.0


def read_memory_bytes(pid: int) -> int:
    """Return the memory of a process, 0 if not known.

    On Windows that is what only it can use, swapped out or not; on macOS what is in memory.
    """
    try:
        memory = _process(pid).memory_info()
    except (psutil.Error, OSError):
        return 0
    return int(getattr(memory, "private", memory.rss))


def read_unlinked_bytes(pid: int, folder: Path, *, largest_bytes: int) -> int:  # noqa: ARG001
    """Return 0: these systems don't say which files without a name a process has open."""
    return 0


def count_threads(pid: int) -> int:
    """Return the number of threads of a process, 1 if not known."""
    try:
        return _process(pid).num_threads()
    except (psutil.Error, OSError):
        return 1


@functools.lru_cache(maxsize=64)
def _process(pid: int) -> psutil.Process:
    """Return what psutil knows of a process.

    It asks by the number each time, so one that was reused is not mistaken for the old process.

    Raises:
        psutil.Error: There is no such process.
    """
    return psutil.Process(pid)
