"""The output of a CodeRunner combinator template grader: one JSON object and nothing else.

The fields are those of ``classes/combinator_grader_outcome.php`` of CodeRunner; an unknown field
makes the whole result invalid. The format can't express a fault of the grader. No file is written
then: if the template prints nothing, CodeRunner shows its own error and marks nothing.
"""

import dataclasses
from collections.abc import Iterator

from markupsafe import escape

from grader.exports.format import ExportedFile, LeftOut, Work, each_report
from grader.exports.json_text import to_json
from grader.exports.markup import describe_as_markup
from grader.exports.student_view import student_view
from grader.outputs.function_view import view_function
from grader.outputs.wording import format_points
from grader.report.model import FunctionResult, ManualItem, Report, Status

_FILE = "coderunner.json"
_HEADER = ("iscorrect", "Function", "Points", "Result", "ishidden")
# One for each column except iscorrect and ishidden. CodeRunner escapes the values of %s.
_FORMATS = ("%s", "%s", "%s")


def export(work: Work) -> Iterator[ExportedFile | LeftOut]:
    """CodeRunner: output of a combinator template grader."""
    yield from each_report(work, _write, has_total=True)


def _write(report: Report, work: Work) -> Iterator[ExportedFile]:
    shown = student_view(report, is_after_due=work.is_after_due)
    open_points = filter(None, (shown.waiting, shown.pending))
    result: dict[str, object] = {
        "fraction": shown.fraction,
        # Above the table, whose points are not all points yet; and not below it again.
        "prologuehtml": "".join(f"<p>{escape(one)}.</p>" for one in open_points),
        "epiloguehtml": describe_as_markup(dataclasses.replace(shown, pending="", waiting="")),
    }
    functions = shown.report.functions
    if functions:
        # A row that waits for a person would be shown as wrong.
        marked = [one for one in shown.report.manual if one.points is not None]
        result["testresults"] = [_HEADER, *map(_row, functions), *map(_manual_row, marked)]
        result["columnformats"] = _FORMATS
    yield ExportedFile(_FILE, to_json(result))


def _manual_row(item: ManualItem) -> tuple[int, str, str, str, int]:
    points = item.points or 0.0
    of = f"{format_points(points)} of {format_points(item.max_points)}"
    return (int(points >= item.max_points), item.id, of, item.status.value, 0)


def _row(function: FunctionResult) -> tuple[int, str, str, str, int]:
    """Return the row of a function.

    No row is hidden: what the student may not see isn't in the table at all.
    """
    return (
        int(function.status is Status.PASSED),
        function.name,
        f"{format_points(function.score)} of {format_points(function.max_score)}",
        view_function(function).mark.word,
        0,
    )
