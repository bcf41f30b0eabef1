"""The standard output of an evaluation script of VPL, the Virtual Programming Lab of Moodle.

VPL's parser is in ``vpl_submission.class.php`` of moodle-mod_vpl. It takes the grade from the last
line that begins with ``Grade :=>>``, even inside a comment. So each line of a text gets the prefix
for preformatted text, and anything in it that could be a mark of VPL is broken up.
"""

from collections.abc import Iterator

from grader.errors import UsageError
from grader.exports.format import ExportedFile, LeftOut, Work, each_report
from grader.exports.student_view import StudentView, student_view
from grader.exports.table import read_number, scale_points
from grader.exports.text import describe_function, describe_whole, head_line
from grader.outputs.manual_view import describe_item, describe_item_in_full
from grader.outputs.wording import describe_output
from grader.report.model import Report

_FILE = "vpl.txt"
_GRADE = "Grade :=>>"
_BEGIN, _END = "<|--", "--|>"
_TITLE, _PREFORMATTED = "-", ">"
# Some readers look for the marks anywhere in a line.
_BROKEN = ((":=>>", ": =>>"), (_BEGIN, "< |--"), (_END, "--| >"))


def export(work: Work) -> Iterator[ExportedFile | LeftOut]:
    """Moodle VPL: output of an evaluation script.

    Settings: ``maximum`` is the maximum grade of the activity, by default that of the assignment
    here.
    """
    text = work.setting("maximum")
    maximum = read_number(text) if text else work.max_score
    if maximum is None or maximum < 0:
        raise UsageError(f"maximum must be a number of points, 0 or more, not {text}")

    def write(report: Report, work: Work) -> Iterator[ExportedFile]:
        shown = student_view(report, is_after_due=work.is_after_due)
        lines = [_BEGIN, *_comments(shown), _END, *_grade(shown, maximum)]
        yield ExportedFile(_FILE, "\n".join(lines).encode() + b"\n")

    yield from each_report(work, write, has_total=True)


def _comments(shown: StudentView) -> Iterator[str]:
    yield f"{_TITLE}Result"
    yield from _preformat(describe_whole(shown))
    for function in shown.report.functions:
        # A title ending in a negative number in brackets lowers the grade; ours ends in a word.
        yield _TITLE + _break_marks(" ".join(head_line(function).split()))
        yield from _preformat(describe_function(function))
    for item in shown.report.manual:
        yield _TITLE + _break_marks(describe_item(item))
        yield from _preformat(describe_item_in_full(item))
    output = shown.report.output.rstrip("\n")
    if output.strip():
        yield _TITLE + describe_output(shown.report)
        yield from _preformat(output)


def _grade(shown: StudentView, maximum: float) -> Iterator[str]:
    """Yield the line with the grade, unless the grader failed or all points still wait.

    Nor is there a grade while a person has to mark an answer: then it is for a teacher to give.
    """
    report = shown.report
    if shown.has_score and not shown.is_waiting and report.score is not None:
        yield f"{_GRADE} {scale_points(report.score, shown.max_score or 0, maximum)}"


def _preformat(text: str) -> Iterator[str]:
    for line in text.split("\n") if text else ():
        yield f"{_PREFORMATTED} {_break_marks(line)}"


def _break_marks(text: str) -> str:
    for mark, broken in _BROKEN:
        text = text.replace(mark, broken)
    return text
