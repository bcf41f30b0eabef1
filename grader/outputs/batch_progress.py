"""A progress bar for a batch on standard error, with rate, remaining time and counts."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from grader.outputs.progress import after_delay

# In the order in which they are shown; what needs attention comes last.
_WORDS = {
    "graded": "graded",
    "old": "unchanged",
    "stopped": "stopped",
    "unreadable": "can't be graded",
    "grader_error": "grader failed",
}


def describe_tally(tally: Counter[str]) -> str:
    """Count the submissions by status: ``37 graded, 2 can't be graded``."""
    return ", ".join(f"{tally[key]} {word}" for key, word in _WORDS.items() if tally[key])


class _Rate(ProgressColumn):
    """The recent rate of submissions per second."""

    def render(self, task: Task) -> Text:
        """Return the rate as text."""
        speed = task.finished_speed or task.speed
        return Text(f"{speed:.1f}/s" if speed else "  -/s", style="dim")


@contextmanager
def show_batch_progress(
    total: int, *, no_color: bool, is_shown: bool
) -> Iterator[tuple[Callable[[str, bool], None], Counter[str]]]:
    """Show the progress of a batch until the context ends.

    Args:
        total: How many submissions there are.
        no_color: Whether to leave out colours.
        is_shown: Whether to draw the bar once this takes a while; the submissions are counted in
            any case.

    Yields:
        A function to call after each submission, with its status and whether it was unchanged, and
        the counts that it updates.
    """
    tally: Counter[str] = Counter()
    console = Console(stderr=True, no_color=True if no_color else None)
    progress = Progress(
        TextColumn("{task.completed}/{task.total}"),
        BarColumn(bar_width=24),
        _Rate(),
        TimeRemainingColumn(compact=True),
        TextColumn("{task.description}", style="dim"),
        console=console,
        transient=True,
    )
    with after_delay(progress) if is_shown else nullcontext():
        bar = progress.add_task("importing torch", total=total)

        def on_progress(status: str, is_old: bool) -> None:  # noqa: FBT001 - a callback's plain form
            tally["old" if is_old and status == "graded" else status] += 1
            progress.update(bar, advance=1, description=describe_tally(tally))

        yield on_progress, tally
