"""Checks of affine_backward(dout, cache), which gets what the submission itself has kept."""

import pytest

from grader.checks.api import expect_close


def forward_and_back(lab, x, w, b, dout):
    _, cache = lab.affine_forward(x, w, b)
    dx, dw, db = lab.affine_backward(dout, cache)
    return {"dx": dx, "dw": dw, "db": db}


@pytest.mark.points(2)
def check_affine_backward_of_the_inputs(probe, layers):
    """dx is dout @ w.T

    Every input has an effect on all outputs of its sample, each through one weight.
    """
    for case in layers:
        got, want = probe.both_run(forward_and_back, **case)
        expect_close(got["dx"], want["dx"], "dx", scale=1)


@pytest.mark.points(4)
def check_affine_backward_of_the_parameters(probe, layers):
    """dw is x.T @ dout, and db is the sum of dout over the samples

    Both have an effect in every sample, so both are sums over the samples.
    """
    for case in layers:
        got, want = probe.both_run(forward_and_back, **case)
        for name in ("dw", "db"):
            expect_close(got[name], want[name], name, scale=1)
