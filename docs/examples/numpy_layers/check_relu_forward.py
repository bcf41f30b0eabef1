"""Checks of relu_forward(x)."""

from typing import Any

import pytest

from grader.checks.api import Handle, Lab, Probe, expect_close, precondition


def forward(lab: Lab, x: Handle) -> dict[str, Any]:
    """Compute the output."""
    out, _ = lab.relu_forward(x)
    return {"out": out}


@pytest.mark.points(3)
def check_relu_forward_cuts_off_below_zero(probe: Probe, relu_inputs: list[dict[str, Any]]) -> None:
    """relu_forward(x) returns max(0, x), element by element

    np.maximum compares two arrays, or an array and a number, element by element.
    """
    for case in relu_inputs:
        got, want = probe.both_run(forward, mutable=["x"], x=case["x"])
        expect_close(got["out"], want["out"], "out")


@pytest.mark.points(1)
@pytest.mark.forbids
def check_relu_forward_leaves_x_as_it_is(probe: Probe, relu_inputs: list[dict[str, Any]]) -> None:
    """x does not change

    `x[x < 0] = 0` changes the caller's array. Make a new one.
    """
    for case in relu_inputs:
        got, want = probe.both_run(forward, mutable=["x"], x=case["x"])
        with precondition():
            expect_close(got["out"], want["out"], "out")
        expect_close(got.after("x"), want.after("x"), "x after relu_forward()")
