"""feedback.json and htmlFeedback.html for Coursera: a float always, and nothing for a fault."""

import json
import math

import jsonschema
import pytest
from due_points import points_of
from hypothesis import HealthCheck, given, settings
from lxml import html
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


def refuse(name: str) -> None:
    """Refuse NaN and infinity, which Python's reader takes and others don't."""
    raise AssertionError(name)


def feedback_of(report: Report, *, is_after_due: bool = False) -> tuple[dict, str]:
    """Export a report, check it against the rules, and read both files back."""
    files, left_out = run_export(export, work_of(report, is_after_due=is_after_due))
    assert left_out == []
    assert list(files) == ["feedback.json", "htmlFeedback.html"]
    assert files["feedback.json"].endswith(b"\n")
    feedback = json.loads(files["feedback.json"].decode("utf-8"), parse_constant=refuse)
    VALIDATOR.validate(feedback)
    # An int is no fraction for everybody, and a bool is an int in Python.
    assert type(feedback["fractionalScore"]) is float
    page = files["htmlFeedback.html"].decode("utf-8")
    assert html.fromstring(page).find("body") is not None
    assert html.fromstring(page).find(".//script") is None
    assert HIDDEN not in page
    return feedback, page


def can_say(report: Report, *, is_after_due: bool) -> bool:
    """Tell whether the format has words for it: there is a score, and it doesn't wait."""
    if report.score is None:
        return False
    files, _ = run_export(export, work_of(report, is_after_due=is_after_due))
    return bool(files)


@settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
@given(reports())
def test_every_report_makes_valid_feedback_or_none(report: Report) -> None:
    """None where there is no score; else what can be seen, as a part of all points."""
    for is_after_due in (False, True):
        expected = points_of(report, is_after_due=is_after_due)
        is_said = can_say(report, is_after_due=is_after_due)
        assert is_said is (expected is not None and expected.can_be_said)
        if not is_said or expected is None:
            continue

        feedback, page = feedback_of(report, is_after_due=is_after_due)

        assert math.isclose(feedback["fractionalScore"], expected.share)
        assert (feedback["fractionalScore"] == 1.0) is expected.are_all_earned
        assert is_after_due or WAITING not in page


@pytest.mark.parametrize("name", [name for name in SAMPLES if "grader error" not in name])
def test_sample_makes_valid_feedback(name: str) -> None:
    """Each by itself, so that a failure says which."""
    if name != "all late":
        feedback_of(SAMPLES[name])


def test_score_is_a_fraction() -> None:
    """Also where it is 0 or 1: JSON has both as floats."""
    files, _ = run_export(export, work_of(FULL))

    assert b'"fractionalScore": 1.0' in files["feedback.json"]
    assert feedback_of(PARTIAL)[0]["fractionalScore"] == 0.8


def test_page_is_the_students_page() -> None:
    """With everything that failed."""
    feedback, page = feedback_of(PARTIAL)

    assert feedback["feedback"] == "8 of 10 points."
    assert "w &lt;moved&gt; &amp; stayed" in page


def test_what_waits_is_not_earned_yet_and_shown_after_the_due_date() -> None:
    """Before it is not on the page, and the score is of all points."""
    before, page_before = feedback_of(WITH_LATE)
    after, page_after = feedback_of(WITH_LATE, is_after_due=True)

    assert before["fractionalScore"] == 0.4
    assert "5 more points are checked after the due date." in before["feedback"]
    assert "5 more points" in page_before
    assert WAITING not in page_before
    assert after["fractionalScore"] == 0.4
    assert WAITING in page_after
    assert "more points" not in after["feedback"] + page_after


def test_right_so_far_says_that_more_is_to_come() -> None:
    """Its score is a part of all points."""
    feedback, _ = feedback_of(RIGHT_SO_FAR)

    assert feedback["fractionalScore"] == 0.6
    assert feedback["feedback"] == ("3 of 3 points. 2 more points are checked after the due date.")


def test_hidden_check_shows_its_points_only() -> None:
    """And its title."""
    feedback, page = feedback_of(WITH_HIDDEN)

    assert feedback["fractionalScore"] == 0.6
    assert "It is right" in page


@pytest.mark.parametrize(("report", "said"), [(UNREADABLE, "can't be graded"), (STOPPED, "ended")])
def test_what_went_wrong_is_said(report: Report, said: str) -> None:
    """In the short text too, but without a word of the student's."""
    feedback, page = feedback_of(report)

    assert said in feedback["feedback"]
    assert report.error.split("\n")[0] in page


def test_fault_of_the_grader_is_left_out_and_not_a_zero() -> None:
    """There is no file at all: the container has to fail."""
    files, left_out = run_export(export, class_work_of(FULL, GRADER_ERROR))

    assert list(files) == ["s0/feedback.json", "s0/htmlFeedback.html"]
    (one,) = left_out
    assert one.who == "s1"
    assert "not a zero" in one.reason


def test_where_everything_waits_there_is_no_score_yet() -> None:
    """A 0 would be a lie."""
    files, left_out = run_export(export, work_of(ALL_LATE))

    assert files == {}
    assert "4 more points are checked after the due date" in left_out[0].reason
