"""Checks of synthetic_data(w, b, num_examples): its numbers are random, so their statistics count.

The statistical bound is that of Dvoretzky, Kiefer, Wolfowitz and Massart: the empirical
distribution of N draws is further than e from the true one with a probability of at most
2 exp(-2 N e^2). It is set to a false-alarm rate of 1e-10.
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from grader.checks.api import (
    Handle,
    Lab,
    Probe,
    Result,
    Roughly,
    WrongError,
    expect_finite,
    expect_shape,
    tensor,
    to_parts,
)
from grader.observations.messages import Request
from grader.observations.values import AnyValue, Array, InputValue, Number

FALSE_ALARM = 1e-10
MANY = 4000
NOISE = 0.01
SMALL: dict[str, Any] = {"w": tensor([2, -3.5]), "b": 4.5, "num_examples": 3}


def once(lab: Lab, w: Handle, b: Handle, num_examples: Handle) -> dict[str, Handle]:
    """Draw examples."""
    data = lab.synthetic_data(w, b, num_examples)
    return {"data": data}


def twice(lab: Lab, w: Handle, b: Handle, num_examples: Handle) -> dict[str, Handle]:
    """Draw examples two times."""
    first = lab.synthetic_data(w, b, num_examples)
    second = lab.synthetic_data(w, b, num_examples)
    return {"first": first, "second": second}


def _data(value: AnyValue, n: int, d: int) -> tuple[np.ndarray, np.ndarray]:
    """Return features and labels, after checking their shapes; labels in a row as a column.

    One check is about the shape of the labels; it should not cost the points of the others.
    """
    parts = to_parts(value, ("features", "labels"), "what synthetic_data() returns")
    if parts["labels"].shape == (n,):
        parts["labels"] = parts["labels"].reshape(n, 1)
    for name, shape in (("features", (n, d)), ("labels", (n, 1))):
        expect_shape(parts[name], shape, f"{name} of {n} examples")
        expect_finite(parts[name], name)
    return parts["features"], parts["labels"]


def _labels(value: AnyValue) -> np.ndarray:
    """Return the labels as they are."""
    return to_parts(value, ("features", "labels"), "what synthetic_data() returns")["labels"]


def _many(probe: Probe) -> dict[str, Any]:
    rng = probe.rng()
    return {
        "w": tensor(np.round(rng.uniform(1, 4, 3) * [1, -1, 1], 1)),
        "b": float(np.round(rng.uniform(2, 6), 1)),
        "num_examples": MANY,
    }


def _noise(X: np.ndarray, y: np.ndarray, w: np.ndarray, b: float) -> np.ndarray:
    """Return what the labels have besides the linear relation, (n,)."""
    return np.asarray(y[:, 0] - X @ w - b)


def _is_normal(values: np.ndarray) -> bool:
    """Return whether draws may be from the standard normal distribution."""
    below = np.array([0.5 * math.erfc(-one / math.sqrt(2)) for one in np.sort(values)])
    ranks = np.arange(len(values))
    gap = max(np.max(below - ranks / len(values)), np.max((ranks + 1) / len(values) - below))
    return bool(gap <= math.sqrt(math.log(2 / FALSE_ALARM) / (2 * len(values))))


@pytest.mark.points(1)
def check_synthetic_data_returns_features_and_labels(probe: Probe) -> None:
    """It returns features of shape (num_examples, d) and labels of shape (num_examples, 1)

    len(w) is the number of features d. y.reshape(-1, 1) makes a column of y.
    """
    for case in (SMALL, _many(probe)):
        got = probe.student_run(once, **case)
        _data(got["data"], case["num_examples"], len(case["w"]))
        expect_shape(_labels(got["data"]), (case["num_examples"], 1), "what is returned as labels")


@pytest.mark.points(1)
def check_synthetic_data_draws_normal_features(probe: Probe) -> None:
    """The features are normal, with mean 0 and standard deviation 1

    torch.normal(0, 1, shape) or torch.randn(shape) draws them.
    """
    case = _many(probe)
    got = probe.student_run(once, **case)
    X, _ = _data(got["data"], case["num_examples"], len(case["w"]))
    if not _is_normal(X.ravel()):
        raise WrongError(
            f"the features are not from the normal distribution with mean 0 and standard "
            f"deviation 1: {X.size} draws lie between {X.min():.3g} and {X.max():.3g}, their mean "
            f"is {X.mean():.3g} and their standard deviation {X.std():.3g}"
        )


@pytest.mark.points(2)
def check_synthetic_data_makes_labels_of_the_linear_relation(probe: Probe) -> None:
    """The labels are X @ w + b, plus normal noise with standard deviation 0.01

    Every example gets noise of its own: draw it in the shape of y.
    """
    case = _many(probe)
    got = probe.student_run(once, **case)
    X, y = _data(got["data"], case["num_examples"], len(case["w"]))
    noise = _noise(X, y, case["w"], case["b"])
    spread = float(np.std(noise))
    if spread > 0.5 or abs(float(np.mean(noise))) > 0.5:  # noqa: PLR2004 - far more than noise
        raise WrongError(
            f"the labels are not X @ w + b: on average they are {np.mean(np.abs(noise)):.3g} away"
        )
    if np.all(np.abs(noise) < NOISE / 100):
        raise WrongError("the labels are exactly X @ w + b: there is no noise")
    if spread < NOISE / 100:
        raise WrongError("all labels have the same noise")
    if not _is_normal(noise / NOISE):
        raise WrongError(
            f"the noise is not normal with standard deviation {NOISE}: that of {noise.size} draws "
            f"is {spread:.3g}, and their mean is {np.mean(noise):.3g}"
        )


@pytest.mark.points(1)
@pytest.mark.independent
def check_synthetic_data_draws_afresh(probe: Probe) -> None:
    """Every call draws new examples

    Don't set a seed inside the function.
    """
    got = probe.student_run(twice, **SMALL)
    (first, _), (second, _) = (_data(got[name], 3, 2) for name in ("first", "second"))
    if np.array_equal(first, second):
        raise WrongError("two calls return the same features")


def facts(request: Request, result: Result) -> Mapping[str, object]:
    """Return what no draw changes: what repeats, and how features and noise are distributed."""
    inputs: Mapping[str, InputValue] = request.inputs  # type: ignore[union-attr] # all are scripts
    w, b, n = (inputs[name] for name in ("w", "b", "num_examples"))
    assert isinstance(w, Array)
    assert isinstance(b, Number)
    assert isinstance(n, Number)
    size = int(n.value), w.shape[0]
    try:
        calls = [_data(result["data"], *size)]
    except KeyError:
        calls = [_data(result[name], *size) for name in ("first", "second")]
    found: dict[str, object] = {"repeats": bool(np.array_equal(calls[0][0], calls[-1][0]))}
    found["repeats"] &= len(calls) > 1
    if len(calls) == 1:
        found["shape"] = str(_labels(result["data"]).shape)
    if size[0] == MANY:
        noise = _noise(*calls[0], w.to_numpy(), b.value)
        for name, draws in (("features", calls[0][0].ravel()), ("noise", noise / NOISE)):
            quantiles = np.quantile(draws, (0.05, 0.25, 0.5, 0.75, 0.95))
            # 4000 draws place these to within 0.15.
            found[name] = Roughly(quantiles, within=0.2 * max(1.0, float(np.std(draws))))
    return found
