"""What a runner of GitHub Classroom outputs, and classroom-resources' grading reporter reads.

The reporter adds up the scores of the tests, and writes their texts to the log of the job, where
lines can be commands: none of a student's may be one, or it could report points of its own.
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
from grader.outputs.wording import MARKS
from grader.report.model import FunctionResult, Report, ReportStatus, Status

_VERSION = 3
_OUTPUT_CHARACTERS = 500
_NAME_CHARACTERS = 100
# In base64 below 128 KiB: it is handed to the reporter as a variable of the environment, and on
# Linux none can be longer.
_MAX_BYTES = 90_000
_MAX_DENOMINATOR = 1000
_COMMAND = re.compile(r"^([^\S\n]*)::|##\[", re.MULTILINE)


class _Test(msgspec.Struct, frozen=True, kw_only=True):
    """A test, with the names that the runners for Python have for its parts.

    ``duration`` is in seconds.
    """

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
    """All of it; the scores of the tests are of ``max_score`` points, which has to be whole."""

    version: int = _VERSION
    status: str
    message: str
    max_score: int
    tests: tuple[_Test, ...]


def export(work: Work) -> Iterator[ExportedFile | LeftOut]:
    """What a runner of GitHub Classroom outputs, also in base64."""
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
        # The reporter passes over a maximum of 0: so nothing is reported, and no zero.
        return _Result(status="error", message=message, max_score=0, tests=())
    max_score, scores = _share_out(shown)
    file = _disarm(show_line(report.submission.name), _NAME_CHARACTERS)
    if report.status is ReportStatus.UNREADABLE:
        unread = _Test(name="the file", status="fail", score=0.0, message=message, filename=file)
        tests: tuple[_Test, ...] = (unread,)
    else:
        tests = tuple(
            _test(function, report, score=score, file=file, limit=limit)
            for function, score in zip(report.functions, scores, strict=True)
        )
        if shown.pending:
            told = f"{shown.pending}."
            waiting = _Test(name=AFTER_DUE, status="fail", score=0.0, message=told, filename=file)
            tests = (*tests, waiting)
    return _Result(
        status="pass" if shown.is_full else "fail",
        message=message,
        max_score=max_score,
        tests=tests,
    )


def _describe_briefly(shown: StudentView) -> _Result:
    """Put all tests into one: their scores must not be lost."""
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
    told = describe_function(function)
    word = MARKS[function.status].word
    return _Test(
        name=_disarm(show_line(function.name), _NAME_CHARACTERS),
        status="pass" if function.status is Status.PASSED else "fail",
        score=score,
        message=_disarm(told or word, limit),
        filename=file,
        duration=math.fsum(report.timing.get(check.id, 0.0) for check in function.checks),
        output=_disarm(head_line(function), min(limit, _OUTPUT_CHARACTERS)),
    )


def _disarm(text: str, limit: int) -> str:
    """Cut a text, and put a backslash into what the log would take for a command."""
    return cut(_COMMAND.sub(_with_backslash, text[: limit + 1]), limit)


def _with_backslash(found: re.Match[str]) -> str:
    return "##\\[" if found[0] == "##[" else f"{found[1]}\\::"


def _share_out(shown: StudentView) -> tuple[int, list[float]]:
    """Give the maximum as a whole number, and the score of each function in its terms.

    Of 12.5 points it makes 25. All the points add up to the maximum exactly, in the order in which
    the reporter adds them.
    """
    total = _exact(shown.max_score or 0.0)
    is_short = total.denominator <= _MAX_DENOMINATOR
    max_score = total.numerator if is_short else math.ceil(total)
    scale = max_score / total if total else Fraction(1)
    scores = [float(_exact(one.score) * scale) for one in shown.report.functions]
    # Also of a submission that was ended early, which is not called full.
    if scores and (shown.report.score or 0.0) >= (shown.max_score or 0.0):
        scores[-1] = max_score - _add(scores[:-1])
    return max_score, scores


def _exact(points: float) -> Fraction:
    """Read points as their author wrote them: 0.1 is a tenth."""
    return Fraction(str(points))


def _add(scores: Iterator[float] | Sequence[float]) -> float:
    """Add as JavaScript does, and not more exactly, as ``sum`` may."""
    return functools.reduce(operator.add, scores, 0.0)
