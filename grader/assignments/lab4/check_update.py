"""Checks of update(x, y, w, lr): one step of gradient descent on the mse, in place."""

from typing import Any

import pytest

from grader.checks.compare import expect_close
from grader.checks.probe import Probe
from grader.checks.steps import expect_same_leaf, expect_step

RATES = (0.5, 0.03)


@pytest.mark.points(4)
def check_update_moves_w_against_the_gradient(
    probe: Probe, regressions: list[dict[str, Any]]
) -> None:
    """One call moves w by -lr times the gradient of the mse

    Predict, compute the loss, backward(), then subtract lr * w.grad from w itself, inside
    torch.no_grad().
    """
    for case in regressions:
        for lr in RATES:
            got, want = probe.both(**case, lr=lr)
            expect_step(got, want, start=case["w"].array)


@pytest.mark.points(3)
def check_update_is_right_again_and_again(probe: Probe, regressions: list[dict[str, Any]]) -> None:
    """A second and a third call on the same w are right steps too

    backward() adds to w.grad. Clear it once a step, so that each step uses its own gradient only.
    """
    for case in regressions:
        got, want = probe.both(**case, lr=0.1, times=3)
        for step, nth in enumerate(("first", "second", "third")):
            expect_step(got, want, start=case["w"].array, step=step, what=f"the {nth} call")


@pytest.mark.points(2)
def check_update_keeps_the_leaf(probe: Probe, regressions: list[dict[str, Any]]) -> None:
    """w stays the same leaf tensor that requires grad

    Change w in place (sub_, -=, copy_) inside torch.no_grad(), where autograd is not looking.
    `w = w - ...` makes a new tensor, and the caller's w never moves.
    """
    for case in regressions:
        got, want = probe.both(**case, lr=0.1)
        expect_step(got, want, start=case["w"].array)
        expect_same_leaf(got)


@pytest.mark.points(2)
def check_update_returns_the_loss_before_the_step(
    probe: Probe, regressions: list[dict[str, Any]]
) -> None:
    """It returns the loss before the step

    The loss that backward() was called on is the one to return.
    """
    for case in regressions:
        got, want = probe.both(**case, lr=0.1)
        if got.state("w").is_global and got.returns_nothing():
            # The classroom's update() may only change its globals; its step is judged instead.
            expect_step(got, want, start=case["w"].array)
            continue
        expect_close(got.array(), want.array(), "the loss that update() returns")
