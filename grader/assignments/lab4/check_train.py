"""Checks of train(x, y, w, lr, epochs): gradient descent on the whole data."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from grader.checks.compare import expect_close, expect_shape, to_sequence
from grader.checks.convergence import Optimum, expect_all_epochs, expect_arrival, expect_gradual
from grader.checks.inputs import leaf, tensor
from grader.checks.pictures import differ, fits, loss_curves
from grader.checks.probe import Probe
from grader.checks.steps import expect_same_leaf, expect_step, expect_steps
from grader.report.model import Picture


@pytest.mark.points(2)
def check_train_takes_one_step_an_epoch(probe: Probe, trainings: list[dict[str, Any]]) -> None:
    """After `epochs` steps, w is where gradient descent leads

    Call update() once per epoch, on the same w, with the lr and the number of epochs that are
    passed in.
    """
    for run in trainings:
        got, want = probe.both(**run)
        expect_step(got, want, start=run["w"].array, what=f"train() with epochs={run['epochs']}")


@pytest.mark.points(2)
def check_train_returns_the_losses(
    probe: Probe, trainings: list[dict[str, Any]], vain_trainings: list[dict[str, Any]]
) -> None:
    """It returns the loss before each step, one for each epoch

    Collect what update() returns in a list: the first entry is the loss before anything has moved.
    """
    for run in trainings:
        got, want = probe.both(**run)
        losses = to_sequence(got.returned(), "what train() returns")
        expected = to_sequence(want.returned(), "the reference's losses")
        expect_shape(losses, (run["epochs"],), "the list of losses")
        expect_close(losses, expected, "the list of losses")
    for run in vain_trainings:
        expect_all_epochs(probe.student(**run), run["epochs"])


@pytest.mark.points(2)
def check_train_goes_on_from_where_w_is(probe: Probe, regressions: list[dict[str, Any]]) -> None:
    """It moves the w it was given: a second call goes on where the first one ended

    Don't start from new weights, and don't train a copy: change the w that was passed in.
    """
    for case in regressions:
        got, want = probe.both(**case, lr=0.1, epochs=3, times=2)
        expect_steps(got, want, start=case["w"].array, what="train()")
        expect_same_leaf(got)


@pytest.mark.points(2)
def check_train_converges_to_the_best_line(
    probe: Probe,
    long_regressions: list[dict[str, Any]],
    find_best_line: Callable[[dict[str, Any]], Optimum],
) -> None:
    """The loss comes down to that of the best line, w to the best line, and not all at once

    Each step should go down the slope of the mse, in place, from where the last one ended. Plot the
    losses: they fall quickly at first, then hardly at all.
    """
    case = long_regressions[0]
    best = find_best_line(case)
    got = probe.student(**case, lr=0.3, epochs=60)
    expect_arrival(got, best, run="60 epochs with lr=0.3")
    got = probe.student(**case, lr=0.1, epochs=2)
    expect_gradual(got, best, run="2 epochs with lr=0.1")


_EPOCHS = 25
_LR = 0.15  # a value that nobody hard-codes


def pictures(probe: Probe) -> Sequence[Picture]:
    """Draw the losses over the epochs, and the line after the last one."""
    feature = np.linspace(-1, 1, 16)
    x = tensor(np.stack([feature, np.ones_like(feature)], axis=1))
    y = tensor(3 * feature + 2 + 0.5 * np.sin(7 * feature))
    got, want = probe.both(x=x, y=y, w=leaf([-1.5, 0.5]), lr=_LR, epochs=_EPOCHS)
    losses = [to_sequence(one.returned(), "the losses") for one in (got, want)]
    expect_shape(got.after("w"), (2,), "w")
    lines = [x @ one.after("w") for one in (got, want)]
    drawn = []
    if differ(*losses):
        title = f"The losses that train() returns, with epochs={_EPOCHS} and lr={_LR}"
        drawn.append(loss_curves(title, got=losses[0], want=losses[1], steps="epoch"))
    if differ(*lines):
        picture = fits(
            f"The line after {_EPOCHS} epochs",
            feature=feature,
            target=y,
            got=lines[0],
            want=lines[1],
        )
        drawn.append(picture)
    return drawn
