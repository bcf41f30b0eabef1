"""The ``results.json`` that Gradescope reads, by docs/specs.md of its autograder samples.

Each function is a test, and has a second test for its checks that wait for the due date. No test
is ever *hidden*, since Gradescope then hides the total from students; a hidden check shows only its
title and points. Standard output stays visible to staff only, which is the default.
"""

from collections.abc import Iterator

import msgspec
from msgspec import UNSET, UnsetType

from grader.exports.format import ExportedFile, LeftOut, Work, each_report
from grader.exports.json_text import to_json
from grader.exports.student_view import StudentView, student_view, view_waiting
from grader.exports.text import (
    GRADER_FAULT,
    TEXT_LIMITS,
    cut,
    describe_function,
    describe_printed,
    describe_whole,
)
from grader.outputs.class_wording import show_line
from grader.outputs.manual_view import describe_item_in_full
from grader.outputs.wording import MARKS
from grader.report.model import FunctionResult, ManualItem, Report, Status

_MAX_CHARACTERS = TEXT_LIMITS[0]
_VISIBLE, _AFTER_DUE_DATE = "visible", "after_due_date"


class _Test(msgspec.Struct, frozen=True, kw_only=True):
    """A test, with Gradescope's fields.

    ``status`` is always set if there are points: without it, a test with 0 of 0 points would be
    shown as passed. An answer that waits for a person has neither.
    """

    name: str
    number: str
    status: str | UnsetType = UNSET
    score: float | UnsetType = UNSET
    max_score: float | UnsetType = UNSET
    output: str
    output_format: str = "text"
    visibility: str = _VISIBLE
    tags: tuple[str, ...] = ()
    extra_data: dict[str, object] = {}


class _Results(msgspec.Struct, frozen=True, kw_only=True):
    """The whole result. If ``score`` is set, it overrides the sum of the tests' scores."""

    score: float | UnsetType = UNSET
    execution_time: float | UnsetType = UNSET
    output: str
    output_format: str = "text"
    test_output_format: str = "text"
    test_name_format: str = "text"
    visibility: str = _VISIBLE
    tests: tuple[_Test, ...]
    extra_data: dict[str, object]


def export(work: Work) -> Iterator[ExportedFile | LeftOut]:
    """Gradescope: results.json, one test per function."""
    yield from each_report(work, _write, has_total=True)


def _write(report: Report, work: Work) -> Iterator[ExportedFile]:
    shown = student_view(report, is_after_due=work.is_after_due)
    waiting = () if work.is_after_due else view_waiting(report)
    results = _describe_fault(shown) if shown.report.score is None else _describe(shown, waiting)
    yield ExportedFile("results.json", to_json(results))


def _describe(shown: StudentView, waiting: tuple[FunctionResult, ...]) -> _Results:
    report = shown.report
    tests = [
        *(_test(str(place), one) for place, one in enumerate(report.functions, start=1)),
        *_waiting_tests(report, waiting),
    ]
    tests += [
        _manual_test(str(len(report.functions) + len(waiting) + place), one)
        for place, one in enumerate(report.manual, start=1)
    ]
    score = report.score
    return _Results(
        # If nothing waits, the exact score, which a sum of floats may miss. If something does,
        # Gradescope has to add up: a total of ours would reveal waiting points too early, or
        # leave them out for good. Nor is there a total while a person has to mark an answer.
        score=UNSET if waiting or shown.is_waiting or score is None else score,
        execution_time=_execution_time(report),
        output=_whole(shown),
        tests=tuple(tests),
        extra_data=_extra_data(report),
    )


def _describe_fault(shown: StudentView) -> _Results:
    """Say that the grader failed, without any number that could be taken for a score."""
    report = shown.report
    test = _Test(name="The grader failed", number="1", status="failed", output=GRADER_FAULT)
    return _Results(
        execution_time=_execution_time(report),
        output="There is no score yet. The test below says why.",
        tests=(test,),
        extra_data={**_extra_data(report), "error": cut(report.error, _MAX_CHARACTERS)},
    )


def _waiting_tests(report: Report, waiting: tuple[FunctionResult, ...]) -> Iterator[_Test]:
    places = {one.name: place for place, one in enumerate(report.functions, start=1)}
    last_place = len(places)
    for one in waiting:
        if one.name in places:
            number = f"{places[one.name]}.1"
        else:
            last_place += 1
            number = str(last_place)
        yield _test(number, one, visibility=_AFTER_DUE_DATE)


def _test(number: str, function: FunctionResult, *, visibility: str = _VISIBLE) -> _Test:
    has_passed = function.status is Status.PASSED and function.score >= function.max_score
    output = describe_function(function) or ("" if has_passed else _status_sentence(function))
    name = show_line(function.name)
    return _Test(
        name=name if visibility == _VISIBLE else f"{name}, checked after the due date",
        number=number,
        status="passed" if has_passed else "failed",
        score=function.score,
        max_score=function.max_score,
        output=cut(output, _MAX_CHARACTERS),
        visibility=visibility,
        tags=(function.status.value,),
        extra_data={
            "checks": {check.id: check.status.value for check in function.checks},
            "misconceptions": sorted({one.misconception or "" for one in function.checks} - {""}),
        },
    )


def _manual_test(number: str, item: ManualItem) -> _Test:
    """Return the test of an answer that a person marks; without points, it is only information."""
    test = _Test(
        name=show_line(item.id),
        number=number,
        output=cut(describe_item_in_full(item), _MAX_CHARACTERS),
        tags=(item.status.value,),
    )
    if item.points is None:
        return test
    return msgspec.structs.replace(
        test,
        status="passed" if item.points >= item.max_points else "failed",
        score=item.points,
        max_score=item.max_points,
    )


def _status_sentence(function: FunctionResult) -> str:
    word = MARKS[function.status].word
    return f"{word[0].upper()}{word[1:]}."


def _whole(shown: StudentView) -> str:
    """Describe the submission as a whole, and what it printed."""
    parts = (describe_whole(shown), describe_printed(shown))
    return "\n\n".join(cut(part, _MAX_CHARACTERS) for part in parts if part)


def _execution_time(report: Report) -> float | UnsetType:
    return report.timing.get("total_s", UNSET)


def _extra_data(report: Report) -> dict[str, object]:
    return {
        "status": report.status.value,
        "assignment": msgspec.to_builtins(report.assignment),
        "sha256": report.submission.sha256,
        "seed": report.seed,
        "versions": report.environment,
    }
