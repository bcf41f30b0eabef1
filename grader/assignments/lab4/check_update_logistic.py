"""Checks of update_logistic(x, y, w, lr): one step on the cross entropy, in place.

A submission's own clamp or eps changes a gradient by a fraction of a percent.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from grader.checks.compare import expect_close, expect_shape
from grader.checks.inputs import leaf, tensor
from grader.checks.pictures import differ, fits, loss_curves
from grader.checks.probe import Probe
from grader.checks.steps import expect_same_leaf, expect_step, expect_steps
from grader.checks.verdict import precondition
from grader.report.model import Picture

RTOL = 1e-2
RTOL_OF_LOSS = 2e-3


@pytest.mark.points(3)
def check_update_logistic_moves_w_against_the_gradient(
    probe: Probe, classifications: list[dict[str, Any]]
) -> None:
    """One call moves w by -lr times the gradient of the cross entropy

    Proceed as in update(), with predict_proba as the model and cross_entropy as the loss.
    """
    for case in classifications:
        for lr in (0.5, 0.1):
            got, want = probe.both(**case, lr=lr)
            expect_step(got, want, start=case["w"].array, rtol=RTOL)


@pytest.mark.points(2)
def check_update_logistic_is_right_again_and_again(
    probe: Probe, classifications: list[dict[str, Any]]
) -> None:
    """The second and third calls on the same w take right steps too

    backward() adds to w.grad. Clear it once a step.
    """
    for case in classifications:
        got, want = probe.both(**case, lr=0.5, times=3)
        expect_steps(got, want, start=case["w"].array, rtol=RTOL)


@pytest.mark.points(1)
@pytest.mark.forbids
def check_update_logistic_keeps_the_leaf(
    probe: Probe, classifications: list[dict[str, Any]]
) -> None:
    """w stays the same leaf tensor that requires grad

    Change w in place, inside torch.no_grad().
    """
    for case in classifications:
        got, want = probe.both(**case, lr=0.1)
        with precondition():
            expect_step(got, want, start=case["w"].array, rtol=RTOL)
        expect_same_leaf(got)


@pytest.mark.points(1)
def check_update_logistic_returns_the_loss_before_the_step(
    probe: Probe, classifications: list[dict[str, Any]]
) -> None:
    """It returns the loss before the step

    Compute the loss before w moves, and return that one.
    """
    for case in classifications:
        got, want = probe.both(**case, lr=0.5)
        if got.state("w").is_global and got.returns_nothing():
            # The classroom's update() may only change its globals; then its step is judged instead.
            expect_step(got, want, start=case["w"].array, rtol=RTOL)
            continue
        expect_close(got.array(), want.array(), "the loss", rtol=RTOL_OF_LOSS)


_STEPS = 30
_LR = 0.8  # a value that nobody hard-codes


def pictures(probe: Probe) -> Sequence[Picture]:
    """Draw the losses of many calls on the same w, and the probabilities after them."""
    feature = np.linspace(-1, 1, 16)
    x = tensor(np.stack([feature, np.ones_like(feature)], axis=1))
    classes = tensor(feature + 0.4 * np.sin(9 * feature) > 0)
    got, want = probe.both(x=x, y=classes, w=leaf([-1.5, 0.5]), lr=_LR, times=_STEPS)
    expect_shape(got.after("w"), (2,), "w")
    curves = [1 / (1 + np.exp(-(x @ one.after("w")))) for one in (got, want)]
    drawn = []
    if not got.returns_nothing():
        losses = [
            np.array([one.array(step).item() for step in range(_STEPS)]) for one in (got, want)
        ]
        if differ(*losses):
            title = f"The loss that update_logistic() returns, over {_STEPS} calls with lr = {_LR}"
            drawn.append(loss_curves(title, got=losses[0], want=losses[1], steps="call"))
    if differ(*curves, part=0.05):
        picture = fits(
            f"The probability of class 1 after {_STEPS} calls",
            feature=feature,
            target=classes,
            got=curves[0],
            want=curves[1],
            unit="class, probability of class 1",
        )
        drawn.append(picture)
    return drawn
