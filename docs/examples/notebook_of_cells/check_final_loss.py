"""Checks of final_loss: the mean squared error of the best line."""

import pytest

from grader.checks.api import ArrayInput, Probe, expect_close


@pytest.mark.points(5)
def check_final_loss_is_the_mean_squared_error(
    probe: Probe, years: list[dict[str, ArrayInput]]
) -> None:
    """final_loss is the mean squared error of w_hat on all days

    Predict for all days with w_hat, subtract y, square, and take the mean.
    """
    for year in years:
        got, want = probe.rerun(given=year, read=["final_loss"])
        expect_close(got["final_loss"], want["final_loss"], "final_loss", rtol=1e-3)
