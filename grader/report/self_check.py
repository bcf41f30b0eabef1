"""What a student's kit leaves open: points that are judged later, or wait for other functions."""

from collections.abc import Mapping

import msgspec

from grader.report.manual import waiting_points
from grader.report.model import LaterPoints, Report, SelfCheck, Status
from grader.report.score import exact_sum


def as_self_check(report: Report, later: Mapping[str, float]) -> Report:
    """Return a report as that of a kit.

    Args:
        report: The report of all checks that the kit has.
        later: The points of each unit that are judged later.
    """
    open_points = exact_sum(
        check.max_points
        for function in report.functions
        for check in function.checks
        if check.status is Status.NOT_JUDGED
    )
    listed = tuple(LaterPoints(name=name, max_points=points) for name, points in later.items())
    return msgspec.structs.replace(
        report, self_check=SelfCheck(later=listed, open_points=open_points)
    )


def judged_points(report: Report) -> float | None:
    """Return the most that could be earned so far: of a self-check, without what it leaves open.

    None if nothing was judged, since the grader has failed.
    """
    if report.max_score is None or report.self_check is None:
        return report.max_score
    return exact_sum((report.max_score, -report.self_check.open_points, -waiting_points(report)))


def later_points(report: Report) -> float:
    """Add up the points that are judged later, and are not in the report's maximum."""
    check = report.self_check
    return 0.0 if check is None else exact_sum(one.max_points for one in check.later)
