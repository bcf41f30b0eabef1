"""Finds and ends the processes that come from another one, however they hide. Linux only.

A locked child can't start processes, but without seccomp it can. The forkserver is the *subreaper*
of all that come from it: a process whose parent has ended becomes a child of the forkserver,
whatever session and group it is in (prctl(2)). So the tree below the forkserver is complete, and
both sides of the wall end what they find in it. This module imports nothing of ours.
"""

import contextlib
import errno
import functools
import os
import signal
import sys
import time
from collections.abc import Collection, Iterable

_PATIENCE_S = 5.0
_PAUSE_S = 0.001
_WALL = 0x40000000  # wait also for children that were made with an unusual signal


def end_descendants(ancestor: int, *, spare: Collection[int] = ()) -> bool:
    """End all processes that come from an ancestor.

    All are stopped before the first is killed. Otherwise those that fork as fast as they can would
    fill each place that becomes free.

    Args:
        ancestor: This process, or one that is stopped. It has to be the subreaper of the others.
        spare: Children of the ancestor that go on, with all that come from them.

    Returns:
        Whether none is left. Those that have ended, but that a stopped ancestor has not waited
        for, don't count.
    """
    if sys.platform != "linux":
        return True
    give_up = time.monotonic() + _PATIENCE_S
    before: list[int] = []
    while time.monotonic() < give_up:
        listed = _strays(ancestor, spare)
        found = _living(listed, ancestor)
        if not found and listed == before:
            return True
        before = listed  # what one of them left behind when it ended is listed the next time
        if found:
            _stop_and_kill(found, ancestor, spare, give_up)
            time.sleep(_PAUSE_S)
    return False


def _strays(ancestor: int, spare: Collection[int]) -> list[int]:
    return [pid for pid in _children_of(ancestor) if pid not in spare]


def _stop_and_kill(
    found: dict[int, int], ancestor: int, spare: Collection[int], give_up: float
) -> None:
    if sys.platform != "linux":
        return
    stopped: set[int] = set()
    while (new := found.keys() - stopped) and time.monotonic() < give_up:
        for pid in new:
            _send_signal(pid, found[pid], signal.SIGSTOP)
        stopped |= new
        found = _living(_strays(ancestor, spare), ancestor)
    for pid, parent in found.items():
        _send_signal(pid, parent, signal.SIGKILL)


def _living(pids: Iterable[int], ancestor: int) -> dict[int, int]:
    """Return which children of an ancestor, and of all that come from them, have not ended.

    If the ancestor is this process, those that have ended are waited for.

    Returns:
        The process ids, each with that of its parent.
    """
    is_own = ancestor == os.getpid()
    waiting = [pid for pid in pids if not (is_own and _is_reaped(pid))]
    found: dict[int, int] = {}
    while waiting:
        pid = waiting.pop()
        state, parent = _state_and_parent(pid)
        if pid not in found and state not in ("", "Z", "X"):
            found[pid] = parent
            waiting += _children_of(pid)
    return found


def _children_of(pid: int) -> list[int]:
    """Return the children of a process, also those that have ended and were not waited for."""
    if not _kernel_lists_children():
        return _children_by_scan(pid)
    children: list[int] = []
    with contextlib.suppress(OSError):  # it has ended
        for thread in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208 - after each child
            children += map(int, _read(f"/proc/{pid}/task/{thread}/children").split())
    return children


@functools.cache
def _kernel_lists_children() -> bool:
    return os.path.exists(f"/proc/self/task/{os.getpid()}/children")  # noqa: PTH110


def _children_by_scan(pid: int) -> list[int]:
    entries = [int(name) for name in os.listdir("/proc") if name.isdigit()]  # noqa: PTH208
    return [entry for entry in entries if _state_and_parent(entry)[1] == pid]


def _state_and_parent(pid: int) -> tuple[str, int]:
    """Return the letter of a process's state and its parent's id, or ("", 0) if it is gone."""
    try:
        # proc(5): the name, in brackets, may contain anything.
        state, parent = _read(f"/proc/{pid}/stat").rpartition(")")[2].split()[:2]
    except OSError:
        return "", 0
    return state, int(parent)


def _read(path: str) -> str:
    with open(path, encoding="utf-8", errors="replace") as file:  # noqa: PTH123
        return file.read()


def _is_reaped(pid: int) -> bool:
    if sys.platform != "linux":
        return True
    try:
        return os.waitpid(pid, os.WNOHANG | _WALL)[0] == pid
    except ChildProcessError:
        return True


def _send_signal(pid: int, parent: int, number: signal.Signals) -> None:
    """Send a signal to a process, unless its id belongs to another one by now."""
    if sys.platform != "linux":
        return
    descriptor = None
    try:
        descriptor = os.pidfd_open(pid)
    except OSError as error:
        if error.errno == errno.ESRCH:
            return  # otherwise the kernel is too old for it
    try:
        if _state_and_parent(pid)[1] != parent:
            return  # it has another parent now, or is another process: the next look tells
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if descriptor is None:
                os.kill(pid, number)
            else:
                signal.pidfd_send_signal(descriptor, number)
    finally:
        if descriptor is not None:
            os.close(descriptor)
