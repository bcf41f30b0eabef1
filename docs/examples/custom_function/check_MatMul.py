"""Checks of MatMul: a Function of two tensors, of which only one may need a gradient."""

from typing import Any

import numpy as np
import pytest

from grader.checks.api import (
    Handle,
    Lab,
    Leaf,
    Probe,
    WrongError,
    expect_close,
    leaf,
    precondition,
    tensor,
)
from grader.observations.values import Nothing


def value(lab: Lab, x: Handle, w: Handle) -> dict[str, Any]:
    """Apply it."""
    y = lab.MatMul.apply(x, w)
    return {"y": y}


def slopes(lab: Lab, x: Handle, w: Handle, c: Handle) -> dict[str, Any]:
    """Differentiate a weighted sum."""
    y = lab.MatMul.apply(x, w)
    (y * c).sum().backward()
    return {"x.grad": x.grad, "w.grad": w.grad}


def slopes_of_transposed(lab: Lab, x: Handle, w: Handle, c: Handle) -> dict[str, Any]:
    """Differentiate with tensors that are not contiguous, in another order."""
    y = lab.MatMul.apply(w.t(), x.t())
    (y * c.t()).sum().backward()
    return {"x.grad": x.grad, "w.grad": w.grad}


def what_backward_returns(lab: Lab, x: Handle, w: Handle, c: Handle) -> dict[str, Any]:
    """Ask the node of the graph itself, which calls backward."""
    y = lab.MatMul.apply(x, w)
    dx, dw = y.grad_fn.apply(c)
    return {"dx": dx, "dw": dw}


def _cases(probe: Probe) -> list[dict[str, Any]]:
    """Return two leaves and weights of the sum; no two sizes are equal unless one is 1."""
    rng = probe.rng()
    readable = {
        "x": leaf([[1, 2], [-1, 0.5], [0, 3]]),
        "w": leaf([[1], [-2]]),
        "c": tensor([[2], [-1], [0.5]]),
    }
    drawn = [
        {
            "x": leaf(rng.normal(0, 1, (n, d)), dtype=dtype),
            "w": leaf(rng.normal(0, 1, (d, m)), dtype=dtype),
            "c": tensor(rng.normal(0, 1, (n, m)), dtype=dtype),
        }
        for n, d, m, dtype in ((5, 3, 4, np.float32), (2, 6, 3, np.float64))
    ]
    return [readable, *drawn]


def _plain(one: Leaf) -> object:
    """Return a leaf's values as a tensor that needs no gradient."""
    return tensor(one.array, dtype=one.array.dtype)


@pytest.mark.points(2)
def check_MatMul_has_the_right_values(probe: Probe) -> None:  # noqa: N802 - it is about a class
    """MatMul.apply(x, w) is x @ w

    The matrix product: each row of x with each column of w.
    """
    for case in _cases(probe):
        got, want = probe.both_run(value, x=case["x"], w=case["w"])
        expect_close(got["y"], want["y"], "y", scale=1)


@pytest.mark.points(6)
def check_MatMul_has_the_right_slopes(probe: Probe) -> None:  # noqa: N802
    """The slopes at x and w are grad_output @ w.T and x.T @ grad_output

    Return them in the order of forward's arguments. Each has the shape of its tensor.
    """
    for case in _cases(probe):
        for script in (slopes, slopes_of_transposed):
            got, want = probe.both_run(script, **case)
            for name in ("x.grad", "w.grad"):
                expect_close(got[name], want[name], name, scale=1)


@pytest.mark.points(2)
@pytest.mark.forbids
def check_MatMul_computes_only_what_is_needed(probe: Probe) -> None:  # noqa: N802
    """backward returns None for an input that needs no gradient

    ctx.needs_input_grad has True or False for each argument of forward: look before you multiply.
    """
    for case in _cases(probe):
        for needless in ("x", "w"):
            inputs = {**case, needless: _plain(case[needless])}
            got, want = probe.both_run(what_backward_returns, **inputs)
            for name in ("dx", "dw"):
                if name != f"d{needless}":
                    with precondition():
                        expect_close(got[name], want[name], name, scale=1)
            if not isinstance(got[f"d{needless}"], Nothing):
                raise WrongError(
                    f"{needless} needs no gradient, but backward computes one",
                    got="a tensor",
                    expected="None",
                    source=got[f"d{needless}"],
                )
