"""What a process has used so far, as the kernel accounts for it."""

import os
import sys
import time

_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
_NANOSECOND = 1e-9


def read_cpu_s(pid: int) -> float | None:
    """Return the CPU seconds of a process, over all its threads, including those that ended.

    Where the kernel doesn't say, such as of a process that is gone, the result is None; without
    ``/proc`` it is wall time.
    """
    if sys.platform != "linux":
        return time.monotonic()
    try:
        # clock_getcpuclockid(3): how Linux numbers the CPU clocks of processes. It is ten times
        # quicker than /proc, and exact to the nanosecond.
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:
        return None


def read_queue_s(pid: int) -> float:
    """Return the seconds that the threads of a process have waited for a CPU, 0 if not known."""
    total = 0
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208 - read 20 times a second
            # scheduler/sched-stats: time on the CPU, time on a run queue, number of timeslices.
            total += int(_read(f"/proc/{pid}/task/{thread}/schedstat").split()[1])
    except (OSError, ValueError, IndexError):  # it has just ended, or this is not Linux
        return total * _NANOSECOND
    return total * _NANOSECOND


def read_memory_bytes(pid: int) -> int:
    """Return the memory of a process that is not backed by files, 0 if not known.

    It contains what the process shares with its parent since the fork.
    """
    try:
        # proc_pid_statm(5): size, resident, shared, in pages.
        _, resident, shared, *_ = _read(f"/proc/{pid}/statm").split()
    except (OSError, ValueError):
        return 0
    return (int(resident) - int(shared)) * _PAGE_BYTES


def count_threads(pid: int) -> int:
    """Return the number of threads of a process, 1 if not known."""
    try:
        return len(os.listdir(f"/proc/{pid}/task"))  # noqa: PTH208 - read 20 times a second
    except OSError:
        return 1


def _read(path: str) -> bytes:
    with open(path, "rb") as file:  # noqa: PTH123 - read 20 times a second
        return file.read()
