"""Inputs that the checks share: a few numbers to read first, then random ones."""

from typing import Any

import numpy as np
import pytest

from grader.checks.api import Probe, leaf, tensor

Case = dict[str, Any]


@pytest.fixture
def regressions(probe: Probe) -> list[Case]:
    """Features (n, d), labels (n, 1), and parameters w (d, 1) and b (1,) to start from.

    The bias is never 0, because forgetting it would not show, and d is never n.
    """
    rng = probe.rng()
    small = {
        "features": tensor([[1, 0], [2, -1], [-1, 1]]),
        "labels": tensor([[3], [5], [-2]]),
        "w": leaf([[0.5], [-1]]),
        "b": leaf([1]),
    }
    return [small, draw(rng, n=5, d=1), draw(rng, n=24, d=4)]


def draw(rng: np.random.Generator, *, n: int, d: int) -> Case:
    """Draw a regression of n examples with d features."""
    features = rng.normal(0, 1, (n, d))
    labels = features @ rng.uniform(1, 3, (d, 1)) + rng.uniform(1, 3) + rng.normal(0, 0.3, (n, 1))
    return {
        "features": tensor(features),
        "labels": tensor(labels),
        "w": leaf(rng.normal(0, 1, (d, 1))),
        "b": leaf(rng.uniform(0.5, 1, 1)),
    }
