"""Checks of init_params(n_in, n_hidden, n_out): its weights are random, so their statistics count.

The statistical bound is that of Dvoretzky, Kiefer, Wolfowitz and Massart: the empirical
distribution of N draws is further than e from the true one with a probability of at most 2 exp(-2 N
e^2). It is set to a false-alarm rate of 1e-10.
"""

import math
from typing import Any

import numpy as np
import pytest

from grader.checks.compare import expect_finite, expect_shape
from grader.checks.facts import Roughly
from grader.checks.probe import Probe, Result
from grader.checks.verdict import WrongError
from grader.observations.messages import CallRequest, Request
from grader.observations.values import Array, Items, Number

NAMES = ("w1", "b1", "w2", "b2")
FALSE_ALARM = 1e-10
SMALL: dict[str, Any] = {"n_in": 2, "n_hidden": 3, "n_out": 4}
# 30000 draws for each layer or more, and no two sizes are equal.
LARGE: dict[str, Any] = {"n_in": 300, "n_hidden": 100, "n_out": 400}


def _parameters(
    result: Result, n_in: int, n_hidden: int, n_out: int, step: int = -1
) -> dict[str, np.ndarray]:
    """Return the four parameters of one call, after checking their shapes."""
    found = result.parts(*NAMES, step=step)
    shapes = ((n_in, n_hidden), (n_hidden,), (n_hidden, n_out), (n_out,))
    for (name, array), shape in zip(found.items(), shapes, strict=True):
        expect_shape(array, shape, name)
        expect_finite(array, name)
    return found


def _distance_from_normal(values: np.ndarray) -> float:
    """Return the Kolmogorov-Smirnov distance between draws and the standard normal distribution."""
    below = np.array([0.5 * (1 + math.erf(one / math.sqrt(2))) for one in np.sort(values)])
    ranks = np.arange(len(values))
    return float(
        max(np.max(below - ranks / len(values)), np.max((ranks + 1) / len(values) - below))
    )


@pytest.mark.points(2)
def check_init_params_gives_four_leaves(probe: Probe) -> None:
    """It returns w1, b1, w2 and b2: leaves of the right shapes that require grad

    Compute each tensor first, then call requires_grad_() on it: that makes it a leaf that requires
    grad. What is computed from such a leaf, divided by a number say, is not a leaf any more.
    """
    result = probe.student(**SMALL)
    _parameters(result, **SMALL)
    values = result.returned()
    assert isinstance(values, Items)
    for name, value in zip(NAMES, values.items, strict=True):
        if not isinstance(value, Array) or value.kind != "tensor":
            raise WrongError(f"{name} is not a tensor")
        if not value.is_leaf:
            raise WrongError(f"{name} is not a leaf: it was computed from one that requires grad")
        if not value.requires_grad:
            raise WrongError(f"{name} does not require grad")


@pytest.mark.points(2)
def check_init_params_draws_weights_of_the_right_size(probe: Probe) -> None:
    """Weights are normal, with standard deviation 1 / sqrt(number of inputs)

    torch.randn draws with standard deviation 1; divide by the square root of the layer's number of
    inputs.
    """
    found = _parameters(probe.student(**LARGE), **LARGE)
    for name, inputs in (("w1", LARGE["n_in"]), ("w2", LARGE["n_hidden"])):
        weights = found[name].ravel()
        allowed = math.sqrt(math.log(2 / FALSE_ALARM) / (2 * weights.size))
        if _distance_from_normal(weights * math.sqrt(inputs)) > allowed:
            raise WrongError(
                f"{name} is not normal with standard deviation {inputs**-0.5:.3g}: of "
                f"{weights.size} draws the mean is {np.mean(weights):.3g} and the standard "
                f"deviation {np.std(weights):.3g}"
            )


@pytest.mark.points(1)
def check_init_params_begins_without_biases(probe: Probe) -> None:
    """Biases start at 0

    torch.zeros makes them. The random weights alone make the units different.
    """
    found = _parameters(probe.student(**LARGE), **LARGE)
    for name in ("b1", "b2"):
        if np.any(found[name] != 0):
            raise WrongError(f"{name} is not 0")


@pytest.mark.points(1)
@pytest.mark.independent
def check_init_params_draws_afresh(probe: Probe) -> None:
    """Every call draws new weights

    Don't set a seed inside the function.
    """
    result = probe.student(**SMALL, times=2)
    first, second = (_parameters(result, **SMALL, step=step) for step in range(2))
    for name in ("w1", "w2"):
        if np.array_equal(first[name], second[name]):
            raise WrongError(f"two calls return the same {name}")


def facts(request: Request, result: Result) -> dict[str, object]:
    """Return what no draw changes: what repeats, what is 0, how the weights are distributed."""
    assert isinstance(request, CallRequest)
    sizes = {
        name: int(value.value)
        for name, value in request.inputs.items()
        if isinstance(value, Number)
    }
    calls = [_parameters(result, **sizes, step=step) for step in range(len(result.steps))]
    values = result.returned()
    assert isinstance(values, Items)
    arrays = [value for value in values.items if isinstance(value, Array)]
    found: dict[str, object] = {
        "are_leaves": all(one.is_leaf for one in arrays),
        "require_grad": all(one.requires_grad for one in arrays),
        "repeats": bool(np.array_equal(calls[0]["w1"], calls[-1]["w1"])),
        "zero": [name for name in NAMES if not np.any(calls[0][name])],
    }
    if sizes == LARGE:
        for name, inputs in (("w1", LARGE["n_in"]), ("w2", LARGE["n_hidden"])):
            scaled = calls[0][name].ravel() * math.sqrt(inputs)
            quantiles = np.quantile(scaled, (0.05, 0.25, 0.5, 0.75, 0.95))
            # 30000 draws place these to within 0.1; normal and uniform differ by 0.19.
            found[name] = Roughly(quantiles, within=0.12 * max(1.0, float(np.std(scaled))))
    return found
