"""Checks of train(w, b, features, labels, lr, num_epochs, batch_size): the training loop.

With all examples in one minibatch, their order doesn't matter, and the result is the reference's.
With smaller ones, a right result is that of one of the orders, of which there are few.
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from grader.checks.api import (
    Handle,
    Lab,
    Probe,
    Result,
    WrongError,
    expect_close,
    expect_finite,
    expect_shape,
    leaf,
    precondition,
    tensor,
    to_array,
    to_sequence,
    torch_,
)
from grader.checks.inputs import decode_input
from grader.observations.messages import Request, ScriptRequest
from grader.observations.values import AnyValue, Items
from grader.observations.values import Mapping as MappingValue

NAMES = ("w", "b", "features", "labels", "lr", "num_epochs", "batch_size")


def run(
    lab: Lab,
    w: Handle,
    b: Handle,
    features: Handle,
    labels: Handle,
    lr: Handle,
    num_epochs: Handle,
    batch_size: Handle,
) -> dict[str, Handle]:
    """Train, and return the losses and where the parameters are then."""
    losses = lab.train(w, b, features, labels, lr, num_epochs, batch_size)
    return {"losses": losses, "w": w, "b": b}


@pytest.fixture
def full_batches(regressions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Runs in which each minibatch has all examples."""
    lengths = ((0.5, 1), (0.25, 2), (0.25, 3), (0.1, 6))
    return [
        {**case, "lr": lr, "num_epochs": epochs, "batch_size": len(case["labels"])}
        for case, (lr, epochs) in zip([regressions[0], *regressions], lengths, strict=True)
    ]


@pytest.mark.points(3)
def check_train_moves_the_parameters(probe: Probe, full_batches: list[dict[str, Any]]) -> None:
    """With all examples in each minibatch, w and b end where they should

    In each epoch: predict, compute the losses, call backward() on their sum, and call
    sgd([w, b], lr, batch_size), which divides by batch_size.
    """
    for case in full_batches:
        got, want = probe.both_run(run, **case, mutable=["w", "b"])
        for name in ("w", "b"):
            expect_close(got[name], want[name], f"{name} after train(...)")


@pytest.mark.points(3)
def check_train_returns_the_losses(probe: Probe, full_batches: list[dict[str, Any]]) -> None:
    """It returns the mean loss of all examples after each epoch

    When an epoch has ended, predict for all features, and take the mean of the losses. There is one
    number for each epoch.
    """
    for case in full_batches:
        got, want = probe.both_run(run, **case, mutable=["w", "b"])
        losses = to_sequence(got["losses"], "what train(...) returns")
        expect_close(losses, to_sequence(want["losses"], ""), "the list of losses")


@pytest.fixture
def small(probe: Probe) -> dict[str, Any]:
    """Four examples, which make 6 different sequences of two minibatches."""
    rng = probe.rng()
    features = rng.choice([-1, 1], 4) * np.array([0.5, 1, 1.5, 2])
    labels = 2 * features + 1 + rng.choice([-1, 1], 4) * np.array([1, 0.5, 0.25, 2])
    return {"features": tensor(features[:, None]), "labels": tensor(labels[:, None]), "lr": 0.25}


@dataclass(frozen=True)
class Epoch:
    """What an epoch of steps on two minibatches does.

    Attributes:
        first: The examples of the first minibatch.
        places: Where (w, b) is at the start, after the first step and after the second.
        losses: The losses that may be taken for that of the epoch, by name.
    """

    first: tuple[int, ...]
    places: list[np.ndarray]
    losses: dict[str, float]


def _epochs(case: Mapping[str, Any], start: np.ndarray) -> list[Epoch]:
    """Return all epochs that are possible with 4 examples in minibatches of 2."""
    X = np.column_stack([np.asarray(case["features"], float)[:, 0], np.ones(4)])
    y = np.asarray(case["labels"], float)[:, 0]
    found = []
    for first in itertools.combinations(range(4), 2):
        places, before = [start], []
        for rows in (list(first), [row for row in range(4) if row not in first]):
            error = X[rows] @ places[-1] - y[rows]
            before.append(float(np.mean(error**2)) / 2)
            places.append(places[-1] - case["lr"] * X[rows].T @ error / 2)
        losses = {
            "at the end": float(np.mean((X @ places[-1] - y) ** 2)) / 2,
            "mean of the minibatches": sum(before) / 2,
            "last minibatch": before[-1],
        }
        found.append(Epoch(first, places, losses))
    return found


def _is_at(place: np.ndarray, end: np.ndarray) -> bool:
    return bool(np.all(np.abs(place - end) <= 1e-4 * max(1.0, float(np.max(np.abs(end))))))


def _place(w: AnyValue, b: AnyValue) -> np.ndarray:
    """Return w and b as one array, (2,)."""
    place = np.concatenate([to_array(w, "w").ravel(), to_array(b, "b").ravel()])
    expect_shape(place, (2,), "w and b together")
    expect_finite(place, "w or b after train(...)")
    return place


