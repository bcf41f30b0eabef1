"""Checks of loss_history: gradient descent, and the plot of its losses."""

import numpy as np
import pytest

from grader.checks.api import (
    ArrayInput,
    Handle,
    Lab,
    Probe,
    WrongError,
    expect_close,
    expect_shape,
    figures,
    precondition,
    to_sequence,
)
from grader.observations.values import AnyValue, Axes, Items

STEPS = 100


@pytest.mark.points(4)
def check_loss_history_has_the_first_losses(
    probe: Probe, years: list[dict[str, ArrayInput]]
) -> None:
    """The first loss is that of w = (0, 0), and the second that after one step

    Append the loss to the list before you take the step. The gradient of the mean squared error is
    2 * mean(error * x_standardized) for the slope and 2 * mean(error) for the intercept, where the
    error is the prediction minus y.
    """
    for year in years:
        got, want = probe.rerun(given=year, read=["loss_history"])
        found, right = (to_sequence(one["loss_history"], "loss_history") for one in (got, want))
        if len(found) < 2:  # noqa: PLR2004 - the two that are compared
            raise WrongError(f"loss_history has a length of {len(found)}, not {STEPS}")
        expect_close(found[:2], right[:2], "loss_history[:2]")


@pytest.mark.points(3)
def check_loss_history_has_all_losses(probe: Probe, years: list[dict[str, ArrayInput]]) -> None:
    """loss_history has the losses of all 100 steps

    Each step starts where the one before has ended.
    """
    for year in years:
        got, want = probe.rerun(given=year, read=["loss_history"])
        found, right = (to_sequence(one["loss_history"], "loss_history") for one in (got, want))
        expect_shape(found, (STEPS,), "loss_history")
        expect_close(found, right, "loss_history")


def drawn(_: Lab) -> dict[str, Handle]:
    """Describe all figures that the notebook has drawn."""
    return {"figures": figures()}


@pytest.mark.points(3)
@pytest.mark.independent
def check_loss_history_is_plotted(probe: Probe, years: list[dict[str, ArrayInput]]) -> None:
    """The losses are plotted against the number of the step

    plt.plot(loss_history) draws a line through all losses, at 0, 1, 2, ...
    """
    others, _ = probe.rerun(given=years[0], read=["loss_history"])
    got, _ = probe.rerun(drawn, given=years[-1], read=["loss_history"])
    before, losses = (to_sequence(one["loss_history"], "loss_history") for one in (others, got))
    with precondition():
        expect_shape(losses, (STEPS,), "loss_history")
        if np.ptp(losses) == 0 or np.array_equal(before, losses):
            raise WrongError("loss_history is not computed by steps, so its plot shows nothing")
    curves = [points for points in _curves(got["figures"]) if len(points) == STEPS]
    if not curves:
        raise WrongError(f"no figure has a curve of {STEPS} points, one for each loss")
    size = float(np.max(np.abs(losses)))
    heights = [points for points in curves if np.max(np.abs(points[:, 1] - losses)) < 1e-3 * size]
    if not heights:
        raise WrongError("a curve is drawn, but it is not that of loss_history")
    # Steps may be counted from 1.
    steps = np.arange(STEPS)
    if not any(np.allclose(points[:, 0], steps + first) for points in heights for first in (0, 1)):
        raise WrongError("the losses are not drawn at the numbers of their steps: 0, 1, 2, ...")


def _curves(value: AnyValue) -> list[np.ndarray]:
    """Return the points of all that is drawn, each (k, 2)."""
    assert isinstance(value, Items)
    all_axes = [axes for one in value.items if isinstance(one, Items) for axes in one.items]
    return [
        artist.points.to_numpy()
        for axes in all_axes
        if isinstance(axes, Axes)
        for artist in axes.artists
    ]
