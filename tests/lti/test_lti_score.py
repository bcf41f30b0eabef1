"""Scores in LTI's terms: what the platform gets for each status, and what it never gets."""

import json

import msgspec
import pytest
from fakes import check_result, make_report
from lti_class import ADA, failed_by_us, graded, unreadable
from msgspec import UNSET, UnsetType

from grader.errors import NotExpressibleError
from grader.exports.lti_score import (
    CANVAS_SUBMISSION,
    MAX_COMMENT_CHARACTERS,
    CanvasSubmission,
    Score,
    make_score,
)
from grader.report.class_model import Origin, Row, RowStatus
from grader.report.model import Report, ReportStatus, Status, Visibility

NOW = "2026-11-24T10:00:00.000Z"
NO_ORIGIN = Origin()


def score_of(report: Report, *, is_after_due: bool = False, origin: Origin = NO_ORIGIN) -> Score:
    """Return the score of a report."""
    row = Row(
        id="ada",
        student=ADA,
        file="lab4.py",
        status=RowStatus(report.status.value),
        score=report.score,
        max_score=report.max_score,
        origin=origin,
    )
    return make_score(row, report, user_id="u-ada", timestamp=NOW, is_after_due=is_after_due)


def plain(score: Score) -> dict[str, object]:
    """Return a score as it is sent, without its comment and what is for Canvas alone."""
    content: dict[str, object] = json.loads(msgspec.json.encode(score))
    content.pop("comment")
    content.pop(CANVAS_SUBMISSION)
    return content


def test_graded_score_is_complete() -> None:
    """A graded score is complete, and its comment has the points of each function."""
    score = score_of(graded(9.0))

    assert plain(score) == {
        "userId": "u-ada",
        "timestamp": NOW,
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        "scoreGiven": 9.0,
        "scoreMaximum": 12.0,
    }
    assert score.comment.splitlines() == ["9 of 12 points.", "mse: 1 of 1", "update: 8 of 11"]


def test_stopped_counts_what_was_earned() -> None:
    """A submission that was stopped keeps the points it earned, and the comment says why."""
    score = score_of(graded(9.0, status=ReportStatus.STOPPED))

    assert plain(score)["gradingProgress"] == "FullyGraded"
    assert "ended before everything was checked" in score.comment


def test_unreadable_is_a_zero() -> None:
    """An unreadable file gets a zero, and the comment says what is wrong with the file."""
    score = score_of(unreadable())

    assert (score.score_given, score.score_maximum) == (0.0, 12.0)
    assert plain(score)["gradingProgress"] == "FullyGraded"
    assert "line 3 is not valid Python" in score.comment


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("2026-11-02 10:00:00.500 +0100", "2026-11-02T09:00:00.500Z"),
        ("2026-11-02 10:00:00.123456 Z", "2026-11-02T10:00:00.123Z"),
        ("2026-11-02T10:00:00+01:00", "2026-11-02T09:00:00.000Z"),
        ("2026-11-02 10:00:00 UTC", "2026-11-02T10:00:00.000Z"),
        ("2026-11-02 10:00:00", UNSET),
        ("2999-11-02T10:00:00Z", UNSET),
        ("on Monday", UNSET),
        ("", UNSET),
    ],
)
def test_score_is_not_a_new_submission(written: str, sent: str | UnsetType) -> None:
    """Canvas is told that nothing new was handed in, and when it was, if that is sure."""
    score = score_of(graded(9.0), origin=Origin(submitted_at=written))

    assert score.canvas == CanvasSubmission(new_submission=False, submitted_at=sent)
    assert msgspec.to_builtins(score)[CANVAS_SUBMISSION]["new_submission"] is False


def test_fault_of_the_grader_has_no_score() -> None:
    """A fault of the grader is sent without a score, and the comment has no internals."""
    score = score_of(failed_by_us())

    assert plain(score) == {
        "userId": "u-ada",
        "timestamp": NOW,
        "activityProgress": "Submitted",
        "gradingProgress": "Failed",
    }
    assert "not a zero" in score.comment
    assert "srv" not in score.comment


def test_points_that_wait_are_pending() -> None:
    """Points that wait for the due date are pending and count as not earned yet."""
    score = score_of(graded(9.0, waiting=4.0))

    assert plain(score) == {
        "userId": "u-ada",
        "timestamp": NOW,
        "activityProgress": "Submitted",
        "gradingProgress": "PendingManual",
        "scoreGiven": 9.0,
        "scoreMaximum": 16.0,
    }
    assert "4 more points depend on checks shown after the due date" in score.comment
    assert "update: 8 of 11" in score.comment


def test_after_the_due_date_everything_counts() -> None:
    """After the due date all points count, and nothing is pending."""
    score = score_of(graded(9.0, waiting=4.0), is_after_due=True)

    assert (score.score_given, score.score_maximum) == (13.0, 16.0)
    assert plain(score)["gradingProgress"] == "FullyGraded"
    assert "update: 12 of 15" in score.comment
    assert "after the due date" not in score.comment


def test_maximum_is_never_zero() -> None:
    """If all points wait there is no score yet, because platforms refuse a maximum of 0."""
    late = check_result("mse/late", max_points=5.0, visibility=Visibility.AFTER_DUE_DATE)

    content = plain(score_of(make_report(late)))

    assert "scoreGiven" not in content
    assert "scoreMaximum" not in content
    assert content["gradingProgress"] == "PendingManual"


def test_hidden_check_shows_only_its_points() -> None:
    """A hidden check counts in the score, but its message appears nowhere."""
    hidden = check_result(
        "mse/secret", Status.FAILED, message="the seventh row", visibility=Visibility.HIDDEN
    )

    score = score_of(make_report(check_result("mse/right"), hidden))

    assert (score.score_given, score.score_maximum) == (1.0, 2.0)
    assert "seventh" not in score.comment


def test_comment_is_short_and_harmless() -> None:
    """A comment stays short and printable, whatever the student wrote."""
    note = "\x1b[31mred\N{RIGHT-TO-LEFT OVERRIDE}" + "x" * 5000

    score = score_of(graded(9.0, waiting=4.0, notes=(note,)))

    assert len(score.comment) <= MAX_COMMENT_CHARACTERS
    assert "4 more points" in score.comment
    assert all(one.isprintable() or one == "\n" for one in score.comment)


def test_nothing_handed_in_is_no_score() -> None:
    """A student who did not hand in has no score to send."""
    row = Row(
        id="", student=ADA, file="", status=RowStatus.NOT_HANDED_IN, score=None, max_score=None
    )

    with pytest.raises(NotExpressibleError):
        make_score(row, graded(1.0), user_id="u", timestamp=NOW, is_after_due=False)
