"""Checks of train_minibatch(...): stochastic gradient descent, whatever order it draws.

The order of the samples is random. The data is therefore chosen so that the right result either
doesn't depend on the order or reveals it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from grader.checks.compare import (
    expect_finite,
    expect_shape,
    is_close,
    name_kind,
    to_array,
    to_sequence,
)
from grader.checks.inputs import leaf, tensor
from grader.checks.pictures import differ, fits, loss_curves
from grader.checks.probe import Probe, Result
from grader.checks.steps import expect_same_leaf, expect_step
from grader.checks.verdict import WrongError
from grader.observations.messages import CallRequest, Request
from grader.observations.values import Array, Items, Number
from grader.report.model import Picture


def _losses(result: Result, epochs: int) -> np.ndarray:
    losses = to_sequence(result.returned(), "what train_minibatch() returns")
    expect_shape(losses, (epochs,), "the list of losses")
    expect_finite(losses, "the list of losses")
    return losses


@pytest.mark.points(2)
def check_train_minibatch_with_one_batch_is_gradient_descent(
    probe: Probe, trainings: list[dict[str, Any]]
) -> None:
    """With one batch that holds all samples, it is plain gradient descent

    An epoch is one pass over the batches, with one step for each. Use the lr, epochs and batch_size
    that are passed in, and move w in place.
    """
    for run in trainings:
        got, want = probe.both(**run, batch_size=len(run["y"]))
        called = f"train_minibatch() with one batch and epochs={run['epochs']}"
        expect_step(got, want, start=run["w"].array, what=called)
        expect_same_leaf(got)


def _equal_samples(n: int) -> dict[str, Any]:
    """Make n samples that are all the same: every batch then has the same gradient."""
    return {
        "x": np.tile(tensor([[0.5, 1]]), (n, 1)),
        "y": np.full(n, 3, np.float32),
        "w": leaf([1, 0.5]),
    }


@pytest.mark.points(2)
def check_train_minibatch_takes_a_step_for_each_batch(probe: Probe) -> None:
    """It takes one step for every batch, including a shorter last one

    Update w once for every batch that minibatches() gives.
    """
    for n, batch_size, epochs in ((4, 2, 1), (5, 2, 1), (7, 3, 2), (10, 1, 2), (9, 4, 3)):
        got, want = probe.both(**_equal_samples(n), lr=0.02, epochs=epochs, batch_size=batch_size)
        steps = -(-n // batch_size) * epochs
        expect_step(got, want, start=tensor([1, 0.5]), what=f"{steps} steps (epochs={epochs})")


@pytest.mark.points(1)
def check_train_minibatch_uses_every_sample_once_an_epoch(probe: Probe) -> None:
    """Each sample counts once in each epoch

    Take the samples from minibatches(), not at random with replacement.
    """
    # The targets are powers of two, and the steps are so short that w moves by 2 lr / batch_size
    # times their sum, to within one percent: the sum is 255 only if each one counts once.
    y = tensor(2.0 ** np.arange(8))
    x = np.stack([np.zeros(8, np.float32), np.ones(8, np.float32)], axis=1)
    lr = 1e-4
    for batch_size in (1, 2, 4):
        got = probe.student(x=x, y=y, w=leaf([0, 0]), lr=lr, epochs=1, batch_size=batch_size)
        w = got.after("w")
        expect_shape(w, (2,), "w")
        expect_finite(w, "w")
        total = w[1] * batch_size / (2 * lr)
        if abs(total - 255) > 0.9:  # noqa: PLR2004 - half of what the smallest target would change
            raise WrongError(
                "after one epoch, w has not moved as if each of 8 samples had counted exactly once"
            )


@pytest.mark.points(2)
def check_train_minibatch_returns_a_loss_for_each_epoch(
    probe: Probe, regressions: list[dict[str, Any]]
) -> None:
    """It returns one loss for each epoch

    Return the mean of the epoch's batch losses, or the loss on all samples at its end.
    """
    lr, epochs = 0.1, 5
    for case in regressions:
        got, want = probe.both(**case, lr=lr, epochs=epochs, batch_size=len(case["y"]))
        losses = _losses(got, epochs)
        after = _curves(case, lr, epochs, len(case["y"]))[-1]
        if not is_close(losses, _losses(want, epochs)) and not is_close(losses, after):
            raise WrongError("with one batch that holds all samples, the losses are wrong")
    case, lr, batch_size = _equal_samples(7), 0.02, 3
    losses = _losses(probe.student(**case, lr=lr, epochs=epochs, batch_size=batch_size), epochs)
    if not any(is_close(losses, curve) for curve in _curves(case, lr, epochs, batch_size)):
        raise WrongError("with 7 equal samples in batches of 3, the losses are wrong")


def _curves(case: dict[str, Any], lr: float, epochs: int, batch_size: int) -> list[np.ndarray]:
    """Return the losses of an epoch, summed up in three ways; the last is the loss at its end."""
    x, y = case["x"].astype(np.float64), case["y"].astype(np.float64)
    return _paths(x, y, case["w"].array.astype(np.float64), lr, epochs, batch_size).curves


@pytest.mark.points(1)
def check_train_minibatch_shuffles_in_each_epoch(probe: Probe) -> None:
    """Every epoch goes through the samples in a new random order

    Call minibatches() again in each epoch.
    """
    # With a feature of zero, batches of one and lr = 0.5, each step puts the prediction on its
    # sample's y exactly. So an epoch's loss, however it is summed up, reveals its order.
    n, epochs = 16, 10
    rng = probe.rng()
    y = tensor(rng.permutation(n) ** 2)
    x = np.stack([np.zeros(n, np.float32), np.ones(n, np.float32)], axis=1)
    got = probe.student(x=x, y=y, w=leaf([0, 0]), lr=0.5, epochs=epochs, batch_size=1)
    losses = _losses(got, epochs)
    w = got.after("w")
    expect_shape(w, (2,), "w")
    if not np.any(np.isclose(w[1], y, rtol=1e-5, atol=1e-3)):
        raise WrongError(
            "with lr = 0.5 and batches of one sample, w does not end on the last sample"
        )
    # The first epoch starts from another w, so its loss may differ for that reason alone. The
    # chance that nine random orders give the same loss is at most 16**-8, or 2e-10.
    if np.ptp(losses[1:]) <= 1e-6 * np.max(losses):
        raise WrongError("every epoch goes through the samples in the same order")


def facts(request: Request, result: Result) -> dict[str, object] | None:
    """Return where w is and, if that is right, the losses, of whichever kind."""
    assert isinstance(request, CallRequest)
    x, y, w = (_numbers(request.inputs[name]) for name in ("x", "y", "w"))
    lr, epochs, batch_size = (
        _number(request.inputs[name]) for name in ("lr", "epochs", "batch_size")
    )
    after = result.after("w")
    expect_shape(after, w.shape, "w")
    state = result.state("w")
    found: dict[str, object] = {"is_same": state.is_same_leaf or state.is_global}
    if isinstance(state.value, Array):
        found |= {"grad": state.value.requires_grad, "grad_fn": state.value.has_grad_fn}
    if not np.any(x[:, 0]):
        # The answer shows the order: return only what doesn't depend on it.
        if lr < 0.1:  # noqa: PLR2004 - short steps: the sum of the targets
            total = after[1] * batch_size / (2 * lr)
            return {**found, "each_once": bool(abs(total - np.sum(y)) <= 0.9)}  # noqa: PLR2004
        on_sample = bool(np.any(np.isclose(after[1], y, rtol=1e-5, atol=1e-3)))
        losses = to_sequence(result.returned(), "what train_minibatch() returns")
        later = losses[1:]
        repeats = bool(later.size and np.ptp(later) <= 1e-6 * np.max(np.abs(losses)))
        in_order = _paths(x, y, w, lr, int(epochs), int(batch_size)).curves[:2]
        return {
            **found,
            "on_sample": on_sample,
            "repeats": repeats,
            "losses": len(losses),
            # By the means over an epoch's batches: its last loss alone may agree by chance.
            "in_order": any(is_close(losses, curve) for curve in in_order),
        }
    path = _paths(x, y, w, lr, int(epochs), int(batch_size))
    moved = np.max(np.abs(path.end - w))
    is_right = bool(np.all(np.abs(after - path.end) <= 1e-3 * moved + 1e-6))
    found["moved"] = "right" if is_right else after - w
    value = result.returned()
    if isinstance(value, Items | Array) and not (isinstance(value, Array) and not value.shape):
        losses = to_sequence(value, "what train_minibatch() returns")
        is_known = any(is_close(losses, curve) for curve in path.curves)
        found["losses"] = "right" if is_known else (losses if is_right else len(losses))
    else:
        is_number = is_right and isinstance(value, Array | Number)
        found["losses"] = to_array(value, "the loss") if is_number else name_kind(value)
    return found


@dataclass(frozen=True, slots=True)
class _Path:
    end: np.ndarray
    curves: list[np.ndarray]


def _paths(
    x: np.ndarray, y: np.ndarray, w: np.ndarray, lr: float, epochs: int, batch_size: int
) -> _Path:
    """Follow SGD through the samples in their order; if equal or in one batch, any order does."""
    plain, weighted, at_end = [], [], []
    for _ in range(epochs):
        losses, sizes = [], []
        for start in range(0, len(y), batch_size):
            xb, yb = x[start : start + batch_size], y[start : start + batch_size]
            gap = xb @ w - yb
            losses.append(np.mean(gap**2))
            sizes.append(len(yb))
            w = w - lr * 2 / len(yb) * xb.T @ gap
        plain.append(np.mean(losses))
        weighted.append(np.average(losses, weights=sizes))
        at_end.append(np.mean((x @ w - y) ** 2))
    return _Path(w, [np.array(curve) for curve in (plain, weighted, at_end)])


def _numbers(value: object) -> np.ndarray:
    assert isinstance(value, Array)
    return value.to_numpy().astype(np.float64)


def _number(value: object) -> float:
    assert isinstance(value, Number)
    return value.value


_EPOCHS = 12


def pictures(probe: Probe) -> Sequence[Picture]:
    """Draw the losses over the epochs, and the line after the last one.

    Each order of the samples leads to a different end, so only large differences are drawn.
    """
    feature = np.linspace(-1, 1, 18)
    x = tensor(np.stack([feature, np.ones_like(feature)], axis=1))
    y = tensor(3 * feature + 2 + 0.3 * np.sin(7 * feature))
    got, want = probe.both(x=x, y=y, w=leaf([-1.5, 0.5]), lr=0.03, epochs=_EPOCHS, batch_size=4)
    losses = [to_sequence(one.returned(), "the losses") for one in (got, want)]
    expect_shape(got.after("w"), (2,), "w")
    lines = [x @ one.after("w") for one in (got, want)]
    drawn = []
    if differ(*losses, part=0.1):
        title = f"The losses of {_EPOCHS} epochs, with 18 samples in batches of 4 and lr=0.03"
        drawn.append(loss_curves(title, got=losses[0], want=losses[1], steps="epoch"))
    if differ(*lines, part=0.1):
        picture = fits(
            f"The line after {_EPOCHS} epochs",
            feature=feature,
            target=y,
            got=lines[0],
            want=lines[1],
        )
        drawn.append(picture)
    return drawn
