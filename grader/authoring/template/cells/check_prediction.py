"""Checks of prediction."""

import pytest

from grader.checks.api import expect_close


@pytest.mark.points(2)
def check_prediction_is_on_the_line(probe, datasets):
    """prediction is the height of the line at 4

    The line goes through the origin: multiply by the slope.
    """
    for given in datasets:
        got, want = probe.rerun(given=given, read=["prediction"])
        expect_close(got["prediction"], want["prediction"], "prediction")
