"""Chooses the units of which the wrong line is looked for."""

from dataclasses import dataclass, replace

from grader.checks.check_run import CheckRun
from grader.checks.questions import Question
from grader.checks.units import UnitKind
from grader.observations.values import Animation, Axes
from grader.pinning.search import WRONG, Search, visible_checks
from grader.report.model import Status
from grader.resources import GradingResources
from grader.sandbox.host.load_plan import LoadPlan
from grader.submission.read import Submission

MOST_UNITS = 5
_MOST_SOURCE = 100_000  # characters of a submission
_UNTRIED = (Status.LIMIT, Status.MISSING)


@dataclass(frozen=True, slots=True)
class Pin:
    """What is said about the line of a unit that is wrong.

    Attributes:
        check_id: The check in whose message it is said: the first one that failed.
        text: What is said; empty for nothing. None if nobody looked, since a misconception was
            named.
    """

    check_id: str
    text: str | None


def pin_lines(
    resources: GradingResources, submission: Submission, plan: LoadPlan, run: CheckRun
) -> dict[str, Pin]:
    """Look for the line that is wrong in each unit that failed.

    Args:
        resources: What opens sessions.
        submission: The submission.
        plan: What is left out while it is loaded.
        run: The submission as it was graded.

    Returns:
        What to say about each unit that can be examined, by name.
    """
    if sum(len(one.source) for one in submission.blocks) > _MOST_SOURCE:
        return {}
    # Which units are examined must not depend on which misconceptions are known.
    names = [name for name in run.by_function if _can_examine(name, run)][:MOST_UNITS]
    pins = {}
    for name in names:
        results = [run.results[check.id] for check in visible_checks(name, run)]
        first = next(one.id for one in results if one.status in WRONG)
        is_named = any(one.misconception for one in results)
        pins[name] = Pin(first, None if is_named else "")
    unnamed = tuple(name for name in names if pins[name].text is not None)
    if unnamed:
        found = Search(resources, submission, plan, run).pin(unnamed)
        pins.update((name, replace(pins[name], text=text)) for name, text in found.items())
    return pins


def _can_examine(name: str, run: CheckRun) -> bool:
    """Return whether a unit has failed visible checks by itself, and its code can be changed."""
    if run.assignment.unit(name).kind is UnitKind.VALUE:
        return False
    statuses = {run.results[check.id].status for check in visible_checks(name, run)}
    return (
        not statuses.isdisjoint(WRONG)
        and statuses.isdisjoint(_UNTRIED)
        and not run.wrong_helpers(name, is_hidden=False)
        and not any(_is_drawn(one) for one in run.foreseen(name))
    )


def _is_drawn(question: Question) -> bool:
    """Return whether a question is about a drawing, which takes long to make."""
    return any(isinstance(one.returned, Axes | Animation) for one in question.expected.steps)
