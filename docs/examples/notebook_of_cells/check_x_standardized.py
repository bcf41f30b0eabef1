"""Checks of x_standardized: the temperatures, shifted and scaled."""

import pytest

from grader.checks.api import ArrayInput, Probe, expect_close, to_sequence


@pytest.mark.points(5)
def check_x_standardized_has_mean_0_and_standard_deviation_1(
    probe: Probe, years: list[dict[str, ArrayInput]]
) -> None:
    """x_standardized is (x - mean) / standard deviation

    Compute both from x. The standard deviation is the root of the mean squared distance from the
    mean: x.std() in numpy, x.std(correction=0) in torch.
    """
    for year in years:
        got, want = probe.rerun(given=year, read=["x_standardized"])
        found, right = (to_sequence(one["x_standardized"], "x_standardized") for one in (got, want))
        expect_close(found, right, "x_standardized")
