"""Checks of hidden(x, w1, b1): the first layer."""

from typing import Any

import numpy as np
import pytest

from grader.checks.compare import expect_close
from grader.checks.probe import Probe

NAMES = ("x", "w1", "b1")


@pytest.mark.points(3)
def check_hidden_has_the_right_values(probe: Probe, networks: list[dict[str, Any]]) -> None:
    """hidden(x, w1, b1) is tanh(x @ w1 + b1)

    Compute the product, add the biases, one for each hidden unit, then apply torch.tanh.
    """
    for case in networks:
        got, want = probe.both(**{name: case[name] for name in NAMES})
        expect_close(got.array(), want.array(), "hidden(x, w1, b1)")


@pytest.mark.points(2)
def check_hidden_can_be_differentiated(probe: Probe, networks: list[dict[str, Any]]) -> None:
    """Autograd finds its derivatives with respect to w1 and b1

    Use only torch operations from the parameters to the result.
    """
    for case in networks:
        size = (len(case["x"]), len(case["b1"].array))
        cotangent = probe.rng().normal(0, 1, size).astype(np.float32)
        inputs = {name: case[name] for name in NAMES}
        got, want = probe.both(**inputs, differentiate=["w1", "b1"], cotangent=cotangent)
        expect_close(got.array(), want.array(), "hidden(x, w1, b1)")
        for name in ("w1", "b1"):
            what = f"the derivative with respect to {name}"
            expect_close(got.gradient(name), want.gradient(name), what, scale=1)
