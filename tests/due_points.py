"""The points of a report, added up again: those that can be seen, and those that wait.

They are computed from the checks and not with ``StudentView``, so that the tests of formats have
independent numbers to compare with.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from grader.report.model import CheckResult, Report, ReportStatus, Visibility

# The name of the test that stands for the points that wait for the due date.
AFTER_DUE = "Checked after the due date"


@dataclass(frozen=True, slots=True)
class Points:
    """What a format may show of the points of a report that has a score.

    Attributes:
        seen: The points earned, of those that can be seen.
        seen_of: The points that can be seen.
        waiting: The points that wait for the due date, earned or not.
        total: All points.
        is_graded: Whether the whole submission was graded; otherwise it can't be a full pass.
    """

    seen: float
    seen_of: float
    waiting: float
    total: float
    is_graded: bool

    @property
    def has_score(self) -> bool:
        """Return whether there is a score yet, that is, unless every point waits."""
        return self.seen_of > 0 or not self.waiting

    @property
    def exact_share(self) -> Fraction:
        """Return the points seen as a part of all points; 0 if there are no points."""
        return Fraction(str(self.seen)) / Fraction(str(self.total)) if self.total else Fraction(0)

    @property
    def share(self) -> float:
        """Return `exact_share` as a float."""
        return float(self.exact_share)

    @property
    def are_all_earned(self) -> bool:
        """Return whether all points can be seen and are earned."""
        return not self.waiting and self.seen >= self.total > 0

    @property
    def is_full(self) -> bool:
        """Return whether the submission may be called right as a whole."""
        return self.is_graded and self.are_all_earned


def points_of(report: Report, *, is_after_due: bool) -> Points | None:
    """Add up the points of a report; None if the grader failed."""
    if report.status is ReportStatus.GRADER_ERROR:
        return None
    if report.status is ReportStatus.UNREADABLE:
        total = report.max_score or 0.0
        return Points(seen=0.0, seen_of=total, waiting=0.0, total=total, is_graded=False)
    checks = [[*function.checks] for function in report.functions]
    seen = [[one for one in some if is_after_due or not _waits(one)] for some in checks]
    return Points(
        seen=_add(_add(one.points for one in some) for some in seen),
        seen_of=_add(_add(one.max_points for one in some) for some in seen),
        waiting=_add(
            one.max_points for some in checks for one in some if _waits(one) and not is_after_due
        ),
        total=_add(_add(one.max_points for one in some) for some in checks),
        is_graded=report.status is ReportStatus.GRADED,
    )


def _waits(check: CheckResult) -> bool:
    return check.visibility is Visibility.AFTER_DUE_DATE


def _add(points: Iterable[float]) -> float:
    """Add points exactly, as they are written, and round once."""
    return float(sum((Fraction(str(one)) for one in points), Fraction()))
