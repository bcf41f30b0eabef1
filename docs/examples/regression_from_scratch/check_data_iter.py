"""Checks of data_iter(batch_size, features, labels): every example once, in a new order each time.

The order is random, so nothing is compared with the reference. The examples can be told apart by
their first feature.
"""

import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from grader.checks.api import (
    Lab,
    Probe,
    Result,
    WrongError,
    expect_finite,
    name_kind,
    take,
    tensor,
    to_array,
)
from grader.checks.tracing import Handle, Script
from grader.observations.messages import Request
from grader.observations.values import AnyValue, Array, Items

Batches = list[tuple[np.ndarray, np.ndarray]]

# The number of examples and the batch size.
SIZES = ((4, 2), (5, 2), (6, 1), (7, 4), (3, 5))


def _examples(n: int) -> dict[str, Any]:
    """Return examples of which each has its own features and its own label."""
    number = np.arange(1, n + 1)
    return {
        "features": tensor(np.stack([number, -number], 1)),
        "labels": tensor(10 * number[:, None]),
    }


def _most(n: int) -> int:
    """Return how many batches to take: more than there can be."""
    return 2 * n + 2


def one_pass(n: int) -> Script:
    """Return the script that goes through all batches of n examples."""

    def use(lab: Lab, batch_size: Handle, features: Handle, labels: Handle) -> dict[str, Handle]:
        batches = take(lab.data_iter(batch_size, features, labels), _most(n))
        return {"batches": batches}

    return use


def passes(n: int, count: int) -> Script:
    """Return the script that goes through all batches several times, with a new call each time."""

    def use(lab: Lab, batch_size: Handle, features: Handle, labels: Handle) -> list[Handle]:
        return [take(lab.data_iter(batch_size, features, labels), _most(n)) for _ in range(count)]

    return use


def _batches(value: AnyValue, *, is_strict: bool = False) -> Batches:
    """Return the batches of one pass as arrays, after checking their shapes.

    Args:
        value: What the pass has given.
        is_strict: Whether labels in a row are wrong. A single check is about that.
    """
    assert isinstance(value, Items)
    found = []
    for place, pair in enumerate(value.items):
        if not isinstance(pair, Items) or len(pair.items) != 2:  # noqa: PLR2004 - a pair
            raise WrongError(
                f"batch {place} is {name_kind(pair)}, not a pair of features and labels"
            )
        X, y = to_array(pair.items[0], "X"), to_array(pair.items[1], "y")
        if y.ndim == 1 and not is_strict:
            y = y.reshape(-1, 1)
        if X.ndim != 2 or X.shape[1] != 2 or y.shape != (len(X), 1):  # noqa: PLR2004 - two features
            raise WrongError(
                f"batch {place} has features of shape {X.shape} and labels of shape {y.shape}",
                got=f"shapes {X.shape} and {y.shape}",
                expected="shapes (k, 2) and (k, 1)",
                hint="Take rows of features and of labels by their indices: features[batch], "
                "labels[batch].",
            )
        for array, name in ((X, "X"), (y, "y")):
            expect_finite(array, f"{name} of batch {place}")
        found.append((X, y))
    return found


def _order(batches: Batches) -> list[int]:
    """Return the numbers of the examples, from 1, in the order in which they come."""
    return [round(value) for X, _ in batches for value in X[:, 0]]


def _pass(probe: Probe, n: int, batch_size: int, *, is_strict: bool = False) -> Batches:
    got = probe.student_run(one_pass(n), batch_size=batch_size, **_examples(n))
    return _batches(got["batches"], is_strict=is_strict)


def _sizes(probe: Probe) -> list[tuple[int, int]]:
    """Return numbers of examples and batch sizes: a few examples to read first, then many."""
    return [*SIZES, (int(probe.rng().integers(40, 60)), int(probe.rng().integers(6, 11)))]


@pytest.mark.points(2)
def check_data_iter_gives_every_example_once(probe: Probe) -> None:
    """Every example is in exactly one minibatch

    Shuffle all the indices once, and cut them into pieces. The last piece has what is left.
    """
    for n, batch_size in _sizes(probe):
        order = _order(_pass(probe, n, batch_size))
        missing = sorted(set(range(1, n + 1)) - set(order))
        if missing:
            raise WrongError(
                f"with batch_size={batch_size}, not in any minibatch: {len(missing)} of {n} "
                "examples"
            )
        if len(order) > n:
            raise WrongError(
                f"with {n} examples and batch_size={batch_size}, the minibatches have "
                f"{len(order)} rows in all"
            )


