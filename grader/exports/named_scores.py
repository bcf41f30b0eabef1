"""Scores by name, for platforms whose rubric has a line for each function."""

from grader.errors import NotExpressibleError
from grader.exports.format import Work
from grader.exports.student_view import StudentView
from grader.report.model import ReportStatus


def name_scores(shown: StudentView, work: Work, *, setting: str) -> dict[str, float]:
    """Return the score of each function by its name, or the whole score by a single name.

    Answers that a person has marked are there too, by their ids. While one of them waits, it has no
    score, and neither has the whole.

    Args:
        shown: The report as its student may see it.
        work: The work that the report is part of. Its functions are used for an unreadable
            submission, whose report has none.
        setting: The setting of the format that gives the single name.

    Returns:
        The scores; empty if the grader failed, or if every point waits for the due date.

    Raises:
        NotExpressibleError: If the score is 0, but no name to write it under is known.
    """
    report = shown.report
    if not shown.has_score or report.score is None:
        return {}
    only = work.setting(setting)
    if only:
        return {} if shown.is_waiting else {only: report.score}
    if report.status is ReportStatus.UNREADABLE:
        if not work.functions:
            raise NotExpressibleError(
                "the submission can't be graded, so its functions are unknown; choose a single "
                f"{setting} with --set {setting}=NAME"
            )
        return dict.fromkeys((*work.functions, *work.manual), 0.0)
    marked = {one.id: one.points for one in report.manual if one.points is not None}
    return {**{function.name: function.score for function in report.functions}, **marked}
