"""Progress on standard error: what a command is doing, once it has taken more than two seconds.

Only people at a terminal see it. A pipe, a log of continuous integration and a screen reader get
nothing, and neither does anybody whose command was quicker.
"""

import contextlib
import os
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Protocol

from rich.console import Console
from rich.markup import escape

from grader.outputs.escaping import escape_controls

DELAY_S = 2.0
_MAX_NAME = 40  # so that it stays on its line

# Called before each step: how many are done, how many there are, and the name of the next one. With
# no steps at all, the name is that of a file that is being loaded.
OnStep = Callable[[int, int, str], None]


def wants_progress(*, is_plain: bool = False) -> bool:
    """Return whether somebody watches: standard error is a terminal that can erase a line.

    Args:
        is_plain: Whether the output is for a screen reader.
    """
    if is_plain or os.environ.get("CI") or os.environ.get("TERM") in ("dumb", "unknown"):
        return False
    try:
        return sys.stderr.isatty()
    except (AttributeError, ValueError):  # it was closed
        return False


class _Display(Protocol):
    """What is drawn: a line or a bar of rich's."""

    def start(self) -> None: ...
    def stop(self) -> None: ...


@contextlib.contextmanager
def after_delay(display: _Display, *, delay_s: float = DELAY_S) -> Iterator[None]:
    """Start a display after a while, and erase it when the context ends.

    Args:
        display: The display. It may be updated while it is not shown.
        delay_s: Seconds before it is shown.
    """
    lock = threading.Lock()
    is_over = is_started = False

    def start() -> None:
        nonlocal is_started
        with lock:
            if not is_over:
                display.start()
                is_started = True

    timer = threading.Timer(delay_s, start)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        with lock:
            is_over = True
            if is_started:
                display.stop()


@contextlib.contextmanager
def show_progress(
    *,
    no_color: bool = False,
    is_shown: bool,
    first: str = "importing torch",
    doing: str = "checking",
) -> Iterator[OnStep]:
    """Show what is being done until the context ends, and then erase the line.

    Args:
        no_color: Whether to leave out colours.
        is_shown: Whether anybody watches; see `wants_progress`.
        first: What is done until the first step.
        doing: The verb for the steps, as in ``checking update (3 of 8)``.

    Yields:
        A function to call before each step.
    """
    if not is_shown:
        yield _ignore
        return
    console = Console(stderr=True, no_color=True if no_color else None)
    status = console.status(first)

    def on_step(done: int, total: int, name: str) -> None:
        shown = escape(escape_controls(name).replace("\n", " ")[:_MAX_NAME])
        status.update(f"{doing} {shown} ({done + 1} of {total})" if total else f"loading {shown}")

    with after_delay(status):
        yield on_step


def _ignore(_done: int, _total: int, _name: str) -> None:
    """Do nothing."""
