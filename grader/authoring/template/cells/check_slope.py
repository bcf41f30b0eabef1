"""Checks of slope."""

import pytest

from grader.checks.api import expect_close


@pytest.mark.points(2)
def check_slope_is_that_of_the_best_line(probe, datasets):
    """slope is that of the best line through the origin

    It is sum(x * y) / sum(x * x).
    """
    for given in datasets:
        got, want = probe.rerun(given=given, read=["slope"])
        expect_close(got["slope"], want["slope"], "slope")
