"""Checks of mean_relu(z)."""

import pytest

from grader.checks.api import expect_close, tensor


@pytest.mark.points(5)
def check_mean_relu_has_the_right_value(probe):
    """mean_relu(z) is the mean of relu(z)

    Apply relu first, then take the mean over all entries.
    """
    for z in (tensor([-2, 3]), tensor(probe.rng().normal(0, 3, (4, 5)))):
        got, want = probe.both(z=z)
        expect_close(got.array(), want.array(), "mean_relu(z)")
