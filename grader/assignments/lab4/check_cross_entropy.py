"""Checks of cross_entropy(p, y): the loss of logistic regression."""

import numpy as np
import pytest

from grader.checks.compare import VALUES_ARE_WRONG, expect_close, expect_finite, expect_shape
from grader.checks.facts import Roughly
from grader.checks.inputs import Leaf, show_array, tensor
from grader.checks.probe import Probe, Result
from grader.checks.verdict import WrongError
from grader.observations.messages import CallRequest, Request
from grader.observations.values import Array

# The contract leaves clamp and eps open: one of 1e-5 changes the loss less than this at p = 0.05.
RTOL = 1e-3
# The derivative, 1/p, changes more.
RTOL_OF_DERIVATIVE = 2e-2


_NOT_FINITE = (
    "log(0) is minus infinity, and 0 times infinity is nan. Keep p slightly away from 0 and 1 "
    "before the logarithm, as p.clamp(1e-7, 1 - 1e-7) does, or add a small number inside it."
)
_NOT_FINITE_ANYWAY = "With this y, it is not finite where p is between 0.2 and 0.8 either."
_ONE_CLASS = (
    " All samples are of one class here, so a division by the number of the other ones is a "
    "division by 0."
)
_MODERATE = (0.2, 0.8)


def _moderate(probe: Probe) -> list[tuple[np.ndarray, np.ndarray]]:
    rng = probe.rng()
    pairs = [
        (tensor([0.5, 0.25]), tensor([1, 0])),
        (tensor([0.9, 0.2, 0.6]), tensor([1, 1, 0])),
        (tensor([0.2]), tensor([1])),
        (tensor([0.8]), tensor([0])),
    ]
    for n in (12, 150):
        p, y = rng.uniform(0.05, 0.95, n), rng.integers(0, 2, n)
        pairs.append((tensor(p), tensor(y)))
    return pairs


@pytest.mark.points(3)
def check_cross_entropy_has_the_right_values(probe: Probe) -> None:
    """cross_entropy(p, y) is -mean(y log p + (1 - y) log(1 - p))

    A sample of class 1 counts -log p, and one of class 0 counts -log(1 - p), with the natural
    logarithm. Then take the mean.
    """
    for p, y in _moderate(probe):
        got, want = probe.both(p=p, y=y)
        expect_close(got.array(), want.array(), "cross_entropy(p, y)", rtol=RTOL)


def _ask_sure(probe: Probe, p: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, str]:
    """Ask with a p that is 0 or 1 somewhere; return also what to say if the loss is not finite.

    The same y is asked with a moderate p first: if that loss is not finite either, it is not the
    logarithm of 0 that makes it so.
    """
    without = probe.student(p=np.clip(p, *_MODERATE).astype(np.float32), y=y).array()
    got = probe.student(p=p, y=y).array()
    if np.isfinite(without).all():
        return got, _NOT_FINITE
    return got, _NOT_FINITE_ANYWAY + (_ONE_CLASS if len(np.unique(y)) == 1 else "")


@pytest.mark.points(2)
def check_cross_entropy_is_finite_at_zero_and_one(probe: Probe) -> None:
    """It stays finite where p is exactly 0 or 1

    Where p says the right class for sure, a sample adds 0 or nearly 0; where it says the wrong
    class for sure, it adds a large number.
    """
    rng = probe.rng()
    labels = rng.permutation([0, 0, 0, 1, 1, 1])
    p_drawn = np.where(rng.permutation([0, 0, 1, 1, 1, 1]), rng.uniform(0.1, 0.9, 6), labels)
    # Sure and right: such a sample adds (nearly) nothing, whatever the clamp or eps.
    for p, y in (
        (tensor([1, 0.5]), tensor([1, 1])),
        (tensor([0, 0.5]), tensor([0, 1])),
        (tensor([0, 1, 0.3, 0.6]), tensor([0, 1, 0, 1])),
        (tensor(p_drawn), tensor(labels)),
    ):
        got, hint = _ask_sure(probe, p, y)
        sure = (p == 0) | (p == 1)
        rest = np.where(y == 1, p, 1 - p)[~sure].astype(np.float64)
        want = -np.sum(np.log(rest)) / len(p)
        expect_shape(got, (), "cross_entropy(p, y)")
        expect_finite(got, "cross_entropy(p, y)", hint=hint)
        if not want * 0.95 <= got <= want + 0.1:
            raise WrongError(
                "cross_entropy(p, y) is wrong where p is exactly 0 or 1",
                got=show_array(got),
                expected=f"about {want:.4g}",
            )
    # Sure and wrong: very bad, but finite.
    for p, y in (
        (tensor([0, 0.5]), tensor([1, 1])),
        (tensor([1, 0.5]), tensor([0, 1])),
        (tensor([0, 1, 0.5]), tensor([1, 0, 1])),
    ):
        got, hint = _ask_sure(probe, p, y)
        expect_shape(got, (), "cross_entropy(p, y)")
        expect_finite(got, "cross_entropy(p, y)", hint=hint)
        if not got > 1:
            raise WrongError(
                "cross_entropy(p, y) is small for a sample whose prediction is confident but wrong",
                got=show_array(got),
                expected="a large, finite number",
            )


@pytest.mark.points(2)
def check_cross_entropy_can_be_differentiated(probe: Probe) -> None:
    """Autograd finds its gradient with respect to p

    Use only torch operations from p to the loss, and return it as a tensor.
    """
    for p, y in _moderate(probe):
        got, want = probe.both(p=Leaf(p), y=y, differentiate=["p"])
        expect_close(
            got.array(), want.array(), "cross_entropy(p, y)", rtol=RTOL, hint=VALUES_ARE_WRONG
        )
        expect_close(
            got.gradient("p"),
            want.gradient("p"),
            "the gradient with respect to p",
            rtol=RTOL_OF_DERIVATIVE,
        )


def facts(request: Request, result: Result) -> dict[str, object] | None:
    """Return what holds for every clamp or eps where p is exactly 0 or 1; None for other p."""
    assert isinstance(request, CallRequest)
    p, y = (request.inputs[name] for name in ("p", "y"))
    assert isinstance(p, Array)
    assert isinstance(y, Array)
    sure = (p.to_numpy() == 0) | (p.to_numpy() == 1)
    if not np.any(sure):
        return None
    got = result.array()
    expect_shape(got, (), "cross_entropy(p, y)")
    if not np.isfinite(got):
        return {"value": str(got)}
    if np.any(sure & (p.to_numpy() != y.to_numpy())):
        return {"is_large": bool(got > 1), "is_negative": bool(got < 0)}
    return {"value": Roughly(got, within=0.1)}
