"""Numbers that the checks share: a few that can be followed by hand, then random ones."""

import pytest

from grader.checks.api import Probe


@pytest.fixture
def pairs(probe: Probe) -> list[tuple[float, float]]:
    """Pairs of numbers, none of them 0, equal to the other, or 1: there wrong formulas are right.

    The first of each pair is positive, so that every power of it is a real number.
    """
    rng = probe.rng()
    drawn = [(rng.uniform(0.3, 3), rng.uniform(-3, -0.3)) for _ in range(3)]
    return [(2.0, -3.0), *((round(x, 3), round(y, 3)) for x, y in drawn)]
