"""A report for a screen reader: the score first, then one fact a line, each status as a word.

No line depends on where it stands: there are no columns, indents or rules, no colours and no
symbols, which screen readers skip or read out by their names. The terminal wraps the lines.
"""

from collections.abc import Iterable, Iterator
from itertools import islice

from rich.console import Console
from rich.text import Text

from grader.outputs.escaping import escape_report
from grader.outputs.function_view import FailureView, FunctionView
from grader.outputs.manual_view import ManualView, describe_waiting, view_manual
from grader.outputs.report_view import ReportView, view_report
from grader.outputs.self_check import describe_self_check
from grader.outputs.visibility import describe_pending, describe_shown_score, show_to_student
from grader.outputs.wording import (
    ENDED_EARLY,
    NO_POINTS,
    describe_missing_locks,
    describe_output,
    describe_score,
)
from grader.report.budget import cut_text
from grader.report.model import Report, ReportStatus, Status

_MAX_CHARACTERS = 64 * 1024
_SHOWN_OUTPUT_LINES = 10
_MAX_OUTPUT_LINE = 500
_LABELS = {"got": "Got", "should be": "Should be"}


def show_plain_report(report: Report, console: Console, *, is_short: bool = False) -> None:
    """Print a report line by line.

    Args:
        report: The report.
        console: The console to print to.
        is_short: Whether to leave out right functions and the output.
    """
    try:
        visible = escape_report(show_to_student(report), encoding=console.encoding)
        lines = list(_within(_lines(visible, is_short=is_short)))
    except Exception as error:  # noqa: BLE001 - an edge: the score is shown, whatever fails
        reason = type(error).__name__
        why = f"This report can't be shown in full: the grader failed ({reason})."
        lines = [f"Score: {describe_shown_score(report)}.", f"{why} The JSON report has the rest."]
    else:
        lines += filter(
            None,
            (describe_waiting(visible), describe_pending(report), *describe_self_check(visible)),
        )
    for line in lines:
        console.print(Text(line), soft_wrap=True)


def _within(lines: Iterable[str]) -> Iterator[str]:
    """Yield lines as long as there is room for them; the points of all functions come first."""
    left = _MAX_CHARACTERS
    for line in lines:
        left -= len(line) + 1
        if left < 0:
            yield "Cut here: the JSON report has more."
            return
        yield line


def _lines(report: Report, *, is_short: bool) -> Iterator[str]:
    view = view_report(report)
    if not is_short:
        yield f"File: {report.submission.name}"
        yield f"Assignment: {report.assignment.title}"
    yield f"Score: {_sentence(describe_score(report))}"
    if report.status is ReportStatus.STOPPED:
        yield f"Grading {ENDED_EARLY}."
    if report.isolation.missing and not is_short:
        yield describe_missing_locks(report.isolation.missing)
    for cause in view.causes:
        yield from _paragraph("Cause", cause)
    answers = view_manual(report.manual)
    if not is_short:
        yield from (_state(one) for one in view.functions)
        yield from (_answer_state(one) for one in answers)
    yield from _reasons(view, is_short=is_short)
    for one in answers:
        yield from _answer(one)
    for note in view.notes:
        yield from _paragraph("Note", note)
    if report.output.strip() and not is_short:
        yield from _output(report)


def _state(function: FunctionView) -> str:
    return f"{function.name}: {function.mark.word}, {_points(function.score, function.max_score)}"


def _points(score: str, most: str) -> str:
    if score == NO_POINTS:
        return f"worth up to {most} {_noun(most)}"
    return f"{score} of {most} {_noun(most)}"


def _noun(points: str) -> str:
    return "point" if points == "1" else "points"


def _reasons(view: ReportView, *, is_short: bool) -> Iterator[str]:
    """Yield what is wrong with each function; its name comes first, as it was long ago."""
    for function in view.functions:
        is_right = function.status is Status.PASSED
        if is_short and not is_right:
            yield _state(function)
        if function.remark:
            yield from _paragraph(f"About {function.name}", function.remark)
        for number, failure in enumerate(function.failures, start=1):
            yield from _failure(failure, f"{function.name}, failed check {number}")


def _failure(failure: FailureView, label: str) -> Iterator[str]:
    remark = f" ({failure.remark})" if failure.remark else ""
    yield f"{label}: {failure.title}{remark}"
    yield f"Score of this check: {failure.points}."
    yield from _paragraph("Reason", failure.message)
    for kind, text in failure.example_rows:
        if kind == "try":
            # As it is, so that it can be pasted.
            yield "Try this code:"
            yield from text.splitlines()
            yield "End of the code."
        else:
            yield from _paragraph(_LABELS[kind], text)
    yield from _paragraph("Hint", failure.hint)
    yield from _paragraph("", failure.read_on)


def _answer_state(answer: ManualView) -> str:
    return f"{answer.id}: {answer.mark.word}, {_points(answer.points, answer.max_points)}"


def _answer(answer: ManualView) -> Iterator[str]:
    texts = [*answer.given, *filter(None, (answer.remark, answer.by))]
    if texts:
        yield from _paragraph(f"About {answer.id}", answer.title)
    for text in texts:
        yield from _paragraph("", text)


def _output(report: Report) -> Iterator[str]:
    lines = report.output.rstrip("\n").split("\n")
    yield f"{describe_output(report)}:"
    for line in islice(lines, _SHOWN_OUTPUT_LINES):
        yield cut_text(line, _MAX_OUTPUT_LINE, ellipsis=" ...")
    if len(lines) > _SHOWN_OUTPUT_LINES:
        rest = "more" if report.is_output_cut else "all of it"
        yield f"The JSON report has {rest}."


def _paragraph(label: str, text: str) -> Iterator[str]:
    """Yield the lines of a text, the first one with a label; indents stay, as code has some."""
    first, *others = text.splitlines() or [""]
    if text:
        yield f"{label}: {first}" if label else first
        yield from others


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."
