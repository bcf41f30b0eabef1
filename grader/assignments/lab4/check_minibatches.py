"""Checks of minibatches(x, y, batch_size): every sample once, in a new order each time."""

import itertools

import numpy as np
import pytest

from grader.checks.compare import expect_finite, name_kind, to_array
from grader.checks.inputs import tensor
from grader.checks.probe import Probe, Result
from grader.checks.verdict import WrongError
from grader.observations.messages import CallRequest, Request
from grader.observations.values import Array, Items

Batch = tuple[np.ndarray, np.ndarray]

_SAMPLES_FIRST = "First see to it that every sample is in a batch."


def _data(probe: Probe, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw samples that can be told apart: no two have the same feature or the same target."""
    rng = probe.rng()
    feature, y = (rng.choice(np.arange(1, 10 * n), n, replace=False) for _ in range(2))
    return np.stack([tensor(feature), np.ones(n, np.float32)], axis=1), tensor(y)


def _batches(result: Result, n: int, step: int = -1) -> list[Batch]:
    """Return the batches that one call has made of n samples."""
    value = result.returned(step)
    if not isinstance(value, Items):
        raise WrongError(f"minibatches() returns {name_kind(value)}, which can't be iterated over")
    if value.is_cut or len(value.items) > _most_batches(n):
        most = _most_batches(n)
        raise WrongError(f"minibatches() makes more than {most} batches of {n} samples")
    batches = []
    rows = 0
    for index, pair in enumerate(value.items):
        if not isinstance(pair, Items) or len(pair.items) != 2:  # noqa: PLR2004 - a pair
            raise WrongError(f"batch {index} is {name_kind(pair)}, not a pair (xb, yb)")
        xb, yb = to_array(pair.items[0], "xb"), to_array(pair.items[1], "yb")
        if xb.ndim != 2 or xb.shape[1] != 2 or yb.shape != xb.shape[:1]:  # noqa: PLR2004 - (k, 2)
            raise WrongError(
                f"batch {index} has shapes {xb.shape} and {yb.shape}",
                expected="(k, 2) and (k,)",
                got=f"{xb.shape} and {yb.shape}",
            )
        rows += len(yb)
        if rows > n * _most_batches(n):
            raise WrongError(f"the batches have far more rows than there are samples: {n}")
        expect_finite(xb, "xb")
        expect_finite(yb, "yb")
        batches.append((xb, yb))
    return batches


def _most_batches(n: int) -> int:
    """Return how many batches to take: more than a wrong solution makes that comes to an end."""
    return 4 * n + 10


def _ask(
    probe: Probe, n: int, batch_size: int, times: int = 1
) -> tuple[np.ndarray, np.ndarray, Result]:
    x, y = _data(probe, n)
    result = probe.student(x=x, y=y, batch_size=batch_size, draw=_most_batches(n), times=times)
    return x, y, result


def _features(batches: list[Batch]) -> np.ndarray:
    return np.concatenate([xb[:, 0] for xb, _ in batches]) if batches else np.empty(0)


def _count_torn(xb: np.ndarray, yb: np.ndarray, x: np.ndarray, y: np.ndarray) -> int:
    """Count the rows of a batch whose y is that of another sample."""
    target_of = dict(zip(x[:, 0].tolist(), y.tolist(), strict=True))
    pairs = zip(xb[:, 0].tolist(), yb.tolist(), strict=True)
    return sum(target_of.get(feature) != target for feature, target in pairs)


def _expect_every_sample_once(batches: list[Batch], x: np.ndarray) -> None:
    seen = _features(batches).tolist()
    wanted = set(x[:, 0].tolist())
    missing = len(wanted - set(seen))
    if missing:
        raise WrongError(f"not in any batch: {missing} of {len(wanted)} samples")
    if len(seen) > len(wanted):
        raise WrongError(f"the batches have {len(seen)} rows in all, for {len(wanted)} samples")


SIZES = ((4, 2), (5, 2), (9, 4), (20, 5), (23, 4), (10, 64))


def _draw_sizes(probe: Probe) -> list[tuple[int, int]]:
    """Return n and batch_size of each call: few samples to read, then as many as are shuffled."""
    return [*SIZES, (_draw_n(probe), int(probe.rng().integers(6, 11)))]


def _draw_n(probe: Probe) -> int:
    return int(probe.rng().integers(FEWEST, MOST + 1))


# How many samples are shuffled. The number is drawn: nobody writes a case for it.
FEWEST, MOST = 56, 66


@pytest.mark.points(2)
def check_minibatches_give_every_sample_once(probe: Probe) -> None:
    """Every sample is in exactly one batch

    Go through one permutation of all the indices, batch by batch, including the last, shorter one.
    """
    for n, batch_size in _draw_sizes(probe):
        x, _, result = _ask(probe, n, batch_size)
        _expect_every_sample_once(_batches(result, n), x)


def _expect_pairs(xb: np.ndarray, yb: np.ndarray, x: np.ndarray, y: np.ndarray) -> None:
    torn = _count_torn(xb, yb, x, y)
    if torn:
        raise WrongError(f"a batch pairs {torn} of its {len(yb)} rows with a y that is not theirs")


@pytest.mark.points(2)
def check_minibatches_keep_rows_together(probe: Probe) -> None:
    """Each row of xb comes with its own y

    Use the same indices for x and for y.
    """
    for n, batch_size in _draw_sizes(probe):
        x, y, result = _ask(probe, n, batch_size)
        batches = _batches(result, n)
        known = set(x[:, 0].tolist())
        for xb, yb in batches:
            strangers = [value for value in xb[:, 0].tolist() if value not in known]
            if strangers or not np.all(xb[:, 1] == 1):
                raise WrongError("a row of xb is not a row of x")
            _expect_pairs(xb, yb, x, y)
        if len(_features(batches)) < min(n, batch_size):
            raise WrongError("there is not even one full batch", hint=_SAMPLES_FIRST)


@pytest.mark.points(2)
def check_minibatches_have_the_batch_size(probe: Probe) -> None:
    """Every batch has batch_size rows; only the last may have fewer

    Cut the permutation into pieces of batch_size; what is left over is the last batch.
    """
    for n, batch_size in _draw_sizes(probe):
        x, _, result = _ask(probe, n, batch_size)
        batches = _batches(result, n)
        sizes = [len(yb) for _, yb in batches]
        full, rest = divmod(n, batch_size)
        wanted = [batch_size] * full + [rest] * bool(rest)
        known = set(x[:, 0].tolist())
        if not set(_features(batches).tolist()) <= known:
            raise WrongError("a row of xb is not a row of x")
        # Leaving out the last batch costs the points for the samples, and not these as well.
        if sizes not in (wanted, [batch_size] * full) or not sizes:
            raise WrongError(
                f"for {n} samples, the batches have {sizes} rows",
                got=f"{sizes} rows",
                expected=f"{wanted} rows",
            )


# In a random order, about two samples follow one of their neighbours; 20 or more do with a chance
# of 1e-13. About one follows the sample that is any given number of rows before it.
MOST_NEIGHBOURS = 19
# On average one sample stays in its place: 17 do in all calls, and 60 or more do with a chance of
# 1e-15.
MOST_FIXED = 59
# How often to ask for batches of each size: a few orders that come in turn have to come again.
TIMES = {1: (2, 3), 8: (5, 7), MOST: (5, 7)}


def _places(order: np.ndarray, n: int) -> np.ndarray:
    """Return at which place of an order each of n samples comes, -1 if at none."""
    place = np.full(n, -1)
    place[order] = np.arange(len(order))
    return place


def _steps(place: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Return by how many places of one order each sample comes after the last one in another.

    Samples that are only in one of the orders are left out.
    """
    found = place[after]
    found = found[found >= 0]
    return np.asarray(found[1:] - found[:-1])


def _neighbours_kept(place: np.ndarray, after: np.ndarray) -> int:
    """Count the samples that directly follow one that was their neighbour before."""
    return int(np.sum(np.abs(_steps(place, after)) == 1))


def _follows_rule(place: np.ndarray, after: np.ndarray) -> bool:
    """Return whether an order goes through another one in steps that are mostly the same.

    Whoever shifts an order, turns it around, or takes every seventh sample draws no random numbers.
    """
    length = int(place.max()) + 1
    counts = np.bincount(_steps(place, after) + length, minlength=2 * length)
    # Forwards or backwards, and on from the beginning after the end.
    either = counts[length + 1 :] + counts[length - 1 : 0 : -1]
    around = counts[:length] + counts[length:]
    return bool(max(either.max(), around.max()) > MOST_NEIGHBOURS)


@pytest.mark.points(2)
def check_minibatches_are_shuffled_anew(probe: Probe) -> None:
    """Every call goes through the samples in a new random order

    Draw a new torch.randperm(n) in each call.
    """
    n = _draw_n(probe)
    orders: list[np.ndarray] = []  # of all calls: which rows of x, one after another
    for batch_size, (fewest, most) in TIMES.items():
        times = int(probe.rng().integers(fewest, most + 1))
        x, _, result = _ask(probe, n, min(n, batch_size), times=times)
        row_of = {value: row for row, value in enumerate(x[:, 0].tolist())}
        for step in range(times):
            features = _features(_batches(result, n, step)).tolist()
            if not set(features) <= set(row_of) or len(features) < n // 2:
                message = "the batches are not a reordering of the samples"
                raise WrongError(message, hint=_SAMPLES_FIRST)
            orders.append(np.array([row_of[value] for value in features]))
            _expect_shuffled(orders[-1], n)
    places = [_places(order, n) for order in orders]
    for (one, place), (other, _) in itertools.combinations(zip(orders, places, strict=True), 2):
        # Two random orders of 56 are equal with a chance of 1 in 10**74, also where the last batch
        # is left out.
        common = min(len(one), len(other))
        if np.array_equal(one[:common], other[:common]):
            raise WrongError("two calls give the same order")
        if _follows_rule(place, other):
            raise WrongError("the order of one call goes in equal steps through that of another")
    if sum(int(np.sum(order[:n] == np.arange(n)[: len(order)])) for order in orders) > MOST_FIXED:
        raise WrongError("in all calls together, too many samples stay where they are")
    _expect_shuffled_few(probe)


def _expect_shuffled(order: np.ndarray, n: int) -> None:
    """Raise if an order of n samples has to do with the one that they had."""
    if np.array_equal(order, np.arange(len(order))):
        raise WrongError("the samples come in their original order")
    place = np.arange(n)
    if _neighbours_kept(place, order) > MOST_NEIGHBOURS:
        raise WrongError("too many neighbours stay together, as if whole blocks were shuffled")
    if _follows_rule(place, order):
        raise WrongError("too many samples come in equal steps, which is not a random order")


# Of 7 samples there are 5040 orders. In 12 calls, 5 or fewer of them come up with a chance of
# 1e-19, and one sample has the same place in all calls with a chance of 4e-9.
FEW, FEW_CALLS, MOST_ORDERS = (7, 8, 9), 12, 5


def _expect_shuffled_few(probe: Probe) -> None:
    """Raise unless few samples come in random orders as well."""
    n, batch_size = int(probe.rng().choice(FEW)), int(probe.rng().integers(2, 4))
    _, _, result = _ask(probe, n, batch_size, times=FEW_CALLS)
    orders = [tuple(_features(_batches(result, n, step))) for step in range(FEW_CALLS)]
    if len(set(orders)) <= MOST_ORDERS:
        count = f"only {len(set(orders))} different orders" if len(set(orders)) > 1 else "one order"
        raise WrongError(f"{FEW_CALLS} calls with the same {n} samples give {count}")
    if any(len(set(at_a_place)) == 1 for at_a_place in zip(*orders, strict=False)):
        raise WrongError(
            f"in {FEW_CALLS} calls, one of {n} samples comes at the same place each time"
        )


_ENOUGH = 20  # with this many samples, no order comes about by chance


def facts(request: Request, result: Result) -> dict[str, object]:
    """Return the sizes of the batches, and what is kept, lost, repeated, shuffled and changed."""
    assert isinstance(request, CallRequest)
    inputs = [request.inputs[name] for name in ("x", "y")]
    both, y = (one.to_numpy() for one in inputs if isinstance(one, Array))
    x = both[:, 0]
    calls = [_batches(result, len(x), step) for step in range(len(result.steps))]
    found: dict[str, object] = {"sizes": sorted(len(yb) for _, yb in calls[0])}
    orders = [_features(batches) for batches in calls]
    seen = orders[0].tolist()
    if len(x) >= _ENOUGH and seen:
        targets = np.concatenate([yb for _, yb in calls[0]])
        row_of = {value: row for row, value in enumerate(x.tolist())}
        rows = np.array([row_of[value] for value in seen if value in row_of], int)
        found |= {
            "has_strangers": not set(seen) <= set(x.tolist()),
            "is_complete": set(seen) >= set(x.tolist()),
            "has_repeats": len(set(seen)) < len(seen),
            "has_strange_targets": not set(targets.tolist()) <= set(y.tolist()),
            "is_paired": not sum(_count_torn(xb, yb, both, y) for xb, yb in calls[0]),
            "keeps_x": bool(np.array_equal(orders[0], x[: len(seen)])),
            "keeps_y": bool(np.array_equal(targets, y[: len(seen)])),
            "keeps_blocks": _neighbours_kept(np.arange(len(x)), rows) > MOST_NEIGHBOURS,
            "repeats_order": any(
                np.array_equal(*pair) for pair in itertools.combinations(orders, 2)
            ),
            "changes_data": any(
                not np.array_equal(result.after(name), data)
                for name, data in (("x", both), ("y", y))
            ),
        }
        if found["has_strangers"]:
            found["features"] = np.sort(orders[0])
    return found
