"""Sums points exactly, and gives functions their status."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from grader.report.model import CheckResult, FunctionResult, Status

# The status of a function that earned no points: the first of these that one of its checks has.
_BY_PRECEDENCE = (
    Status.MISSING,
    Status.LIMIT,
    Status.ERROR,
    Status.FAILED,
    Status.NOT_JUDGED,
)


def exact_sum(points: Iterable[float]) -> float:
    """Return the sum of points, added without rounding: 0.1 is one tenth, as the author wrote."""
    return float(sum((Fraction(str(value)) for value in points), Fraction()))


def score_functions(
    results: Sequence[CheckResult], functions: Sequence[str]
) -> tuple[FunctionResult, ...]:
    """Group checks by function, in the order of the assignment.

    Args:
        results: The results of the checks; the id of each begins with its function.
        functions: The names of the functions, in order. Functions without a check are left out.

    Returns:
        The functions with their checks, scores and statuses. A function is PASSED if all its checks
        are, and PARTIAL if it earned some points.
    """
    scored = []
    for name in functions:
        checks = tuple(check for check in results if check.function == name)
        if checks:
            scored.append(_score_function(name, checks))
    return tuple(scored)


def _score_function(name: str, checks: tuple[CheckResult, ...]) -> FunctionResult:
    score = exact_sum(check.points for check in checks)
    max_score = exact_sum(check.max_points for check in checks)
    statuses = {check.status for check in checks}
    if statuses == {Status.PASSED}:
        status = Status.PASSED
    elif score > 0:
        status = Status.PARTIAL
    else:
        status = next(one for one in _BY_PRECEDENCE if one in statuses)
    return FunctionResult(name=name, status=status, score=score, max_score=max_score, checks=checks)
