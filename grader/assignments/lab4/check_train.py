"""Checks of train(x, y, w, lr, epochs): gradient descent on the whole data."""

from typing import Any

import pytest

from grader.checks.compare import expect_close, expect_shape, to_sequence
from grader.checks.probe import Probe
from grader.checks.steps import expect_same_leaf, expect_step


@pytest.mark.points(3)
def check_train_takes_one_step_an_epoch(probe: Probe, trainings: list[dict[str, Any]]) -> None:
    """After `epochs` steps w is where gradient descent leads

    Call update() once an epoch, on the same w, with the lr and the number of epochs that were
    given.
    """
    for run in trainings:
        got, want = probe.both(**run)
        expect_step(got, want, start=run["w"].array, what=f"train() with epochs={run['epochs']}")


@pytest.mark.points(3)
def check_train_returns_the_losses(probe: Probe, trainings: list[dict[str, Any]]) -> None:
    """It returns the loss before each step, one for each epoch

    Collect what update() returns in a list: the first entry is the loss before anything moved.
    """
    for run in trainings:
        got, want = probe.both(**run)
        losses = to_sequence(got.returned(), "what train() returns")
        expected = to_sequence(want.returned(), "the reference's losses")
        expect_shape(losses, (run["epochs"],), "the list of losses")
        expect_close(losses, expected, "the list of losses")


@pytest.mark.points(2)
def check_train_goes_on_from_where_w_is(probe: Probe, regressions: list[dict[str, Any]]) -> None:
    """It moves the w it was given: a second call goes on where the first one ended

    Don't start from new weights and don't train a copy: change the w that was passed in.
    """
    for case in regressions:
        got, want = probe.both(**case, lr=0.1, epochs=3, times=2)
        for step, nth in enumerate(("first", "second")):
            expect_step(got, want, start=case["w"].array, step=step, what=f"the {nth} train()")
        expect_same_leaf(got)
