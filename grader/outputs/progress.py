"""One line on standard error that moves while a submission is graded."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console


@contextmanager
def show_progress(*, no_color: bool) -> Iterator[Callable[[int, int, str], None]]:
    """Show what is being graded until the context ends; the line is gone then.

    Args:
        no_color: Whether to leave out colours.
    """
    console = Console(stderr=True, no_color=True if no_color else None)
    with console.status("starting") as status:

        def on_progress(done: int, total: int, name: str) -> None:
            status.update(f"{name}  [{done + 1}/{total}]".replace("[", r"\["))

        yield on_progress
