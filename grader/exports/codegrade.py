"""What CodeGrade's AutoTest v2 reads from a step: lines of JSON, in ASCII only.

The lines are those of cg-pytest-reporter 1.1.3, and they pass through ``cg truncate``, which
counts characters as bytes. The last line has the points, as a fraction. It is missing if the
grader failed.
"""

import json
from collections.abc import Iterator, Mapping
from fractions import Fraction

import msgspec

from grader.exports.format import ExportedFile, LeftOut, Work, each_report
from grader.exports.student_view import StudentView, student_view
from grader.exports.text import describe_function, describe_whole
from grader.exports.unique import name_checks, unique_names
from grader.outputs.manual_view import describe_item, describe_item_in_full
from grader.outputs.wording import MARKS, format_points
from grader.report.model import (
    CheckResult,
    FunctionResult,
    ManualItem,
    Report,
    ReportStatus,
    Status,
)

_FILE = "codegrade.jsonl"
_STATUSES = {Status.PASSED: "success", Status.NOT_JUDGED: "skipped"}


def export(work: Work) -> Iterator[ExportedFile | LeftOut]:
    """CodeGrade: AutoTest v2 output, one suite per function."""
    yield from each_report(work, _write, has_total=True)


def _write(report: Report, work: Work) -> Iterator[ExportedFile]:
    shown = student_view(report, is_after_due=work.is_after_due)
    lines: list[Mapping[str, object]] = [{"tag": "unit-test", "results": list(_suites(shown))}]
    points = _points(shown)
    if points is not None:
        lines.append({"tag": "points", "points": f"{points.numerator}/{points.denominator}"})
    yield ExportedFile(
        _FILE,
        b"".join(
            json.dumps(line, ensure_ascii=True, separators=(",", ":")).encode("ascii") + b"\n"
            for line in lines
        ),
    )


def _points(shown: StudentView) -> Fraction | None:
    """Return the exact share of the points, where 0.1 is a tenth; None if there is no score."""
    report = shown.report
    if not shown.has_score or report.score is None:
        return None
    if not shown.max_score:
        return Fraction(0)
    share = Fraction(str(report.score)) / Fraction(str(shown.max_score))
    return min(Fraction(1), max(Fraction(0), share))


def _suites(shown: StudentView) -> Iterator[Mapping[str, object]]:
    report = shown.report
    whole = describe_whole(shown)
    match report.status:
        case ReportStatus.GRADER_ERROR:
            # It weighs nothing, so it can't count as a zero.
            yield _whole_suite(report, "Grading", "skipped", whole, weight="0")
        case ReportStatus.UNREADABLE:
            yield _whole_suite(report, "The file can be read", "failure", whole)
        case ReportStatus.GRADED | ReportStatus.STOPPED:
            names = unique_names(function.name for function in report.functions)
            for name, function in zip(names, report.functions, strict=True):
                yield {"id": name, "name": name, "testCases": _cases(function)}
            for item in report.manual:
                names = unique_names([*names, item.id])
                yield _manual_suite(item, names[-1])
            if shown.pending:
                # Neither passed nor failed, and not earned yet.
                (name,) = unique_names([*names, "After the due date"])[len(names) :]
                weight = str(Fraction(str(shown.pending_points)))
                reason = f"{shown.pending}."
                yield _suite(name, "Waiting checks", "skipped", reason, weight=weight)


def _whole_suite(
    report: Report, case: str, status: str, reason: str, *, weight: str = "1"
) -> Mapping[str, object]:
    name = report.assignment.title or report.assignment.id
    return _suite(name, case, status, reason, weight=weight)


def _manual_suite(item: ManualItem, name: str) -> Mapping[str, object]:
    """Return the suite of an answer that a person marks, which is skipped while it waits."""
    if item.points is None:
        status = "skipped"
    else:
        status = "success" if item.points >= item.max_points else "failure"
    weight = str(Fraction(str(item.max_points)))
    reason = describe_item_in_full(item)
    return _suite(name, describe_item(item), status, reason, weight=weight)


def _suite(
    name: str, case: str, status: str, reason: str, *, weight: str = "1"
) -> Mapping[str, object]:
    one = {"name": case, "status": status, "weight": weight, "reason": reason}
    return {"id": name, "name": name, "testCases": [one]}


def _cases(function: FunctionResult) -> list[Mapping[str, object]]:
    return [
        _case(function, check, name)
        for name, check in zip(name_checks(function.checks), function.checks, strict=True)
    ]


def _case(function: FunctionResult, check: CheckResult, name: str) -> Mapping[str, object]:
    is_passed = check.status is Status.PASSED
    case = {
        "name": name,
        "status": _STATUSES.get(check.status, "failure"),
        "description": (
            f"{format_points(check.points)} of {format_points(check.max_points)} points"
        ),
        "weight": str(Fraction(str(check.max_points))),
    }
    if not is_passed:
        alone = msgspec.structs.replace(function, checks=(check,))
        case["reason"] = describe_function(alone) or MARKS[check.status].word
    return case
