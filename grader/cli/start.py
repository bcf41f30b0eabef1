"""The entry points of `grade` and `grader`.

They import the commands themselves, so that Ctrl-C ends quietly from the first moment on: an
interrupted import would print a traceback.
"""

import contextlib
import os
import signal
from collections.abc import Iterator

_INTERRUPTED = 130


def grade() -> None:
    """Run the command ``grade``."""
    with _quiet_interrupt():
        from grader.cli.grade import main
    main()


def grader() -> None:
    """Run the command ``grader``."""
    with _quiet_interrupt():
        from grader.cli.grader import main
    main()


@contextlib.contextmanager
def _quiet_interrupt() -> Iterator[None]:
    """End this process at once on Ctrl-C; nothing has been started yet that would be left over."""
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:  # as under nohup
        yield
        return
    signal.signal(signal.SIGINT, lambda _number, _frame: os._exit(_INTERRUPTED))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
