"""Checks of gradient(x, y, w): the slope of the mse at w."""

from typing import Any

import pytest

from grader.checks.compare import expect_close
from grader.checks.probe import Probe
from grader.checks.verdict import precondition


@pytest.mark.points(4)
def check_gradient_is_that_of_the_mse(probe: Probe, regressions: list[dict[str, Any]]) -> None:
    """gradient(x, y, w) is the gradient of mse(predict(x, w), y) with respect to w

    Compute the loss from w, call backward() on it, and read the gradient from w.grad; or use
    torch.autograd.grad.
    """
    for case in regressions:
        got, want = probe.both(**case)
        expect_close(got.array(), want.array(), "gradient(x, y, w)")


@pytest.mark.points(3)
def check_gradient_is_the_same_when_called_again(
    probe: Probe, regressions: list[dict[str, Any]]
) -> None:
    """Called again at the same w, it returns the same gradient

    What an earlier call left in w.grad must not count again: backward() adds to it.
    """
    for case in regressions:
        got, want = probe.both(**case, times=3)
        for step, nth in enumerate(("first", "second", "third")):
            # Of the first call, the other check says the same.
            what = f"the gradient of the {nth} call" if step else "gradient(x, y, w)"
            expect_close(got.array(step), want.array(step), what, calls=step + 1)


@pytest.mark.points(1)
@pytest.mark.forbids
def check_gradient_leaves_w_where_it_is(probe: Probe, regressions: list[dict[str, Any]]) -> None:
    """It takes no step: w does not change

    Only measure the slope here; moving w is the job of update().
    """
    for case in regressions:
        got, want = probe.both(**case)
        with precondition():
            expect_close(got.array(), want.array(), "gradient(x, y, w)")
        expect_close(got.after("w"), want.after("w"), "w after gradient()")
