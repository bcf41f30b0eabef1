"""Checks of adam(w, dw, config): weights that move in place, and running means."""

from typing import Any

import numpy as np
import pytest

from grader.checks.api import Handle, Lab, Probe, array, expect_close, expect_step, precondition

# The second epsilon is as large as the gradients: it matters whether it is under the root.
SETTINGS = [(0.1, 0.9, 0.99, 1e-8), (0.5, 0.8, 0.9, 0.1), (0.01, 0.5, 0.999, 1e-8)]


def one_step(
    lab: Lab, w: Handle, dws: Handle, lr: Handle, beta1: Handle, beta2: Handle, epsilon: Handle
) -> dict[str, Any]:
    """Take the first step."""
    config = {"learning_rate": lr, "beta1": beta1, "beta2": beta2, "epsilon": epsilon}
    moved, _ = lab.adam(w, dws[0], config)
    return {"moved": moved, "w": w}


def three_steps(
    lab: Lab, w: Handle, dws: Handle, lr: Handle, beta1: Handle, beta2: Handle, epsilon: Handle
) -> dict[str, Any]:
    """Take three steps, each with what the one before has returned."""
    config: Any = {"learning_rate": lr, "beta1": beta1, "beta2": beta2, "epsilon": epsilon}
    for number in range(3):
        _, config = lab.adam(w, dws[number], config)
    return {"w": w}


def _cases(probe: Probe) -> list[dict[str, Any]]:
    rng = probe.rng()
    readable = {
        "w": array([1, -2.0], dtype=np.float64),
        "dws": [array(one, dtype=np.float64) for one in ([2, -1], [1, 0.5], [-3, 2])],
    }
    drawn = [
        {
            "w": array(rng.normal(0, 1, shape), dtype=dtype),
            "dws": [array(rng.normal(0, 1, shape), dtype=dtype) for _ in range(3)],
        }
        for shape, dtype in (((3, 4), np.float64), ((5,), np.float32))
    ]
    return [
        {**case, "lr": lr, "beta1": beta1, "beta2": beta2, "epsilon": epsilon}
        for case, (lr, beta1, beta2, epsilon) in zip([readable, *drawn], SETTINGS, strict=True)
    ]


@pytest.mark.points(3)
def check_adam_takes_a_first_step(probe: Probe) -> None:
    """The first step is right, in place: with t = 1 the corrections undo (1 - beta)

    Count t up before you use it. m / (1 - beta1**t) is then dw, so each weight moves by about the
    learning rate.
    """
    for case in _cases(probe):
        got, want = probe.both_run(one_step, mutable=["w"], **case)
        expect_step(got, want, start=case["w"].array)


@pytest.mark.points(3)
def check_adam_goes_on_from_its_own_averages(probe: Probe) -> None:
    """Later steps go on with m, s and t of the step before

    Keep all three in the dict that you return. s is a mean of squares of dw, element by element.
    """
    for case in _cases(probe):
        got, want = probe.both_run(three_steps, mutable=["w"], **case)
        expect_step(got, want, start=case["w"].array, what="three steps")


@pytest.mark.points(1)
@pytest.mark.forbids
def check_adam_returns_w(probe: Probe) -> None:
    """It returns the weights after the step, and the config

    Return both: `return w, config`.
    """
    for case in _cases(probe):
        got, want = probe.both_run(one_step, mutable=["w"], **case)
        with precondition():
            expect_step(got, want, start=case["w"].array)
        expect_close(got["moved"], want["moved"], "the array that adam() returns")
