"""What a child uses: its CPU time and threads, and the wall time that a submission has left."""

import os
import time
from dataclasses import dataclass, field

from grader.sandbox.host.limits import Limits

_MIN_CPU_TO_COUNT_S = 0.05
_CLOCK_TICKS_S = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


@dataclass
class Clock:
    """The wall time that a submission has left, over all its sessions."""

    deadline: float

    @classmethod
    def start(cls, limits: Limits) -> "Clock":
        """Start counting now."""
        return cls(time.monotonic() + limits.total_wall_s)

    @property
    def left_s(self) -> float:
        """Seconds left, never below zero."""
        return max(0.0, self.deadline - time.monotonic())


@dataclass(frozen=True, slots=True)
class Usage:
    """What a process uses: CPU seconds over all threads since its fork, and threads now."""

    cpu_s: float
    threads: int


def read_usage(pid: int) -> Usage:
    """Read what a process has used.

    Without ``/proc``, wall time is used in place of CPU time.
    """
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:  # noqa: PTH123 - read 20 times a second
            fields = file.read().rpartition(b")")[2].split()
    except FileNotFoundError:
        return Usage(cpu_s=time.monotonic(), threads=1)
    # proc(5): fields 14, 15 (utime, stime) and 20 (num_threads), counted after the name.
    return Usage(
        cpu_s=(int(fields[11]) + int(fields[12])) / _CLOCK_TICKS_S, threads=int(fields[17])
    )


@dataclass
class CallMeter:
    """What the current call has used: its CPU time, and how long it has computed nothing."""

    cpu_limit_s: float
    _began: float = field(default_factory=time.monotonic)
    _cpu_before_s: float | None = None
    _idle_since: float = 0.0
    _idle_cpu_s: float = 0.0

    def used_s(self, cpu_s: float, now: float) -> float:
        """Return how much of a child's CPU time so far belongs to the current call."""
        if self._cpu_before_s is None:
            # Most calls end before the first measurement. That one counts at most the time since
            # the call began.
            self._cpu_before_s = self._idle_cpu_s = cpu_s - (now - self._began)
            self._idle_since = self._began
        return cpu_s - self._cpu_before_s

    def idle_s(self, cpu_s: float, now: float) -> float:
        """Return for how long the call has computed nothing; call `used_s` first."""
        if cpu_s - self._idle_cpu_s > _MIN_CPU_TO_COUNT_S:
            self._idle_since, self._idle_cpu_s = now, cpu_s
        return now - self._idle_since
