"""Inputs that several files of checks share."""

import numpy as np
import pytest

from grader.checks.api import array


def _double(values):
    return array(values, dtype=np.float64)  # what numpy computes with by itself


@pytest.fixture
def layers(probe):
    # Small numbers that are easy to read in the report come first, then random ones. No two sizes
    # are equal unless one is 1, so a transposed matrix raises; there is more than one sample, so a
    # mean is not a sum; and no bias is 0.
    rng = probe.rng()
    readable = [[1, 2], [0, -1]], [[3], [-1]], [0.5], [[1], [2]]
    drawn = [rng.normal(0, 1, size) for size in ((7, 3), (3, 4))]
    drawn += [rng.uniform(1, 2, 4), rng.normal(0, 1, (7, 4))]
    names = ("x", "w", "b", "dout")
    return [dict(zip(names, map(_double, case), strict=True)) for case in (readable, drawn)]
