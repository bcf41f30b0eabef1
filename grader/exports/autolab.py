"""The standard output of an Autolab autograder: text, with the scores on the last line.

Autolab reads the last line only, so a submission that prints such a line changes nothing. Where
there is no score, the last line has null for each problem: for a last line without scores, Autolab
records a zero for every problem (``saveAutograde`` in ``assessment_autograde_core.rb``).
"""

import json
from collections.abc import Iterator

from grader.checks.assignment import load_assignment
from grader.errors import AssignmentError, NotExpressibleError, UsageError
from grader.exports.format import ExportedFile, LeftOut, Work, each_report
from grader.exports.named_scores import name_scores
from grader.exports.student_view import StudentView, student_view
from grader.exports.text import describe_report
from grader.report.model import AssignmentInfo, Report

_FILE = "autolab.txt"


def export(work: Work) -> Iterator[ExportedFile | LeftOut]:
    """Autolab: autograder output, one problem per function.

    Settings: ``problem`` names a single problem for the whole score. By default each function is
    a problem of the same name.
    """
    _expect_readable(work.setting("problem"))
    yield from each_report(work, _write)


def _write(report: Report, work: Work) -> Iterator[ExportedFile]:
    shown = student_view(report, is_after_due=work.is_after_due)
    scores: dict[str, float | None] = {**name_scores(shown, work, setting="problem")}
    if not scores:
        scores = dict.fromkeys(_name_problems(shown, work))
    elif not work.setting("problem"):
        # Null for each answer that a person has to mark, which keeps its problem without a score.
        scores |= {one.id: None for one in shown.report.manual if one.points is None}
    for name in scores:
        _expect_readable(name)
    last = json.dumps({"scores": scores})
    yield ExportedFile(_FILE, f"{describe_report(shown)}\n{last}\n".encode())


def _name_problems(shown: StudentView, work: Work) -> tuple[str, ...]:
    """Return the names of all problems of a report that has no scores.

    A report without a grade names no functions. Then they are those of its class, or of the
    built-in assignment.

    Raises:
        NotExpressibleError: If they are not known.
    """
    only = work.setting("problem")
    names = (
        ((only,) if only else ())
        or _names_in(shown)
        or (*work.functions, *work.manual)
        or _built_in_functions(shown.report.assignment)
    )
    if not names:
        raise NotExpressibleError(
            "there is no score, and Autolab records a zero unless each problem is named; choose a "
            "single problem with --set problem=NAME"
        )
    return names


def _names_in(shown: StudentView) -> tuple[str, ...]:
    report = shown.report
    return (*(one.name for one in report.functions), *(one.id for one in report.manual))


def _built_in_functions(info: AssignmentInfo) -> tuple[str, ...]:
    """Return the functions of a built-in assignment; none if there is no such assignment."""
    try:
        functions = load_assignment(info.id).units if info.id.isidentifier() else ()
    except AssignmentError:
        return ()
    return tuple(function.name for function in functions)


def _expect_readable(name: str) -> None:
    """Refuse a name that Autolab would break before it reads the line as JSON.

    It puts quotes around every word that a colon follows.
    """
    if ":" in name:
        raise UsageError(
            f'Autolab can\'t read the score of the problem "{name}", because its name has a colon; '
            "rename it in Autolab, and choose it with --set problem=NAME"
        )
