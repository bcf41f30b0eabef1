"""Sums points exactly, and gives functions and reports their status."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from grader.report.model import CheckResult, FunctionResult, Status

# The status that tells most, when no points were earned.
_MOST_TELLING = (Status.MISSING, Status.LIMIT, Status.ERROR, Status.FAILED)


def exact_sum(points: Iterable[float]) -> float:
    """Add points without rounding: 0.1 counts as one tenth, as the author wrote it."""
    return float(sum((Fraction(str(value)) for value in points), Fraction()))


def score_functions(
    results: Sequence[CheckResult], functions: Sequence[str]
) -> tuple[FunctionResult, ...]:
    """Group checks by function, in the order of the assignment.

    Args:
        results: What came of each check; its id begins with its function.
        functions: The functions in order; those without a check are left out.
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
        status = next(one for one in _MOST_TELLING if one in statuses)
    return FunctionResult(name=name, status=status, score=score, max_score=max_score, checks=checks)
