"""What a student may see of a report: checks can be hidden, or wait for the due date."""

from collections.abc import Callable

import msgspec

from grader.report.model import CheckResult, FunctionResult, Report, Status, Visibility
from grader.report.score import exact_sum, score_functions

_HIDDEN = "this check is hidden: its points are all that it shows"
_NO_OUTPUT = "what it printed is not shown: it was also called by checks that are hidden"


def show_to_student(report: Report) -> Report:
    """Take out of a report what its student may not see.

    A hidden check keeps title and points, without the case it failed on. One that waits for the
    due date is left out, and so are its points: `pending_points` tells how many those are. With
    either, what the submission printed is left out too.
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
    # A function could print what it is called with, and so tell what a hidden check tries.
    return msgspec.structs.replace(
        report,
        output="",
        notes=(*report.notes, _NO_OUTPUT) if report.output.strip() else report.notes,
        functions=functions,
        score=exact_sum(function.score for function in functions),
        max_score=exact_sum(function.max_score for function in functions),
    )


def pending_points(report: Report) -> float:
    """Add up the points that are shown only after the due date."""
    return exact_sum(
        check.max_points
        for function in report.functions
        for check in function.checks
        if check.visibility is Visibility.AFTER_DUE_DATE
    )


def describe_pending(report: Report) -> str:
    """Say how many points are not shown yet; empty where all are."""
    points = pending_points(report)
    return f"{points:g} more points are checked after the due date" if points else ""


def _with_pictures(report: Report) -> Callable[[FunctionResult], FunctionResult]:
    """Give back the pictures of a function, unless they would tell of a check that is not shown."""
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
        message=_HIDDEN,
        example=None,
        hint="",
        misconception=None,
        section="",
        diagnosis=None,
    )
