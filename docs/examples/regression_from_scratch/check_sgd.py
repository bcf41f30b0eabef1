"""Checks of sgd(params, lr, batch_size): one step, in place, on leaves with gradients."""

from typing import Any

import numpy as np
import pytest

from grader.checks.api import (
    Handle,
    Lab,
    Leaf,
    Probe,
    Result,
    WrongError,
    expect_close,
    leaf,
    precondition,
)
from grader.observations.values import Array, Nothing


@pytest.fixture
def steps(probe: Probe) -> list[dict[str, Any]]:
    """Lists of parameters with gradients, to be moved by steps of different lengths."""
    rng = probe.rng()
    small = [leaf([[2], [-1]], grad=[[4], [-6]]), leaf([0.5], grad=[2])]
    large = [_draw(rng, 3, 1), _draw(rng, 1), _draw(rng, 2, 4)]
    return [
        {"params": small, "lr": 0.5, "batch_size": 4},
        {"params": small, "lr": 0.1, "batch_size": 1},
        {"params": large, "lr": 0.03, "batch_size": 10},
    ]


def _draw(rng: np.random.Generator, *shape: int) -> Leaf:
    return leaf(rng.normal(0, 1, shape), grad=rng.normal(0, 20, shape))


def step(lab: Lab, params: Handle, lr: Handle, batch_size: Handle) -> dict[str, Handle]:
    """Take one step, and return the first two parameters: the very tensors that were given."""
    w, b = params[0], params[1]
    lab.sgd(params, lr, batch_size)
    return {"w": w, "b": b, "w.grad": w.grad, "b.grad": b.grad}


def _expect_moved(got: Result, want: Result, case: dict[str, Any]) -> None:
    for name, start in zip(("w", "b"), case["params"], strict=False):
        what = f"{name} after sgd(params, lr, batch_size)"
        try:
            expect_close(got[name], want[name], what, rtol=1e-5)
        except WrongError as wrong:
            if wrong.value is not None and np.array_equal(wrong.value, start.array):
                wrong.message = f"sgd(params, lr, batch_size) does not move {name}"
            raise


@pytest.mark.points(4)
def check_sgd_moves_each_parameter(probe: Probe, steps: list[dict[str, Any]]) -> None:
    """Each parameter moves by -lr * its gradient / batch_size, in place

    The list has the tensors themselves: change them in place, under torch.no_grad(). An assignment
    such as param = param - ... only gives the name param to a new tensor.
    """
    for case in steps:
        got, want = probe.both_run(step, **case, mutable=["params"])
        _expect_moved(got, want, case)


@pytest.mark.points(1)
@pytest.mark.forbids
def check_sgd_leaves_leaves(probe: Probe, steps: list[dict[str, Any]]) -> None:
    """Afterwards each parameter is still a leaf that requires grad

    A step is no part of what is differentiated, so autograd must not record it.
    """
    for case in steps:
        got, want = probe.both_run(step, **case, mutable=["params"])
        with precondition():
            _expect_moved(got, want, case)
        for name in ("w", "b"):
            value = got[name]
            if not isinstance(value, Array) or not value.is_leaf or value.has_grad_fn:
                raise WrongError(f"after sgd(), {name} is not a leaf: autograd recorded the step")
            if not value.requires_grad:
                raise WrongError(f"after sgd(), {name} no longer requires grad")


@pytest.mark.points(2)
def check_sgd_clears_the_gradients(probe: Probe, steps: list[dict[str, Any]]) -> None:
    """Afterwards the gradients are zero or None, so the next step will be right too

    backward() adds to the gradient that is stored already. Clear it when the step has used it.
    """
    for case in steps:
        got, want = probe.both_run(step, **case, mutable=["params"])
        for name in ("w.grad", "b.grad"):
            if not isinstance(got[name], Nothing):
                expect_close(got[name], want[name], f"{name} after sgd(params, lr, batch_size)")
