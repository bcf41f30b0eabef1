"""What a custom grader of Coursera leaves in ``/shared``, by custom-graders/v2 of its demos.

It has no word for a fault of the grader. Then nothing is written, and the container has to fail:
any number would be a grade.
"""

from collections.abc import Iterator

import msgspec

from grader.exports.format import ExportedFile, LeftOut, Work, each_report
from grader.exports.json_text import to_json
from grader.exports.student_view import StudentView, open_after_due, student_view
from grader.outputs.pages.student_page import render_student_page
from grader.outputs.wording import ENDED_EARLY, describe_score
from grader.report.model import Report, ReportStatus


class _Feedback(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The grade: a float always, since Coursera refuses a bool and text."""

    fractional_score: float
    feedback: str
    feedback_type: str = "HTML"


def export(work: Work) -> Iterator[ExportedFile | LeftOut]:
    """feedback.json and htmlFeedback.html for Coursera."""
    yield from each_report(work, _write)


def _write(report: Report, work: Work) -> Iterator[ExportedFile]:
    shown = student_view(report, is_after_due=work.is_after_due)
    feedback = _Feedback(fractional_score=shown.fraction, feedback=_headline(shown))
    page = render_student_page(open_after_due(report) if work.is_after_due else report)
    yield ExportedFile("feedback.json", to_json(feedback))
    yield ExportedFile("htmlFeedback.html", page.encode())


def _headline(shown: StudentView) -> str:
    """Say the least: this may be shown as text or as HTML, so nothing of a student's is in it."""
    said = [f"{describe_score(shown.report)}."]
    if shown.report.status is ReportStatus.UNREADABLE:
        said.append("This file can't be graded; the page says why.")
    if shown.report.status is ReportStatus.STOPPED:
        said.append(f"It {ENDED_EARLY}.")
    if shown.pending:
        said.append(f"{shown.pending}.")
    return " ".join(said)
