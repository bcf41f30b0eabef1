"""The account of a submission: what it has used, over all its children and on both sides.

Theory of operation
-------------------
All sessions of a submission share one `Account`. CPU time is booked on who caused it: loading, or
one of the functions. It is a child's time, and that of the host while it decodes, compares and
diagnoses what the child has sent. Loading and each function have a limit of their own, and end
alone. What is caused by nobody in particular, such as loading the file once more, counts only
towards the sum.

Memory and disk are limits for all children together. Only the child that is being asked matters to
the result; the others wait to be asked again, and are closed if their memory or disk is needed.
"""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from typing import Protocol

from grader.sandbox.host.limits import WALL_PER_CPU, Limits
from grader.sandbox.host.load_plan import Stage

# As many children as are in use at the same time: with the own helpers, with lent ones.
_MAX_CHILDREN = 3

# From this part of the memory or disk on, another child is not opened beside those that wait.
_CROWDED = 0.5

# The part of the limit on loading that each child has after it was hit.
_PART_OF_SECOND_TRY = 0.25

# What forking a child costs the forkserver, which has no account of its own.
_FORK_CPU_S = 0.01

# Answers that are kept to be compared again, all together.
_KEPT_BYTES = 32 * 1024 * 1024


class Tenant(Protocol):
    """A child, as far as its account is concerned."""

    @property
    def memory_share(self) -> float:
        """The part of the submission's memory that it uses; more than 1 if it is over the limit."""

    @property
    def disk_share(self) -> float:
        """The part of the submission's disk that it uses; more than 1 if it is over the limit."""

    def pause(self) -> None:
        """Stop it while nothing is asked of it."""

    def resume(self) -> None:
        """Let it go on."""

    def close(self) -> int:
        """End the child."""


