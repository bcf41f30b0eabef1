"""Inputs that the checks of lab4 share: a few numbers to read first, then random ones."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from grader.checks.convergence import Optimum
from grader.checks.inputs import leaf, tensor
from grader.checks.probe import Probe

Case = dict[str, Any]

SHORT_RUNS = ((0.1, 1), (0.05, 3))


def _with_ones(column: object) -> np.ndarray:
    feature = np.asarray(column, dtype=np.float32)
    return np.stack([feature, np.ones_like(feature)], axis=1)


_LINE = {"x": _with_ones([1, 0, -1]), "w": leaf([1, 0.5])}
VAIN_TRAININGS = (
    {**_LINE, "y": tensor([1.5, 0.5, -0.5]), "lr": 0.1, "epochs": 10},
    {**_LINE, "y": tensor([4, 1, 0]), "lr": 1.5, "epochs": 6},
)
_CURVE = {"x": _with_ones([-1, 0.5, 1]), "y": tensor([0, 1, 0]), "w": leaf([1, -0.25])}
VAIN_LOGISTIC_TRAININGS = (
    {**_CURVE, "lr": 1e-8, "epochs": 10},
    {**_CURVE, "lr": 12.0, "epochs": 6},
)


@pytest.fixture
def regressions(probe: Probe) -> list[Case]:
    """Data for a line and weights to start from: x (n, 2), y (n,), w (2,) requiring grad."""
    rng = probe.rng()
    cases = [
        {"x": _with_ones([1, 0]), "y": tensor([4, 1]), "w": leaf([1, 0.5])},
        {"x": _with_ones([-1, 0.5, 1]), "y": tensor([-1, 2, 5]), "w": leaf([-1, 1.5])},
    ]
    n = 37
    x = _with_ones(rng.uniform(-1, 1, n))
    y = (x @ rng.normal(0, 3, 2) + rng.uniform(0, 1, n)).astype(np.float32)
    cases.append({"x": x, "y": y, "w": leaf(rng.normal(0, 2, 2))})
    return cases


@pytest.fixture
def trainings(regressions: list[Case]) -> list[Case]:
    """Runs of training, with lr and epochs: short ones to read, and longer ones on random data."""
    *small, large = regressions
    runs = [{**case, "lr": lr, "epochs": epochs} for case in small for lr, epochs in SHORT_RUNS]
    return [*runs, {**large, "lr": 0.05, "epochs": 3}, {**large, "lr": 0.2, "epochs": 30}]


@pytest.fixture
def vain_trainings() -> list[Case]:
    """Runs of training in which the loss stays the same, as w is the best one, or only rises."""
    return list(VAIN_TRAININGS)


@pytest.fixture
def vain_logistic_trainings() -> list[Case]:
    """Runs of training on classes in which the loss stays the same, or mostly rises."""
    return list(VAIN_LOGISTIC_TRAININGS)


@pytest.fixture
def logistic_trainings(classifications: list[Case]) -> list[Case]:
    """Runs of training on classes; see `trainings`."""
    *small, large = classifications
    runs = [{**case, "lr": 0.5, "epochs": epochs} for case in small for epochs in (1, 3)]
    return [*runs, {**large, "lr": 0.2, "epochs": 3}, {**large, "lr": 0.3, "epochs": 12}]


@pytest.fixture
def classifications(probe: Probe) -> list[Case]:
    """Data with labels 0 and 1 that overlap, and weights, such that probabilities stay moderate.

    They lie between 0.05 and 0.95, where a submission's own clamp or eps makes no difference.
    """
    rng = probe.rng()
    cases = [
        {"x": _with_ones([1, -1]), "y": tensor([1, 0]), "w": leaf([0.5, 0])},
        {"x": _with_ones([-1, 0.5, 1]), "y": tensor([0, 1, 0]), "w": leaf([1, -0.25])},
    ]
    n = 37
    x = _with_ones(rng.uniform(-1, 1, n))
    truth = 1 / (1 + np.exp(-(x @ np.array([1.5, -0.3]))))
    y = (rng.uniform(0, 1, n) < truth).astype(np.float32)
    cases.append({"x": x, "y": y, "w": leaf(rng.uniform(-1, 1, 2))})
    return cases


@pytest.fixture
def long_regressions(probe: Probe) -> list[Case]:
    """Data on which training on a line converges quickly, and weights far from the best line."""
    return draw_long_regressions(probe.rng())


def draw_long_regressions(rng: np.random.Generator) -> list[Case]:
    """Draw `long_regressions`: 4 samples to read, and 32 to make batches of.

    The feature is spread so that the loss is about as steep in all directions.
    """
    cases = []
    for feature in (np.array([-1.2, -0.6, 0.6, 1.2]), np.linspace(-1.7, 1.7, 32)):
        n = len(feature)
        x = _with_ones(rng.permutation(feature + 0.1 * rng.integers(-1, 2, n)))
        truth = rng.choice([-1, 1], 2) * rng.integers(2, 7, 2) / 2
        y = x @ truth + rng.uniform(0, 1, n)
        direction = rng.uniform(0, 2 * np.pi)
        start = truth + [0, 0.5] + 3 * np.array([np.cos(direction), np.sin(direction)])
        cases.append({"x": x, "y": tensor(np.round(y, 2)), "w": leaf(np.round(start, 1))})
    return cases


@pytest.fixture
def long_classifications(probe: Probe) -> list[Case]:
    """Data on which training on classes converges quickly, and weights to start from."""
    return draw_long_classifications(probe.rng())


def draw_long_classifications(rng: np.random.Generator) -> list[Case]:
    """Draw `long_classifications`: 4 samples, whose classes no weights separate.

    So the cross entropy has a minimum. On the way to it from w, probabilities stay moderate; see
    `classifications`.
    """
    feature = np.array([-1.5, -0.5, 0.5, 1.5]) + 0.1 * rng.integers(-1, 2, 4)
    sign = rng.choice([-1, 1])
    start = [-sign * rng.integers(5, 11) / 10, rng.choice([-1, 1]) * rng.integers(5, 11) / 10]
    return [{"x": _with_ones(sign * feature), "y": tensor([0, 1, 0, 1]), "w": leaf(start)}]


@pytest.fixture
def find_best_line() -> Callable[[Case], Optimum]:
    """Return the function that finds the least-squares line of a case's data."""
    return best_line


