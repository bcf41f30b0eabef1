"""The points of a report, added up anew: what can be seen, and what waits for the due date.

Of the checks alone and not of ``StudentView``, so that tests have something to hold a format against.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from grader.report.model import CheckResult, Report, ReportStatus, Visibility

# The name of the test that stands for points that wait.
AFTER_DUE = "Checked after the due date"


@dataclass(frozen=True, slots=True)
class Points:
    """What a format may say of the points of a report that has a score.

    Attributes:
        seen: How many are earned, of those that can be seen.
        seen_of: How many can be seen.
        waiting: How many wait for the due date, earned or not.
        total: How many there are in all.
        is_graded: Whether all of it was graded; of a part nothing is said to be full.
    """

    seen: float
    seen_of: float
    waiting: float
    total: float
    is_graded: bool

    @property
    def can_be_said(self) -> bool:
        """Tell whether there is a score yet: not where every point waits."""
        return self.seen_of > 0 or not self.waiting

    @property
    def exact_share(self) -> Fraction:
        """Give what can be seen as a part of all points; 0 where there are none."""
        return Fraction(str(self.seen)) / Fraction(str(self.total)) if self.total else Fraction(0)

    @property
    def share(self) -> float:
        """Give the same as a float."""
        return float(self.exact_share)

    @property
    def are_all_earned(self) -> bool:
        """Tell whether each point there is can be seen, and is earned."""
        return not self.waiting and self.seen >= self.total > 0

    @property
    def is_full(self) -> bool:
        """Tell whether it may be called right as a whole."""
        return self.is_graded and self.are_all_earned


def points_of(report: Report, *, is_after_due: bool) -> Points | None:
    """Add up the points of a report; None where the grader failed."""
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
    """Add points as they are written, and round once: a report has floats of each function."""
    return float(sum((Fraction(str(one)) for one in points), Fraction()))
