"""What an evaluation script of VPL, the programming lab of Moodle, says on standard output.

By ``vpl_submission.class.php`` of moodle-mod_vpl: the last line that begins with ``Grade :=>>``
is the grade, wherever it stands, so also inside of a comment. Therefore each line of a text begins
with a mark of ours, which VPL shows as preformatted, and what could be taken for a mark of VPL's
is broken up.
"""

from collections.abc import Iterator

from grader.errors import UsageError
from grader.exports.format import ExportedFile, LeftOut, Work, each_report
from grader.exports.student_view import StudentView, student_view
from grader.exports.table import read_number, scale_points
from grader.exports.text import describe_function, describe_whole, head_line
from grader.outputs.wording import describe_output
from grader.report.model import Report

_FILE = "vpl.txt"
_GRADE = "Grade :=>>"
_BEGIN, _END = "<|--", "--|>"
_TITLE, _PREFORMATTED = "-", ">"
# Some graders that read this look for the marks anywhere in a line.
_BROKEN = ((":=>>", ": =>>"), (_BEGIN, "< |--"), (_END, "--| >"))


def export(work: Work) -> Iterator[ExportedFile | LeftOut]:
    """What an evaluation script of Moodle VPL prints.

    Settings: ``maximum`` is the maximum grade of the activity; without it, that of the assignment
    here.
    """
    text = work.setting("maximum")
    maximum = read_number(text) if text else work.max_score
    if maximum is None or maximum < 0:
        raise UsageError(f"maximum is a number of points, and not {text}")

    def write(report: Report, work: Work) -> Iterator[ExportedFile]:
        shown = student_view(report, is_after_due=work.is_after_due)
        lines = [_BEGIN, *_comments(shown), _END, *_grade(shown, maximum)]
        yield ExportedFile(_FILE, "\n".join(lines).encode() + b"\n")

    yield from each_report(work, write)


def _comments(shown: StudentView) -> Iterator[str]:
    yield f"{_TITLE}Result"
    yield from _preformat(describe_whole(shown))
    for function in shown.report.functions:
        # A title that ends in a number in brackets would lower the grade: this one ends in a word.
        yield _TITLE + _break_marks(" ".join(head_line(function).split()))
        yield from _preformat(describe_function(function))
    output = shown.report.output.rstrip("\n")
    if output.strip():
        yield _TITLE + describe_output(shown.report)
        yield from _preformat(output)


def _grade(shown: StudentView, maximum: float) -> Iterator[str]:
    """Say the grade, unless there is none: the grader failed, or all points still wait."""
    report = shown.report
    if shown.has_score and report.score is not None:
        yield f"{_GRADE} {scale_points(report.score, shown.max_score or 0, maximum)}"


def _preformat(text: str) -> Iterator[str]:
    for line in text.split("\n") if text else ():
        yield f"{_PREFORMATTED} {_break_marks(line)}"


def _break_marks(text: str) -> str:
    for mark, broken in _BROKEN:
        text = text.replace(mark, broken)
    return text