class Account:
    """What a submission has used, and what it has left.

    Args:
        limits: What it may use.
        functions: How many functions it has.
    """

    def __init__(self, limits: Limits, *, functions: int) -> None:
        self.limits = limits
        self.cpu_limit_s = limits.cpu_s(functions)
        self._deadline = time.monotonic() + limits.wall_s(functions)
        self._wall_limit_s = limits.wall_s(functions)
        self._cpu_s = 0.0
        self._loading_s = 0.0
        self._by_function: dict[str, float] = {}
        self._wall_by_function: dict[str, float] = {}
        self._reserved: dict[str, float] = {}
        self._kept_bytes = 0
        self._children: list[Tenant] = []
        self._running: Tenant | None = None
        self._mark = (0, 0.0)
        self._at_work_for = ""

    @property
    def why_over(self) -> str:
        """Which limit of the whole submission is used up; empty if none is."""
        if self._cpu_s >= self.cpu_limit_s:
            return f"over {self.cpu_limit_s:g} s of computing time in all"
        if time.monotonic() >= self._deadline:
            return f"over {self._wall_limit_s:g} s in all"
        return ""

    # --- CPU time -------------------------------------------------------------------------

    def loading_left_s(self, stage: Stage) -> float:
        """Return the CPU seconds that a load may take.

        The first load has its limit over all the children that it takes. If it is hit, what comes
        after the statement that took so long gets as much once more, in smaller parts, since it may
        have several such statements. Later loads leave out what took long.
        """
        limit_s = self.limits.load_cpu_s
        if stage is Stage.LATER:
            return limit_s
        if stage is Stage.FIRST:
            return max(0.0, limit_s - self._loading_s)
        return max(0.0, min(limit_s * _PART_OF_SECOND_TRY, 2 * limit_s - self._loading_s))

    def function_limit_s(self, name: str) -> float:
        """Return the CPU seconds that a function may use, without what is reserved."""
        return self.limits.function_cpu_s * (1 - self._reserved.get(name, 0.0))

    def function_left_s(self, name: str) -> float:
        """Return the CPU seconds that a function has left, without what is reserved."""
        return max(0.0, self.function_limit_s(name) - self._by_function.get(name, 0.0))

    def reserve(self, name: str, share: float) -> None:
        """Reserve a part of a function's limit for later, or nothing if ``share`` is 0."""
        self._reserved[name] = share

    def function_wall_left_s(self, name: str) -> float:
        """Return the seconds that calls of a function may take, the run queue left out."""
        limit_s = WALL_PER_CPU * self.limits.function_cpu_s
        return max(0.0, limit_s - self._wall_by_function.get(name, 0.0))

    def charge_function(self, name: str, cpu_s: float, *, wall_s: float = 0.0) -> None:
        """Book CPU seconds that a function has caused, and wall seconds without the run queue."""
        self._by_function[name] = self._by_function.get(name, 0.0) + cpu_s
        self._wall_by_function[name] = self._wall_by_function.get(name, 0.0) + wall_s
        self._cpu_s += cpu_s

    def charge_other(self, cpu_s: float) -> None:
        """Book CPU seconds that nobody in particular has caused, such as threads between calls."""
        self._cpu_s += cpu_s

    def charge_loading(self, cpu_s: float) -> None:
        """Book CPU seconds that loading the file took."""
        self._loading_s += cpu_s
        self._cpu_s += cpu_s

    def has_time(self, name: str) -> bool:
        """Return whether a function has time left; what this thread has done for it is booked."""
        self.turn_to(name)
        return self.function_left_s(name) > 0 and not self.why_over

    def turn_to(self, name: str) -> None:
        """Book what this thread has done on the function that it was for, and go on with another.

        Judging an answer, and removing what a child has left behind, take time after the answer.
        """
        used_s = self.host_cpu_s()
        if self._at_work_for:
            self.charge_function(self._at_work_for, used_s)
        else:
            self.charge_other(used_s)
        self._at_work_for = name

    def host_cpu_s(self) -> float:
        """Return the CPU seconds that this thread of the host has used since it last asked."""
        thread, now = threading.get_ident(), time.thread_time()
        before, self._mark = self._mark, (thread, now)
        return now - before[1] if before[0] == thread else 0.0

    @contextlib.contextmanager
    def excluded(self) -> Iterator[None]:
        """Leave out what this thread does for its own sake, such as asking the author's code."""
        self.turn_to(self._at_work_for)
        started = time.monotonic()
        try:
            yield
        finally:
            self.host_cpu_s()
            self._deadline += time.monotonic() - started

    # --- memory and disk ------------------------------------------------------------------

    def admit(self, child: Tenant) -> None:
        """Count a new child from now on, and stop the others; what a fork costs is booked."""
        for other in self._children:
            other.pause()
        self._children.append(child)
        self._running = child
        self._cpu_s += _FORK_CPU_S

    def dismiss(self, child: Tenant) -> None:
        """Stop counting a child that is gone; a second call does nothing."""
        if child in self._children:
            self._children.remove(child)
        if self._running is child:
            self._running = None

    def use(self, child: Tenant) -> None:
        """Let a child go on that is being asked, and stop the one that was asked before."""
        if self._running is child:
            return
        if self._running is not None:
            self._running.pause()
        self._running = child
        self._children.remove(child)
        self._children.append(child)  # so it is the last to be closed
        child.resume()

    @contextlib.contextmanager
    def standstill(self) -> Iterator[None]:
        """Stop the child that runs, so that it can't write to what is being removed."""
        running = self._running
        if running is None:
            yield
            return
        running.pause()
        try:
            yield
        finally:
            if running is self._running:
                running.resume()

    def make_room(self) -> None:
        """Close children that wait, so that there is room for another one."""
        while len(self._children) >= _MAX_CHILDREN:
            self._close(self._children[0])
        # The new one loads the same file, and so may need as much as each of the others.
        if self._memory_share() > _CROWDED or self._disk_share() > _CROWDED:
            self._close(*self._children)

    def is_over_memory(self, child: Tenant) -> bool:
        """Return whether the memory is used up, even after all children but one are closed."""
        return self._is_over(self._memory_share, child)

    def is_over_disk(self, child: Tenant) -> bool:
        """Return whether the disk is used up, even after all children but one are closed."""
        return self._is_over(self._disk_share, child)

    def _is_over(self, share: Callable[[], float], child: Tenant) -> bool:
        if share() > 1:
            self._close(*(one for one in self._children if one is not child))
        return share() > 1

    def _memory_share(self) -> float:
        return sum(child.memory_share for child in self._children)

    def _disk_share(self) -> float:
        return sum(child.disk_share for child in self._children)

    def _close(self, *children: Tenant) -> None:
        for child in children:
            child.close()
            self.dismiss(child)

    def may_keep(self, size_bytes: int) -> bool:
        """Return whether an answer of this size may be kept; if so, it counts from now on."""
        if self._kept_bytes + size_bytes > _KEPT_BYTES:
            return False
        self._kept_bytes += size_bytes
        return True


class TrustedAccount(Account):
    """The account of the author's code: it has limits for each call, and none in all."""

    def __init__(self) -> None:
        super().__init__(Limits(load_cpu_s=60.0, function_cpu_s=10.0), functions=0)
        self.cpu_limit_s = float("inf")

    @property
    def why_over(self) -> str:
        """Empty: it is never used up."""
        return ""

    def is_over_disk(self, child: Tenant) -> bool:  # noqa: ARG002
        """Return False: without locks, a submission can fill the folder of this code."""
        return False

    def loading_left_s(self, stage: Stage) -> float:  # noqa: ARG002 - the same for all
        """Return the CPU seconds that a load may take."""
        return self.limits.load_cpu_s

    def function_left_s(self, name: str) -> float:  # noqa: ARG002 - the same for all
        """Return the CPU seconds that a call may take."""
        return self.limits.function_cpu_s

    def function_wall_left_s(self, name: str) -> float:  # noqa: ARG002
        """Return the seconds that a call may take."""
        return WALL_PER_CPU * self.limits.function_cpu_s