@pytest.mark.points(2)
def check_data_iter_keeps_labels_with_their_features(probe: Probe) -> None:
    """Row i of the labels belongs to row i of the features

    Use the same indices for both.
    """
    for n, batch_size in _sizes(probe):
        batches = _pass(probe, n, batch_size)
        if not batches and batch_size <= n:
            raise WrongError(f"with {n} examples and batch_size={batch_size} there is no minibatch")
        for X, y in batches:
            if not _is_row(X, n):
                raise WrongError("a row of a minibatch is not a row of the features")
            torn = int(np.sum(y[:, 0] != 10 * X[:, 0]))
            if torn:
                raise WrongError(
                    f"with {n} examples and batch_size={batch_size}, a minibatch has {torn} labels "
                    "that are not those of their features"
                )


def _is_row(X: np.ndarray, n: int) -> bool:
    return set(X[:, 0].tolist()) <= set(range(1, n + 1)) and bool(np.all(X[:, 1] == -X[:, 0]))


@pytest.mark.points(2)
def check_data_iter_makes_minibatches_of_the_batch_size(probe: Probe) -> None:
    """A minibatch has batch_size rows of features and of labels; the last may have fewer

    range(0, n, batch_size) has the first index of each minibatch. Rows of a matrix, labels[batch],
    make a matrix again.
    """
    for n, batch_size in _sizes(probe):
        batches = _pass(probe, n, batch_size, is_strict=True)
        found = [len(X) for X, _ in batches]
        full, rest = divmod(n, batch_size)
        wanted = [batch_size] * full + [rest] * bool(rest)
        # Whoever leaves out the last one loses the points for the examples, and not these too.
        if found not in (wanted, [batch_size] * full):
            raise WrongError(
                f"with {n} examples and batch_size={batch_size}, the minibatches have the wrong "
                "sizes",
                got=f"sizes {found}",
                expected=f"sizes {wanted}",
            )


# Of 40 examples in a random order, about 2 come next to one of their neighbours; 20 or more do with
# a chance of less than 1e-13. Two random orders are equal with a chance of 1e-47.
MOST_NEIGHBOURS = 19
PASSES = 3


@pytest.mark.points(2)
def check_data_iter_shuffles_anew(probe: Probe) -> None:
    """Every call goes through the examples in a new random order

    random.shuffle(indices) or torch.randperm(n) draws one. Do it inside the function, and set no
    seed there.
    """
    n = int(probe.rng().integers(40, 60))
    for batch_size in (8, n):
        got = probe.student_run(passes(n, PASSES), batch_size=batch_size, **_examples(n))
        orders = [_order(_batches(got[place])) for place in range(PASSES)]
        for order in orders:
            is_each_once = len(set(order)) == len(order) >= n // 2
            if not is_each_once or not set(order) <= set(range(1, n + 1)):
                raise WrongError("the minibatches don't go through the examples")
            if order == sorted(order):
                raise WrongError("the examples come in their original order")
            if _neighbours(order) > MOST_NEIGHBOURS:
                raise WrongError(
                    "many examples still follow their old neighbours: whole blocks were shuffled, "
                    "not single examples"
                )
        if any(one == other for one, other in itertools.pairwise(orders)):
            raise WrongError("two calls go through the examples in the same order")


def _neighbours(order: list[int]) -> int:
    return int(np.sum(np.abs(np.diff(order)) == 1))


def facts(request: Request, result: Result) -> Mapping[str, object]:
    """Return what no order changes: the sizes, and what is lost, repeated, torn or not shuffled."""
    features = request.inputs["features"]  # type: ignore[union-attr] # all requests are scripts
    assert isinstance(features, Array)
    n = features.shape[0]
    value = result.returned()
    is_one = not isinstance(value, Items)
    calls = [_batches(result["batches"])] if is_one else [_batches(one) for one in value.items]
    order = _order(calls[0])
    found: dict[str, object] = {
        "sizes": sorted(len(X) for X, _ in calls[0]),
        "is_whole": sorted(order) == list(range(1, n + 1)),
    }
    if n > 2 * MOST_NEIGHBOURS:
        found |= {
            "repeats": len(set(order)) < len(order),
            "is_sorted": order == sorted(order),
            "keeps_blocks": _neighbours(order) > MOST_NEIGHBOURS,
            "is_torn": any(bool(np.any(y[:, 0] != 10 * X[:, 0])) for X, y in calls[0]),
            "is_same": any(_order(one) == order for one in calls[1:]),
        }
    return found
