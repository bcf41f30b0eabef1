"""Checks of linreg(X, w, b): the model."""

from typing import Any

import pytest

from grader.checks.api import Handle, Lab, Probe, expect_close


def predict(lab: Lab, X: Handle, w: Handle, b: Handle) -> dict[str, Handle]:
    """Call it, and return the predictions."""
    y_hat = lab.linreg(X, w, b)
    return {"y_hat": y_hat}


def differentiate(lab: Lab, X: Handle, w: Handle, b: Handle, weights: Handle) -> dict[str, Handle]:
    """Differentiate a weighted sum of the predictions: each example counts differently."""
    y_hat = lab.linreg(X, w, b)
    (y_hat * weights).sum().backward()
    return {"y_hat": y_hat, "w.grad": w.grad, "b.grad": b.grad}


@pytest.mark.points(3)
def check_linreg_has_the_right_values(probe: Probe, regressions: list[dict[str, Any]]) -> None:
    """linreg(X, w, b) is X @ w + b, a column of shape (n, 1)

    Each prediction is the sum of an example's features times their weights, plus the bias. The
    matrix product X @ w has shape (n, 1), and b is added to all of its rows.
    """
    for case in regressions:
        got, want = probe.both_run(predict, X=case["features"], w=case["w"], b=case["b"])
        expect_close(got["y_hat"], want["y_hat"], "linreg(X, w, b)")


@pytest.mark.points(1)
def check_linreg_can_be_differentiated(probe: Probe, regressions: list[dict[str, Any]]) -> None:
    """Autograd finds the derivatives with respect to w and b

    Use only torch operations on the way from w and b to the result.
    """
    for case in regressions:
        weights = probe.rng().integers(1, 4, case["labels"].shape).astype("float32")
        inputs = {"X": case["features"], "w": case["w"], "b": case["b"], "weights": weights}
        got, want = probe.both_run(differentiate, **inputs)
        expect_close(got["y_hat"], want["y_hat"], "linreg(X, w, b)")
        for name in ("w.grad", "b.grad"):
            expect_close(got[name], want[name], name, scale=1)
