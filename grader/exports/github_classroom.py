"""The output of a GitHub Classroom runner, as the grading reporter of classroom-resources reads it.

The reporter adds up the scores of the tests and writes their texts to the log of the job. A line
of the log can be a command, so no line of a student's text may look like one: it could report
points of its own.
"""

import base64
import functools
import math
import operator
import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

import msgspec

from grader.exports.format import ExportedFile, LeftOut, Work, each_report
from grader.exports.json_text import to_json
from grader.exports.student_view import StudentView, student_view
from grader.exports.text import (
    AFTER_DUE,
    TEXT_LIMITS,
    cut,
    describe_function,
    describe_whole,
    head_line,
)
from grader.outputs.class_wording import show_line
from grader.outputs.manual_view import describe_item, describe_item_in_full
from grader.outputs.wording import MARKS
from grader.report.model import FunctionResult, ManualItem, Report, ReportStatus, Status

_VERSION = 3
_OUTPUT_CHARACTERS = 500
_NAME_CHARACTERS = 100
# The reporter gets the result in base64 through an environment variable, which on Linux must be
# shorter than 128 KiB.
_MAX_BYTES = 90_000
_MAX_DENOMINATOR = 1000
_COMMAND = re.compile(r"^([^\S\n]*)::|##\[", re.MULTILINE)


class _Test(msgspec.Struct, frozen=True, kw_only=True):
    """A test, with the fields of the runners for Python. ``duration`` is in seconds."""

    name: str
    status: str
    score: float
    message: str
    test_code: str = ""
    task_id: int = 0
    filename: str
    line_no: int = 0
    duration: float = 0.0
    output: str = ""


class _Result(msgspec.Struct, frozen=True, kw_only=True):
    """The whole result. The tests share ``max_score`` points, which must be a whole number."""

    version: int = _VERSION
    status: str
    message: str
    max_score: int
    tests: tuple[_Test, ...]


def export(work: Work) -> Iterator[ExportedFile | LeftOut]:
    """GitHub Classroom: runner output, as JSON and in base64."""
    yield from each_report(work, _write)


def _write(report: Report, work: Work) -> Iterator[ExportedFile]:
    content = _describe_as_fits(student_view(report, is_after_due=work.is_after_due))
    yield ExportedFile("result.json", content)
    yield ExportedFile("result.b64", base64.b64encode(content) + b"\n")


def _describe_as_fits(shown: StudentView) -> bytes:
    for limit in TEXT_LIMITS:
        content = to_json(_describe(shown, limit), is_compact=True)
        if len(content) <= _MAX_BYTES:
            return content
    return to_json(_describe_briefly(shown), is_compact=True)


def _describe(shown: StudentView, limit: int) -> _Result:
    report = shown.report
    message = _disarm(describe_whole(shown), limit)
    if not shown.has_score:
        # The reporter ignores a maximum of 0, so nothing is reported instead of a zero.
        return _Result(status="error", message=message, max_score=0, tests=())
    max_score, scores = _share_out(shown)
    file = _disarm(show_line(report.submission.name), _NAME_CHARACTERS)
    if report.status is ReportStatus.UNREADABLE:
        unread = _Test(name="the file", status="fail", score=0.0, message=message, filename=file)
        tests: tuple[_Test, ...] = (unread,)
    else:
        tests = tuple(
            _test(function, report, score=score, file=file, limit=limit)
            for function, score in zip(report.functions, scores, strict=False)
        )
        marked = _marked_items(report)
        tests += tuple(
            _manual_test(item, score=score, file=file, limit=limit)
            for item, score in zip(marked, scores[len(tests) :], strict=True)
        )
        if shown.pending:
            pending = f"{shown.pending}."
            waiting = _Test(
                name=AFTER_DUE, status="fail", score=0.0, message=pending, filename=file
            )
            tests = (*tests, waiting)
    return _Result(
        status="pass" if shown.is_full else "fail",
        message=message,
        max_score=max_score,
        tests=tests,
    )


def _marked_items(report: Report) -> list[ManualItem]:
    """Return the answers that a person has marked; the others have no test, which would fail."""
    return [one for one in report.manual if one.points is not None]


def _manual_test(item: ManualItem, *, score: float, file: str, limit: int) -> _Test:
    return _Test(
        name=_disarm(show_line(item.id), _NAME_CHARACTERS),
        status="pass" if (item.points or 0.0) >= item.max_points else "fail",
        score=score,
        message=_disarm(describe_item_in_full(item), limit),
        filename=file,
        output=_disarm(describe_item(item), min(limit, _OUTPUT_CHARACTERS)),
    )


def _describe_briefly(shown: StudentView) -> _Result:
    """Merge all tests into one, so that their texts go but their scores stay."""
    result = _describe(shown, TEXT_LIMITS[-1])
    whole = _Test(
        name="all functions",
        status=result.status,
        score=_add(test.score for test in result.tests),
        message=result.message,
        filename=result.tests[0].filename,
    )
    return msgspec.structs.replace(result, tests=(whole,))


def _test(
    function: FunctionResult, report: Report, *, score: float, file: str, limit: int
) -> _Test:
    return _Test(
        name=_disarm(show_line(function.name), _NAME_CHARACTERS),
        status="pass" if function.status is Status.PASSED else "fail",
        score=score,
        message=_disarm(describe_function(function) or MARKS[function.status].word, limit),
        filename=file,
        duration=math.fsum(report.timing.get(check.id, 0.0) for check in function.checks),
        output=_disarm(head_line(function), min(limit, _OUTPUT_CHARACTERS)),
    )


def _disarm(text: str, limit: int) -> str:
    """Cut a text, and put a backslash into anything that the log would run as a command."""
    return cut(_COMMAND.sub(_with_backslash, text[: limit + 1]), limit)


def _with_backslash(found: re.Match[str]) -> str:
    return "##\\[" if found[0] == "##[" else f"{found[1]}\\::"


def _share_out(shown: StudentView) -> tuple[int, list[float]]:
    """Scale the points to a whole maximum.

    For example, 12.5 points become 25. If all points were earned, the scores add up to exactly the
    maximum in the order in which the reporter adds them.

    Returns:
        The maximum, and the score of each function on that scale, and of each answer that a person
        has marked.
    """
    total = _exact(shown.max_score or 0.0)
    has_small_denominator = total.denominator <= _MAX_DENOMINATOR
    max_score = total.numerator if has_small_denominator else math.ceil(total)
    scale = max_score / total if total else Fraction(1)
    points = [one.score for one in shown.report.functions]
    points += [one.points or 0.0 for one in _marked_items(shown.report)]
    scores = [float(_exact(one) * scale) for one in points]
    # A submission that was ended early can have all points too, though it isn't a pass.
    if scores and (shown.report.score or 0.0) >= (shown.max_score or 0.0):
        scores[-1] = max_score - _add(scores[:-1])
    return max_score, scores


def _exact(points: float) -> Fraction:
    """Return points as the exact number that the author wrote: 0.1 is a tenth."""
    return Fraction(str(points))


def _add(scores: Iterator[float] | Sequence[float]) -> float:
    """Add floats as JavaScript does; ``sum`` may be more exact than the reporter."""
    return functools.reduce(operator.add, scores, 0.0)
