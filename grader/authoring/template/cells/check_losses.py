"""Checks of losses: the file's name says which value.

The first line of a check's docstring is its title in the report, the rest is the general hint.
"""

import numpy as np
import pytest

from grader.checks.api import WrongError, expect_close, figures, to_sequence


# `rerun` runs the whole notebook again, with x and y fixed to other numbers.
@pytest.mark.points(4)
def check_losses_are_those_before_each_step(probe, datasets):
    """losses has the mean squared error before each of the 10 steps

    Start with w = 0, append the loss, then subtract 0.1 times the gradient from w.
    """
    for given in datasets:
        got, want = probe.rerun(given=given, read=["losses"])
        found, right = (to_sequence(one["losses"], "losses") for one in (got, want))
        expect_close(found, right, "losses")


# A script can do more than read: `figures()` describes all that was drawn.
def drawn(lab):
    return {"figures": figures()}


@pytest.mark.points(2)
@pytest.mark.independent
def check_losses_are_plotted(probe, datasets):
    """The losses are plotted

    plt.plot(losses) draws a line through all of them.
    """
    got, _ = probe.rerun(drawn, given=datasets[-1], read=["losses"])
    losses = to_sequence(got["losses"], "losses")
    for one in got["figures"].items:
        for axes in one.items:
            for artist in axes.artists:
                heights = artist.points.to_numpy()[:, 1]
                if heights.shape == losses.shape and np.allclose(heights, losses, rtol=1e-3):
                    return
    raise WrongError("no figure has a curve of the losses")
