"""What an autograder of Autolab says on standard output: text, and the scores on the last line.

Only the last line counts, so a submission that prints such a line changes nothing. Where the
grader failed, the last line is a sentence of ours: Autolab then takes no scores.
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
    """Autolab: a report, and the scores by problem on the last line.

    Settings: ``problem`` is the one problem that has the whole score; without it, each function is
    a problem of its name.
    """
    yield from each_report(work, _write)


def _write(report: Report, work: Work) -> Iterator[ExportedFile]:
    shown = student_view(report, is_after_due=work.is_after_due)
    scores = name_scores(shown, work, setting="problem")
    last = json.dumps({"scores": scores}) if scores else _NO_SCORES
    yield ExportedFile(_FILE, f"{describe_report(shown)}\n{last}\n".encode())
