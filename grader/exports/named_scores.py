"""Scores by name, for platforms whose rubric has a line for each."""

from grader.errors import NotExpressibleError
from grader.exports.format import Work
from grader.exports.student_view import StudentView
from grader.report.model import ReportStatus


def name_scores(shown: StudentView, work: Work, *, setting: str) -> dict[str, float]:
    """Give the score of each function by its name, or the whole one by the one name that was set.

    Args:
        shown: The report as its student may see it.
        work: What it is part of; it knows the functions where a report has none.
        setting: The format's setting for the one name.

    Returns:
        No scores where there are none: the grader failed, or every point waits.

    Raises:
        NotExpressibleError: it is a 0 of nobody knows which names.
    """
    report = shown.report
    if not shown.has_score or report.score is None:
        return {}
    only = work.setting(setting)
    if only:
        return {only: report.score}
    if report.status is ReportStatus.UNREADABLE:
        if not work.functions:
            raise NotExpressibleError(
                f"it can't be read, so no {setting} has a name: give one with --set {setting}=NAME"
            )
        return dict.fromkeys(work.functions, 0.0)
    return {function.name: function.score for function in report.functions}
