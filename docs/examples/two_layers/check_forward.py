"""Checks of forward(x, w1, b1, w2, b2): both layers."""

from typing import Any

import numpy as np
import pytest

from grader.checks.compare import expect_close
from grader.checks.probe import Probe

PARAMETERS = ("w1", "b1", "w2", "b2")


@pytest.mark.points(3)
def check_forward_has_the_right_values(probe: Probe, networks: list[dict[str, Any]]) -> None:
    """forward(x, w1, b1, w2, b2) is hidden(x, w1, b1) @ w2 + b2

    The outputs are weighted sums of the hidden units, plus biases: there is no tanh after them.
    """
    for case in networks:
        got, want = probe.both(**{name: case[name] for name in ("x", *PARAMETERS)})
        expect_close(got.array(), want.array(), "forward(x, w1, b1, w2, b2)")


@pytest.mark.points(2)
def check_forward_can_be_differentiated(probe: Probe, networks: list[dict[str, Any]]) -> None:
    """Autograd finds its derivatives with respect to all four parameters

    Use only torch operations from the parameters to the result.
    """
    for case in networks:
        size = (len(case["x"]), len(case["b2"].array))
        cotangent = probe.rng().normal(0, 1, size).astype(np.float32)
        inputs = {name: case[name] for name in ("x", *PARAMETERS)}
        got, want = probe.both(**inputs, differentiate=PARAMETERS, cotangent=cotangent)
        expect_close(got.array(), want.array(), "forward(x, w1, b1, w2, b2)")
        for name in PARAMETERS:
            what = f"the derivative with respect to {name}"
            expect_close(got.gradient(name), want.gradient(name), what, scale=1)
