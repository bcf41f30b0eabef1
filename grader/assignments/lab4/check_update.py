"""Checks of update(x, y, w, lr): one step of gradient descent on the mse, in place."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from grader.checks.compare import expect_close, expect_shape
from grader.checks.inputs import leaf, tensor
from grader.checks.pictures import differ, line, loss_curves
from grader.checks.probe import Probe, Result
from grader.checks.steps import expect_same_leaf, expect_step, expect_steps
from grader.checks.verdict import precondition
from grader.report.model import Picture, Series

RATES = (0.5, 0.03)


@pytest.mark.points(4)
def check_update_moves_w_against_the_gradient(
    probe: Probe, regressions: list[dict[str, Any]]
) -> None:
    """One call moves w by -lr times the gradient of the mse

    Predict, compute the loss, call backward(), then subtract lr * w.grad from w itself, inside
    torch.no_grad().
    """
    for case in regressions:
        for lr in RATES:
            got, want = probe.both(**case, lr=lr)
            expect_step(got, want, start=case["w"].array)


@pytest.mark.points(3)
def check_update_is_right_again_and_again(probe: Probe, regressions: list[dict[str, Any]]) -> None:
    """The second and third calls on the same w take right steps too

    backward() adds to w.grad. Clear it once a step, so that each step uses its own gradient only.
    """
    for case in regressions:
        got, want = probe.both(**case, lr=0.1, times=3)
        expect_steps(got, want, start=case["w"].array)


@pytest.mark.points(2)
@pytest.mark.forbids
def check_update_keeps_the_leaf(probe: Probe, regressions: list[dict[str, Any]]) -> None:
    """w stays the same leaf tensor that requires grad

    Change w in place (sub_, -=, copy_) inside torch.no_grad(), where autograd doesn't record. `w =
    w - ...` makes a new tensor, and the caller's w never moves.
    """
    for case in regressions:
        got, want = probe.both(**case, lr=0.1)
        with precondition():
            expect_step(got, want, start=case["w"].array)
        expect_same_leaf(got)


@pytest.mark.points(2)
def check_update_returns_the_loss_before_the_step(
    probe: Probe, regressions: list[dict[str, Any]]
) -> None:
    """It returns the loss before the step

    Compute the loss before w moves, and return that one.
    """
    for case in regressions:
        got, want = probe.both(**case, lr=0.1)
        if got.state("w").is_global and got.returns_nothing():
            # The classroom's update() may only change its globals; then its step is judged instead.
            expect_step(got, want, start=case["w"].array)
            continue
        expect_close(got.array(), want.array(), "the loss that update() returns")


_STEPS = 30
_LR = 0.15  # a value that nobody hard-codes
_START = tensor([-1.5, 0.5])


def pictures(probe: Probe) -> Sequence[Picture]:
    """Draw the losses of many calls on the same w, and the path of w to the best line."""
    feature = np.linspace(-0.4, 1, 12)  # not centred, so that the ellipses are tilted
    x = tensor(np.stack([feature, np.ones_like(feature)], axis=1))
    y = tensor(3 * feature + 2 + 0.5 * np.sin(7 * feature))
    got, want = probe.both(x=x, y=y, w=leaf(_START), lr=_LR, times=_STEPS)
    ways = [np.array([_START, *_way(one)]) for one in (got, want)]
    # The classroom's update() returns nothing: take the losses at the places where w was.
    gaps = [way[:-1] @ x.T - y for way in ways]
    losses = [np.mean(gap.astype(np.float64) ** 2, axis=1) for gap in gaps]
    if not got.returns_nothing():
        losses[0] = np.array([got.array(step).item() for step in range(_STEPS)])
    drawn = []
    if differ(*losses):
        title = f"The loss that update() returns, over {_STEPS} calls with lr = {_LR}"
        drawn.append(loss_curves(title, got=losses[0], want=losses[1], steps="call"))
    if differ(*ways):
        drawn.append(_draw_ways(x, y, *ways))
    return drawn


def _way(result: Result) -> list[np.ndarray]:
    places = [result.after("w", step) for step in range(_STEPS)]
    for place in places:
        expect_shape(place, (2,), "w")
    return places


def _draw_ways(x: np.ndarray, y: np.ndarray, got: np.ndarray, want: np.ndarray) -> Picture:
    """Draw the paths of w over the mse, a bowl that has the same height all along an ellipse."""
    best = np.linalg.lstsq(x, y, rcond=None)[0]
    values, axes = np.linalg.eigh(x.T.astype(np.float64) @ x / len(y))
    angles = np.linspace(0, 2 * np.pi, 41)
    circle = axes @ (np.array([np.cos(angles), np.sin(angles)]) / np.sqrt(values)[:, None])
    height = np.sqrt(np.sum(((want[0] - best) @ axes) ** 2 * values))
    levels: list[Series] = []
    for part in (1, 0.6, 0.3, 0.1):
        ring = best[:, None] + part * height * circle
        levels.append(line("equal loss", "level", *ring))
    return Picture(
        title=f"The path of w from {_START[0]:g}, {_START[1]:g} to the smallest loss, call by call",
        x_label="slope w[0]",
        y_label="intercept w[1]",
        series=(*levels, line("yours", "student", *got.T), line("right", "right", *want.T)),
    )
