"""What a student may see of a report, for platforms that show everything they receive."""

from dataclasses import dataclass

import msgspec

from grader.errors import NotExpressibleError
from grader.outputs.escaping import escape_report
from grader.outputs.manual_view import describe_waiting
from grader.outputs.visibility import describe_pending, pending_points, show_to_student
from grader.report.manual import waiting_points
from grader.report.model import CheckResult, FunctionResult, Report, ReportStatus, Visibility
from grader.report.score import score_functions


@dataclass(frozen=True, slots=True)
class StudentView:
    """A report as its student may see it now.

    Attributes:
        report: The report without what is hidden or waits for the due date. Its score covers what
            is left, and no text in it can control a terminal or break an XML file.
        pending: How many points are not shown yet, as a sentence; empty if all are shown.
        pending_points: The number of those points.
        waiting: How many points wait for a person to mark an answer, as a sentence; empty if none
            do. Until then the score is not final.
        waiting_points: The number of those points.
        max_score: The points of the whole assignment, with those that are not shown yet; None if
            the grader failed.
    """

    report: Report
    pending: str
    pending_points: float
    max_score: float | None
    waiting: str = ""
    waiting_points: float = 0.0

    @property
    def has_score(self) -> bool:
        """Whether there is a score: the grader did not fail, and not every point is open."""
        if self.report.score is None or self.max_score is None:
            return False
        is_open = self.pending or self.waiting
        return (self.report.max_score or 0.0) > self.waiting_points or not is_open

    @property
    def is_waiting(self) -> bool:
        """Whether a person has to mark an answer, so that the score is not final."""
        return bool(self.waiting)

    @property
    def fraction(self) -> float:
        """The score as a share of all points, in 0..1. Open points count as not earned.

        Raises:
            NotExpressibleError: There is no score, because the grader failed or every point waits
                for the due date or a person. It must not become a 0.
        """
        score, max_score = self.report.score, self.max_score
        if score is None or max_score is None:
            raise NotExpressibleError(describe_fault(self.report))
        if not self.has_score:
            why = "; ".join(filter(None, (self.pending, self.waiting)))
            raise NotExpressibleError(f"no points can be shown yet: {why}")
        return min(1.0, max(0.0, score / max_score)) if max_score else 0.0

    @property
    def is_full(self) -> bool:
        """Whether every point was earned, those that are not shown yet included."""
        report = self.report
        if report.score is None or not self.max_score or report.status is not ReportStatus.GRADED:
            return False
        return report.score >= self.max_score


def describe_fault(report: Report) -> str:
    """Return, for the staff, what failed in the grader."""
    return f"the grader failed; this is not a zero: {report.error}"


def student_view(report: Report, *, is_after_due: bool) -> StudentView:
    """Return a report as its student may see it.

    Args:
        report: The report.
        is_after_due: Whether the due date is over. Then what waited for it is visible too.
    """
    open_now = open_after_due(report) if is_after_due else report
    shown = escape_report(show_to_student(open_now), encoding="utf-8")
    return StudentView(
        report=shown,
        pending=describe_pending(open_now),
        pending_points=pending_points(open_now),
        max_score=open_now.max_score,
        waiting=describe_waiting(shown),
        waiting_points=waiting_points(shown),
    )


def open_after_due(report: Report) -> Report:
    """Return a report in which everything that waits for the due date is visible."""
    functions = tuple(
        msgspec.structs.replace(function, checks=tuple(map(_open_check, function.checks)))
        for function in report.functions
    )
    return msgspec.structs.replace(report, functions=functions)


def view_waiting(report: Report) -> tuple[FunctionResult, ...]:
    """Return only what waits for the due date, as its student may see it then."""
    names = tuple(function.name for function in report.functions)
    waiting = [
        _open_check(check)
        for function in report.functions
        for check in function.checks
        if check.visibility is Visibility.AFTER_DUE_DATE
    ]
    alone = msgspec.structs.replace(report, functions=score_functions(waiting, names))
    return escape_report(alone, encoding="utf-8").functions


def _open_check(check: CheckResult) -> CheckResult:
    if check.visibility is not Visibility.AFTER_DUE_DATE:
        return check
    return msgspec.structs.replace(check, visibility=Visibility.VISIBLE)
