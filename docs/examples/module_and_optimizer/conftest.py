"""Inputs that the checks share: a few numbers that can be followed by hand, then random ones."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from grader.checks.api import Handle, Lab, Probe, tensor, torch_

Case = dict[str, Any]


@pytest.fixture
def networks(probe: Probe) -> list[Case]:
    """Samples, their classes and known weights; in the random cases all sizes differ.

    In every case some hidden units are negative, so that a missing relu shows, and no bias is 0.
    """
    small = {
        "x": tensor([[1.0], [-2.0]]),
        "y": tensor([1, 0], dtype=np.int64),
        "w1": tensor([[1.0], [-1.0]]),
        "b1": tensor([0.5, 0.25]),
        "w2": tensor([[1.0, -1.0], [0.5, 2.0]]),
        "b2": tensor([0.5, -0.25]),
    }
    rng = probe.rng()
    return [small, _draw(rng, 7, 2, 5, 3), _draw(rng, 20, 6, 8, 4)]


@pytest.fixture
def make_net() -> Callable[..., Handle]:
    """Return a function that makes a network with known weights, within a script."""

    def make(lab: Lab, case: Case, **weights: Handle) -> Handle:
        net = lab.TwoLayerNet(case["w1"].shape[1], len(case["w1"]), len(case["w2"]))
        with torch_.no_grad():
            net.hidden.weight.copy_(weights["w1"])
            net.hidden.bias.copy_(weights["b1"])
            net.output.weight.copy_(weights["w2"])
            net.output.bias.copy_(weights["b2"])
        return net

    return make


def _draw(rng: np.random.Generator, n: int, n_in: int, n_hidden: int, n_out: int) -> Case:
    return {
        "x": tensor(rng.normal(0, 1, (n, n_in))),
        "y": tensor(rng.permutation(np.arange(n) % n_out), dtype=np.int64),
        "w1": tensor(rng.normal(0, 1, (n_hidden, n_in)) / n_in**0.5),
        "b1": tensor(rng.uniform(0.1, 0.5, n_hidden)),
        "w2": tensor(rng.normal(0, 1, (n_out, n_hidden)) / n_hidden**0.5),
        "b2": tensor(rng.uniform(0.1, 0.5, n_out)),
    }
