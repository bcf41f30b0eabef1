"""A score for an LTI 1.3 platform, as Assignment and Grade Services (AGS) 2.0 defines it.

If the grader failed there is no score at all: platforms would take any number for a grade. While
points wait for the due date the score is pending, and platforms show it as such or not at all.

Canvas makes a new hand-in, dated now, of each score that doesn't say that there is none
(``scores_controller.rb``). So every score says so, in Canvas's own field, which others ignore.
"""

import enum
import re
from datetime import UTC, datetime

import msgspec
from msgspec import UNSET, UnsetType

from grader.errors import NotExpressibleError
from grader.exports.counted import Counted
from grader.exports.student_view import StudentView, student_view
from grader.exports.text import GRADER_FAULT, cut, describe_whole
from grader.outputs.manual_view import describe_item
from grader.outputs.wording import format_points
from grader.report.class_model import Row, RowStatus
from grader.report.model import Report

MAX_COMMENT_CHARACTERS = 1000
# The name of Canvas's own field in a score.
CANVAS_SUBMISSION = "https://canvas.instructure.com/lti/submission"
# The end of a time with a zone, which some systems write after a space.
_ZONE = re.compile(r"\s*(Z|UTC|[+-]\d\d:?\d\d)$")


class ActivityProgress(enum.Enum):
    """The student's progress, in the words of the specification."""

    SUBMITTED = "Submitted"
    COMPLETED = "Completed"


class GradingProgress(enum.Enum):
    """The progress of grading. Most platforms show a score only if it is FULLY_GRADED."""

    FULLY_GRADED = "FullyGraded"
    PENDING_MANUAL = "PendingManual"
    FAILED = "Failed"


class CanvasSubmission(msgspec.Struct, frozen=True, kw_only=True):
    """What a score means for the submission that Canvas has.

    ``submitted_at`` is the time at which the work was handed in, in ISO 8601 with a time zone.
    """

    new_submission: bool = False
    submitted_at: str | UnsetType = UNSET


class Score(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """The score of one person, with the fields of the specification.

    ``timestamp`` is in ISO 8601 with a time zone; a platform keeps the score with the latest one.
    The platform scales ``score_given`` of ``score_maximum`` to its own points; both are absent if
    there is no score. ``comment`` is plain text for the student. Old logs have no ``canvas``.
    """

    user_id: str
    timestamp: str
    activity_progress: ActivityProgress
    grading_progress: GradingProgress
    score_given: float | UnsetType = UNSET
    score_maximum: float | UnsetType = UNSET
    comment: str = ""
    canvas: CanvasSubmission | UnsetType = msgspec.field(default=UNSET, name=CANVAS_SUBMISSION)

    @property
    def is_final(self) -> bool:
        """Whether it is a score to which nothing will be added."""
        return self.has_points and self.grading_progress is GradingProgress.FULLY_GRADED

    @property
    def has_points(self) -> bool:
        """Whether it has points at all."""
        return self.score_given is not UNSET


def make_score(
    row: Row,
    report: Report,
    *,
    user_id: str,
    timestamp: str,
    is_after_due: bool,
    counted: Counted | None = None,
) -> Score:
    """Make the score of one person from a row of the class and its report.

    Args:
        row: The row.
        report: The report of the row.
        user_id: The person's id on the platform.
        timestamp: The time of the score, in ISO 8601 with a time zone.
        is_after_due: Whether the due date has passed, so that what waits for it may be shown.
        counted: What counts, if that is not the report's score. The row has it too.

    Raises:
        NotExpressibleError: If nothing was handed in; what that means is up to the platform.
    """
    if row.status is RowStatus.NOT_HANDED_IN:
        raise NotExpressibleError("nothing was handed in")
    is_decided = counted is not None and counted.share is None
    is_fault = row.status is RowStatus.GRADER_ERROR and not is_decided
    if is_fault or row.score is None or row.max_score is None:
        return Score(
            user_id=user_id,
            timestamp=timestamp,
            activity_progress=ActivityProgress.SUBMITTED,
            grading_progress=GradingProgress.FAILED,
            comment=GRADER_FAULT,
            canvas=_canvas(row),
        )
    shown = student_view(report, is_after_due=is_after_due)
    is_pending = bool(shown.pending or shown.waiting) and not is_decided
    has_score = bool(row.max_score) and (shown.has_score or is_decided)
    given = _so_far(shown, counted) if is_pending else row.score
    maximum = row.max_score  # with the points that wait, which are not earned yet
    return Score(
        user_id=user_id,
        timestamp=timestamp,
        activity_progress=ActivityProgress.SUBMITTED if is_pending else ActivityProgress.COMPLETED,
        grading_progress=(
            GradingProgress.PENDING_MANUAL if is_pending else GradingProgress.FULLY_GRADED
        ),
        # AGS allows no maximum of 0; and if everything waits, there is no score yet.
        score_given=given if given is not None and has_score else UNSET,
        score_maximum=maximum if has_score else UNSET,
        # The end may be cut, so what is pending comes first.
        comment=cut(
            "\n".join([describe_whole(shown), *_lines(shown.report)]), MAX_COMMENT_CHARACTERS
        ),
        canvas=_canvas(row),
    )


def _so_far(shown: StudentView, counted: Counted | None) -> float | None:
    """Return what counts of the points that are shown, while others are not."""
    score = shown.report.score
    if score is None or counted is None or counted.share is None:
        return score
    return score * counted.share


def _canvas(row: Row) -> CanvasSubmission:
    """Return that this is not a new submission, with the time of the real one if it is known.

    A time without a zone is left out, and so is one in the future, which Canvas refuses.
    """
    try:
        time = datetime.fromisoformat(_ZONE.sub(r"\1", row.origin.submitted_at).replace("UTC", "Z"))
    except ValueError:
        return CanvasSubmission()
    if time.tzinfo is None or time > datetime.now(UTC):
        return CanvasSubmission()
    text = time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return CanvasSubmission(submitted_at=text)


def _lines(report: Report) -> list[str]:
    lines = [
        f"{one.name}: {format_points(one.score)} of {format_points(one.max_score)}"
        for one in report.functions
    ]
    for item in report.manual:
        lines.append(describe_item(item))
        if item.mark is not None and item.mark.comment:
            lines.append(item.mark.comment)
    return lines
