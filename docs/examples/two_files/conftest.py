"""Samples that the checks share."""

import numpy as np
import pytest

from grader.checks.api import Probe


@pytest.fixture
def samples(probe: Probe) -> tuple[np.ndarray, np.ndarray]:
    """Draw 12 samples of 3 features, (12, 3), and their classes from 0 to 3, (12,)."""
    rng = probe.rng()
    return rng.normal(size=(12, 3)), rng.permutation(np.arange(12) % 4)
