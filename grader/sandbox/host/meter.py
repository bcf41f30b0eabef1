"""Measures what a child does from a certain moment on, such as during one call."""

import time

from grader.sandbox.host.usage import read_cpu_s, read_queue_s

# So much CPU time shows that a child is not waiting, but at work.
_SIGN_OF_WORK_S = 0.05


class Meter:
    """Measures CPU time, and how long nothing was computed, from now on.

    Time on the kernel's run queue is not waiting: a child that could compute, if other processes
    left it a CPU, counts as one that does.

    Args:
        pid: The process id of the child.

    Attributes:
        idle_s: For how long, at the last `watch`, the child had computed nothing.
        wall_s: The wall time until the last `watch`, without the time on the run queue.
    """

    def __init__(self, pid: int) -> None:
        self.idle_s = 0.0
        self.wall_s = 0.0
        self._pid = pid
        self._began = self._at_work = time.monotonic()
        self._cpu_before_s = read_cpu_s(pid) or 0.0
        self._child_cpu_s = 0.0
        self._host_before_s = time.thread_time()
        self._queue_before_s: float | None = None
        self._work_s = 0.0

    def child_cpu_s(self) -> float:
        """Return the CPU seconds that the child has used; those last read, if it is gone."""
        now = read_cpu_s(self._pid)
        if now is not None:
            self._child_cpu_s = now - self._cpu_before_s
        return self._child_cpu_s

    def cpu_s(self) -> float:
        """Return the CPU seconds that the child and this thread have used."""
        return self.child_cpu_s() + time.thread_time() - self._host_before_s

    def pass_over(self, seconds: float) -> None:
        """Leave out a time in which nobody waited for the child: it may have waited for us."""
        self._began += seconds
        self._at_work += seconds

    def watch(self) -> None:
        """Measure `idle_s` and `wall_s`."""
        now, queue_s = time.monotonic(), read_queue_s(self._pid)
        if self._queue_before_s is None:  # most calls end before they are watched at all
            self._queue_before_s = queue_s
        queued_s = queue_s - self._queue_before_s
        work_s = self.child_cpu_s() + queued_s
        if abs(work_s - self._work_s) > _SIGN_OF_WORK_S:  # less if a thread has ended
            self._at_work, self._work_s = now, work_s
        self.idle_s = now - self._at_work
        self.wall_s = now - self._began - max(0.0, queued_s)
