"""Checks of network_loss(x, y, params, reg): all layers together."""

from typing import Any

import numpy as np
import pytest

from grader.checks.api import Handle, Lab, Probe, array, expect_close

PARAMS = ("w1", "b1", "w2", "b2")


def loss_and_gradients(
    lab: Lab, x: Handle, y: Handle, params: Handle, reg: Handle
) -> dict[str, Any]:
    """Compute the loss, and the gradient for each parameter."""
    loss, grads = lab.network_loss(x, y, params, reg)
    return {"loss": loss, **{name: grads[name] for name in PARAMS}}


def _networks(probe: Probe) -> list[dict[str, Any]]:
    """Return networks in which some hidden units are off, with and without a penalty."""
    rng = probe.rng()
    readable = {
        "x": array([[1], [-2.0]], dtype=np.float64),
        "y": array([0, 1]),
        "params": {
            "w1": array([[2.0]], dtype=np.float64),
            "b1": array([0.5], dtype=np.float64),
            "w2": array([[1, -1]], dtype=np.float64),
            "b2": array([0, 0.5], dtype=np.float64),
        },
    }
    drawn = [
        {
            "x": array(rng.normal(0, 1, (n, d)), dtype=dtype),
            "y": array(rng.integers(0, c, n)),
            "params": {
                "w1": array(rng.normal(0, 1, (d, h)), dtype=dtype),
                "b1": array(rng.uniform(-1, 1, h), dtype=dtype),
                "w2": array(rng.normal(0, 1, (h, c)), dtype=dtype),
                "b2": array(rng.uniform(-1, 1, c), dtype=dtype),
            },
        }
        for n, d, h, c, dtype in ((6, 2, 5, 3, np.float64), (9, 4, 7, 2, np.float32))
    ]
    return [{**case, "reg": reg} for case in (readable, *drawn) for reg in (0.0, 0.3)]


@pytest.mark.points(4)
def check_network_loss_has_the_right_value(probe: Probe) -> None:
    """The loss is the softmax loss of the scores, plus the penalty on both weights

    The scores come from affine, ReLU, affine. The penalty is reg / 2 times the sum of all squared
    weights, without the biases.
    """
    for case in _networks(probe):
        got, want = probe.both_run(loss_and_gradients, **case)
        expect_close(got["loss"], want["loss"], "the loss")


@pytest.mark.points(5)
def check_network_loss_has_the_right_gradients(probe: Probe) -> None:
    """The gradients are those of the loss that is returned

    Go back through the layers in reverse order, each with its own cache. The penalty has a gradient
    too: reg times the weights.
    """
    for case in _networks(probe):
        got, want = probe.both_run(loss_and_gradients, **case)
        for name in PARAMS:
            expect_close(got[name], want[name], f"grads[{name!r}]", scale=1)