@pytest.mark.points(3)
def check_train_takes_a_step_for_each_minibatch(probe: Probe, small: dict[str, Any]) -> None:
    """With smaller minibatches, it takes one step for each of them

    Go through data_iter(batch_size, features, labels), and compute the loss of that minibatch only.
    """
    for start in ((0.5, 1), (-1, 2)):
        inputs = {**small, "w": leaf([[start[0]]]), "b": leaf([start[1]])}
        inputs |= {"num_epochs": 1, "batch_size": 2}
        got = probe.student_run(run, **{name: inputs[name] for name in NAMES}, mutable=["w", "b"])
        place = _place(got["w"], got["b"])
        ends = [epoch.places[-1] for epoch in _epochs(small, np.array(start, float))]
        if not any(_is_at(place, end) for end in ends):
            nearest = min(ends, key=lambda end: float(np.max(np.abs(end - place))))
            raise WrongError(
                "w and b end where no order of the minibatches leads",
                got=f"w = {place[0]:.5g}, b = {place[1]:.5g}",
                expected=f"for example w = {nearest[0]:.5g}, b = {nearest[1]:.5g}",
            )


# With a new order in each epoch, the orders of two epochs are the same in all runs with a chance of
# 6**-24.
RUNS = 24


def many_runs(lab: Lab, features: Handle, labels: Handle, lr: Handle) -> list[dict[str, Handle]]:
    """Train for two epochs, again and again from the same start."""
    ends = []
    for _ in range(RUNS):
        w = torch_.tensor([[0.5]], requires_grad=True)
        b = torch_.tensor([1.0], requires_grad=True)
        lab.train(w, b, features, labels, lr, num_epochs=2, batch_size=2)
        ends.append({"w": w, "b": b})
    return ends


@pytest.mark.points(1)
@pytest.mark.forbids
def check_train_shuffles_in_each_epoch(probe: Probe, small: dict[str, Any]) -> None:
    """Each epoch goes through the examples in a new order

    Call data_iter(...) again in each epoch. A list of its minibatches would repeat their order.
    """
    got = probe.student_run(many_runs, **small)
    ends = _pairs(small)
    ways = [_ways(got[place], ends) for place in range(RUNS)]
    with precondition():
        if not all(ways):
            raise WrongError("w and b end where no order of the minibatches leads")
    if all(all(way) for way in ways):
        raise WrongError(
            f"in {RUNS} runs of two epochs, the second always took the minibatches of the first"
        )


def _pairs(case: Mapping[str, Any]) -> list[tuple[bool, np.ndarray]]:
    """Return for each pair of epochs whether both are in the same order, and where it ends."""
    return [
        (first.first == second.first, second.places[-1])
        for first in _epochs(case, np.array([0.5, 1]))
        for second in _epochs(case, first.places[-1])
    ]


def _ways(value: AnyValue, ends: list[tuple[bool, np.ndarray]]) -> list[bool]:
    """Return for each pair of epochs that explains a run whether both are in the same order."""
    assert isinstance(value, MappingValue)
    found = _place(*(part for _, part in value.entries))
    return [is_same for is_same, end in ends if _is_at(found, end)]


def facts(request: Request, result: Result) -> dict[str, object] | None:
    """Return for random orders which of them leads to the end; other answers are compared."""
    assert isinstance(request, ScriptRequest)
    inputs = {name: decode_input(value) for name, value in request.inputs.items()}
    case = {"lr": inputs["lr"]}
    case |= {name: inputs[name].array for name in ("features", "labels")}  # type: ignore[attr-defined]
    value = result.returned()
    if isinstance(value, Items):
        ends = _pairs(case)
        runs = [_ways(one, ends) for one in value.items]
        return {"is_possible": all(runs), "repeats": all(all(run) for run in runs)}
    if inputs["batch_size"] == len(case["labels"]):
        return None
    start = np.array([inputs[name].array.item() for name in ("w", "b")])  # type: ignore[attr-defined]
    place = _place(result["w"], result["b"])
    epochs = _epochs(case, start)
    ways = [epoch for epoch in epochs if _is_at(place, epoch.places[-1])]
    losses = to_sequence(result["losses"], "what train(...) returns")
    halves = [epoch.places[1] for epoch in epochs]
    return {
        "is_possible": bool(ways),
        "is_first_only": any(_is_at(place, half) for half in halves),
        "is_full_batch": _is_at(place, start + np.mean([half - start for half in halves], axis=0)),
        "is_unmoved": _is_at(place, start),
        "losses": [
            name
            for name in epochs[0].losses
            if len(losses) == 1
            and any(abs(epoch.losses[name] - losses[0]) <= 1e-4 * losses[0] for epoch in ways)
        ],
        "losses_count": len(losses),
    }
