"""What a combinator template grader of CodeRunner prints: one JSON object, and nothing else.

By ``classes/combinator_grader_outcome.php`` of CodeRunner: a field that it doesn't know makes the
whole result invalid. It has no words for a fault of the grader: then there is no file, the grader
prints nothing, and CodeRunner shows an error of its own and marks nothing.
"""

from collections.abc import Iterator

from grader.exports.format import ExportedFile, LeftOut, Work, each_report
from grader.exports.json_text import to_json
from grader.exports.markup import describe_as_markup
from grader.exports.student_view import student_view
from grader.outputs.wording import MARKS, format_points
from grader.report.model import FunctionResult, Report, Status

_FILE = "coderunner.json"
_HEADER = ("iscorrect", "Function", "Points", "Result", "ishidden")
# One for each column but iscorrect and ishidden; CodeRunner escapes what is in %s.
_FORMATS = ("%s", "%s", "%s")


def export(work: Work) -> Iterator[ExportedFile | LeftOut]:
    """What a combinator template grader of CodeRunner prints."""
    yield from each_report(work, _write)


def _write(report: Report, work: Work) -> Iterator[ExportedFile]:
    shown = student_view(report, is_after_due=work.is_after_due)
    result: dict[str, object] = {
        "fraction": shown.fraction,
        # Above the table: its points are not all that there are.
        "prologuehtml": f"<p>{shown.pending}.</p>" if shown.pending else "",
        "epiloguehtml": describe_as_markup(shown),
    }
    functions = shown.report.functions
    if functions:
        result["testresults"] = [_HEADER, *map(_row, functions)]
        result["columnformats"] = _FORMATS
    yield ExportedFile(_FILE, to_json(result))


def _row(function: FunctionResult) -> tuple[int, str, str, str, int]:
    """Make the row of a function; none is hidden, as what is not to be seen is not in here."""
    return (
        int(function.status is Status.PASSED),
        function.name,
        f"{format_points(function.score)} of {format_points(function.max_score)}",
        MARKS[function.status].word,
        0,
    )
