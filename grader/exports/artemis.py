"""Custom feedback for Artemis: a small JSON file for each function.

A build leaves these files in ``customFeedbacks``, and Artemis weighs each by its name. Every file
counts, so only functions have one, and nothing is written if the grader failed.
"""

import re
from collections.abc import Iterator

from grader.errors import NotExpressibleError
from grader.exports.format import ExportedFile, LeftOut, Work, each_report
from grader.exports.json_text import to_json
from grader.exports.student_view import StudentView, describe_fault, student_view, view_waiting
from grader.exports.text import describe_in_full, describe_whole
from grader.exports.unique import unique_names
from grader.outputs.manual_view import describe_item_in_full
from grader.report.model import FunctionResult, Report, ReportStatus, Status

_FOLDER = "customFeedbacks"
_UNSAFE = re.compile(r"[^A-Za-z0-9_]+")


def export(work: Work) -> Iterator[ExportedFile | LeftOut]:
    """Artemis: custom feedback, one file per function."""
    yield from each_report(work, _write)


def _write(report: Report, work: Work) -> Iterator[ExportedFile]:
    shown = student_view(report, is_after_due=work.is_after_due)
    if shown.report.status is ReportStatus.GRADER_ERROR:
        raise NotExpressibleError(describe_fault(shown.report))
    if shown.report.status is ReportStatus.UNREADABLE:
        known = work.functions or (shown.report.assignment.title,)
        for place, name in enumerate(unique_names(known), start=1):
            yield _file(place, name, is_successful=False, message=describe_whole(shown))
        return
    functions = shown.report.functions
    waiting = {function.name for function in ([] if work.is_after_due else view_waiting(report))}
    names = unique_names(function.name for function in functions)
    for place, (name, function) in enumerate(zip(names, functions, strict=True), start=1):
        # A successful function earns all of its weight, so it can't be one while a part waits.
        is_right = function.status is Status.PASSED and function.name not in waiting
        yield _file(place, name, is_successful=is_right, message=_describe(function, shown))
    # One that waits has no file, as every file counts.
    marked = [one for one in shown.report.manual if one.points is not None]
    all_names = unique_names([*names, *(one.id for one in marked)])
    for place, (name, item) in enumerate(
        zip(all_names[len(names) :], marked, strict=True), start=len(names) + 1
    ):
        is_right = (item.points or 0.0) >= item.max_points
        yield _file(place, name, is_successful=is_right, message=describe_item_in_full(item))


def _describe(function: FunctionResult, shown: StudentView) -> str:
    pending = f"In all, {shown.pending}." if shown.pending else ""
    waiting = f"In all, {shown.waiting}." if shown.waiting else ""
    return "\n".join(filter(None, (describe_in_full(function), waiting, pending)))


def _file(place: int, name: str, *, is_successful: bool, message: str) -> ExportedFile:
    feedback = {"name": name, "successful": is_successful, "message": message}
    return ExportedFile(
        f"{_FOLDER}/{place:03}-{_UNSAFE.sub('-', name)[:60]}.json",
        to_json(feedback),
    )
