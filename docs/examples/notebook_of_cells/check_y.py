"""Checks of y: the rentals that are in the file."""

import pytest

from grader.checks.api import Probe, expect_close, to_sequence


@pytest.mark.points(2)
def check_y_has_the_rentals(probe: Probe) -> None:
    """y has the rentals of all days, in shape (n,)

    They are in the third column, and the first line of the file has no numbers.
    """
    got, want = probe.read()
    expect_close(to_sequence(got.returned(), "y"), to_sequence(want.returned(), "y"), "y")
