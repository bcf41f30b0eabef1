"""A report as plain text, with what its student may see."""

import textwrap
from collections.abc import Iterator

from grader.exports.student_view import StudentView
from grader.outputs.function_view import FailureView, view_function
from grader.outputs.manual_view import describe_item_in_full
from grader.outputs.wording import (
    ENDED_EARLY,
    describe_failure,
    describe_output,
    describe_points,
    describe_score,
)
from grader.report.budget import cut_text
from grader.report.model import FunctionResult, ReportStatus

# What a student reads if the grader failed. The details are for the staff, since they may name
# checks and folders.
GRADER_FAULT = (
    "The grader failed on this file, so there is no score yet. This says nothing about the "
    "submission, and it is not a zero. Tell the course staff, or have it graded again."
)

# Where the whole must not be too long, each text is cut to the first of these limits with which the
# whole fits.
TEXT_LIMITS = (20_000, 4000, 800, 200)

# The name of the test that stands for the points that are not shown yet.
AFTER_DUE = "Checked after the due date"

_CUT = "\n... (cut)"
_INDENT = "    "


def describe_function(function: FunctionResult) -> str:
    """Return what there is to say of a function: its failures, each reason once; or nothing."""
    view = view_function(function)
    return "\n\n".join(filter(None, (view.remark, *map(_failure, view.failures))))


def head_line(function: FunctionResult) -> str:
    """Return the status of a function in a line: ``update: 8 of 11 points, partly right``."""
    points = describe_points(function.score, function.max_score)
    return f"{function.name}: {points}, {view_function(function).mark.word}"


def describe_in_full(function: FunctionResult) -> str:
    """Return the status of a function and its failures."""
    return "\n".join(filter(None, (head_line(function), describe_function(function))))


def describe_whole(shown: StudentView) -> str:
    """Return what concerns the submission as a whole: its score, pending points and notes."""
    report = shown.report
    return "\n".join(
        filter(
            None,
            (
                _state(shown),
                shown.waiting and f"{shown.waiting}.",
                shown.pending and f"{shown.pending}.",
                *(f"- {note}" for note in report.notes),
            ),
        )
    )


def describe_printed(shown: StudentView) -> str:
    """Return what the submission printed; empty if it printed nothing."""
    output = shown.report.output.rstrip("\n")
    if not output.strip():
        return ""
    return f"{describe_output(shown.report)}:\n{output}"


def describe_report(shown: StudentView) -> str:
    """Return the whole report: the submission, then each function, then the output."""
    return "\n\n".join(_parts(shown)) + "\n"


def cut(text: str, limit: int) -> str:
    """Cut a text to a number of characters, after a word, with a note if anything was cut."""
    return cut_text(text, limit, ellipsis=_CUT[: max(0, limit)])


def _parts(shown: StudentView) -> Iterator[str]:
    yield describe_whole(shown)
    for function in shown.report.functions:
        failures = describe_function(function)
        yield head_line(function) + (f"\n{textwrap.indent(failures, _INDENT)}" if failures else "")
    yield from map(describe_item_in_full, shown.report.manual)
    if printed := describe_printed(shown):
        yield printed


def _state(shown: StudentView) -> str:
    report = shown.report
    match report.status:
        case ReportStatus.GRADED | ReportStatus.STOPPED if not shown.has_score:
            return "No points can be shown yet."
        case ReportStatus.GRADED:
            return f"{describe_score(report)}."
        case ReportStatus.STOPPED:
            return f"{describe_score(report)}. Grading {ENDED_EARLY}."
        case ReportStatus.UNREADABLE:
            return f"This file {describe_failure(report)}"
        case ReportStatus.GRADER_ERROR:
            return GRADER_FAULT


def describe_reason(failure: FailureView) -> str:
    """Return why a check did not pass: its message, the example and what to try next."""
    return "\n".join(_reason(failure))


def _failure(failure: FailureView) -> str:
    title = f"{failure.fraction} {failure.title}"
    if failure.remark:
        title += f"  ({failure.remark})"
    return "\n".join([title, *(textwrap.indent(one, _INDENT) for one in _reason(failure))])


def _reason(failure: FailureView) -> Iterator[str]:
    example = (_labelled(label, text) for label, text in failure.example_rows)
    yield from filter(None, (failure.message, *example, failure.hint, failure.read_on))


def _labelled(label: str, text: str) -> str:
    """Put a label before the first line of a text, and indent the other lines to match."""
    first, *rest = text.split("\n") if text else [""]
    return "\n".join([f"{label:<9} {first}", *(f"{'':<9} {line}" for line in rest)])
