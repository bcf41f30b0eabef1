"""Open what is to be exported: the JSON of a report, or the folder of a batch."""

import functools
from collections.abc import Mapping
from pathlib import Path

from grader.errors import UsageError
from grader.exports.format import Item, Work
from grader.report.class_figures import ClassFigures
from grader.report.class_model import Student
from grader.report.model import Report
from grader.report.outline import read_outline
from grader.report.schema import read_report, report_to_json
from grader.report.summary_file import SUMMARY_NAME, read_summary


def open_work(
    path: Path,
    *,
    is_after_due: bool = False,
    worksheet: Path | None = None,
    settings: Mapping[str, str] | None = None,
) -> Work:
    """Open a batch by its folder or its summary, or a single report by its file.

    Args:
        path: The folder or file.
        is_after_due: Whether the due date has passed, so that what waits for it may be shown.
        worksheet: The platform's own file to fill in.
        settings: The format's own settings, by name.

    Raises:
        UsageError: If it is missing, or is neither a report nor a batch.
    """
    if path.name == SUMMARY_NAME:
        path = path.parent
    if not path.is_dir():
        return work_of_report(
            read_report(path), is_after_due=is_after_due, worksheet=worksheet, settings=settings
        )
    summary = read_summary(path)
    reports = path / "reports"
    return Work(
        assignment=summary.assignment,
        max_score=summary.max_score,
        items=tuple(
            Item(row=row, read=functools.partial(read_report, reports / f"{row.id}.json"))
            for row in summary.rows
        ),
        functions=tuple(one.name for one in summary.functions),
        is_after_due=is_after_due,
        worksheet=worksheet,
        settings=settings or {},
    )


def work_of_report(
    report: Report,
    *,
    is_after_due: bool = False,
    worksheet: Path | None = None,
    settings: Mapping[str, str] | None = None,
) -> Work:
    """Make the `Work` of a single report; the options are those of `open_work`.

    Raises:
        UsageError: It is that of a self-check, which is not a grade.
    """
    if report.self_check is not None:
        raise UsageError(
            f"this is the report of a self-check of {report.assignment.id} with a student's kit, "
            "which leaves points open: grade the submission with the assignment itself"
        )
    figures = ClassFigures()
    outline = read_outline(report_to_json(report).encode())
    figures.add(outline, id="report", student=Student(), file=report.submission.name)
    names = tuple(one.name for one in report.functions)
    max_score = report.max_score or 0.0
    summary = figures.finish(
        assignment=report.assignment, max_score=max_score, function_names=names
    )
    return Work(
        assignment=report.assignment,
        max_score=max_score,
        items=(Item(row=summary.rows[0], read=lambda: report),),
        functions=names,
        is_single=True,
        is_after_due=is_after_due,
        worksheet=worksheet,
        settings=settings or {},
    )
