"""Inputs that the checks share: a few numbers to read first, then random ones."""

from typing import Any

import numpy as np
import pytest

from grader.checks.inputs import Leaf, leaf, tensor
from grader.checks.probe import Probe

Case = dict[str, Any]


@pytest.fixture
def networks(probe: Probe) -> list[Case]:
    """Samples, targets and parameters; no two sizes of a case are equal unless one is 1.

    A product with a transposed matrix then raises, instead of giving numbers. No bias is 0, because
    forgetting it would not show.
    """
    rng = probe.rng()
    small = {
        "x": tensor([[1], [-0.5]]),
        "y": tensor([[2], [0]]),
        "w1": leaf([[1, -0.5, 2]]),
        "b1": leaf([0.5, 1, -1]),
        "w2": leaf([[1], [2], [-1]]),
        "b2": leaf([0.25]),
    }
    return [small, _draw(rng, n=5, n_in=2, n_hidden=3, n_out=4), _draw(rng, 31, 6, 8, 2)]


def _draw(rng: np.random.Generator, n: int, n_in: int, n_hidden: int, n_out: int) -> Case:
    def normal(*shape: int) -> np.ndarray:
        # Moderate sums: where tanh is flat, its derivative is 0, and any formula for it is right.
        return (rng.normal(0, 1, shape) / shape[0] ** 0.5).astype(np.float32)

    return {
        "x": normal(n, n_in) * np.float32(n**0.5),
        "y": normal(n, n_out) * np.float32(n**0.5),
        "w1": Leaf(normal(n_in, n_hidden)),
        "b1": Leaf(rng.uniform(0.2, 0.8, n_hidden).astype(np.float32)),
        "w2": Leaf(normal(n_hidden, n_out)),
        "b2": Leaf(rng.uniform(0.2, 0.8, n_out).astype(np.float32)),
    }
