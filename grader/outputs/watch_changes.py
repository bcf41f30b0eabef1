"""The changes from one report to the next: which functions and checks gained or lost."""

from collections.abc import Iterable

from grader.outputs.wording import MARKS, format_points
from grader.report.model import CheckResult, FunctionResult, Report, Status

GAINED, LOST = "+ ", "- "


def describe_changes(before: Report, after: Report) -> tuple[str, ...]:
    """Compare two reports on the same functions.

    Returns:
        A line for each function that changed, and one for each of its checks that is newly right
        or newly wrong, unless all of them are. Lines begin with ``+`` for gains and with ``-`` for
        losses. If nothing changed, there is a single line that says so.
    """
    earlier = {function.name: function for function in before.functions}
    lines = tuple(
        line
        for function in after.functions
        if function.name in earlier
        for line in _describe_function(earlier[function.name], function)
    )
    return lines or ("= no points gained or lost",)


def _describe_function(before: FunctionResult, after: FunctionResult) -> Iterable[str]:
    passed = _passed(before.checks)
    gained = [check for check in after.checks if _has_passed(check) and check.id not in passed]
    lost = [check for check in after.checks if not _has_passed(check) and check.id in passed]
    if not gained and not lost and before.score == after.score:
        return
    sign = GAINED if after.score >= before.score else LOST
    points = f"{format_points(before.score):>5} -> {format_points(after.score)}"
    word = MARKS[after.status].word
    yield f"{sign}{after.name:<16}{points} / {format_points(after.max_score)}  {word}"
    if len(gained) == len(after.checks) or len(lost) == len(after.checks):
        return  # the word in the line says so
    yield from (f"    {GAINED}now right: {check.title}" for check in gained)
    yield from (f"    {LOST}now wrong: {check.title}" for check in lost)


def _passed(checks: Iterable[CheckResult]) -> set[str]:
    return {check.id for check in checks if _has_passed(check)}


def _has_passed(check: CheckResult) -> bool:
    return check.status is Status.PASSED
