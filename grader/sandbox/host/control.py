"""Stops a child, lets it go on, and asks it where it is."""

import contextlib
import os
import signal
import sys

from grader.observations.messages import ASKS_FOR_LINE


def stop(pid: int) -> None:
    """Stop a process with all its threads; one that is gone is ignored."""
    if sys.platform == "win32":
        import psutil  # noqa: PLC0415 - which only Windows and macOS need

        with contextlib.suppress(psutil.Error):
            psutil.Process(pid).suspend()
    else:
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGSTOP)


def go_on(pid: int) -> None:
    """Let a process that was stopped go on; one that is gone is ignored."""
    if sys.platform == "win32":
        import psutil  # noqa: PLC0415 - which only Windows and macOS need

        with contextlib.suppress(psutil.Error):
            psutil.Process(pid).resume()
    else:
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGCONT)


def ask_for_line(pid: int) -> bool:
    """Ask a child which line of the submission it runs; return whether it was asked.

    Windows has no signal that would interrupt it.
    """
    if sys.platform == "win32":
        return False
    try:
        os.kill(pid, signal.Signals[ASKS_FOR_LINE])
    except OSError:
        return False
    return True


def describe_end(status: int) -> str:
    """Say how a child ended that was not expected to.

    Args:
        status: Minus the signal that ended it, or its exit code.
    """
    if sys.platform == "win32":
        # NTSTATUS: an exception of the system, such as an access violation, is 0xC0000000 or more.
        if status >= _FIRST_EXCEPTION:
            return f"the Python process crashed (0x{status:08X})"
    elif status == -signal.SIGKILL:
        return "the Python process closed its connection or ran out of memory"
    if status >= 0:
        return f"the Python process was ended with exit status {status}"
    return f"the Python process crashed ({_name_signal(-status)})"


_FIRST_EXCEPTION = 0xC0000000


def is_over_cpu_limit(status: int) -> bool:
    """Return whether the system has ended a child since it computed for too long."""
    return sys.platform != "win32" and status == -signal.SIGXCPU


def _name_signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # the real-time signals have no names
        return f"signal {number}"
