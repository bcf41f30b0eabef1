"""What every report shows of a function: its points, and each failure with its reason.

Terminal, notebook, pages and exports only lay it out.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from grader.outputs.wording import MARKS, Mark, describe_points, format_points
from grader.report.model import CheckResult, Example, FunctionResult, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureView:
    """A check that did not pass.

    Attributes:
        title: What the check promises.
        points: ``0 of 3 points``.
        fraction: The same, short: ``0/3``.
        is_repeat: Whether an earlier failure of the function has the same message and the same
            result. The attributes below are empty then: the reason is shown once.
        message: What the check found.
        example: The smallest failing input.
        example_rows: The example as pairs of a label and a text; no row for an answer that is
            not known.
        hint: What to try next; shown once for each misconception.
        read_on: Where to read on, as a sentence; shown once for each misconception.
        misconception: The id of a misconception that no earlier failure named.
    """

    title: str
    points: str
    fraction: str
    is_repeat: bool = False
    message: str = ""
    example: Example | None = None
    example_rows: tuple[tuple[str, str], ...] = ()
    hint: str = ""
    read_on: str = ""
    misconception: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionView:
    """A function: its mark, its points as text, and its failures in the order of its checks."""

    name: str
    status: Status
    mark: Mark
    score: str
    max_score: str
    failures: tuple[FailureView, ...]


def view_function(function: FunctionResult) -> FunctionView:
    """Work out what to show of a function.

    Args:
        function: The function as its student may see it. If it is not written yet, no failures are
            shown, since its student knows.
    """
    return FunctionView(
        name=function.name,
        status=function.status,
        mark=MARKS[function.status],
        score=format_points(function.score),
        max_score=format_points(function.max_score),
        failures=tuple(_view_failures(function)),
    )


def _view_failures(function: FunctionResult) -> Iterator[FailureView]:
    failed = [check for check in function.checks if check.status is not Status.PASSED]
    if function.status is Status.PASSED or all(check.status is Status.MISSING for check in failed):
        return
    shown: set[tuple[str, str]] = set()
    named: set[str] = set()
    for check in failed:
        reason = (check.message, check.example.got if check.example else "")
        misconception = check.misconception or ""
        yield _view_failure(check, is_repeat=reason in shown, is_named=misconception in named)
        shown.add(reason)
        if misconception:
            named.add(misconception)


def _view_failure(check: CheckResult, *, is_repeat: bool, is_named: bool) -> FailureView:
    points = describe_points(check.points, check.max_points)
    fraction = f"{format_points(check.points)}/{format_points(check.max_points)}"
    if is_repeat:
        return FailureView(title=check.title, points=points, fraction=fraction, is_repeat=True)
    return FailureView(
        title=check.title,
        points=points,
        fraction=fraction,
        message=check.message,
        example=check.example,
        example_rows=_view_example(check.example) if check.example else (),
        hint="" if is_named else check.hint,
        read_on=f"Read more in: {check.section}" if check.section and not is_named else "",
        misconception="" if is_named else check.misconception or "",
    )


def _view_example(example: Example) -> tuple[tuple[str, str], ...]:
    rows = (("try", example.code), ("got", example.got))
    return (*rows, ("should be", example.expected)) if example.expected else rows
