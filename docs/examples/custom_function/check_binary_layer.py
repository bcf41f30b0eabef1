"""Checks of binary_layer(x, w), which uses Binarise."""

from typing import Any

import numpy as np
import pytest

from grader.checks.api import Handle, Lab, Probe, expect_close, leaf, tensor


def value(lab: Lab, x: Handle, w: Handle) -> dict[str, Any]:
    """Compute the outputs."""
    y = lab.binary_layer(x, w)
    return {"y": y}


def slopes(lab: Lab, x: Handle, w: Handle, c: Handle) -> dict[str, Any]:
    """Differentiate a weighted sum of the outputs."""
    y = lab.binary_layer(x, w)
    (y * c).sum().backward()
    return {"x.grad": x.grad, "w.grad": w.grad}


def _cases(probe: Probe) -> list[dict[str, Any]]:
    rng = probe.rng()
    readable = {
        "x": leaf([[1, 2], [-1, 0.5], [0, 3]]),
        "w": leaf([[0.5], [-2]]),
        "c": tensor([[2], [-1], [0.5]]),
    }
    drawn = [
        {
            "x": leaf(rng.normal(0, 1, (n, d)), dtype=dtype),
            "w": leaf(rng.uniform(-2, 2, (d, m)), dtype=dtype),
            "c": tensor(rng.normal(0, 1, (n, m)), dtype=dtype),
        }
        for n, d, m, dtype in ((5, 3, 4, np.float32), (2, 6, 3, np.float64))
    ]
    return [readable, *drawn]


@pytest.mark.points(4)
def check_binary_layer_has_the_right_values(probe: Probe) -> None:
    """binary_layer(x, w) is x @ Binarise.apply(w)

    Only the weights become -1 and 1; the inputs stay what they are.
    """
    for case in _cases(probe):
        got, want = probe.both_run(value, x=case["x"], w=case["w"])
        expect_close(got["y"], want["y"], "y", scale=1)


@pytest.mark.points(7)
def check_binary_layer_can_be_differentiated(probe: Probe) -> None:
    """Autograd finds the slopes at x and, straight through, at w

    Use Binarise.apply, which has a slope. torch.sign has none, and neither has .detach().
    """
    for case in _cases(probe):
        got, want = probe.both_run(slopes, **case)
        for name in ("x.grad", "w.grad"):
            expect_close(got[name], want[name], name, scale=1)
