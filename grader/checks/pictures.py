"""Pictures of a wrong function, where they say more than words.

A file of checks may have a function ``pictures`` beside its checks::

    def pictures(probe: Probe) -> Sequence[Picture]:
        got, want = probe.both(x=X, y=Y, w=leaf([-1, 1]), lr=0.1, epochs=25)
        curves = [line("yours", "student", range(25), losses_of(got)), ...]
        return [Picture(title="The loss should fall", x_label="epoch", ..., series=curves)]

It is called with a probe of its own, once for each submission whose function has failed a check
and did not hit a limit. The author chooses what to draw from the answers of student and reference
to the same request; one request of a few dozen steps is enough. Pictures don't affect the score: if
an answer can't be drawn (`WrongError`, `NoAnswerError` or any other exception is raised), there is
no picture.

`line` and `points` round the numbers, drop those that are not finite, and thin out long series.
"""

import functools
from collections.abc import Callable, Iterable

import numpy as np

from grader.checks.assignment import Assignment
from grader.checks.check import Check, Draw
from grader.checks.probe import Probe, derive_seed
from grader.errors import GraderError, NotRecordedError
from grader.observations.asking import Ask, Observe, answer_at_once
from grader.observations.messages import Observation, Request
from grader.report.model import (
    CheckResult,
    DrawnAs,
    Picture,
    Series,
    Status,
)

MAX_POINTS = 60
_DIGITS = 4
_LOG_FROM = 300  # ratio of largest to smallest from which a linear axis would hide the small ones


def draw_pictures(
    results: Iterable[CheckResult],
    checks: Iterable[Check],
    *,
    assignment: Assignment,
    seed: int,
    observe: Callable[[str], Observe],
    expect: Ask,
) -> dict[str, tuple[Picture, ...]]:
    """Draw pictures of the functions that have failed a check.

    Args:
        results: The results of the checks of some functions.
        checks: The collected checks.
        assignment: The assignment.
        seed: The submission's seed.
        observe: Returns, for the name of a function, how to ask the submission about it.
        expect: Asks the reference.

    Returns:
        The pictures of each function that has some, by its name.

    Raises:
        GraderError: zerograd or the machine failed.
    """
    draw_by_function = _draws(checks)
    statuses: dict[str, set[Status]] = {}
    for result in results:
        statuses.setdefault(result.function, set()).add(result.status)
    drawn = {}
    for name, seen in statuses.items():
        # It answered wrongly, and never hit a limit.
        if name in draw_by_function and Status.FAILED in seen and Status.LIMIT not in seen:
            probe = Probe(
                assignment.unit(name),
                observe(name),
                expect,
                derive_seed(seed, f"{name}/pictures"),
                units=assignment.units,
            )
            drawn[name] = _draw(draw_by_function[name], probe)
    return drawn


def draw_right(
    checks: Iterable[Check],
    *,
    assignment: Assignment,
    seed: int,
    expect: Callable[[str], Ask],
) -> None:
    """Draw all pictures with the reference as the submission, to have all of it asked.

    Args:
        checks: The collected checks.
        assignment: The assignment.
        seed: The seed of the submissions.
        expect: Returns, for the name of a function, how to ask the reference about it.
    """
    for name, draw in _draws(checks).items():
        ask = expect(name)
        seed_of_draw = derive_seed(seed, f"{name}/pictures")
        unit = assignment.unit(name)
        now = answer_at_once(ask)  # the reference answers for both sides
        observe = functools.partial(_observe, now)
        _draw(draw, Probe(unit, observe, now, seed_of_draw, units=assignment.units))


def _observe(ask: Ask, request: Request) -> Observation:
    return ask(request)()


def _draws(checks: Iterable[Check]) -> dict[str, Draw]:
    return {check.function: check.pictures for check in checks if check.pictures is not None}


def _draw(draw: Draw, probe: Probe) -> tuple[Picture, ...]:
    try:
        return tuple(picture for picture in draw(probe) if any(one.x for one in picture.series))
    except NotRecordedError:  # a kit has no picture of what the author didn't foresee
        return ()
    except GraderError:
        raise
    except Exception:  # noqa: BLE001 - an answer that the author did not think of costs a picture, not the grade
        return ()


def line(label: str, role: str, x: Iterable[float], y: Iterable[float]) -> Series:
    """Return a line of a picture.

    Args:
        label: Its name in the legend.
        role: ``student``, ``right``, ``data`` or ``level``.
        x: The horizontal coordinates of its points.
        y: The vertical coordinates, as many. Points that are not finite are left out; of many
            points at most `MAX_POINTS` are kept, including the first and the last.
    """
    return _series(label, role, DrawnAs.LINE, x, y)


def points(label: str, role: str, x: Iterable[float], y: Iterable[float]) -> Series:
    """Return separate points of a picture; the arguments are those of `line`."""
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
    """Return a picture of the student's losses and the right ones over the steps.

    The vertical axis is logarithmic if all losses are positive and differ widely.

    Args:
        title: The title of the picture.
        got: The student's losses, of shape (k,).
        want: The right losses, of shape (m,).
        steps: The label of the horizontal axis.
        unit: The label of the vertical axis.
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
    """Return a picture of the data with the predictions of the student's model and the right one.

    Args:
        title: The title of the picture.
        feature: The feature of each sample, ascending, of shape (n,).
        target: The target of each sample, of shape (n,).
        got: The predictions of the student's model, of shape (n,).
        want: The predictions of the right model, of shape (n,).
        unit: The label of the vertical axis.
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
    """Return whether the difference between two arrays would be visible in a picture.

    Args:
        got: The student's array.
        want: The right one.
        part: The smallest visible difference, as a fraction of the picture's height.
    """
    if got.shape != want.shape or not np.all(np.isfinite(got)):
        return True
    return bool(np.max(np.abs(got - want), initial=0.0) > part * (np.ptp(want) or 1.0))
