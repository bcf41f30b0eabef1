"""Checks of accuracy(logits, y)."""

import pytest

from grader.checks.api import Probe, array, expect_close, tensor


@pytest.mark.points(4)
def check_accuracy_is_a_part_of_the_samples(probe: Probe) -> None:
    """accuracy(logits, y) is the part of the samples that are classified rightly

    Compare the class of the largest logit in each row with y, and take the mean.
    """
    rng = probe.rng()
    cases = [
        ([[2, 1, 0], [0, 1, 3], [1, 0, 0]], [0, 2, 2]),
        ([[-1, -2], [-3, -1]], [1, 1]),
        (rng.normal(size=(25, 4)), rng.integers(0, 4, 25)),
    ]
    for logits, classes in cases:
        y = array(classes).array
        got, want = probe.both(logits=tensor(logits), y=y)
        expect_close(got.array(), want.array(), "accuracy(logits, y)")
