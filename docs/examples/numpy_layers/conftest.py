"""Inputs that several files of checks share: a few numbers to read first, then random ones."""

from typing import Any

import numpy as np
import pytest

from grader.checks.api import ArrayInput, Probe, array

Case = dict[str, Any]


@pytest.fixture
def affine_inputs(probe: Probe) -> list[Case]:
    """Inputs, weights, biases and a slope; no two sizes of a case are equal unless one is 1.

    The second case has images as samples. The first has three samples: if the output alone is
    returned, it can't pass for a pair. All but the last are float64, numpy's own dtype.
    """
    readable = {
        "x": double([[1, 2], [-1, 0.5], [0, 3]]),
        "w": double([[1], [-2]]),
        "b": double([0.25]),
        "dout": double([[2], [-1], [0.5]]),
    }
    image = {
        "x": double([[[1, 2], [3, 4]]]),
        "w": double([[0.5], [-1], [2], [1]]),
        "b": double([-1]),
        "dout": double([[3]]),
    }
    rng = probe.rng()
    return [
        readable,
        image,
        _draw(rng, (4, 5), 3, np.float64),
        _draw(rng, (5, 2, 3), 4, np.float64),
        _draw(rng, (2, 3, 1, 4), 5, np.float32),
    ]


@pytest.fixture
def relu_inputs(probe: Probe) -> list[Case]:
    """Inputs and slopes of all combinations of signs, none of them 0, where ReLU has no slope."""
    rng = probe.rng()
    readable = {
        "x": double([[-1, 2, 0.5], [3, -2, -4]]),
        "dout": double([[2, 1, -3], [-1, 0.5, -2]]),
    }
    drawn = [
        {
            "x": array(rng.choice([-1, 1], shape) * rng.uniform(0.1, 3, shape), dtype=dtype),
            "dout": array(rng.normal(0, 1, shape), dtype=dtype),
        }
        for shape, dtype in (((7,), np.float64), ((4, 5), np.float32), ((2, 3, 4), np.float64))
    ]
    return [readable, *drawn]


def double(values: object) -> ArrayInput:
    """Return an array of float64, which is what numpy makes of such numbers."""
    return array(values, dtype=np.float64)


def _draw(rng: np.random.Generator, shape: tuple[int, ...], m: int, dtype: type) -> Case:
    def normal(*size: int) -> ArrayInput:
        return array(rng.normal(0, 1, size), dtype=dtype)

    d = int(np.prod(shape[1:]))
    # No bias is 0, because forgetting it would not show.
    b = array(rng.uniform(0.2, 0.8, m), dtype=dtype)
    return {"x": normal(*shape), "w": normal(d, m), "b": b, "dout": normal(shape[0], m)}
