"""Hidden checks show only their points; those that wait for the due date are not shown at all."""

import pytest
from fakes import check_result, make_report
from rich.console import Console

from grader.outputs.notebook_html import report_to_html
from grader.outputs.terminal import show_report
from grader.outputs.visibility import describe_pending, pending_points, show_to_student
from grader.report.model import Diagnosis, Example, Report, Status, Visibility
from grader.report.schema import report_to_json

SECRET = Example(code="secret code", got="secret got", expected="secret expected")


def report_of(visibility: Visibility) -> Report:
    """Return a report with a right check, and a failed one with a visibility."""
    right = check_result("mse/values")
    wrong = check_result(
        "mse/late",
        Status.FAILED,
        max_points=3.0,
        message="secret message",
        hint="secret hint",
        example=SECRET,
        misconception="mse/secret",
        section="secret section",
        diagnosis=Diagnosis(
            misconception="mse/secret", title="secret title", hint="secret hint", section="secret"
        ),
        visibility=visibility,
    )
    return make_report(right, wrong)


def text_of(report: Report) -> str:
    """Return a report as it is shown in a terminal."""
    console = Console(record=True, width=100, color_system=None)
    with console.capture() as capture:
        show_report(report, console)
    return capture.get()


def test_visible_report_is_shown_as_it_is() -> None:
    """A report whose checks are all visible is not changed."""
    report = report_of(Visibility.VISIBLE)

    assert show_to_student(report) is report
    assert describe_pending(report) == ""
    assert "secret code" in text_of(report)


def test_hidden_check_shows_only_its_points() -> None:
    """A hidden check shows neither message, example, hint nor diagnosis, and the score stays."""
    report = report_of(Visibility.HIDDEN)

    shown = show_to_student(report)

    assert (shown.score, shown.max_score) == (report.score, report.max_score)
    assert shown.functions[0].checks[1].points == 0
    assert shown.functions[0].checks[1].diagnosis is None
    assert "secret" not in report_to_json(shown)
    assert "secret" not in text_of(report)
    assert "secret" not in report_to_html(report)


@pytest.mark.parametrize("status", [Status.ERROR, Status.LIMIT, Status.MISSING, Status.FAILED])
def test_hidden_check_does_not_show_how_it_ended(status: Status) -> None:
    """A function could tell what it was asked by the way in which it fails."""
    check = check_result("mse/late", status, visibility=Visibility.HIDDEN)

    (shown,) = show_to_student(make_report(check)).functions

    assert shown.checks[0].status is Status.FAILED
    assert shown.status is Status.FAILED


@pytest.mark.parametrize("visibility", [Visibility.HIDDEN, Visibility.AFTER_DUE_DATE])
@pytest.mark.parametrize("status", [Status.PASSED, Status.FAILED])
def test_what_was_printed_for_a_hidden_check_is_not_shown(
    visibility: Visibility, status: Status
) -> None:
    """The output is left out next to a hidden check, whose arguments a function could print."""
    check = check_result("mse/late", status, visibility=visibility)
    report = make_report(check_result("mse/values"), check, output="secret input\n", notes=("a",))

    shown = show_to_student(report)

    assert shown.output == ""
    assert shown.notes[0] == "a"
    assert "not shown" in shown.notes[1]
    assert "secret" not in text_of(report)
    assert "secret" not in report_to_html(report)


def test_check_that_waits_for_the_due_date_is_left_out_with_its_points() -> None:
    """The number of points that wait for the due date is shown in their place."""
    report = report_of(Visibility.AFTER_DUE_DATE)

    shown = show_to_student(report)

    assert [check.id for check in shown.functions[0].checks] == ["mse/values"]
    assert shown.score == shown.max_score == 1
    assert pending_points(report) == 3
    for text in (text_of(report), report_to_html(report)):
        assert "secret" not in text
        assert "3 more points depend on checks shown after the due date" in text


@pytest.mark.parametrize(
    ("points", "sentence"),
    [
        (0.0, ""),
        (1.0, "1 more point depends on checks shown after the due date"),
        (2.5, "2.5 more points depend on checks shown after the due date"),
    ],
)
def test_pending_points_are_counted_in_a_sentence(points: float, sentence: str) -> None:
    """The sentence is in the singular for one point, and empty if no points are pending."""
    late = check_result("mse/a", max_points=points, visibility=Visibility.AFTER_DUE_DATE)

    assert describe_pending(make_report(late)) == sentence
