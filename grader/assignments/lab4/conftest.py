"""Inputs that the checks of lab4 share: a few numbers to read first, then random ones."""

from typing import Any

import numpy as np
import pytest

from grader.checks.inputs import leaf, tensor
from grader.checks.probe import Probe

Case = dict[str, Any]

SHORT_RUNS = ((0.1, 1), (0.05, 3))


def _with_ones(column: object) -> np.ndarray:
    feature = np.asarray(column, dtype=np.float32)
    return np.stack([feature, np.ones_like(feature)], axis=1)


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
