"""Checks of train_logistic(x, y, w, lr, epochs): gradient descent on the cross entropy."""

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

RTOL = 1e-2
RTOL_OF_LOSS = 2e-3


@pytest.mark.points(2)
def check_train_logistic_takes_one_step_an_epoch(
    probe: Probe, logistic_trainings: list[dict[str, Any]]
) -> None:
    """After `epochs` steps, w is where gradient descent leads

    Call update_logistic() once per epoch, on the same w.
    """
    for run in logistic_trainings:
        got, want = probe.both(**run)
        what = f"train_logistic() with epochs={run['epochs']}"
        expect_step(got, want, start=run["w"].array, rtol=RTOL, what=what)


@pytest.mark.points(1)
def check_train_logistic_returns_the_losses(
    probe: Probe,
    logistic_trainings: list[dict[str, Any]],
    vain_logistic_trainings: list[dict[str, Any]],
) -> None:
    """It returns the loss before each step, one for each epoch

    Collect what update_logistic() returns in a list.
    """
    for run in logistic_trainings:
        got, want = probe.both(**run)
        losses = to_sequence(got.returned(), "what train_logistic() returns")
        expected = to_sequence(want.returned(), "the reference's losses")
        expect_shape(losses, (run["epochs"],), "the list of losses")
        expect_close(losses, expected, "the list of losses", rtol=RTOL_OF_LOSS)
    for run in vain_logistic_trainings:
        expect_all_epochs(probe.student(**run), run["epochs"])


@pytest.mark.points(1)
def check_train_logistic_goes_on_from_where_w_is(
    probe: Probe, classifications: list[dict[str, Any]]
) -> None:
    """It moves the w it was given: a second call goes on where the first one ended

    Don't start from new weights, and don't train a copy.
    """
    for case in classifications:
        got, want = probe.both(**case, lr=0.3, epochs=3, times=2)
        expect_steps(got, want, start=case["w"].array, rtol=RTOL)
        expect_same_leaf(got)


@pytest.mark.points(1)
def check_train_logistic_converges_to_the_best_curve(
    probe: Probe,
    long_classifications: list[dict[str, Any]],
    find_best_curve: Callable[[dict[str, Any]], Optimum],
) -> None:
    """The loss comes down to that of the best curve, w to the best curve, and not all at once

    The best curve is the one with the smallest cross entropy. Each step should go down the slope of
    the cross entropy, in place, from where the last one ended.
    """
    for case in long_classifications:
        best = find_best_curve(case)
        got = probe.student(**case, lr=3.2, epochs=60)
        expect_arrival(got, best, run="60 epochs with lr=3.2")
        got = probe.student(**case, lr=0.5, epochs=2)
        expect_gradual(got, best, run="2 epochs with lr=0.5")


_EPOCHS = 30
_LR = 0.8  # a value that nobody hard-codes


def pictures(probe: Probe) -> Sequence[Picture]:
    """Draw the losses over the epochs, and the probabilities after the last one."""
    feature = np.linspace(-1, 1, 16)
    x = tensor(np.stack([feature, np.ones_like(feature)], axis=1))
    classes = tensor(feature + 0.4 * np.sin(9 * feature) > 0)
    got, want = probe.both(x=x, y=classes, w=leaf([-1.5, 0.5]), lr=_LR, epochs=_EPOCHS)
    losses = [to_sequence(one.returned(), "the losses") for one in (got, want)]
    expect_shape(got.after("w"), (2,), "w")
    curves = [1 / (1 + np.exp(-(x @ one.after("w")))) for one in (got, want)]
    drawn = []
    if differ(*losses):
        title = f"The losses that train_logistic() returns, with epochs={_EPOCHS} and lr={_LR}"
        drawn.append(loss_curves(title, got=losses[0], want=losses[1], steps="epoch"))
    if differ(*curves, part=0.05):
        picture = fits(
            f"The probability of class 1 after {_EPOCHS} epochs",
            feature=feature,
            target=classes,
            got=curves[0],
            want=curves[1],
            unit="class, probability of class 1",
        )
        drawn.append(picture)
    return drawn
