"""What counts of a report, where that is not the score that the report has.

Only the service knows of late days, and of points that an instructor decided. A format shows what
counts or leaves the work out: it never shows points that don't count.
"""

from dataclasses import dataclass

import msgspec

from grader.errors import NotExpressibleError
from grader.exports.student_view import open_after_due, student_view
from grader.outputs.visibility import show_to_student
from grader.outputs.wording import format_points
from grader.report.model import FunctionResult, Report, Visibility


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """The points that count instead of the report's score.

    Attributes:
        points: How many count.
        max_points: All points.
        share: Which share of the earned points that is, if some are taken for being late; None if
            a person decided the points, whatever was earned.
        why: Why these count, such as ``Handed in 1 day late``.
    """

    points: float
    max_points: float
    share: float | None
    why: str

    @property
    def reason(self) -> str:
        """Why, and how many count, as a sentence without a full stop."""
        points = f"{format_points(self.points)} of {format_points(self.max_points)} points"
        return f"{self.why}: {points} count"


def with_counted_score(report: Report, counted: Counted, *, is_after_due: bool) -> Report:
    """Return a report whose score is what counts; its functions keep what was earned.

    Args:
        report: The report.
        counted: What counts.
        is_after_due: Whether what waits for the due date may be shown.

    Raises:
        NotExpressibleError: Some points are not shown yet: what counts would tell how many were
            earned of them. Or the grader failed, so the report has nothing to show.
    """
    if report.score is None:
        raise NotExpressibleError(f"{counted.reason}, but the grader failed on the file itself")
    if _has_open_points(report, is_after_due=is_after_due):
        raise NotExpressibleError(f"{counted.reason}, but not all points can be shown yet")
    open_now = show_to_student(open_after_due(report) if is_after_due else report)
    # What is hidden is out of it now, and all points are in it: the score stays what it is.
    return msgspec.structs.replace(
        open_now,
        functions=tuple(map(_open, open_now.functions)),
        score=counted.points,
        notes=(*open_now.notes, f"{counted.reason}."),
    )


def with_reason(report: Report, counted: Counted, *, is_after_due: bool) -> Report:
    """Return a report with a note on what counts, which gives away no points that wait."""
    is_secret = counted.share is not None and _has_open_points(report, is_after_due=is_after_due)
    text = f"{counted.why}, so some of the points don't count" if is_secret else counted.reason
    return msgspec.structs.replace(report, notes=(*report.notes, f"{text}."))


def _has_open_points(report: Report, *, is_after_due: bool) -> bool:
    shown = student_view(report, is_after_due=is_after_due)
    return bool(shown.pending or shown.waiting)


def _open(function: FunctionResult) -> FunctionResult:
    checks = tuple(
        msgspec.structs.replace(one, visibility=Visibility.VISIBLE) for one in function.checks
    )
    return msgspec.structs.replace(function, checks=checks)
