"""The lines that a Vocareum grading script appends to its two files, grades and report.

The script runs ``cat grades.csv >> $vocareumGradeFile`` and ``cat report.txt >>
$vocareumReportFile``. If the grader failed, no file of grades is written, so there is no grade.
"""

from collections.abc import Iterator

from grader.errors import NotExpressibleError, UsageError
from grader.exports.format import ExportedFile, LeftOut, Work, each_report
from grader.exports.named_scores import name_scores
from grader.exports.student_view import student_view
from grader.exports.text import describe_report
from grader.report.model import Report

_GRADES = "grades.csv"
_REPORT = "report.txt"


def export(work: Work) -> Iterator[ExportedFile | LeftOut]:
    """Vocareum: grades and report, one criterion per function.

    Settings: ``criterion`` names a single criterion of the rubric for the whole score. By default
    each function is a criterion of the same name.
    """
    criterion = work.setting("criterion")
    if "," in criterion or "\n" in criterion:
        raise UsageError(_describe_bad_name(criterion))
    yield from each_report(work, _write)


def _write(report: Report, work: Work) -> Iterator[ExportedFile]:
    shown = student_view(report, is_after_due=work.is_after_due)
    scores = name_scores(shown, work, setting="criterion")
    if scores:
        lines = [f"{_check_name(name)},{points}\n" for name, points in scores.items()]
        yield ExportedFile(_GRADES, "".join(lines).encode())
    yield ExportedFile(_REPORT, describe_report(shown).encode())


def _check_name(name: str) -> str:
    if "," in name or "\n" in name:
        raise NotExpressibleError(_describe_bad_name(name))
    return name


def _describe_bad_name(name: str) -> str:
    return f"the name of a Vocareum criterion can't have a comma or a line break: {name}"
