"""The standard output of an Autolab autograder: text, with the scores on the last line.

Autolab reads the last line only, so a submission that prints such a line changes nothing. If the
grader failed, the last line is a sentence instead, and Autolab records no scores.
"""

import json
from collections.abc import Iterator

from grader.exports.format import ExportedFile, LeftOut, Work, each_report
from grader.exports.named_scores import name_scores
from grader.exports.student_view import student_view
from grader.exports.text import describe_report
from grader.report.model import Report

_FILE = "autolab.txt"
_NO_SCORES = "There are no scores."


def export(work: Work) -> Iterator[ExportedFile | LeftOut]:
    """Autolab: autograder output, one problem per function.

    Settings: ``problem`` names a single problem for the whole score. By default each function is
    a problem of the same name.
    """
    yield from each_report(work, _write)


def _write(report: Report, work: Work) -> Iterator[ExportedFile]:
    shown = student_view(report, is_after_due=work.is_after_due)
    scores = name_scores(shown, work, setting="problem")
    last = json.dumps({"scores": scores}) if scores else _NO_SCORES
    yield ExportedFile(_FILE, f"{describe_report(shown)}\n{last}\n".encode())
