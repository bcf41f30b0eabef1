"""feedback.json and htmlFeedback.html for Coursera: always a float, and no file for a fault."""

import json
import math
from typing import TypedDict

import jsonschema  # type: ignore[import-untyped]  # has no type information
import pytest
from due_points import points_of
from hypothesis import HealthCheck, given, settings
from lxml import html  # type: ignore[import-untyped]  # has no type information
from report_samples import (
    ALL_LATE,
    FULL,
    GRADER_ERROR,
    HIDDEN,
    PARTIAL,
    RIGHT_SO_FAR,
    SAMPLES,
    STOPPED,
    UNREADABLE,
    WAITING,
    WITH_HIDDEN,
    WITH_LATE,
    class_work_of,
    reports,
    run_export,
    work_of,
)

from grader.exports.coursera import export
from grader.report.model import Report

FEEDBACK = {
    "type": "object",
    "additionalProperties": False,
    "required": ["fractionalScore", "feedback"],
    "properties": {
        "fractionalScore": {"type": "number", "minimum": 0, "maximum": 1},
        "feedback": {"type": "string", "minLength": 1, "pattern": r"\A[^<>&\u0000-\u001f]*\Z"},
        "feedbackType": {"const": "HTML"},
    },
}
VALIDATOR = jsonschema.Draft202012Validator(FEEDBACK)


class Feedback(TypedDict):
    """The content of feedback.json."""

    fractionalScore: float
    feedback: str
    feedbackType: str


def refuse(name: str) -> None:
    """Refuse NaN and infinity, which Python's reader accepts and others don't."""
    raise AssertionError(name)


def feedback_of(report: Report, *, is_after_due: bool = False) -> tuple[Feedback, str]:
    """Export a report, check it against the rules, and return both files."""
    files, left_out = run_export(export, work_of(report, is_after_due=is_after_due))
    assert left_out == []
    assert list(files) == ["feedback.json", "htmlFeedback.html"]
    assert files["feedback.json"].endswith(b"\n")
    feedback: Feedback = json.loads(files["feedback.json"].decode(), parse_constant=refuse)
    VALIDATOR.validate(feedback)
    # Coursera refuses an int, and a bool is an int in Python.
    assert type(feedback["fractionalScore"]) is float
    page = files["htmlFeedback.html"].decode("utf-8")
    assert html.fromstring(page).find("body") is not None
    assert html.fromstring(page).find(".//script") is None
    assert HIDDEN not in page
    return feedback, page


def has_files(report: Report, *, is_after_due: bool) -> bool:
    """Return whether the export writes files for a report, which it does only with a score."""
    if report.score is None:
        return False
    files, _ = run_export(export, work_of(report, is_after_due=is_after_due))
    return bool(files)


@settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
@given(reports())
def test_every_report_makes_valid_feedback_or_none(report: Report) -> None:
    """A report without a score has no feedback; others have the part of all points earned."""
    for is_after_due in (False, True):
        expected = points_of(report, is_after_due=is_after_due)
        is_written = has_files(report, is_after_due=is_after_due)
        assert is_written is (expected is not None and expected.has_score)
        if not is_written or expected is None:
            continue

        feedback, page = feedback_of(report, is_after_due=is_after_due)

        assert math.isclose(feedback["fractionalScore"], expected.share)
        assert (feedback["fractionalScore"] == 1.0) is expected.are_all_earned
        assert is_after_due or WAITING not in page


@pytest.mark.parametrize("name", [name for name in SAMPLES if "grader error" not in name])
def test_sample_makes_valid_feedback(name: str) -> None:
    """Each sample with a score makes valid feedback."""
    if name != "all late":
        feedback_of(SAMPLES[name])


def test_score_is_a_fraction() -> None:
    """The score is written as a float, even if it is a whole number."""
    files, _ = run_export(export, work_of(FULL))

    assert b'"fractionalScore": 1.0' in files["feedback.json"]
    assert feedback_of(PARTIAL)[0]["fractionalScore"] == 0.8


def test_page_is_the_students_page() -> None:
    """The page is the student's page, with everything that failed."""
    feedback, page = feedback_of(PARTIAL)

    assert feedback["feedback"] == "8 of 10 points."
    assert "w &lt;moved&gt; &amp; stayed" in page


def test_waiting_points_are_not_earned_yet_and_shown_after_the_due_date() -> None:
    """Waiting points count as not earned, and their checks appear only after the due date."""
    before, page_before = feedback_of(WITH_LATE)
    after, page_after = feedback_of(WITH_LATE, is_after_due=True)

    assert before["fractionalScore"] == 0.4
    assert "5 more points depend on checks shown after the due date." in before["feedback"]
    assert "5 more points" in page_before
    assert WAITING not in page_before
    assert after["fractionalScore"] == 0.4
    assert WAITING in page_after
    assert "more points" not in after["feedback"] + page_after


def test_right_so_far_says_that_more_is_to_come() -> None:
    """A submission that is right so far has a part of all points, and its feedback says so."""
    feedback, _ = feedback_of(RIGHT_SO_FAR)

    assert feedback["fractionalScore"] == 0.6
    assert feedback["feedback"] == (
        "3 of 3 points. 2 more points depend on checks shown after the due date."
    )


def test_hidden_check_shows_its_points_only() -> None:
    """A hidden check shows its title and points only."""
    feedback, page = feedback_of(WITH_HIDDEN)

    assert feedback["fractionalScore"] == 0.6
    assert "It is right" in page


@pytest.mark.parametrize(("report", "words"), [(UNREADABLE, "can't be graded"), (STOPPED, "ended")])
def test_short_feedback_says_what_went_wrong(report: Report, words: str) -> None:
    """The short feedback says what went wrong too, but without any text of the student's."""
    feedback, page = feedback_of(report)

    assert words in feedback["feedback"]
    assert report.error.split("\n")[0] in page


def test_fault_of_the_grader_is_left_out_and_not_a_zero() -> None:
    """A fault of the grader is left out without any file, so that the container fails."""
    files, left_out = run_export(export, class_work_of(FULL, GRADER_ERROR))

    assert list(files) == ["s0/feedback.json", "s0/htmlFeedback.html"]
    (one,) = left_out
    assert one.who == "s1"
    assert "not a zero" in one.reason


def test_there_is_no_score_while_all_points_wait() -> None:
    """If all points wait, the report is left out, as a score of 0 would be wrong."""
    files, left_out = run_export(export, work_of(ALL_LATE))

    assert files == {}
    assert "4 more points depend on checks shown after the due date" in left_out[0].reason
