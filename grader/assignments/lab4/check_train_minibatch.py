"""Checks of train_minibatch(...): stochastic gradient descent, whatever order it draws.

The order of the samples is random, but for a few samples all orders can be listed: a right w is
where one of them leads, and the losses are those of the same one. The samples are drawn, so that
only steps on batches of them lead there.
"""

import functools
import itertools
import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from grader.checks.compare import (
    ATOL_OF_SCALE,
    RTOL,
    expect_finite,
    expect_shape,
    is_close,
    name_kind,
    to_array,
    to_sequence,
)
from grader.checks.convergence import Optimum, expect_all_epochs, expect_arrival, expect_gradual
from grader.checks.inputs import Leaf, leaf, tensor
from grader.checks.pictures import differ, fits, loss_curves
from grader.checks.probe import Probe, Result
from grader.checks.steps import expect_same_leaf, expect_step
from grader.checks.verdict import WrongError
from grader.observations.messages import CallRequest, Request
from grader.observations.values import Array, Items, Number
from grader.report.model import Picture


def _losses(result: Result, epochs: int, step: int = -1) -> np.ndarray:
    losses = to_sequence(result.returned(step), "what train_minibatch() returns")
    expect_shape(losses, (epochs,), "the list of losses")
    expect_finite(losses, "the list of losses")
    return losses


@pytest.mark.points(1)
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


def _draw_samples(probe: Probe, n: int) -> dict[str, Any]:
    """Draw n samples that are far from any line, and w and lr, such that each order matters."""
    rng = probe.rng()
    ranks = rng.permutation(n)
    feature = (ranks + rng.uniform(0.2, 0.8, n)) * 2 / n - 1
    # From each sample to its neighbour, the sign of the target changes.
    y = rng.choice([-1, 1]) * (-1.0) ** ranks * rng.uniform(1, 3, n)
    return {
        "x": np.stack([feature, np.ones(n)], axis=1).astype(np.float32),
        "y": tensor(y),
        "w": leaf(rng.uniform(-3, 3, 2)),
        # So short that no step makes w forget where it came from.
        "lr": round(float(rng.uniform(0.1, 0.2)), 3),
    }


