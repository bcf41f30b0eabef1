"""The result of a submission on which the grader failed: a report without a score, and its page."""

import msgspec

from grader.checks.assignment import load_assignment
from grader.pipeline import blank_report, fail_report
from grader.pool.messages import GradeRequest, GradeResult, PoolSettings
from grader.report.budget import fit_report
from grader.report.model import ReportStatus
from grader.report.schema import report_to_json


def fail_request(settings: PoolSettings, request: GradeRequest, reason: str) -> GradeResult:
    """Make the result of a submission on which the grader failed.

    Args:
        settings: How it was to be graded.
        request: The submission.
        reason: What failed.
    """
    assignment = load_assignment(settings.assignment)
    blank = blank_report(assignment, request.name, mode=settings.isolation)
    report = fail_report(blank, ReportStatus.GRADER_ERROR, reason)
    report = fit_report(msgspec.structs.replace(report, key=request.key))
    page = b""
    if settings.has_pages:
        # Faults are rare, and templates take a while to import.
        from grader.outputs.pages.student_page import render_student_page  # noqa: PLC0415

        page = render_student_page(report).encode()
    return GradeResult(report=report_to_json(report).encode(), page=page, is_fault=True)
