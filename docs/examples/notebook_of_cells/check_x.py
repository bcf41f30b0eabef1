"""Checks of x: the temperatures that are in the file."""

import pytest

from grader.checks.api import Probe, expect_close, to_sequence


@pytest.mark.points(2)
def check_x_has_the_temperatures(probe: Probe) -> None:
    """x has the temperatures of all days, in shape (n,)

    They are in the second column, and the first line of the file has no numbers. np.loadtxt can
    leave out lines (skiprows) and choose columns (usecols, which count from 0).
    """
    got, want = probe.read()
    expect_close(to_sequence(got.returned(), "x"), to_sequence(want.returned(), "x"), "x")
