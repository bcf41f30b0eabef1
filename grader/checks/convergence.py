"""Judges whether training arrives at the optimum, step by step, by whatever way it goes.

Gradient descent is one way; momentum or a decaying learning rate lead there as well. So nothing is
compared with the reference here: w and the losses are compared with the optimum itself.
"""

from dataclasses import dataclass

import numpy as np

from grader.checks.compare import expect_finite, expect_shape, to_sequence
from grader.checks.inputs import show_array, show_number
from grader.checks.probe import Result
from grader.checks.verdict import WrongError

# Of the start's distance, and of the loss that training can save. Of what converges, a learning
# rate that falls as 1 / epoch leaves most: with the lab's runs, 0.1 of the distance, 0.01 of the
# loss.
_DISTANCE_LEFT = 0.12
_LOSS_LEFT = 0.015
# A solution in closed form has no more than this of the loss left from its second epoch on. In
# float32 that is 1e-6; steps have 2e-4 left or more, also if their losses are an epoch late.
_LEFT_AT_ONCE = 2e-5
_LAST_LOSSES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Optimum:
    """Where training should lead, and where it starts.

    Attributes:
        start: The values of w at the start, (k,).
        w: Its best values, (k,).
        start_loss: The loss at the start.
        loss: The smallest loss, that of ``w``.
        name: What to call the model with the best w, such as "the best line".
    """

    start: np.ndarray
    w: np.ndarray
    start_loss: float
    loss: float
    name: str

    def distance_left(self, w: np.ndarray) -> float:
        """Return how far a w is from the best one; 1 is as far as at the start."""
        return float(np.linalg.norm(w - self.w) / np.linalg.norm(self.start - self.w))

    def loss_left(self, losses: np.ndarray) -> np.ndarray:
        """Return how much of the loss is left; 1 is as much as at the start."""
        return (losses - self.loss) / (self.start_loss - self.loss)


def expect_arrival(got: Result, optimum: Optimum, *, run: str) -> None:
    """Require that a long run ends at the optimum, and its losses at the smallest loss.

    Args:
        got: The student's result: w after the call, and the losses that are returned.
        optimum: The optimum of the data.
        run: What was run, for the message: "60 epochs with lr=0.3".

    Raises:
        WrongError: It ends elsewhere, or is there from the second loss on.
    """
    after = _w_after(got, optimum)
    if not optimum.distance_left(after) <= _DISTANCE_LEFT:
        has_moved = optimum.distance_left(after) != 1 or np.any(after != optimum.start)
        where = f"is not near {optimum.name}" if has_moved else "has not moved"
        raise WrongError(
            f"after {run}, w {where}",
            got=f"w = {show_array(after)}",
            expected=f"w near {show_array(optimum.w)}",
        )
    losses = _losses(got)
    left = optimum.loss_left(losses)
    # Of a list that is too short, the first loss may be among these; another check says so.
    count = _LAST_LOSSES if len(losses) > 2 * _LAST_LOSSES else 1
    last = left[-count:]
    if not np.max(np.abs(last), initial=0.0) <= _LOSS_LEFT:
        worst = losses[-count:][np.argmax(np.abs(last))]
        which = "losses are" if count > 1 else "loss is"
        raise WrongError(
            f"after {run}, w is near {optimum.name}, but the last {which} not near its loss",
            got=f"a loss of {show_number(worst)}",
            expected=f"a loss near {show_number(optimum.loss)}",
        )
    if not np.max(left[1:], initial=0.0) > _LEFT_AT_ONCE:
        raise WrongError(
            f"in {run}, the losses don't come down step by step: from the second one on, all are "
            f"that of {optimum.name}",
            got=f"losses {show_array(losses[:4])}"
            + (", ..." if len(losses) > len(left[:4]) else ""),
        )


def expect_gradual(got: Result, optimum: Optimum, *, run: str) -> None:
    """Require that a short run is still on its way to the optimum.

    The arguments are those of `expect_arrival`.

    Raises:
        WrongError: w or the last loss is there already.
    """
    after = _w_after(got, optimum)
    if not optimum.distance_left(after) > _DISTANCE_LEFT:
        raise WrongError(
            f"after {run}, w is near {optimum.name} already: it did not get there by small steps",
            got=f"w = {show_array(after)}",
        )
    losses = _losses(got)
    if not optimum.loss_left(losses[-1:]).item() > _LOSS_LEFT:
        raise WrongError(
            f"after {run}, the last loss is near that of {optimum.name} already, or less, and w is "
            "not there yet",
            got=f"a loss of {show_number(float(losses[-1]))}",
        )


def expect_all_epochs(got: Result, epochs: int) -> None:
    """Require a loss for each epoch, of a run in which there is nothing to gain.

    Raises:
        WrongError: There are fewer, or more.
    """
    losses = to_sequence(got.returned(), f"what {got.function}() returns")
    if len(losses) < epochs:
        raise WrongError(
            f"{got.function}() ends before all {epochs} epochs are run",
            got=f"{len(losses)} {'loss' if len(losses) == 1 else 'losses'}",
            expected=f"{epochs} losses",
            value=losses,
            hint="Run all the epochs that the caller asks for, also where the loss stays the same "
            "or rises: is there a break or a return in the loop?",
        )
    expect_shape(losses, (epochs,), "the list of losses")


def _w_after(got: Result, optimum: Optimum) -> np.ndarray:
    after = got.after("w")
    expect_shape(after, optimum.w.shape, f"w after {got.function}()")
    expect_finite(after, f"w after {got.function}()")
    return after


def _losses(got: Result) -> np.ndarray:
    losses = to_sequence(got.returned(), f"what {got.function}() returns")
    if not losses.size:
        message = f"{got.function}() returns no losses"
        raise WrongError(message, got="an empty list")
    expect_finite(losses, "the list of losses")
    return losses
