"""Checks of relu_backward(dout, cache), which gets what the submission itself has kept."""

from typing import Any

import pytest

from grader.checks.api import Handle, Lab, Probe, expect_close, precondition


def forward_and_back(lab: Lab, x: Handle, dout: Handle) -> dict[str, Any]:
    """Go through the layer and back."""
    _, cache = lab.relu_forward(x)
    dx = lab.relu_backward(dout, cache)
    return {"dx": dx}


@pytest.mark.points(4)
def check_relu_backward_passes_slopes_where_x_was_positive(
    probe: Probe, relu_inputs: list[dict[str, Any]]
) -> None:
    """dx is dout where x was positive, and 0 elsewhere

    The sign of x decides, not that of dout. Multiply dout by (x > 0), or use np.where.
    """
    for case in relu_inputs:
        got, want = probe.both_run(forward_and_back, mutable=["x", "dout"], **case)
        expect_close(got["dx"], want["dx"], "dx")


@pytest.mark.points(1)
@pytest.mark.forbids
def check_relu_backward_leaves_dout_as_it_is(
    probe: Probe, relu_inputs: list[dict[str, Any]]
) -> None:
    """dout does not change

    Two branches of a network may share one array of slopes. Change a copy, or multiply by a mask.
    """
    for case in relu_inputs:
        got, want = probe.both_run(forward_and_back, mutable=["x", "dout"], **case)
        with precondition():
            expect_close(got["dx"], want["dx"], "dx")
        expect_close(got.after("dout"), want.after("dout"), "dout after relu_backward()")
