"""Checks of w_hat: the best line."""

import pytest

from grader.checks.api import ArrayInput, Probe, expect_close, to_sequence

# 100 steps of gradient descent end closer than this, also in float32.
RTOL = 1e-3


@pytest.mark.points(6)
def check_w_hat_is_the_best_line(probe: Probe, years: list[dict[str, ArrayInput]]) -> None:
    """w_hat has the slope and the intercept with the least mean squared error

    The slope comes first. It belongs to x_standardized: it says how many more bicycles are rented
    on a day that is one standard deviation warmer. The intercept is what is rented at the mean
    temperature.
    """
    for year in years:
        got, want = probe.rerun(given=year, read=["w_hat"])
        found, right = (to_sequence(one["w_hat"], "w_hat") for one in (got, want))
        expect_close(found, right, "w_hat", rtol=RTOL)
