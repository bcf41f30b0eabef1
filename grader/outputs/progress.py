"""A progress line on standard error while a submission is graded."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from rich.console import Console


@contextmanager
def show_progress(*, no_color: bool) -> Iterator[Callable[[int, int, str], None]]:
    """Show what is being graded until the context ends, and then erase the line.

    Args:
        no_color: Whether to leave out colours.

    Yields:
        A function to call before each check, with the number of finished checks, the number of
        all checks, and the name of the function that is checked next.
    """
    console = Console(stderr=True, no_color=True if no_color else None)
    with console.status("starting") as status:

        def on_progress(done: int, total: int, name: str) -> None:
            status.update(f"{name}  [{done + 1}/{total}]".replace("[", r"\["))

        yield on_progress


def watch_progress(*, no_color: bool) -> AbstractContextManager[Callable[[int, int, str], None]]:
    """Show progress as `show_progress` does, but only if standard error is a terminal."""
    if sys.stderr.isatty():
        return show_progress(no_color=no_color)
    return nullcontext(lambda _done, _total, _name: None)
