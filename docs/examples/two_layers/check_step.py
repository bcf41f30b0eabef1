"""Checks of step(x, y, w1, b1, w2, b2, lr): four leaves that move in place."""

from typing import Any

import pytest

from grader.checks.compare import expect_close
from grader.checks.probe import Probe
from grader.checks.steps import expect_same_leaf, expect_step

PARAMETERS = ("w1", "b1", "w2", "b2")


@pytest.mark.points(4)
def check_step_moves_all_parameters(probe: Probe, networks: list[dict[str, Any]]) -> None:
    """One call moves each parameter by -lr times its gradient, in place

    Compute all four gradients first. Then subtract from the parameters themselves, inside
    torch.no_grad(): they stay leaves.
    """
    for case in networks:
        for lr in (0.5, 0.03):
            got, want = probe.both(**case, lr=lr)
            for name in PARAMETERS:
                expect_step(got, want, start=case[name].array, name=name)
                expect_same_leaf(got, name)


@pytest.mark.points(3)
def check_step_is_right_again_and_again(probe: Probe, networks: list[dict[str, Any]]) -> None:
    """The second and third calls on the same parameters take right steps too

    Each step uses only its own gradients.
    """
    for case in networks:
        got, want = probe.both(**case, lr=0.1, times=3)
        for call, nth in enumerate(("first", "second", "third")):
            for name in PARAMETERS:
                start = case[name].array
                expect_step(got, want, start=start, name=name, step=call, what=f"the {nth} call")


@pytest.mark.points(2)
def check_step_returns_the_loss_before_it(probe: Probe, networks: list[dict[str, Any]]) -> None:
    """It returns the loss from before the step

    Compute the loss before anything moves.
    """
    for case in networks:
        got, want = probe.both(**case, lr=0.1)
        expect_close(got.array(), want.array(), "the loss that step() returns")
