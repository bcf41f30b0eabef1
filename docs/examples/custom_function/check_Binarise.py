"""Checks of Binarise: a step, and a straight-through estimator of its slope."""

from typing import Any

import numpy as np
import pytest

from grader.checks.api import Handle, Lab, Probe, WrongError, expect_close, leaf, tensor
from grader.observations.values import Array


def value(lab: Lab, x: Handle) -> dict[str, Any]:
    """Apply it."""
    y = lab.Binarise.apply(x)
    return {"y": y}


def slope(lab: Lab, x: Handle, c: Handle) -> dict[str, Any]:
    """Differentiate a weighted sum of squares, so that the slope is not a constant."""
    y = lab.Binarise.apply(x)
    (y * c).sum().backward()
    return {"x.grad": x.grad}


def _cases(probe: Probe) -> list[dict[str, Any]]:
    """Return numbers within -1 and 1, at these and beyond, and slopes that are larger than 1."""
    rng = probe.rng()
    shapes = (((4, 5), np.float32), ((9,), np.float64))
    return [
        {"x": leaf([-2, -1, -0.5, 0, 0.5, 1, 2]), "c": tensor([3, 2, -2, 1, 4, -3, -1])},
        *(
            {
                "x": leaf(rng.uniform(-2, 2, shape), dtype=dtype),
                "c": tensor(rng.normal(0, 3, shape), dtype=dtype),
            }
            for shape, dtype in shapes
        ),
    ]


@pytest.mark.points(3)
def check_Binarise_has_the_right_values(probe: Probe) -> None:  # noqa: N802 - it is about a class
    """Binarise.apply(x) is 1 where x >= 0, and -1 elsewhere

    0 counts as positive. torch.sign(0) is 0, which is neither. The result has the dtype of x: x @ w
    refuses two different ones.
    """
    for case in _cases(probe):
        got, want = probe.both_run(value, x=case["x"])
        expect_close(got["y"], want["y"], "y")
        y, right = got["y"], want["y"]
        if isinstance(y, Array) and isinstance(right, Array) and y.dtype != right.dtype:
            raise WrongError(f"y is {y.dtype}, although x is {right.dtype}")


@pytest.mark.points(5)
def check_Binarise_passes_slopes_straight_through(probe: Probe) -> None:  # noqa: N802
    """The slope is grad_output where -1 <= x <= 1, and 0 elsewhere

    It is x that decides where slopes are stopped. Where they pass, they pass unchanged.
    """
    for case in _cases(probe):
        got, want = probe.both_run(slope, **case)
        expect_close(got["x.grad"], want["x.grad"], "x.grad")
