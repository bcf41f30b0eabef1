"""What a grading script of Vocareum appends to its two files: grades and report.

A script does ``cat grades.csv >> $vocareumGradeFile`` and ``cat report.txt >>
$vocareumReportFile``. Where the grader failed there is no file of grades, and so no grade.
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
    """Criteria and report of Vocareum: a criterion a function.

    Settings: ``criterion`` is the one criterion that has the whole score, by its name in the
    rubric; without it, each function is a criterion of its name.
    """
    criterion = work.setting("criterion")
    if "," in criterion or "\n" in criterion:
        raise UsageError(f"Vocareum has no place for a comma in a criterion: {criterion}")
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
        raise NotExpressibleError(f"Vocareum has no place for a comma in a criterion: {name}")
    return name