def best_line(case: Case) -> Optimum:
    """Return the least-squares line of a case's data."""
    x, y, start = (np.asarray(one, dtype=np.float64) for one in _arrays(case))
    best = np.linalg.lstsq(x, y)[0]
    losses = [float(np.mean((x @ w - y) ** 2)) for w in (start, best)]
    return Optimum(start=start, w=best, start_loss=losses[0], loss=losses[1], name="the best line")


@pytest.fixture
def find_best_curve() -> Callable[[Case], Optimum]:
    """Return the function that finds the smallest cross entropy of a case's classes."""
    return best_curve


def best_curve(case: Case) -> Optimum:
    """Return the smallest cross entropy of a case's classes."""
    x, y, start = (np.asarray(one, dtype=np.float64) for one in _arrays(case))
    best = np.zeros(2)
    for _ in range(20):  # Newton's method, whose error is squared in each step
        p = 1 / (1 + np.exp(-(x @ best)))
        best = best - np.linalg.solve((x.T * (p * (1 - p))) @ x, x.T @ (p - y))
    # For each sample, log(1 + exp(z)) - y * z is its cross entropy.
    losses = [float(np.mean(np.logaddexp(0, x @ w) - y * (x @ w))) for w in (start, best)]
    return Optimum(start=start, w=best, start_loss=losses[0], loss=losses[1], name="the best curve")


def _arrays(case: Case) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return case["x"], case["y"], case["w"].array
