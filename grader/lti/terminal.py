"""Show what would be sent, how posting goes and how it went; all text is escaped for terminals."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext

from msgspec import UNSET
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from grader.exports.format import LeftOut
from grader.lti.log import History, PostOutcome
from grader.lti.plan import Delivery, PostingPlan, describe_person
from grader.lti.post import Tally
from grader.outputs.class_wording import show_line
from grader.outputs.escaping import escape_controls
from grader.outputs.progress import after_delay
from grader.outputs.wording import format_points

_WORDS = {
    PostOutcome.ACCEPTED: "sent",
    PostOutcome.THERE: "already there",
    PostOutcome.LATER: "already there or superseded",
    PostOutcome.REFUSED: "refused",
    PostOutcome.UNANSWERED: "unanswered",
}

OnProgress = Callable[[Tally], None]
OnWait = Callable[[float, str], None]


def describe_tally(tally: Tally) -> str:
    """Return how many scores had which outcome; empty if there were no scores."""
    counts = [(tally.outcomes[outcome], word) for outcome, word in _WORDS.items()]
    counts.append((tally.unchanged, "unchanged"))
    return ", ".join(f"{count} {word}" for count, word in counts if count)


def describe_people(what: str, people: Iterable[LeftOut]) -> Iterator[str]:
    """Yield a line for each person: what was not done, and why."""
    for one in people:
        yield f"{what}: {show_line(one.who)}: {show_line(one.reason)}"


def preview(
    plan: PostingPlan, *, line_item: str, history: History, has_to_resend: bool = False
) -> Iterator[str]:
    """Yield the lines of a preview: each score that would be sent, with its whole comment.

    Args:
        plan: The scores.
        line_item: The URL of the line item that they would go to.
        history: What the platform has already.
        has_to_resend: Whether to include what the platform has already.
    """
    new = [one for one in plan.deliveries if has_to_resend or not history.has(line_item, one.score)]
    kept = [
        LeftOut(describe_person(one), loss)
        for one in new
        if (loss := history.explain_loss(line_item, one.score))
    ]
    for delivery in new:
        if not history.explain_loss(line_item, delivery.score):
            yield from _describe_delivery(delivery)
    yield from describe_people("would not be sent", kept)
    unchanged = len(plan.deliveries) - len(new)
    yield f"{len(new) - len(kept)} would be sent, {unchanged} unchanged"


@contextmanager
def watch_posting(
    total: int, *, no_color: bool, is_shown: bool
) -> Iterator[tuple[OnProgress, OnWait]]:
    """Show a progress bar on standard error once this takes a while, until the context ends.

    Args:
        total: How many scores there are.
        no_color: Whether to leave out colours.
        is_shown: Whether anybody watches; see `grader.outputs.progress.wants_progress`.

    Yields:
        The functions to call after each score and before each wait.
    """
    progress = Progress(
        TextColumn("{task.completed}/{task.total}"),
        BarColumn(bar_width=24),
        TimeRemainingColumn(compact=True),
        TextColumn("{task.description}", style="dim", markup=False),
        console=Console(stderr=True, no_color=True if no_color else None),
        transient=True,
    )
    with after_delay(progress) if is_shown else nullcontext():
        bar = progress.add_task("sending", total=total)

        def on_progress(tally: Tally) -> None:
            progress.update(bar, completed=tally.done, description=describe_tally(tally))

        def on_wait(seconds: float, reason: str) -> None:
            progress.update(bar, description=f"{reason}; trying again in {seconds:.0f} s")

        yield on_progress, on_wait


def _describe_delivery(delivery: Delivery) -> Iterator[str]:
    score = delivery.score
    points = "no score"
    if score.score_given is not UNSET and score.score_maximum is not UNSET:
        points = f"{format_points(score.score_given)} of {format_points(score.score_maximum)}"
    yield (
        f"{show_line(describe_person(delivery))} as user {show_line(score.user_id)}: {points}, "
        f"{score.activity_progress.value}, {score.grading_progress.value}"
    )
    for line in escape_controls(score.comment).splitlines():
        yield f"    {line}"
