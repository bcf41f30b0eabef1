"""What every report shows of a self-check: that it is one, and what it leaves open."""

from collections.abc import Iterator

from grader.outputs.wording import format_points
from grader.report.budget import cut_text
from grader.report.model import Report, Status
from grader.report.self_check import later_points
from grader.report.words import join_names

_MAX_NAMES = 200  # characters


def describe_self_check(report: Report) -> Iterator[str]:
    """Say what a self-check leaves open, a sentence each; nothing of any other report."""
    check = report.self_check
    if check is None:
        return
    if check.open_points:
        waiting = [
            function.name
            for function in report.functions
            if any(one.status is Status.NOT_JUDGED for one in function.checks)
        ]
        verb = "is" if check.open_points == 1 else "are"
        names = _shorten(join_names(waiting))
        yield f"{_count(check.open_points, 'point')} of the maximum {verb} not judged yet: {names}"
    if check.later:
        points = later_points(report)
        verb = "is" if points == 1 else "are"
        names = join_names([f"{one.name} ({format_points(one.max_points)})" for one in check.later])
        yield f"{_count(points, 'more point')} {verb} judged later: {_shorten(names)}"
    yield "A self-check with a student's kit: the final grade may differ"


def _count(points: float, noun: str) -> str:
    return f"{format_points(points)} {noun}{'' if points == 1 else 's'}"


def _shorten(names: str) -> str:
    return cut_text(names, _MAX_NAMES, ellipsis=" ...")
