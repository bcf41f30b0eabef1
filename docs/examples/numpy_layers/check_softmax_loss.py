"""Checks of softmax_loss(x, y): a loss and its slope."""

from typing import Any

import numpy as np
import pytest

from grader.checks.api import Handle, Lab, Probe, array, expect_close, precondition


def loss_and_slope(lab: Lab, x: Handle, y: Handle) -> dict[str, Any]:
    """Compute both."""
    loss, dx = lab.softmax_loss(x, y)
    return {"loss": loss, "dx": dx}


def _moderate(probe: Probe) -> list[dict[str, Any]]:
    """Return scores for which np.exp is harmless, and right classes."""
    rng = probe.rng()
    readable = {"x": array([[1, 2, 0], [0, 1, 3.0]]), "y": array([1, 0])}
    drawn = [
        {"x": array(rng.normal(0, 2, (n, c)), dtype=dtype), "y": array(rng.integers(0, c, n))}
        for n, c, dtype in ((5, 3, np.float64), (20, 7, np.float32), (1, 4, np.float64))
    ]
    return [{**readable, "x": array(readable["x"].array, dtype=np.float64)}, *drawn]


@pytest.mark.points(4)
def check_softmax_loss_has_the_right_value(probe: Probe) -> None:
    """The loss is the mean of -log p over the samples, p the probability of the right class

    Softmax each row, pick the probability of the right class with p[np.arange(len(x)), y], take the
    mean of the negative logarithms.
    """
    for case in _moderate(probe):
        got, want = probe.both_run(loss_and_slope, **case)
        expect_close(got["loss"], want["loss"], "the loss")


@pytest.mark.points(4)
def check_softmax_loss_has_the_right_slope(probe: Probe) -> None:
    """dx is the probabilities, minus 1 at the right class, over the number of samples

    The loss is a mean, so each sample has a share of 1 / N in it.
    """
    for case in _moderate(probe):
        got, want = probe.both_run(loss_and_slope, **case)
        expect_close(got["dx"], want["dx"], "dx")


@pytest.mark.points(2)
@pytest.mark.independent
@pytest.mark.forbids
def check_softmax_loss_stands_large_scores(probe: Probe) -> None:
    """Loss and dx are right for scores of 1000 and of -1000, also side by side

    np.exp(1000) is inf, and inf / inf is nan. Subtract from each row its own largest score first:
    the probabilities stay the same.
    """
    levels = np.array([[1000], [-1000], [400]])
    rng = probe.rng()
    readable = {
        "x": array([[1000, 1001], [-1000, -1002]], dtype=np.float64),
        "y": array([0, 0]),
    }
    drawn = {
        "x": array(levels + rng.normal(0, 1, (3, 4)), dtype=np.float64),
        "y": array(rng.integers(0, 4, 3)),
    }
    for case in _moderate(probe):
        got, want = probe.both_run(loss_and_slope, **case)
        with precondition():
            expect_close(got["loss"], want["loss"], "the loss")
            expect_close(got["dx"], want["dx"], "dx")
    # The right class has the largest score: where it has not, its probability may round to 0.
    apart = {"x": array([[1000, -1000, 0], [0, 2, 900]], dtype=np.float64), "y": array([0, 2])}
    for case in (readable, drawn, apart):
        got, want = probe.both_run(loss_and_slope, **case)
        expect_close(got["loss"], want["loss"], "the loss")
        expect_close(got["dx"], want["dx"], "dx")
