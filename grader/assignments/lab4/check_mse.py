"""Checks of mse(y_hat, y): the loss of the regression."""

import numpy as np
import pytest

from grader.checks.compare import VALUES_ARE_WRONG, expect_close
from grader.checks.inputs import Leaf, tensor
from grader.checks.probe import Probe

_ANOTHER_GRADIENT = (
    "Autograd has found a gradient, but that of something else. Is it another formula, which has "
    "the right value here by chance, or is a part of it detached?"
)


def _pairs(probe: Probe) -> list[tuple[np.ndarray, np.ndarray]]:
    rng = probe.rng()
    pairs = [(tensor([1, 2]), tensor([1, 5])), (tensor([0.5, -1, 3]), tensor([1, 1, -2]))]
    for n in (11, 200):
        y = rng.normal(0, 2, n)
        pairs.append((tensor(y + rng.normal(0, 1, n)), tensor(y)))
    return pairs


@pytest.mark.points(3)
def check_mse_is_the_mean_of_the_squared_differences(probe: Probe) -> None:
    """mse(y_hat, y) is the mean of the squared differences

    Take the differences, square each one, then take the mean over the samples.
    """
    for y_hat, y in _pairs(probe):
        got, want = probe.both(y_hat=y_hat, y=y)
        expect_close(got.array(), want.array(), "mse(y_hat, y)")


@pytest.mark.points(3)
def check_mse_can_be_differentiated(probe: Probe) -> None:
    """Autograd finds the gradient of the mse with respect to y_hat

    Return the loss as a tensor that still knows how it was computed.
    """
    for y_hat, y in _pairs(probe):
        got, want = probe.both(y_hat=Leaf(y_hat), y=y, differentiate=["y_hat"])
        expect_close(got.array(), want.array(), "mse(y_hat, y)", hint=VALUES_ARE_WRONG)
        expect_close(
            got.gradient("y_hat"),
            want.gradient("y_hat"),
            "the gradient with respect to y_hat",
            hint=_ANOTHER_GRADIENT,
        )
