"""Pictures of a function that is wrong, where they say more than words.

A file of checks may have a function ``pictures`` beside its checks::

    def pictures(probe: Probe) -> Sequence[Picture]:
        got, want = probe.both(x=X, y=Y, w=leaf([-1, 1]), lr=0.1, epochs=25)
        curves = [line("yours", "student", range(25), losses_of(got)), ...]
        return [Picture(title="The loss should fall", x_label="epoch", ..., series=curves)]

It is called once for a submission whose function has failed a check and was not ended by a limit,
with a probe of its own. What it draws is the author's choice, from what student and reference
answer to the same request: one request of a few dozen steps is enough. It has no part in the
score: where the answer is such that nothing can be drawn (`WrongError`, `NoAnswerError`, or any
other exception on the way), there is no picture.

`line` and `points` round, thin out and drop what can't be drawn.
"""

from collections.abc import Callable, Iterable, Sequence

import msgspec
import numpy as np

from grader.checks.assignment import Assignment
from grader.checks.check import Check, Draw
from grader.checks.probe import Probe, derive_seed
from grader.errors import GraderError
from grader.observations.asking import Ask, Observe
from grader.report.model import (
    CheckResult,
    DrawnAs,
    FunctionResult,
    Picture,
    Series,
    Status,
)

MAX_POINTS = 60
_DIGITS = 4
_LOG_FROM = 300  # times as large as the smallest: a straight axis would show nothing of the small


def add_pictures(
    functions: Sequence[FunctionResult],
    checks: Iterable[Check],
    *,
    assignment: Assignment,
    seed: int,
    observe: Callable[[str], Observe],
    expect: Ask,
) -> tuple[FunctionResult, ...]:
    """Add its pictures to each function that has failed a check.

    Args:
        functions: What each function earned.
        checks: The collected checks.
        assignment: What is graded.
        seed: The submission's seed.
        observe: Gives for a function's name whom to ask about it.
        expect: Asks the reference.

    Returns:
        The same functions, in order; nothing but their pictures is changed.
    """
    painters = {check.function: check.pictures for check in checks if check.pictures is not None}
    result = []
    for function in functions:
        draw = painters.get(function.name)
        if draw is not None and _is_worth_drawing(function.checks):
            probe = Probe(
                assignment.function(function.name),
                observe(function.name),
                expect,
                derive_seed(seed, f"{function.name}/pictures"),
            )
            function = msgspec.structs.replace(function, pictures=_draw(draw, probe))  # noqa: PLW2901
        result.append(function)
    return tuple(result)


def _is_worth_drawing(checks: Sequence[CheckResult]) -> bool:
    """Tell whether a function gave answers, and wrong ones."""
    statuses = {check.status for check in checks}
    return Status.FAILED in statuses and Status.LIMIT not in statuses


def _draw(draw: Draw, probe: Probe) -> tuple[Picture, ...]:
    try:
        return tuple(picture for picture in draw(probe) if any(one.x for one in picture.series))
    except GraderError:
        raise
    except Exception:  # noqa: BLE001 - an edge: an answer that its author did not think of costs a picture, not a grade
        return ()


def line(label: str, role: str, x: Iterable[float], y: Iterable[float]) -> Series:
    """Make a line of a picture.

    Args:
        label: What it is, for the legend.
        role: ``student``, ``right``, ``data`` or ``level``.
        x: Where its points are; those that are not finite are left out, and of many only some
            are kept, the first and the last among them.
        y: The same.
    """
    return _series(label, role, DrawnAs.LINE, x, y)


def points(label: str, role: str, x: Iterable[float], y: Iterable[float]) -> Series:
    """Make single points of a picture; arguments as for `line`."""
    return _series(label, role, DrawnAs.POINTS, x, y)


def _series(
    label: str, role: str, drawn_as: DrawnAs, x: Iterable[float], y: Iterable[float]
) -> Series:
    pairs = np.array(list(zip(x, y, strict=True)), dtype=np.float64).reshape(-1, 2)
    pairs = pairs[np.all(np.isfinite(pairs), axis=1)]
    if len(pairs) > MAX_POINTS:
        pairs = pairs[np.linspace(0, len(pairs) - 1, MAX_POINTS).round().astype(int)]
    first, second = (tuple(map(_round, column)) for column in pairs.T.tolist())
    return Series(label=label, role=role, drawn_as=drawn_as, x=first, y=second)


def _round(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")


def loss_curves(
    title: str, *, got: "np.ndarray", want: "np.ndarray", steps: str = "step", unit: str = "loss"
) -> Picture:
    """Draw the student's losses and the right ones over the steps.

    Args:
        title: The sentence that it shows.
        got: The student's.
        want: The right ones.
        steps: What is counted along the horizontal axis.
        unit: What is measured along the vertical one.
    """
    seen = np.concatenate([got, want])
    seen = seen[np.isfinite(seen)]
    is_log = bool(np.all(seen > 0)) and bool(np.ptp(seen) > _LOG_FROM * np.min(seen, initial=1e300))
    return Picture(
        title=title,
        x_label=steps,
        y_label=unit,
        series=(
            line("yours", "student", range(1, len(got) + 1), got),
            line("right", "right", range(1, len(want) + 1), want),
        ),
        is_log_y=is_log,
    )


def fits(
    title: str,
    *,
    feature: "np.ndarray",
    target: "np.ndarray",
    got: "np.ndarray",
    want: "np.ndarray",
    unit: str = "target",
) -> Picture:
    """Draw what the student's model and the right one predict, over the data.

    Args:
        title: The sentence that it shows.
        feature: One for each sample, ascending, (n,).
        target: What belongs to it, (n,).
        got: What the student's model predicts, (n,).
        want: What the right one does, (n,).
        unit: What is measured along the vertical axis.
    """
    return Picture(
        title=title,
        x_label="feature",
        y_label=unit,
        series=(
            points("data", "data", feature, target),
            line("yours", "student", feature, got),
            line("right", "right", feature, want),
        ),
    )


def differ(got: "np.ndarray", want: "np.ndarray", *, part: float = 0.02) -> bool:
    """Tell whether a picture would show a difference between what came out and what should have.

    Args:
        got: What came out.
        want: What should have.
        part: The least difference that is seen, as a part of the picture's height.
    """
    if got.shape != want.shape or not np.all(np.isfinite(got)):
        return True
    return bool(np.max(np.abs(got - want), initial=0.0) > part * (np.ptp(want) or 1.0))
