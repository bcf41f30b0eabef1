"""What a custom grader for Coursera leaves in ``/shared``.

The format is that of custom-graders/v2 in Coursera's demos. It can't express a fault of the
grader, as any number would be a grade. Nothing is written then, and the container has to fail.
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
    """The grade: always a float, since Coursera refuses a bool or a text."""

    fractional_score: float
    feedback: str
    feedback_type: str = "HTML"


def export(work: Work) -> Iterator[ExportedFile | LeftOut]:
    """Coursera: feedback.json and htmlFeedback.html."""
    yield from each_report(work, _write, has_total=True)


def _write(report: Report, work: Work) -> Iterator[ExportedFile]:
    shown = student_view(report, is_after_due=work.is_after_due)
    feedback = _Feedback(fractional_score=shown.fraction, feedback=_headline(shown))
    page = render_student_page(open_after_due(report) if work.is_after_due else report)
    yield ExportedFile("feedback.json", to_json(feedback))
    yield ExportedFile("htmlFeedback.html", page.encode())


def _headline(shown: StudentView) -> str:
    """Summarise the result without any text of the student's, as it may be shown as HTML."""
    sentences = [f"{describe_score(shown.report)}."]
    if shown.report.status is ReportStatus.UNREADABLE:
        sentences.append("This file can't be graded; the page says why.")
    if shown.report.status is ReportStatus.STOPPED:
        sentences.append(f"Grading {ENDED_EARLY}.")
    if shown.waiting:
        sentences.append(f"{shown.waiting}.")
    if shown.pending:
        sentences.append(f"{shown.pending}.")
    return " ".join(sentences)
