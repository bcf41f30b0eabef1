"""Limits a child on Windows by a job object: memory, processes, and an end when the host ends.

The interface is in C, so it is called through ctypes; pywin32 has it too, but nothing else here
needs that. This was never run on Windows. See "Job Objects" in Microsoft's documentation.

A job holds for what its process does after it was assigned. So the process is made suspended
(``CREATE_SUSPENDED``), confined, and only then let go on (`resume`).
"""

import ctypes
import sys

from grader.system.closing import Closing

CREATE_SUSPENDED = 0x0000_0004

_EXTENDED_LIMIT_INFORMATION = 9
_ACTIVE_PROCESS = 0x0008
_PROCESS_MEMORY = 0x0100
_DIE_ON_UNHANDLED_EXCEPTION = 0x0400  # instead of a window that waits for somebody
_KILL_ON_JOB_CLOSE = 0x2000


class _BasicLimits(ctypes.Structure):
    """JOBOBJECT_BASIC_LIMIT_INFORMATION."""

    _fields_ = (
        ("PerProcessUserTimeLimit", ctypes.c_int64),
        ("PerJobUserTimeLimit", ctypes.c_int64),
        ("LimitFlags", ctypes.c_uint32),
        ("MinimumWorkingSetSize", ctypes.c_size_t),
        ("MaximumWorkingSetSize", ctypes.c_size_t),
        ("ActiveProcessLimit", ctypes.c_uint32),
        ("Affinity", ctypes.c_size_t),
        ("PriorityClass", ctypes.c_uint32),
        ("SchedulingClass", ctypes.c_uint32),
    )


class _IoCounters(ctypes.Structure):
    """IO_COUNTERS."""

    _fields_ = tuple(
        (f"{what}{kind}Count", ctypes.c_uint64)
        for kind in ("Operation", "Transfer")
        for what in ("Read", "Write", "Other")
    )


class ExtendedLimits(ctypes.Structure):
    """JOBOBJECT_EXTENDED_LIMIT_INFORMATION."""

    _fields_ = (
        ("BasicLimitInformation", _BasicLimits),
        ("IoInfo", _IoCounters),
        ("ProcessMemoryLimit", ctypes.c_size_t),
        ("JobMemoryLimit", ctypes.c_size_t),
        ("PeakProcessMemoryUsed", ctypes.c_size_t),
        ("PeakJobMemoryUsed", ctypes.c_size_t),
    )


class Job(Closing):
    """A job object with one process. A context manager that closes it.

    When it is closed, or this process ends, Windows kills the process in it.

    Args:
        handle: The handle of the job object.
    """

    def __init__(self, handle: int) -> None:
        self._handle = handle

    def limit_memory(self, memory_bytes: int, *, processes: int = 1) -> None:
        """Set the limits, from now on.

        Args:
            memory_bytes: All that the process may commit, what it uses already included.
            processes: How many processes there may be, the first included.

        Raises:
            OSError: Windows refuses.
        """
        limits = ExtendedLimits()
        limits.BasicLimitInformation.LimitFlags = (
            _ACTIVE_PROCESS | _PROCESS_MEMORY | _DIE_ON_UNHANDLED_EXCEPTION | _KILL_ON_JOB_CLOSE
        )
        limits.BasicLimitInformation.ActiveProcessLimit = processes
        limits.ProcessMemoryLimit = memory_bytes
        _call(
            "SetInformationJobObject",
            self._handle,
            _EXTENDED_LIMIT_INFORMATION,
            ctypes.byref(limits),
            ctypes.sizeof(limits),
        )

    def close(self) -> None:
        """Kill the process, and give the job back; a second call does nothing."""
        handle, self._handle = self._handle, 0
        if handle:
            _call("CloseHandle", handle)


def confine(process_handle: int, memory_bytes: int) -> Job:
    """Put a process into a job object.

    Args:
        process_handle: The handle of the process (``Popen._handle``), best while it is suspended.
        memory_bytes: All that the process may commit: what importing torch takes, and what a
            submission may add.

    Raises:
        OSError: Windows refuses, or this is not Windows.
    """
    job = Job(_call("CreateJobObjectW", None, None))
    try:
        job.limit_memory(memory_bytes)
        _call("AssignProcessToJobObject", job._handle, process_handle)  # noqa: SLF001 - our own
    except BaseException:
        job.close()
        raise
    return job


def resume(pid: int) -> None:
    """Let a process go on that was made suspended.

    Raises:
        OSError: It is gone.
    """
    import psutil  # noqa: PLC0415 - only there on Windows, and nobody else needs this

    try:
        psutil.Process(pid).resume()
    except psutil.Error as error:
        raise OSError(str(error)) from error


def _call(name: str, *arguments: object) -> int:
    """Call a function of the kernel that returns 0 if it fails.

    Raises:
        OSError: It fails, or this is not Windows.
    """
    # As wide as a handle, which otherwise would be cut to 32 bits.
    wide = [ctypes.c_void_p(one) if isinstance(one, int) else one for one in arguments]
    if sys.platform == "win32":
        function = getattr(ctypes.WinDLL("kernel32", use_last_error=True), name)
        function.restype = ctypes.c_void_p if name.startswith("Create") else ctypes.c_int
        result = function(*wide)
        if not result:
            raise ctypes.WinError(ctypes.get_last_error())
        return int(result)
    raise OSError("job objects are part of Windows")
