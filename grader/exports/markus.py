"""The standard output of a MarkUs custom tester: a JSON object on each line.

The format is in the README of markus-autotesting. A test has a unique name and at least 0 points;
the status ``error`` means that it has no points because something broke.

Where there is no score, there is no test either: MarkUs makes a mark of 0 of any tests that earned
nothing, and leaves the mark alone if there are none (``set_autotest_marks`` in ``submission.rb``).
"""

import json
import math
from collections.abc import Iterator, Mapping

from grader.exports.format import ExportedFile, LeftOut, Work, each_report
from grader.exports.student_view import StudentView, student_view
from grader.exports.text import AFTER_DUE, describe_in_full, describe_report, describe_whole
from grader.exports.unique import unique_names
from grader.outputs.manual_view import describe_item_in_full
from grader.report.model import FunctionResult, ManualItem, Report, ReportStatus, Status

_FILE = "markus.jsonl"
_ALL = "All tests"
_STATUSES = {
    Status.PASSED: "pass",
    Status.PARTIAL: "partial",
    Status.FAILED: "fail",
    Status.MISSING: "fail",
    Status.ERROR: "error",
    Status.LIMIT: "error",
    Status.NOT_JUDGED: "fail",
}


def export(work: Work) -> Iterator[ExportedFile | LeftOut]:
    """MarkUs: custom tester output, one test per function."""
    yield from each_report(work, _write)


def _write(report: Report, work: Work) -> Iterator[ExportedFile]:
    shown = student_view(report, is_after_due=work.is_after_due)
    comment = describe_report(shown) if shown.is_waiting else describe_whole(shown)
    lines = [*_tests(shown), {"overall_comment": comment}]
    yield ExportedFile(_FILE, b"".join(json.dumps(line).encode() + b"\n" for line in lines))


def _tests(shown: StudentView) -> Iterator[Mapping[str, object]]:
    report = shown.report
    match report.status:
        case ReportStatus.GRADER_ERROR:
            return
        case ReportStatus.GRADED | ReportStatus.STOPPED if not shown.has_score or shown.is_waiting:
            # Tests would be a whole mark, in which what waits for a person is a zero.
            return
        case ReportStatus.UNREADABLE:
            total = report.max_score or 0
            yield _test(_ALL, describe_whole(shown), earned=0, total=total, status="error")
        case ReportStatus.GRADED | ReportStatus.STOPPED:
            names = unique_names(function.name for function in report.functions)
            for name, function in zip(names, report.functions, strict=True):
                yield _test(
                    name,
                    describe_in_full(function),
                    earned=max(0.0, function.score),
                    total=function.max_score,
                    status=_STATUSES[function.status],
                    time=_milliseconds(function, report.timing),
                )
            for item in report.manual:
                names = unique_names([*names, item.id])
                yield _manual_test(item, names[-1])
            if shown.pending:
                (name,) = unique_names([*names, AFTER_DUE])[len(names) :]
                total = shown.pending_points
                yield _test(name, f"{shown.pending}.", earned=0, total=total, status="partial")


def _test(
    name: str, output: str, *, earned: float, total: float, status: str, time: int | None = None
) -> Mapping[str, object]:
    return {
        "name": name,
        "output": output,
        "marks_earned": earned,
        "marks_total": total,
        "status": status,
        "time": time,
    }


def _manual_test(item: ManualItem, name: str) -> Mapping[str, object]:
    earned = item.points or 0.0
    status = "pass" if earned >= item.max_points else "partial" if earned else "fail"
    return _test(
        name, describe_item_in_full(item), earned=earned, total=item.max_points, status=status
    )


def _milliseconds(function: FunctionResult, timing: Mapping[str, float]) -> int | None:
    """Return the time of a function's checks, in whole milliseconds; None if none is known."""
    seconds = [timing[check.id] for check in function.checks if check.id in timing]
    return round(1000 * math.fsum(seconds)) if seconds else None
