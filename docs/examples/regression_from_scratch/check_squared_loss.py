"""Checks of squared_loss(y_hat, y): half the squared error of each example."""

from typing import Any

import numpy as np
import pytest

from grader.checks.api import Handle, Lab, Probe, expect_close, leaf, tensor


@pytest.fixture
def errors(probe: Probe) -> list[dict[str, Any]]:
    """Predictions and labels, both columns of shape (n, 1)."""
    rng = probe.rng()
    small = {"y_hat": leaf([[3], [0.5], [-1]]), "y": tensor([[1], [1], [2]])}
    large = {"y_hat": leaf(rng.normal(0, 2, (9, 1))), "y": tensor(rng.normal(0, 2, (9, 1)))}
    return [small, large]


def compare(lab: Lab, y_hat: Handle, y: Handle) -> dict[str, Handle]:
    """Call it, and return the losses."""
    loss = lab.squared_loss(y_hat, y)
    return {"loss": loss}


def differentiate(lab: Lab, y_hat: Handle, y: Handle, weights: Handle) -> dict[str, Handle]:
    """Differentiate a weighted sum of the losses: each example counts differently."""
    loss = lab.squared_loss(y_hat, y)
    (loss * weights).sum().backward()
    return {"loss": loss, "y_hat.grad": y_hat.grad}


@pytest.mark.points(3)
def check_squared_loss_is_half_the_squared_error(
    probe: Probe, errors: list[dict[str, Any]]
) -> None:
    """squared_loss(y_hat, y) is (y_hat - y)^2 / 2, one number for each example

    Don't take the sum or the mean here: the training loop does that.
    """
    for case in errors:
        got, want = probe.both_run(compare, **case)
        expect_close(got["loss"], want["loss"], "squared_loss(y_hat, y)")


@pytest.mark.points(2)
def check_squared_loss_takes_labels_of_another_shape(
    probe: Probe, errors: list[dict[str, Any]]
) -> None:
    """Labels of shape (n,) give the same losses as a column of them

    A column minus a row is a table of all differences. Bring y into the shape of y_hat first.
    """
    for case in errors:
        got, want = probe.both_run(compare, y_hat=case["y_hat"], y=np.ravel(case["y"]))
        expect_close(got["loss"], want["loss"], "squared_loss(y_hat, y)")


@pytest.mark.points(1)
def check_squared_loss_can_be_differentiated(probe: Probe, errors: list[dict[str, Any]]) -> None:
    """Autograd finds the derivatives with respect to y_hat

    Use only torch operations on the way from y_hat to the result.
    """
    for case in errors:
        weights = probe.rng().integers(1, 4, case["y"].shape).astype("float32")
        got, want = probe.both_run(differentiate, **case, weights=weights)
        expect_close(got["loss"], want["loss"], "squared_loss(y_hat, y)")
        expect_close(got["y_hat.grad"], want["y_hat.grad"], "y_hat.grad", scale=1)
