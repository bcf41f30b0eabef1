"""The entry points of `grade` and `grader`.

They import the commands themselves, so that Ctrl-C ends quietly from the first moment on: an
interrupted import would print a traceback.
"""

import contextlib
import os
import signal
import sys
from collections.abc import Iterator

_FAILED = 3
_INTERRUPTED = 130


def grade() -> None:
    """Run the command ``grade``."""
    with _quiet_start("grade"):
        from grader.cli.grade import main
    main()


def grader() -> None:
    """Run the command ``grader``."""
    with _quiet_start("grader"):
        from grader.cli.grader import main
    main()


@contextlib.contextmanager
def _quiet_start(name: str) -> Iterator[None]:
    """Import a command: an interruption or a missing package ends this process without a traceback.

    Nothing has been started yet that would be left over.
    """
    try:
        with _quiet_interrupt():
            yield
    except ImportError as error:
        sys.stderr.write(
            f"{name}: zerograd can't start: {error}. Install it again, with its packages: "
            f"{sys.executable} -m pip install --force-reinstall zerograd\n"
        )
        sys.exit(_FAILED)


@contextlib.contextmanager
def _quiet_interrupt() -> Iterator[None]:
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:  # as under nohup
        yield
        return
    signal.signal(signal.SIGINT, lambda _number, _frame: os._exit(_INTERRUPTED))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
