"""A score as LTI 1.3 platforms are told of it, in the terms of Assignment and Grade Services 2.0.

A fault of the grader has no score at all: platforms would take any number for a grade. While points
wait for the due date a score is pending, and platforms show it as such or not at all.
"""

import enum

import msgspec
from msgspec import UNSET, UnsetType

from grader.errors import NotExpressibleError
from grader.exports.student_view import student_view
from grader.exports.text import GRADER_FAULT, cut, describe_whole
from grader.outputs.wording import format_points
from grader.report.class_model import Row, RowStatus
from grader.report.model import Report

MAX_COMMENT_CHARACTERS = 1000


class ActivityProgress(enum.Enum):
    """How far the student is, in the words of the specification."""

    SUBMITTED = "Submitted"
    COMPLETED = "Completed"


class GradingProgress(enum.Enum):
    """How far grading is; most platforms show a score only where it is FULLY_GRADED."""

    FULLY_GRADED = "FullyGraded"
    PENDING_MANUAL = "PendingManual"
    FAILED = "Failed"


class Score(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """The score of one person, with the names that the specification has for its parts.

    ``timestamp`` is ISO 8601 with a zone: a platform keeps the score that has the latest. The
    platform scales ``score_given`` of ``score_maximum`` to its own points; both are absent where
    there is no score. ``comment`` is plain text, and its student reads it.
    """

    user_id: str
    timestamp: str
    activity_progress: ActivityProgress
    grading_progress: GradingProgress
    score_given: float | UnsetType = UNSET
    score_maximum: float | UnsetType = UNSET
    comment: str = ""


def make_score(
    row: Row, report: Report, *, user_id: str, timestamp: str, is_after_due: bool
) -> Score:
    """Say what came of a submission.

    Args:
        row: Its row of the class.
        report: Its report.
        user_id: Whose score it is, as the platform knows them.
        timestamp: When it was made, in ISO 8601 with a zone.
        is_after_due: Whether what waits for the due date may be shown.

    Raises:
        NotExpressibleError: nothing was handed in; that is for the platform to say.
    """
    if row.status is RowStatus.NOT_HANDED_IN:
        raise NotExpressibleError("nothing was handed in")
    if row.status is RowStatus.GRADER_ERROR or row.score is None or row.max_score is None:
        return Score(
            user_id=user_id,
            timestamp=timestamp,
            activity_progress=ActivityProgress.SUBMITTED,
            grading_progress=GradingProgress.FAILED,
            comment=GRADER_FAULT,
        )
    shown = student_view(report, is_after_due=is_after_due)
    is_pending = bool(shown.pending)
    has_score = bool(row.max_score) and shown.has_score
    given = shown.report.score if is_pending else row.score
    maximum = row.max_score  # of all points: those that wait are not earned yet
    return Score(
        user_id=user_id,
        timestamp=timestamp,
        activity_progress=ActivityProgress.SUBMITTED if is_pending else ActivityProgress.COMPLETED,
        grading_progress=(
            GradingProgress.PENDING_MANUAL if is_pending else GradingProgress.FULLY_GRADED
        ),
        # A maximum of 0 is not allowed, and where everything waits there is no score yet.
        score_given=given if given is not None and has_score else UNSET,
        score_maximum=maximum if has_score else UNSET,
        # What is pending stands at the top: the end is what may be cut.
        comment=cut(
            "\n".join([describe_whole(shown), *_lines(shown.report)]), MAX_COMMENT_CHARACTERS
        ),
    )


def _lines(report: Report) -> list[str]:
    return [
        f"{one.name}: {format_points(one.score)} of {format_points(one.max_score)}"
        for one in report.functions
    ]
