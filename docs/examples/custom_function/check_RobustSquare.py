"""Checks of RobustSquare: a Function of a tensor and a number."""

from typing import Any

import numpy as np
import pytest

from grader.checks.api import Handle, Lab, Probe, expect_close, leaf, tensor


def value(lab: Lab, x: Handle, scale: Handle) -> dict[str, Any]:
    """Apply it."""
    y = lab.RobustSquare.apply(x, scale)
    return {"y": y}


def slope(lab: Lab, x: Handle, c: Handle, scale: Handle) -> dict[str, Any]:
    """Differentiate a weighted sum."""
    y = lab.RobustSquare.apply(x, scale)
    (y * c).sum().backward()
    return {"x.grad": x.grad}


def slope_of_two_scales(lab: Lab, x: Handle, c: Handle, scale: Handle) -> dict[str, Any]:
    """Apply it with two scales before the way back."""
    near = lab.RobustSquare.apply(x, scale)
    far = lab.RobustSquare.apply(x, 3 * scale)
    (near * c + far).sum().backward()
    return {"x.grad": x.grad}


def _cases(probe: Probe) -> list[dict[str, Any]]:
    """Return leaves, weights of the sum, and scales, of which none is 1."""
    rng = probe.rng()
    readable = {"x": leaf([-1, 0.5, 3]), "c": tensor([1, -2, 3]), "scale": 2.0}
    drawn = [
        {
            "x": leaf(rng.normal(0, 2, shape), dtype=dtype),
            "c": tensor(rng.normal(0, 1, shape), dtype=dtype),
            "scale": scale,
        }
        for shape, dtype, scale in (
            ((4, 3), np.float32, 0.5),
            ((6,), np.float64, 1.7),
            ((2, 2, 3), np.float32, 4.0),
        )
    ]
    return [readable, *drawn]


@pytest.mark.points(3)
def check_RobustSquare_has_the_right_values(probe: Probe) -> None:  # noqa: N802 - it is about a class
    """RobustSquare.apply(x, scale) is x^2 / (1 + (x / scale)^2)

    For small x it is nearly x^2, and it never reaches scale^2.
    """
    for case in _cases(probe):
        got, want = probe.both_run(value, x=case["x"], scale=case["scale"])
        expect_close(got["y"], want["y"], "y")


@pytest.mark.points(5)
def check_RobustSquare_has_the_right_slope(probe: Probe) -> None:  # noqa: N802
    """The slope is 2 x / (1 + (x / scale)^2)^2, times grad_output

    forward has two arguments besides ctx, so backward returns two values: the slope at x, and None
    for scale.
    """
    for case in _cases(probe):
        got, want = probe.both_run(slope, **case)
        expect_close(got["x.grad"], want["x.grad"], "x.grad")


@pytest.mark.points(2)
def check_RobustSquare_keeps_the_scale_of_each_use(probe: Probe) -> None:  # noqa: N802
    """Two uses with two scales in one graph have the right slopes too

    Keep the scale on ctx, which is another one for each use. A global or an attribute of the class
    has only the last one when backward runs.
    """
    for case in _cases(probe):
        got, want = probe.both_run(slope_of_two_scales, **case)
        expect_close(got["x.grad"], want["x.grad"], "x.grad")
