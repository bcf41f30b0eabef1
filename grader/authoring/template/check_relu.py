"""Checks of relu(z): the file's name says which function. Each check is an ordinary pytest test.

The first line of a check's docstring is its title in the report, the rest is the general hint.
"""

import numpy as np
import pytest

from grader.checks.compare import expect_close
from grader.checks.inputs import Leaf, tensor
from grader.checks.probe import Probe


def _inputs(probe: Probe) -> list[np.ndarray]:
    """Return a few numbers that are easy to read in the report, then random ones."""
    return [tensor([-2, 3]), tensor(probe.rng().normal(0, 3, (4, 5)))]


@pytest.mark.points(3)
def check_relu_has_the_right_values(probe: Probe) -> None:
    """relu(z) is max(0, z), entry by entry

    Compare each number with 0 and keep the larger one.
    """
    for z in _inputs(probe):
        got, want = probe.both(z=z)
        expect_close(got.array(), want.array(), "relu(z)")


@pytest.mark.points(2)
def check_relu_can_be_differentiated(probe: Probe) -> None:
    """Autograd finds its derivative

    Use only torch operations from z to the result.
    """
    for z in _inputs(probe):
        cotangent = probe.rng().normal(0, 1, z.shape).astype(np.float32)
        got, want = probe.both(z=Leaf(z), differentiate=["z"], cotangent=cotangent)
        expect_close(got.array(), want.array(), "relu(z)")
        expect_close(got.gradient("z"), want.gradient("z"), "the derivative", scale=1)
