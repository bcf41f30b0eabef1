"""Checks of sigmoid(z)."""

import numpy as np
import pytest

from grader.checks.compare import VALUES_ARE_WRONG, expect_close, expect_finite, expect_shape
from grader.checks.inputs import Leaf, tensor
from grader.checks.probe import Probe

_NOT_FINITE = (
    "exp(1000) is infinite in float32, and infinity divided by infinity is nan. Use 1 / (1 + "
    "exp(-z)), which stays finite, or torch.sigmoid."
)

# exp() of nothing below this is infinite in float32.
_OVERFLOWS = 88


def _moderate(probe: Probe) -> list[np.ndarray]:
    rng = probe.rng()
    # Not exactly 0, where a stable form that uses |z| has no derivative.
    return [
        tensor([0.5, 1]),
        tensor([-2, 0.5, 3]),
        tensor(rng.normal(0, 3, 40)),
        tensor(rng.normal(0, 3, (6, 4))),
    ]


@pytest.mark.points(2)
def check_sigmoid_has_the_right_values(probe: Probe) -> None:
    """sigmoid(z) is 1 / (1 + exp(-z)), for a z of any shape

    At 0 it is 0.5. Compare your formula with this one, or use torch.sigmoid; both work elementwise.
    """
    for z in _moderate(probe):
        got, want = probe.both(z=z)
        expect_close(got.array(), want.array(), "sigmoid(z)")


@pytest.mark.points(1)
def check_sigmoid_is_right_far_from_zero(probe: Probe) -> None:
    """It is finite and right for z up to 1000 and down to -1000

    Far below zero the result comes close to 0, far above it to 1. The formula 1 / (1 + exp(-z)) and
    torch.sigmoid are right everywhere.
    """
    rng = probe.rng()
    anywhere = rng.choice([-1, 1], 24) * 10 ** rng.uniform(-1, 3, 24)
    for z in (
        tensor([1000, 0]),
        tensor([-1000, 0]),
        tensor([-1000, -100, -30, 2, 30, 100, 1000]),
        tensor(anywhere),
    ):
        got, want = probe.both(z=z)
        expect_shape(got.array(), z.shape, "sigmoid(z)")
        is_near = np.abs(z) < _OVERFLOWS
        hint = _NOT_FINITE if np.isfinite(got.array()[is_near]).all() else ""
        expect_finite(got.array(), "sigmoid(z)", hint=hint)
        expect_close(got.array(), want.array(), "sigmoid(z)")


@pytest.mark.points(2)
def check_sigmoid_can_be_differentiated(probe: Probe) -> None:
    """Autograd finds its derivative

    Use only torch operations from z to the result.
    """
    for z in _moderate(probe):
        cotangent = probe.rng().normal(0, 1, z.shape).astype(np.float32)
        got, want = probe.both(z=Leaf(z), differentiate=["z"], cotangent=cotangent)
        expect_close(got.array(), want.array(), "sigmoid(z)", hint=VALUES_ARE_WRONG)
        expect_close(got.gradient("z"), want.gradient("z"), "the derivative", scale=1)
