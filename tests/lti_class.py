"""Small classes with two functions and 12 points, as ``grader batch`` writes them to disk."""

from pathlib import Path

from fakes import check_result, make_report

from grader.report.class_figures import ClassFigures
from grader.report.class_model import Student
from grader.report.model import Report, ReportStatus, Status, Visibility
from grader.report.outline import read_outline
from grader.report.schema import report_to_json
from grader.report.summary_file import summary_to_json

# A row: its id, the students who handed it in, and its report; None if nothing was handed in.
Handed = tuple[str, tuple[Student, ...], Report | None]

ADA, BOB, EVE = (Student(id=f"u-{name.lower()}", name=name) for name in ("Ada", "Bob", "Eve"))


def graded(points: float, *, waiting: float = 0.0, **changes: object) -> Report:
    """Return a report with some of 12 points.

    Args:
        points: The points earned, at least 1.
        waiting: Further points that wait for the due date, all of them earned.
        **changes: Other fields of the report.
    """
    checks = [
        check_result("mse/right", max_points=1.0),
        check_result(
            "update/right", Status.FAILED, points=points - 1.0, max_points=11.0, message="wrong"
        ),
    ]
    if waiting:
        checks.append(
            check_result("update/late", max_points=waiting, visibility=Visibility.AFTER_DUE_DATE)
        )
    return make_report(*checks, **changes)


def failed_by_us() -> Report:
    """Return the report of a submission that the grader failed on."""
    return make_report(
        status=ReportStatus.GRADER_ERROR,
        score=None,
        max_score=None,
        error="the forkserver died in /srv/grader",
    )


def unreadable() -> Report:
    """Return the report of a file that can't be graded."""
    return make_report(
        status=ReportStatus.UNREADABLE,
        score=0.0,
        max_score=12.0,
        error="line 3 is not valid Python",
    )


def write_class(folder: Path, *rows: Handed) -> Path:
    """Write the summary and the reports of a class."""
    (folder / "reports").mkdir(parents=True, exist_ok=True)
    figures = ClassFigures()
    for row_id, people, report in rows:
        if report is None:
            figures.add_absent(people[0])
            continue
        text = report_to_json(report)
        (folder / "reports" / f"{row_id}.json").write_text(text, encoding="utf-8")
        figures.add(
            read_outline(text.encode()),
            id=row_id,
            student=people[0],
            file="lab4.py",
            members=people if len(people) > 1 else (),
        )
    summary = figures.finish(
        assignment=graded(1.0).assignment, max_score=12.0, function_names=("mse", "update")
    )
    (folder / "summary.json").write_text(summary_to_json(summary), encoding="utf-8")
    return folder


def write_three(folder: Path, *, ada: float = 11.0) -> Path:
    """Write a class of three: 11 points by default, 3 points, and a fault of the grader."""
    return write_class(
        folder,
        ("ada", (ADA,), graded(ada)),
        ("bob", (BOB,), graded(3.0)),
        ("eve", (EVE,), failed_by_us()),
    )
