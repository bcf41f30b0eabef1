"""What a student may see of a report: checks can be hidden, or wait for the due date."""

from collections.abc import Callable

import msgspec

from grader.outputs.wording import describe_score, format_points
from grader.report.model import CheckResult, FunctionResult, Report, Status, Visibility
from grader.report.score import exact_sum, score_functions

_HIDDEN = "this check is hidden: only its points are shown"
_NO_OUTPUT = "the output is not shown, because checks that are not visible called the functions too"


def show_to_student(report: Report) -> Report:
    """Remove from a report what its student may not see.

    A hidden check keeps its title and points, but not the example it failed on. A check that
    waits for the due date is left out with its points; `pending_points` returns how many those
    are. If there is a check of either kind, the output of the submission is left out too.
    """
    names = tuple(function.name for function in report.functions)
    checks = [check for function in report.functions for check in function.checks]
    if all(check.visibility is Visibility.VISIBLE for check in checks):
        return report
    shown = [
        _blank(check) if check.visibility is Visibility.HIDDEN else check
        for check in checks
        if check.visibility is not Visibility.AFTER_DUE_DATE
    ]
    functions = tuple(map(_with_pictures(report), score_functions(shown, names)))
    given = (one.points for one in report.manual if one.points is not None)
    # A function could print its arguments, and so reveal what a hidden check tries.
    return msgspec.structs.replace(
        report,
        output="",
        notes=(*report.notes, _NO_OUTPUT) if report.output.strip() else report.notes,
        functions=functions,
        score=exact_sum((*(one.score for one in functions), *given)),
        max_score=exact_sum(
            (*(one.max_score for one in functions), *(one.max_points for one in report.manual))
        ),
    )


def describe_shown_score(report: Report) -> str:
    """Write the score out that a student may see, even if the report can't be shown."""
    try:
        return describe_score(show_to_student(report))
    except Exception:  # noqa: BLE001 - an edge: this is shown when something has failed already
        return "No score can be shown"


def pending_points(report: Report) -> float:
    """Add up the points that are shown only after the due date."""
    return exact_sum(
        check.max_points
        for function in report.functions
        for check in function.checks
        if check.visibility is Visibility.AFTER_DUE_DATE
    )


def describe_pending(report: Report) -> str:
    """Say how many points wait for the due date; empty if none do."""
    points = pending_points(report)
    if not points:
        return ""
    more = "more point depends" if points == 1 else "more points depend"
    return f"{format_points(points)} {more} on checks shown after the due date"


def _with_pictures(report: Report) -> Callable[[FunctionResult], FunctionResult]:
    """Return a function that restores pictures, unless they could reveal a check not shown."""
    pictures = {
        function.name: function.pictures
        for function in report.functions
        if all(check.visibility is Visibility.VISIBLE for check in function.checks)
    }
    return lambda function: msgspec.structs.replace(
        function, pictures=pictures.get(function.name, ())
    )


def _blank(check: CheckResult) -> CheckResult:
    if check.status is Status.PASSED:
        return check
    return msgspec.structs.replace(
        check,
        # How it ended could tell what was asked: a function can choose among several ends.
        status=Status.FAILED,
        message=_HIDDEN,
        example=None,
        hint="",
        misconception=None,
        section="",
        diagnosis=None,
    )
