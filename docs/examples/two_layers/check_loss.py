"""Checks of loss(y_hat, y): half the squared error."""

import numpy as np
import pytest

from grader.checks.compare import expect_close
from grader.checks.inputs import Leaf, tensor
from grader.checks.probe import Probe


def _pairs(probe: Probe) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return predictions and targets with several outputs, so that their mean is not their sum."""
    rng = probe.rng()
    readable = (tensor([[1, 2], [0, -1], [3, 1]]), tensor([[0, 4], [0, 2], [1, 1]]))
    drawn = (rng.normal(0, 2, (2, *shape)) for shape in ((1, 3), (20, 4)))
    return [readable, *((tensor(y_hat), tensor(y)) for y_hat, y in drawn)]


@pytest.mark.points(3)
def check_loss_has_the_right_value(probe: Probe) -> None:
    """loss(y_hat, y) is half the squared error, summed over outputs, averaged over samples

    Square the differences, sum each row, take the mean of the sums, and halve it.
    """
    for y_hat, y in _pairs(probe):
        got, want = probe.both(y_hat=y_hat, y=y)
        expect_close(got.array(), want.array(), "loss(y_hat, y)")


@pytest.mark.points(2)
def check_loss_can_be_differentiated(probe: Probe) -> None:
    """Autograd finds its derivative with respect to y_hat

    Use only torch operations, and return a tensor: .item() would turn it into a plain number.
    """
    for y_hat, y in _pairs(probe):
        got, want = probe.both(y_hat=Leaf(y_hat), y=y, differentiate=["y_hat"])
        expect_close(got.array(), want.array(), "loss(y_hat, y)")
        what = "the derivative with respect to y_hat"
        expect_close(got.gradient("y_hat"), want.gradient("y_hat"), what, scale=1)
