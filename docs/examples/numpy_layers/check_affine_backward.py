"""Checks of affine_backward(dout, cache), which gets what the submission itself has kept."""

from typing import Any

import pytest

from grader.checks.api import Handle, Lab, Probe, expect_close


def forward_and_back(lab: Lab, x: Handle, w: Handle, b: Handle, dout: Handle) -> dict[str, Any]:
    """Go through the layer and back."""
    _, cache = lab.affine_forward(x, w, b)
    dx, dw, db = lab.affine_backward(dout, cache)
    return {"dx": dx, "dw": dw, "db": db}


@pytest.mark.points(4)
def check_affine_backward_of_the_inputs(probe: Probe, affine_inputs: list[dict[str, Any]]) -> None:
    """dx is dout @ w.T, in the shape of x

    Every input has an effect on all outputs of its sample, each through one weight. Give the result
    the shape that x had.
    """
    for case in affine_inputs:
        got, want = probe.both_run(forward_and_back, **case)
        expect_close(got["dx"], want["dx"], "dx", scale=1)


@pytest.mark.points(4)
def check_affine_backward_of_the_weights(probe: Probe, affine_inputs: list[dict[str, Any]]) -> None:
    """dw is x.T @ dout, with each sample as a row of x

    A weight has an effect in every sample, so dw is a sum over the samples: the product has it.
    """
    for case in affine_inputs:
        got, want = probe.both_run(forward_and_back, **case)
        expect_close(got["dw"], want["dw"], "dw", scale=1)


@pytest.mark.points(3)
def check_affine_backward_of_the_biases(probe: Probe, affine_inputs: list[dict[str, Any]]) -> None:
    """db is the sum of dout over the samples

    A bias is added in every sample: sum over the first axis, so that one number for each output is
    left.
    """
    for case in affine_inputs:
        got, want = probe.both_run(forward_and_back, **case)
        expect_close(got["db"], want["db"], "db", scale=1)
