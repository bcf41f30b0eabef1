"""Checks of Swish: a Function of one tensor, judged by values and derivatives of its results."""

from typing import Any

import numpy as np
import pytest

from grader.checks.api import (
    Handle,
    Lab,
    Probe,
    expect_close,
    leaf,
    precondition,
    raises,
    tensor,
)
from grader.observations.values import Number


def value(lab: Lab, x: Handle) -> dict[str, Any]:
    """Apply it."""
    y = lab.Swish.apply(x)
    return {"y": y}


def value_of_transposed(lab: Lab, x: Handle) -> dict[str, Any]:
    """Apply it to a tensor that is not contiguous."""
    y = lab.Swish.apply(x.t())
    return {"y": y}


def slope(lab: Lab, x: Handle, c: Handle) -> dict[str, Any]:
    """Differentiate a weighted sum."""
    y = lab.Swish.apply(x)
    (y * c).sum().backward()
    return {"x.grad": x.grad}


def slope_of_two_uses(lab: Lab, x: Handle, c: Handle) -> dict[str, Any]:
    """Apply it twice before the way back, which begins with an expanded tensor."""
    first = lab.Swish.apply(x)
    second = lab.Swish.apply(x * c)
    (first + second).sum().backward()
    return {"x.grad": x.grad}


def slope_of_transposed(lab: Lab, x: Handle, c: Handle) -> dict[str, Any]:
    """Differentiate with tensors that are not contiguous."""
    y = lab.Swish.apply(x.t())
    (y * c.t()).sum().backward()
    return {"x.grad": x.grad}


def two_branches(lab: Lab, x: Handle, c: Handle, other: Handle) -> dict[str, Any]:
    """Add another branch, which is older and so has its turn later on the way back."""
    branch = other * 1.0
    y = lab.Swish.apply(x)
    ((branch + y) * c).sum().backward()
    return {"x.grad": x.grad, "other.grad": other.grad}


def change_in_between(lab: Lab, x: Handle, c: Handle) -> dict[str, Any]:
    """Change what it was applied to before the way back."""
    h = x * 1.0
    y = lab.Swish.apply(h)
    h += 1.0
    is_refused = raises(RuntimeError, (y * c).sum().backward)
    return {"is_refused": is_refused, "x.grad": x.grad}


def _cases(probe: Probe) -> list[dict[str, Any]]:
    """Return leaves and weights of the sum; where sigmoid is flat, many formulas are right."""
    rng = probe.rng()
    shapes = (((3, 5), np.float32), ((7,), np.float64), ((2, 1, 4), np.float32))
    return [
        {"x": leaf([-1, 0.5, 2]), "c": tensor([1, -2, 3])},
        *(
            {
                "x": leaf(rng.normal(0, 1.5, shape), dtype=dtype),
                "c": tensor(rng.normal(0, 1, shape), dtype=dtype),
            }
            for shape, dtype in shapes
        ),
    ]


def _matrix(probe: Probe) -> dict[str, Any]:
    rng = probe.rng()
    return {"x": leaf(rng.normal(0, 1.5, (3, 5))), "c": tensor(rng.normal(0, 1, (3, 5)))}


@pytest.mark.points(3)
def check_Swish_has_the_right_values(probe: Probe) -> None:  # noqa: N802 - it is about a class
    """Swish.apply(x) is x * sigmoid(x)

    Compute it with torch operations. Inside forward, autograd records nothing: that is as it should
    be. Tensors need not be contiguous: .reshape works where .view raises.
    """
    for case in _cases(probe):
        got, want = probe.both_run(value, x=case["x"])
        expect_close(got["y"], want["y"], "y")
    got, want = probe.both_run(value_of_transposed, x=_matrix(probe)["x"])
    expect_close(got["y"], want["y"], "y")


@pytest.mark.points(5)
def check_Swish_has_the_right_slope(probe: Probe) -> None:  # noqa: N802
    """backward returns grad_output times the derivative of Swish

    A product has two terms: sigmoid(x) + x * sigmoid(x) * (1 - sigmoid(x)). Multiply it by
    grad_output, the slope that comes from behind, and return the result.
    """
    for script in (slope, slope_of_two_uses):
        for case in _cases(probe):
            got, want = probe.both_run(script, **case)
            expect_close(got["x.grad"], want["x.grad"], "x.grad")
    got, want = probe.both_run(slope_of_transposed, **_matrix(probe))
    expect_close(got["x.grad"], want["x.grad"], "x.grad")


@pytest.mark.points(2)
@pytest.mark.forbids
def check_Swish_notices_what_is_changed_in_between(probe: Probe) -> None:  # noqa: N802
    """If x changes in place before the way back, autograd raises an error

    Save x with ctx.save_for_backward(x). As an attribute of ctx, it is the changed x in backward,
    and the slope is wrong without a word.
    """
    for case in _cases(probe):
        right, want = probe.both_run(slope, **case)
        with precondition():
            expect_close(right["x.grad"], want["x.grad"], "x.grad")
        got, _ = probe.both_run(change_in_between, **case)
        refused = got["is_refused"]
        if not (isinstance(refused, Number) and refused.value):
            # What it has kept may be something else that has not changed.
            expect_close(got["x.grad"], want["x.grad"], "x.grad, when x has changed in between,")


@pytest.mark.points(1)
@pytest.mark.forbids
def check_Swish_leaves_grad_output_as_it_is(probe: Probe) -> None:  # noqa: N802
    """backward doesn't change grad_output

    A sum hands the same tensor to all its branches. Multiply with *, not with mul_ or *=.
    """
    for case in _cases(probe):
        other = leaf(np.zeros_like(case["x"].array), dtype=case["x"].array.dtype)
        got, want = probe.both_run(two_branches, **case, other=other)
        with precondition():
            expect_close(got["x.grad"], want["x.grad"], "x.grad")
        expect_close(got["other.grad"], want["other.grad"], "other.grad")
