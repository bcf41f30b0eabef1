"""Checks of prediction: what the line says for a day with 20 °C."""

import pytest

from grader.checks.api import ArrayInput, Probe, expect_close, expect_shape, is_close, to_array


@pytest.mark.points(5)
def check_prediction_is_on_the_line(probe: Probe, years: list[dict[str, ArrayInput]]) -> None:
    """prediction is the height of the line at 20 °C

    The line is one of x_standardized. So standardize 20 as well, with the mean and the standard
    deviation of x.
    """
    for year in years:
        got, want = probe.rerun(given=year, read=["prediction"])
        found = to_array(got["prediction"], "prediction")
        expect_shape(found, (), "prediction")
        right = to_array(want["prediction"], "prediction")
        if not is_close(found, right.round()):  # who rounds it is right too
            expect_close(got["prediction"], want["prediction"], "prediction", rtol=1e-3)
