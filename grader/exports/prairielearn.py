"""The ``results.json`` that PrairieLearn reads, by docs/externalGrading.md.

A file that isn't Python and a fault of the grader are *not gradable*: this uses up no attempt and
gives no score. The file is never larger than PrairieLearn accepts: pictures are left out first,
then texts are cut, and at last the tests are left out.
"""

from collections.abc import Iterator, Sequence

import msgspec
from msgspec import UNSET, UnsetType

from grader.errors import NotExpressibleError
from grader.exports.format import ExportedFile, LeftOut, Work, each_report
from grader.exports.images import describe_image, draw_image
from grader.exports.json_text import to_json
from grader.exports.student_view import StudentView, student_view
from grader.exports.text import (
    AFTER_DUE,
    TEXT_LIMITS,
    cut,
    describe_function,
    describe_printed,
    describe_whole,
)
from grader.outputs.class_wording import show_line
from grader.outputs.function_view import view_function
from grader.outputs.manual_view import describe_item_in_full
from grader.report.model import FunctionResult, ManualItem, Picture, Report, ReportStatus

# The documentation says 1 MB; this is the smaller of the two sizes that it can mean.
_MAX_BYTES = 1_000_000
_NAME_CHARACTERS = 200
_INDENT_BYTES = 100


class _Image(msgspec.Struct, frozen=True, kw_only=True):
    url: str
    label: str


class _Test(msgspec.Struct, frozen=True, kw_only=True):
    """A test. Points are required: if one test has none, PrairieLearn shows none for any."""

    name: str
    points: float
    max_points: float
    message: str
    output: str
    images: tuple[_Image, ...] = ()


class _Results(msgspec.Struct, frozen=True, kw_only=True):
    """The whole result. It has a ``score`` if and only if it is ``gradable``.

    ``grader_error`` is our own field: PrairieLearn keeps unknown fields for the staff and doesn't
    show them.
    """

    gradable: bool
    grader_error: str | UnsetType = UNSET
    score: float | UnsetType = UNSET
    format_errors: tuple[str, ...] | UnsetType = UNSET
    message: str
    output: str = ""
    tests: tuple[_Test, ...] = ()


def export(work: Work) -> Iterator[ExportedFile | LeftOut]:
    """PrairieLearn: results.json, one test per function."""
    yield from each_report(work, _write, has_total=True)


def _write(report: Report, work: Work) -> Iterator[ExportedFile]:
    shown = student_view(report, is_after_due=work.is_after_due)
    results = _with_images(_describe_as_fits(shown), shown.report)
    yield ExportedFile("results.json", to_json(results))


def _describe_as_fits(shown: StudentView) -> _Results:
    results = _describe(shown, TEXT_LIMITS[0])
    for limit in TEXT_LIMITS[1:]:
        if _has_room(results):
            return results
        results = _describe(shown, limit)
    if _has_room(results):
        return results
    message = f"{results.message}\nThere are too many functions to show each of them."
    return msgspec.structs.replace(results, message=message, tests=())


def _has_room(results: _Results) -> bool:
    return len(to_json(results)) <= _MAX_BYTES


def _describe(shown: StudentView, limit: int) -> _Results:
    report = shown.report
    message = cut(describe_whole(shown), limit)
    if report.status is ReportStatus.UNREADABLE:
        errors = (cut(report.error, limit),)
        # The error is shown as such; what remains to be said are the notes.
        notes = cut("\n".join(report.notes), limit)
        return _Results(gradable=False, format_errors=errors, message=notes)
    try:
        score = shown.fraction
    except NotExpressibleError:
        error = cut(report.error, limit) if report.error else UNSET
        return _Results(gradable=False, grader_error=error, message=message)
    return _Results(
        gradable=True,
        score=score,
        message=message,
        output=cut(describe_printed(shown), limit),
        tests=(
            *(_test(function, limit) for function in report.functions),
            *_waiting(shown),
            *(_manual_test(item, limit) for item in report.manual),
        ),
    )


def _test(function: FunctionResult, limit: int) -> _Test:
    return _Test(
        name=cut(show_line(function.name), _NAME_CHARACTERS),
        points=function.score,
        max_points=function.max_score,
        message=view_function(function).mark.word,
        output=cut(describe_function(function), limit),
    )


def _manual_test(item: ManualItem, limit: int) -> _Test:
    """Return the test of an answer that a person marks; 0 of 0 points is shown as neither."""
    return _Test(
        name=cut(show_line(item.id), _NAME_CHARACTERS),
        points=item.points or 0.0,
        max_points=0.0 if item.points is None else item.max_points,
        message=item.status.value,
        output=cut(describe_item_in_full(item), limit),
    )


def _waiting(shown: StudentView) -> Iterator[_Test]:
    if shown.pending:
        yield _Test(
            name=AFTER_DUE,
            points=0.0,
            max_points=shown.pending_points,
            message=f"{shown.pending}.",
            output="",
        )


def _with_images(results: _Results, report: Report) -> _Results:
    """Add the pictures in order until there is no more room."""
    room = _MAX_BYTES - len(to_json(results))
    tests = list(results.tests)
    for place, picture in _pictures(report.functions[: len(tests)]):
        image = _Image(url=draw_image(picture), label=describe_image(picture))
        # A safe estimate: inside the result it is indented more, but has no newline at its end.
        room -= len(to_json(image)) + _INDENT_BYTES
        if room < 0:
            break
        if image.url:
            images = (*tests[place].images, image)
            tests[place] = msgspec.structs.replace(tests[place], images=images)
    return msgspec.structs.replace(results, tests=tuple(tests))


def _pictures(functions: Sequence[FunctionResult]) -> Iterator[tuple[int, Picture]]:
    for place, function in enumerate(functions):
        for picture in function.pictures:
            yield place, picture
