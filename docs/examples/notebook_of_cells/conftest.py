"""Inputs that the checks share: four days to read first, then random ones."""

import numpy as np
import pytest

from grader.checks.api import ArrayInput, Probe, array

Days = dict[str, ArrayInput]


@pytest.fixture
def years(probe: Probe) -> list[Days]:
    """Temperatures x and rentals y, which take the place of those of the file.

    They are float64, as numpy reads them.
    """
    rng = probe.rng()
    x = np.round(rng.uniform(-5, 35, 17), 1)
    y = np.round(250 + rng.uniform(20, 50) * x + rng.normal(0, 80, 17))
    few = [5, 10, 15, 30], [3, 5, 4, 10]
    return [{"x": _exactly(one), "y": _exactly(other)} for one, other in (few, (x, y))]


def _exactly(numbers: object) -> ArrayInput:
    return array(numbers, dtype=np.float64)