@pytest.mark.points(2)
def check_train_minibatch_takes_a_step_for_each_batch(probe: Probe) -> None:
    """It takes one step for every batch, including a shorter last one

    Update w once for every batch that minibatches() gives, with the samples of that batch only.
    """
    for n, batch_size, epochs in ((4, 2, 1), (5, 2, 1), (7, 3, 2), (10, 1, 2), (9, 4, 3)):
        got, want = probe.both(**_equal_samples(n), lr=0.02, epochs=epochs, batch_size=batch_size)
        steps = -(-n // batch_size) * epochs
        expect_step(got, want, start=tensor([1, 0.5]), what=f"{steps} steps (epochs={epochs})")
    run = {**_draw_samples(probe, 5), "epochs": 1, "batch_size": 3}
    if not _Walk.of(run, probe.student(**run, times=3)).is_possible:
        raise WrongError(
            "after one epoch with 5 samples in batches of 3, w is not where a step on 3 samples "
            "and a step on 2 samples lead"
        )


@pytest.mark.points(1)
def check_train_minibatch_uses_every_sample_once_an_epoch(probe: Probe) -> None:
    """Each sample counts once in each epoch

    Go through all batches of minibatches() once in each epoch, and take one step for each.
    """
    n, batch_size = (int(one) for one in probe.rng().choice([(6, 2), (6, 3), (8, 4)]))
    run = {**_draw_samples(probe, n), "epochs": 2, "batch_size": batch_size}
    # Drawn with replacement, 6 samples are 6 different ones in all 4 epochs with a chance of 6e-8.
    if not _Walk.of(run, probe.student(**run, times=2)).is_possible:
        raise WrongError(
            f"after two epochs, w is not where it would be if each of {n} samples had counted "
            "exactly once in each"
        )


@pytest.mark.points(1)
def check_train_minibatch_returns_a_loss_for_each_epoch(
    probe: Probe, regressions: list[dict[str, Any]], vain_trainings: list[dict[str, Any]]
) -> None:
    """It returns one loss for each epoch

    Return the mean of the epoch's batch losses, or the loss on all samples at its end.
    """
    lr, epochs = 0.1, 5
    for case in regressions:
        run = {**case, "lr": lr, "epochs": epochs, "batch_size": len(case["y"])}
        got, want = probe.both(**run)
        losses = _losses(got, epochs)
        at_end = _descend_in_order(run).curves[-1]
        if not is_close(losses, _losses(want, epochs)) and not is_close(losses, at_end):
            raise WrongError("with one batch that holds all samples, the losses are wrong")
    run = {**_equal_samples(7), "lr": 0.02, "epochs": epochs, "batch_size": 3}
    losses = _losses(probe.student(**run), epochs)
    if not any(is_close(losses, curve) for curve in _descend_in_order(run).curves):
        raise WrongError("with 7 equal samples in batches of 3, the losses are wrong")
    run = {**_draw_samples(probe, 4), "epochs": 1, "batch_size": 2}
    got = probe.student(**run, times=2)
    last = [_losses(got, 1, step) for step in range(2)]
    if not _Walk.of(run, got, with_losses=True).has_losses(last):
        raise WrongError(
            "with 4 samples in batches of 2, the losses are not those of the steps that w has taken"
        )
    for run in vain_trainings:
        got = probe.student(**run, batch_size=len(run["y"]))
        expect_all_epochs(got, run["epochs"])


# The fewest epochs that are followed, by n and batch_size: fewer orders come up again by chance.
_LONG = {(4, 1): 26, (5, 1): 21, (5, 2): 12, (6, 2): 12}
# What a right solution does with this chance at most is not taken for a rule.
_CHANCE = 1e-7
_WINDOW = 10  # epochs in a row, in which an order may come again

_CALLS = 13
# Where the losses are wrong, only w is left to look at, after two epochs of n samples in batches of
# this size, for which there are 6 orders. Two epochs have the same one with a chance of 1/6, and
# all of 13 pairs of epochs do with a chance of 8e-11.
_SHORT = {1: 3, 2: 4}
_MOST_REPEATED = 12
# There are 36 pairs of orders: 13 calls have no more than 3 of them with a chance of 7e-11.
_MOST_PAIRS = 3


# Losses that don't show the order, which the contract allows, need more calls.
@pytest.mark.points(1)
@pytest.mark.asks_more
def check_train_minibatch_shuffles_in_each_epoch(probe: Probe) -> None:
    """Every epoch goes through the samples in a new random order

    Call minibatches() again in each epoch.
    """
    rng = probe.rng()
    for batch_size in _SHORT:
        n = int(rng.choice([n for n, size in _LONG if size == batch_size]))
        epochs = _LONG[n, batch_size] + int(rng.integers(0, 4))
        run = {**_draw_samples(probe, n), "epochs": epochs, "batch_size": batch_size}
        orders = _follow(run, probe.student(**run))
        rule = _rule_of_ends(probe, batch_size) if orders is None else _rule_of(orders, batch_size)
        if rule:
            raise WrongError(rule)


def _rule_of(orders: np.ndarray, batch_size: int) -> str:
    """Return the rule by which a call has made its orders; empty if they may be random.

    Args:
        orders: The order of each epoch, (epochs, n).
        batch_size: The number of samples in a batch, whose order is not known.
    """
    n = orders.shape[1]
    possible = _count_orders(n, batch_size)
    if np.all(orders == orders[0]):
        return "every epoch goes through the samples in the same order"
    if _are_few(orders, possible):
        return "the epochs go through the samples in the same few orders, again and again"
    if batch_size > 1:
        return ""
    places = np.argsort(orders, axis=1)
    # From which place in one epoch the sample comes that is at each place in the next.
    if _are_few(np.take_along_axis(places[:-1], orders[1:], axis=1), possible):
        return "the order of each epoch follows from the one before"
    # By chance, one of 5 samples has the same place in all of 21 epochs once in 10**13.
    if np.any(np.all(orders == orders[0], axis=0)):
        return "one of the samples comes at the same place in every epoch"
    return ""


def _are_few(orders: np.ndarray, possible: int) -> bool:
    """Return whether some orders, or some in a row, are fewer different ones than random ones are.

    At most d of K possible ones come up in N draws with a chance of at most C(K, d) (d / K)^N.

    Args:
        orders: The orders of an epoch each, (epochs, n).
        possible: How many orders there are.
    """
    numbers = list(map(tuple, orders.tolist()))
    for length in (_WINDOW, len(orders)):
        starts = range(len(orders) - length + 1)
        fewest = min(len(set(numbers[k : k + length])) for k in starts)
        chance = math.comb(possible, fewest) * (fewest / possible) ** length
        if fewest < possible / 2 and chance * len(starts) <= _CHANCE:
            return True
    return False


def _count_orders(n: int, batch_size: int) -> int:
    """Return how many orders n samples have, if that within a batch does not matter."""
    full, rest = divmod(n, batch_size)
    within: int = math.factorial(batch_size) ** full * math.factorial(rest)
    return math.factorial(n) // within


def _rule_of_ends(probe: Probe, batch_size: int) -> str:
    """Return the rule that shows in where short calls lead; empty if their orders may be random."""
    n = _SHORT[batch_size]
    run = {**_draw_samples(probe, n), "epochs": 2, "batch_size": batch_size}
    walk = _Walk.of(run, probe.student(**run, times=_CALLS))
    if not walk.is_possible:
        size = "one sample" if batch_size == 1 else f"{batch_size} samples"
        return f"with batch_size={batch_size}, w is not where steps on {size} at a time lead"
    if walk.repeats > _MOST_REPEATED:
        return "every epoch goes through the samples in the same order"
    if walk.is_explained_by_few:
        return "the epochs go through the samples in the same few orders, again and again"
    return ""


@pytest.mark.points(2)
def check_train_minibatch_converges_to_the_best_line(
    probe: Probe,
    long_regressions: list[dict[str, Any]],
    find_best_line: Callable[[dict[str, Any]], Optimum],
) -> None:
    """The loss comes down to that of the best line, w to the best line, and not all at once

    Each batch should take a step down the slope of its own mse, in place, from where the last one
    ended. The batches differ, so near the best line w keeps moving a little.
    """
    case = long_regressions[-1]  # of many samples, so that the batches are not too different
    best = find_best_line(case)
    got = probe.student(**case, lr=0.1, epochs=20, batch_size=8)
    expect_arrival(got, best, run="20 epochs with lr=0.1 and batches of 8 samples")
    got = probe.student(**case, lr=0.02, epochs=1, batch_size=8)
    expect_gradual(got, best, run="an epoch with lr=0.02 and batches of 8 samples")


def facts(request: Request, result: Result) -> dict[str, object] | None:
    """Return where w is and, if that is right, the losses, of whichever kind."""
    assert isinstance(request, CallRequest)
    run: dict[str, Any] = dict(request.inputs)
    start, after = _numbers(run["w"]), result.after("w")
    expect_shape(after, start.shape, "w")
    state = result.state("w")
    found: dict[str, object] = {"is_same": state.is_same_leaf or state.is_global}
    if isinstance(state.value, Array):
        found |= {"grad": state.value.requires_grad, "grad_fn": state.value.has_grad_fn}
    value = result.returned()
    is_list = isinstance(value, Items) or (isinstance(value, Array) and bool(value.shape))
    losses = to_sequence(value, "what train_minibatch() returns") if is_list else np.empty(0)
    if run["batch_size"].value < len(_numbers(run["y"])) and np.ptp(_numbers(run["y"])) > 0:
        # The answer depends on the order: return only what doesn't.
        if len(_numbers(run["y"])) > _MOST_LISTED:
            count = len(losses) if is_list else name_kind(value)
            return {**found, "losses": count, **_equality_of(losses)}
        if _number(run["epochs"]) >= min(_LONG.values()):
            return {
                **found,
                **_facts_of_orders(run, result),
                **_equality_of(losses),
                "losses_of_nothing": _count_of_nothing(losses),
            }
        return {
            **found,
            "is_possible": _Walk.of(run, result).is_possible,
            "uses_all": _uses_all_samples(run, result),
            "is_mean": _takes_mean_steps(run, result),
            "is_one_batch": _takes_steps_on_one_batch(run, result),
            "losses": len(losses) if is_list else name_kind(value),
            "losses_of_nothing": _count_of_nothing(losses),
        }
    right = _descend_in_order(run)
    moved = np.max(np.abs(right.end - start))
    is_right = bool(np.all(np.abs(after - right.end) <= 1e-3 * moved + 1e-6))
    found["moved"] = "right" if is_right else after - start
    if is_list:
        is_known = any(is_close(losses, curve) for curve in right.curves)
        found["losses"] = "right" if is_known else (losses if is_right else len(losses))
        found |= _equality_of(losses)
    else:
        is_number = is_right and isinstance(value, Array | Number)
        found["losses"] = to_array(value, "the loss") if is_number else name_kind(value)
    return found


def _equality_of(losses: np.ndarray) -> dict[str, object]:
    """Return whether all losses are the same; nothing if there are not several.

    Where that is left to chance, with few samples and epochs, it is not a fact.
    """
    if len(losses) < 2 or not np.all(np.isfinite(losses)):  # noqa: PLR2004 - several
        return {}
    return {"losses_are_equal": bool(np.ptp(losses) <= 1e-5 * np.max(np.abs(losses)))}


def _count_of_nothing(losses: np.ndarray) -> int:
    """Return how many losses are those of an epoch without a batch, in one way or another."""
    return int(np.sum((losses == 0) | np.isnan(losses)))


def _facts_of_orders(run: Mapping[str, Any], result: Result) -> dict[str, object]:
    """Return what is known of the orders of one call of many epochs."""
    orders = _follow(run, result)
    if orders is None:
        return {"is_followed": False}
    return {
        "is_followed": True,
        "rule": _rule_of(orders, int(_number(run["batch_size"]))),
        "is_in_order": bool(np.all(orders == np.arange(orders.shape[1]))),
    }


# --- where gradient descent leads ----------------------------------------------------------

Orders = (
    np.ndarray
)  # of shape (m, n): in each row, which samples the batches take, one after another


_MOST_LISTED = 9


@functools.cache
def _all_orders(n: int, batch_size: int) -> Orders:
    """List all orders of n samples, except that the order within a batch does not matter.

    Up to 5 samples, also those in which samples come up again are listed: whether each one counts
    once is the matter of one check only, which has more samples.
    """
    repeats = n <= 5  # noqa: PLR2004 - with more samples there are too many

    def orders(left: tuple[int, ...], count: int) -> Iterator[tuple[int, ...]]:
        if not count:
            yield ()
            return
        size = min(batch_size, count)
        choose = itertools.combinations_with_replacement if repeats else itertools.combinations
        for batch in choose(left, size):
            rest = left if repeats else tuple(one for one in left if one not in batch)
            for more in orders(rest, count - size):
                yield (*batch, *more)

    return np.array(list(orders(tuple(range(n)), n)))


# What the loss of an epoch may be: the mean over the batches, plain or weighted by their size, or
# the loss on all samples at the end.
_KINDS = PLAIN, WEIGHTED, AT_END = (0, 1, 2)


@dataclass(frozen=True, slots=True)
class _Descent:
    """Where epochs of SGD may lead from each of k places, in each of M = m**epochs ways.

    Attributes:
        ends: The places, (k, M, 2).
        curves: The losses of the epochs, (kinds, k, M, epochs); see `_KINDS`.
    """

    ends: np.ndarray
    curves: np.ndarray


# w may be anything, and may overflow.
@np.errstate(all="ignore")
def _descend(
    run: Mapping[str, Any],
    starts: np.ndarray,
    orders: Orders,
    *,
    kinds: Collection[int] = _KINDS,
) -> _Descent:
    """Follow SGD by the formula for the gradient.

    Args:
        run: The inputs of train_minibatch; w is not used.
        starts: Where to start, (k, 2).
        orders: The orders in which each epoch may take the samples.
        kinds: Which losses to compute.
    """
    x, y = _numbers(run["x"]), _numbers(run["y"])
    lr, epochs, batch_size = (_number(run[name]) for name in ("lr", "epochs", "batch_size"))
    k, n, m = len(starts), len(y), len(orders)
    # The orders come last, as there are most of them: numpy goes through them without a stop.
    ends = starts.T[:, :, None]
    curves = np.empty((len(kinds), k, 1, 0))
    for _ in range(int(epochs)):
        ends = ends[..., None]  # (2, k, ways before, ways from there)
        losses, sizes = [], []
        for start in range(0, n, int(batch_size)):
            batch = orders[:, start : start + int(batch_size)].T
            rows = x.T[:, batch][:, :, None, None]  # (2, samples of the batch, 1, 1, m)
            gap = rows[0] * ends[0] + rows[1] * ends[1] - y[batch][:, None, None]
            ends = ends - lr * 2 / len(batch) * np.sum(rows * gap, axis=1)
            if PLAIN in kinds or WEIGHTED in kinds:
                losses.append(np.sum(gap * gap, axis=0) / len(batch))
                sizes.append(len(batch))
        ends = ends.reshape(2, k, -1)
        if not kinds:
            continue
        epoch = []
        for kind in kinds:
            if kind == AT_END:
                gap = np.tensordot(x, ends, axes=1) - y[:, None, None]
                mean = np.sum(gap * gap, axis=0) / n
            else:
                weights = sizes if kind == WEIGHTED else [1] * len(sizes)
                mean = sum(w * loss for w, loss in zip(weights, losses, strict=True)) / sum(weights)
            epoch.append(mean.reshape(k, -1))
        curves = np.repeat(curves, m, axis=2)
        curves = np.concatenate([curves, np.stack(epoch)[..., None]], axis=3)
    return _Descent(np.moveaxis(ends, 0, 2), curves)


@dataclass(frozen=True, slots=True)
class _OneDescent:
    """The end, (2,), and the three curves of losses, (3, epochs), of a single descent."""

    end: np.ndarray
    curves: np.ndarray


def _descend_in_order(run: Mapping[str, Any]) -> _OneDescent:
    """Take the samples in their order; if they are equal or in one batch, any order does."""
    in_order = np.arange(len(_numbers(run["y"])))[None]
    descent = _descend(run, _numbers(run["w"])[None], in_order)
    return _OneDescent(descent.ends[0, 0], descent.curves[:, 0, 0])


def _places(run: Mapping[str, Any], result: Result) -> tuple[np.ndarray, np.ndarray]:
    """Return where w was before each call, and after it, each (calls, 2).

    Raises:
        WrongError: w is not a tensor of shape (2,).
    """
    places = [_numbers(run["w"])]
    for step in range(len(result.steps)):
        places.append(result.after("w", step))
        expect_shape(places[-1], (2,), "w")
    return np.array(places[:-1]), np.array(places[1:])


@np.errstate(all="ignore")
def _is_at(places: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Return for each of k places, (k, 2), which of its M ends, (k, M, 2), it is at: (k, M)."""
    gaps = np.max(np.abs(ends - places[:, None]), axis=2)
    size = np.max(np.abs(ends), axis=(1, 2), initial=1.0)
    return np.asarray(gaps <= 2e-5 * size[:, None])  # rounding to float32 makes 1e-6 of the size


def _uses_all_samples(run: Mapping[str, Any], result: Result) -> bool:
    """Return whether each call takes steps on all samples, at most one for each batch."""
    places, ends = _places(run, result)
    epochs, batch_size = (int(_number(run[name])) for name in ("epochs", "batch_size"))
    n = len(_numbers(run["y"]))
    is_there = np.zeros(len(places), bool)
    for _ in range(epochs * -(-n // batch_size)):
        one_step = {**run, "epochs": 1, "batch_size": n}
        places = _descend(one_step, places, np.arange(n)[None], kinds=()).ends[:, 0]
        is_there |= _is_at(ends, places[:, None])[:, 0]
    return bool(np.all(is_there))


# The way from each of k places, (k, 2), by a step on the samples with these numbers.
Way = Callable[[Sequence[int]], np.ndarray]


def _takes_mean_steps(run: Mapping[str, Any], result: Result) -> bool:
    """Return whether w moves once an epoch, by the mean of the steps on the epoch's batches."""
    full, rest = divmod(len(_numbers(run["y"])), int(_number(run["batch_size"])))
    numbers = range(len(_numbers(run["y"])))

    def list_ways(way: Way) -> list[np.ndarray]:
        # The mean step on full batches is that on all their samples, whichever has which.
        if not rest:
            return [way(numbers)]
        return [
            (full * way([one for one in numbers if one not in last]) + way(last)) / (full + 1)
            for last in itertools.combinations(numbers, rest)
        ]

    return _moves_once_an_epoch(run, result, list_ways)


def _takes_steps_on_one_batch(run: Mapping[str, Any], result: Result) -> bool:
    """Return whether w moves once an epoch, by a step on a single batch."""
    n, size = len(_numbers(run["y"])), int(_number(run["batch_size"]))
    sizes = {size, n % size} - {0}
    return _moves_once_an_epoch(
        run,
        result,
        lambda way: [
            way(batch) for one in sizes for batch in itertools.combinations(range(n), one)
        ],
    )


@np.errstate(all="ignore")
def _moves_once_an_epoch(
    run: Mapping[str, Any], result: Result, list_ways: Callable[[Way], Sequence[np.ndarray]]
) -> bool:
    """Return whether each call leads to where one of some ways in each epoch leads."""
    x, y, lr = _numbers(run["x"]), _numbers(run["y"]), _number(run["lr"])
    starts, ends = _places(run, result)
    for start, end in zip(starts, ends, strict=True):
        places = start[None]
        for _ in range(int(_number(run["epochs"]))):

            def way(batch: Sequence[int], places: np.ndarray = places) -> np.ndarray:
                rows = x[list(batch)]
                gaps = places @ rows.T - y[list(batch)]
                return np.asarray(-lr * 2 / len(batch) * gaps @ rows)

            places = np.concatenate([places + one for one in list_ways(way)])
        if not np.any(_is_at(end[None], places[None])):
            return False
    return True


# Among so many of the best, the right way is the first by far: rounding is all that it is off by.
_MOST_CANDIDATES = 30


@np.errstate(all="ignore")
def _follow(run: Mapping[str, Any], result: Result) -> np.ndarray | None:
    """Return in which orders one call of many epochs has taken the samples, by its losses.

    Returns:
        The order that each epoch took, (epochs, n), of each sample once, such that the losses of
        all epochs and the w after the last one are explained best. None if nothing explains them:
        the losses are wrong, or other steps were taken.

    Raises:
        WrongError: w is not a tensor of shape (2,).
    """
    start, end = _places(run, result)
    n, epochs, batch_size = len(_numbers(run["y"])), *_counts(run)
    orders = _all_orders(n, batch_size)
    orders = orders[np.all(np.sort(orders, axis=1) == np.arange(n), axis=1)]
    try:
        losses = _losses(result, epochs)
    except WrongError:
        return None  # of another check
    one_epoch = {**run, "epochs": 1}
    for kind in _KINDS if n % batch_size else (PLAIN, AT_END):  # the two means are the same
        places, ways, errors = start, np.empty((1, 0), int), np.zeros(1)
        for loss in losses:
            descent = _descend(one_epoch, places, orders, kinds=[kind])
            curve = descent.curves[0, :, :, 0]
            allowed = RTOL * np.abs(curve) + ATOL_OF_SCALE * np.max(np.abs(losses))
            gaps = np.abs(curve - loss) / allowed
            before, order = np.nonzero(gaps <= 1)
            errors = errors[before] + gaps[before, order] ** 2
            best = np.argsort(errors)[:_MOST_CANDIDATES]
            before, order, errors = before[best], order[best], errors[best]
            places = descent.ends[before, order]
            ways = np.column_stack([ways[before], order])
            if not len(ways):
                break
        else:
            # The last epoch's loss alone may be that of two orders.
            ways = ways[_is_at(end, places[None])[0]]
            if len(ways):
                return np.asarray(orders[ways[0]])
    return None


def _counts(run: Mapping[str, Any]) -> tuple[int, int]:
    """Return the epochs and the batch_size of a run."""
    return int(_number(run["epochs"])), int(_number(run["batch_size"]))


@dataclass(frozen=True, slots=True)
class _Walk:
    """What w shows of the orders in which some calls have taken the samples.

    Attributes:
        is_end: For each call and each way through its epochs, whether that leads from where w was
            before the call to where w is after it, (calls, M).
        curves: The losses on each way, as in `_Descent`; empty if they are not asked for.
        is_repeat: Which ways have the same order in all epochs, (M,).
    """

    is_end: np.ndarray
    curves: np.ndarray
    is_repeat: np.ndarray

    @classmethod
    def of(cls, run: Mapping[str, Any], result: Result, *, with_losses: bool = False) -> "_Walk":
        """Compare where w is after each call with all places where it may be.

        Raises:
            WrongError: w is not a tensor of shape (2,).
        """
        starts, ends = _places(run, result)
        n, epochs, batch_size = len(_numbers(run["y"])), run["epochs"], run["batch_size"]
        orders = _all_orders(n, int(_number(batch_size)))
        descent = _descend(run, starts, orders, kinds=_KINDS if with_losses else ())
        shape = (len(orders),) * int(_number(epochs))
        ways = np.indices(shape).reshape(len(shape), -1)  # the order in each epoch of each way
        return cls(
            is_end=_is_at(ends, descent.ends),
            curves=descent.curves,
            is_repeat=np.all(ways == ways[0], axis=0),
        )

    @property
    def is_possible(self) -> bool:
        """Whether each call is explained by some way."""
        return bool(np.all(np.any(self.is_end, axis=1)))

    @property
    def repeats(self) -> int:
        """The number of calls that are explained, and only by the same order in all epochs."""
        is_other = np.any(self.is_end & ~self.is_repeat, axis=1)
        return int(np.sum(np.any(self.is_end, axis=1) & ~is_other))

    @property
    def is_explained_by_few(self) -> bool:
        """Whether `_MOST_PAIRS` ways or fewer explain all calls."""
        calls = 1 << np.arange(len(self.is_end))  # a bit for each
        explained = found = np.unique(calls @ self.is_end)
        for _ in range(_MOST_PAIRS - 1):
            either = np.bitwise_or.outer(found, explained)
            found = np.flatnonzero(np.bincount(either.ravel()))
        return bool(np.sum(calls) in found)

    def has_losses(self, losses: Sequence[np.ndarray]) -> bool:
        """Return whether each call's losses are those of a way that explains it.

        The losses of all calls are summed up alike.
        """
        return any(
            all(
                any(is_close(got, curve) for curve in curves[is_end])
                for got, curves, is_end in zip(losses, of_kind, self.is_end, strict=True)
            )
            for of_kind in self.curves
        )


def _numbers(value: object) -> np.ndarray:
    """Return an input, as a check writes it or as a request holds it, as float64."""
    if isinstance(value, Leaf):
        value = value.array
    elif isinstance(value, Array):
        value = value.to_numpy()
    return np.asarray(value, dtype=np.float64)


def _number(value: object) -> float:
    return value.value if isinstance(value, Number) else float(value)  # type: ignore[arg-type]


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
