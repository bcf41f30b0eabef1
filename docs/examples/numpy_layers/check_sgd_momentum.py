"""Checks of sgd_momentum(w, dw, config): weights that move in place, and a velocity."""

from typing import Any

import numpy as np
import pytest

from grader.checks.api import Handle, Lab, Probe, array, expect_close, expect_step, precondition

SETTINGS = [(0.1, 0.9), (0.5, 0.5), (0.01, 0.99)]


def one_step(lab: Lab, w: Handle, dw: Handle, lr: Handle, momentum: Handle) -> dict[str, Any]:
    """Take the first step."""
    config = {"learning_rate": lr, "momentum": momentum}
    moved, _ = lab.sgd_momentum(w, dw, config)
    return {"moved": moved, "w": w}


def three_steps(lab: Lab, w: Handle, dws: Handle, lr: Handle, momentum: Handle) -> dict[str, Any]:
    """Take three steps, each with what the one before has returned."""
    config: Any = {"learning_rate": lr, "momentum": momentum}
    for number in range(3):
        _, config = lab.sgd_momentum(w, dws[number], config)
    return {"w": w}


def _starts(probe: Probe) -> list[dict[str, Any]]:
    rng = probe.rng()
    shapes = (((3, 4), np.float64), ((5,), np.float32))
    return [
        {
            "w": array([1, -2.0], dtype=np.float64),
            "dws": [array(one, dtype=np.float64) for one in ([2, -1], [1, 0.5], [-3, 2])],
        },
        *(
            {
                "w": array(rng.normal(0, 1, shape), dtype=dtype),
                "dws": [array(rng.normal(0, 1, shape), dtype=dtype) for _ in range(3)],
            }
            for shape, dtype in shapes
        ),
    ]


@pytest.mark.points(3)
def check_sgd_momentum_moves_w_in_place(probe: Probe) -> None:
    """The first step moves w itself by -learning_rate * dw

    The velocity is 0 at first, so it becomes -learning_rate * dw. Add it to w in place, `w += v`:
    `w = w + v` would make a new array, and the network's own would stay where it is.
    """
    for case, (lr, momentum) in zip(_starts(probe), SETTINGS, strict=True):
        inputs = {"w": case["w"], "dw": case["dws"][0], "lr": lr, "momentum": momentum}
        got, want = probe.both_run(one_step, mutable=["w"], **inputs)
        expect_step(got, want, start=case["w"].array)


@pytest.mark.points(4)
def check_sgd_momentum_goes_on_with_its_velocity(probe: Probe) -> None:
    """Later steps go on with the velocity of the step before

    v = momentum * v - learning_rate * dw. Keep v in the dict that you return, and look there first.
    """
    for case, (lr, momentum) in zip(_starts(probe), SETTINGS, strict=True):
        got, want = probe.both_run(three_steps, mutable=["w"], **case, lr=lr, momentum=momentum)
        expect_step(got, want, start=case["w"].array, what="three steps")


@pytest.mark.points(1)
@pytest.mark.forbids
def check_sgd_momentum_returns_w(probe: Probe) -> None:
    """It returns the weights after the step, and the config

    Return both: `return w, config`.
    """
    for case, (lr, momentum) in zip(_starts(probe), SETTINGS, strict=True):
        inputs = {"w": case["w"], "dw": case["dws"][0], "lr": lr, "momentum": momentum}
        got, want = probe.both_run(one_step, mutable=["w"], **inputs)
        with precondition():
            expect_step(got, want, start=case["w"].array)
        expect_close(got["moved"], want["moved"], "the array that sgd_momentum() returns")
