"""What an autograder of Autolab says on standard output: text, and the scores on the last line.

Only the last line counts, so a submission that prints such a line changes nothing. Where the
grader failed, the last line is a sentence of ours: Autolab then takes no scores.
"""

import json
from collections.abc import Iterator, Mapping

from grader.errors import NotExpressibleError
from grader.exports.format import ExportedFile, LeftOut, Work, each_report
from grader.exports.text import describe_report
from grader.exports.view import View, view
from grader.report.model import Report, ReportStatus

_FILE = "autolab.txt"
_NO_SCORES = "There are no scores."


def export(work: Work) -> Iterator[ExportedFile | LeftOut]:
    """Autolab: a report, and the scores by problem on the last line.

    Settings: ``problem`` is the one problem that has the whole score; without it, each function is
    a problem of its name.
    """
    problem = work.setting("problem")

    def write(report: Report, work: Work) -> Iterator[ExportedFile]:
        shown = view(report, is_after_due=work.is_after_due)
        scores = _scores(shown, work, problem)
        last = json.dumps({"scores": scores}) if scores else _NO_SCORES
        yield ExportedFile(_FILE, f"{describe_report(shown)}\n{last}\n".encode())

    yield from each_report(work, write)


def _scores(shown: View, work: Work, problem: str) -> Mapping[str, float]:
    report = shown.report
    if report.status is ReportStatus.GRADER_ERROR or report.score is None:
        return {}
    if problem:
        return {problem: report.score} if report.max_score or not shown.pending else {}
    if report.status is ReportStatus.UNREADABLE:
        if not work.functions:
            raise NotExpressibleError(
                "it can't be read, and the problems are not known: name one with --set problem=NAME"
            )
        return dict.fromkeys(work.functions, 0.0)
    return {function.name: function.score for function in report.functions}
