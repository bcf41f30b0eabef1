"""What a grading script of Vocareum appends to its two files: grades and report.

A script does ``cat grades.csv >> $vocareumGradeFile`` and ``cat report.txt >>
$vocareumReportFile``. Where the grader failed there is no file of grades, and so no grade.
"""

from collections.abc import Iterator

from grader.errors import NotExpressibleError, UsageError
from grader.exports.format import ExportedFile, LeftOut, Work, each_report
from grader.exports.text import describe_report
from grader.exports.view import View, view
from grader.report.model import Report, ReportStatus

_GRADES = "grades.csv"
_REPORT = "report.txt"


def export(work: Work) -> Iterator[ExportedFile | LeftOut]:
    """Vocareum: the points of each function as criteria of the rubric, and a report.

    Settings: ``criterion`` is the one criterion that has the whole score, by its name in the
    rubric; without it, each function is a criterion of its name.
    """
    criterion = work.setting("criterion")
    if "," in criterion or "\n" in criterion:
        raise UsageError(f"Vocareum has no place for a comma in a criterion: {criterion}")

    def write(report: Report, work: Work) -> Iterator[ExportedFile]:
        shown = view(report, is_after_due=work.is_after_due)
        grades = "".join(
            f"{_check_name(name)},{points}\n" for name, points in _points(shown, work, criterion)
        )
        if grades:
            yield ExportedFile(_GRADES, grades.encode())
        yield ExportedFile(_REPORT, describe_report(shown).encode())

    yield from each_report(work, write)


def _points(shown: View, work: Work, criterion: str) -> Iterator[tuple[str, float]]:
    report = shown.report
    if report.status is ReportStatus.GRADER_ERROR or report.score is None:
        return
    if criterion:
        if report.max_score or not shown.pending:
            yield criterion, report.score
    elif report.status is ReportStatus.UNREADABLE:
        if not work.functions:
            raise NotExpressibleError(
                "it can't be read, and the criteria are not known: name one with "
                "--set criterion=NAME"
            )
        for name in work.functions:
            yield name, 0.0
    else:
        for function in report.functions:
            yield function.name, function.score


def _check_name(name: str) -> str:
    if "," in name or "\n" in name:
        raise NotExpressibleError(f"Vocareum has no place for a comma in a criterion: {name}")
    return name
