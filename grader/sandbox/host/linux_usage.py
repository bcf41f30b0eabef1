"""What a process has used so far, as Linux accounts for it."""

import contextlib
import os
import re
import stat
import sys
import time
from pathlib import Path

from grader.system.placing import bytes_on_disk

if sys.platform != "linux":
    raise ImportError("only Linux has these files and clocks")

_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
_NANOSECOND = 1e-9
# proc_pid_status(5): memory that no file backs. Shared memory is used as well.
_MEMORY = re.compile(rb"^(RssAnon|RssShmem|VmSwap|HugetlbPages):\s*(\d+)", re.MULTILINE)
_DELETED = b" (deleted)"


def read_cpu_s(pid: int) -> float | None:
    """Return the CPU seconds of a process, over all its threads, including those that ended.

    Where the kernel doesn't say, such as of a process that is gone, the result is None.
    """
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
    except (OSError, ValueError, IndexError):  # it has just ended
        return total * _NANOSECOND
    return total * _NANOSECOND


def read_memory_bytes(pid: int) -> int:
    """Return the memory of a process that is not backed by files, 0 if not known.

    It contains what the process shares with its parent since the fork, and what was swapped out.
    """
    try:
        table = dict(_MEMORY.findall(_read(f"/proc/{pid}/status")))
        if b"RssAnon" in table:
            return sum(1024 * int(size) for size in table.values())
        # Some other kernels, such as gVisor's, have less to say.
        # proc_pid_statm(5): size, resident, shared, in pages.
        _, resident, shared, *_ = _read(f"/proc/{pid}/statm").split()
    except (OSError, ValueError):
        return 0
    return (int(resident) - int(shared)) * _PAGE_BYTES


def read_unlinked_bytes(pid: int, folder: Path, *, largest_bytes: int) -> int:
    """Return how much disk a process uses for files that have no name any more.

    Nobody finds these in a folder, but they use the disk as long as they are open or mapped.

    Args:
        pid: The process. All its threads must have the same descriptors.
        folder: The folder in which it can make files.
        largest_bytes: What a file counts that is only mapped, if the kernel doesn't say its size.

    Returns:
        The bytes; 0 if this process may not look into the other one.
    """
    sizes: dict[int, int] = {}
    mapped: dict[int, bytes] = {}
    with contextlib.suppress(OSError):
        for name in os.listdir(f"/proc/{pid}/fd"):  # noqa: PTH208 - read 20 times a second
            _add_unlinked(f"/proc/{pid}/fd/{name}", sizes)
        # proc_pid_maps(5): addresses, permissions, offset, device, inode, path.
        maps = _read(f"/proc/{pid}/maps")
        # There are a thousand lines, and most often none is of a file that was removed.
        for line in maps.splitlines() if _DELETED + b"\n" in maps else ():
            if line.endswith(_DELETED):
                addresses, _, _, _, inode, path = line.split(None, 5)
                if path.startswith(os.fsencode(folder) + b"/"):
                    mapped[int(inode)] = addresses
    for number, place in mapped.items():
        path_of_map = f"/proc/{pid}/map_files/{place.decode()}"
        if number not in sizes and not _add_unlinked(path_of_map, sizes):
            sizes[number] = largest_bytes
    return sum(sizes.values())


def _add_unlinked(path: str, sizes: dict[int, int]) -> bool:
    """Add the bytes on disk of an open file that has no name; return False if it is not known."""
    try:
        status = os.stat(path)  # noqa: PTH116 - read 20 times a second
    except OSError:
        return False
    if stat.S_ISREG(status.st_mode) and not status.st_nlink:
        sizes[status.st_ino] = bytes_on_disk(status)
    return True


def count_threads(pid: int) -> int:
    """Return the number of threads of a process, 1 if not known."""
    try:
        return len(os.listdir(f"/proc/{pid}/task"))  # noqa: PTH208 - read 20 times a second
    except OSError:
        return 1


def _read(path: str) -> bytes:
    with open(path, "rb") as file:  # noqa: PTH123 - read 20 times a second
        return file.read()
