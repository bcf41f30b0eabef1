"""The checks of the built-in lab whose right answers are random or drawn: what passes them.

The programs that are graded here are written with numpy and answer at once, without a sandbox.
"""

import contextlib
import functools
import importlib.util
import itertools
import math
import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from cpu_time import least_cpu_s
from fakes import array, computing, plain_input, returned

from grader.checks.assignment import load_assignment
from grader.checks.inputs import Leaf, encode_input, tensor
from grader.checks.plugin import MARKERS
from grader.checks.probe import Probe, Result, derive_seed
from grader.checks.verdict import WrongError
from grader.observations.messages import CallRequest, Observation, Request
from grader.observations.values import Animation, AnyValue, Artist, Axes, Items
from grader.sandbox.guest.figures import MAX_FRAMES

LAB = load_assignment()
SEEDS = range(25)
FEW_SEEDS = range(5)


@pytest.fixture(scope="module", autouse=True)
def _checks_may_have_points(pytestconfig: pytest.Config) -> None:
    """Make the marks known that checks carry."""
    for marker in MARKERS:
        pytestconfig.addinivalue_line("markers", marker)


@functools.cache
def load(name: str, path: Path | None = None) -> ModuleType:
    """Load the checks of a function, or another file, which are data and can't be imported."""
    path = path or LAB.folder / f"check_{name}.py"
    spec = importlib.util.spec_from_file_location(f"lab_check_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture(autouse=True)
def _same_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw the same in each test, whichever were run before it."""
    monkeypatch.setitem(globals(), "RNG", np.random.default_rng(4))


@pytest.fixture(scope="module")
def minibatch_checks() -> ModuleType:
    """Return the checks of train_minibatch."""
    return load("train_minibatch")


@pytest.fixture(scope="module")
def batch_checks() -> ModuleType:
    """Return the checks of minibatches."""
    return load("minibatches")


@pytest.fixture(scope="module")
def animation_checks() -> ModuleType:
    """Return the checks of animate_fit."""
    return load("animate_fit")


def verdict(
    module: ModuleType,
    check: str,
    program: Callable[..., object],
    *,
    seed: int = 0,
    reference: Callable[..., object] | None = None,
    **fixtures: object,
) -> str:
    """Return the message with which a check fails a program; empty if it passes."""
    wrong = failure(module, check, program, seed=seed, reference=reference, **fixtures)
    return "" if wrong is None else wrong.message


def failure(
    module: ModuleType,
    check: str,
    program: Callable[..., object],
    *,
    seed: int = 0,
    reference: Callable[..., object] | None = None,
    **fixtures: object,
) -> WrongError | None:
    """Return the error with which a check fails a program; None if it passes."""
    name = module.__name__.removeprefix("lab_check_")
    expect = computing(reference or program)

    def ask_reference(request: Request) -> Callable[[], Observation]:
        return lambda: expect(request)

    probe = Probe(LAB.unit(name), computing(program), ask_reference, derive_seed(seed, check))
    try:
        getattr(module, f"check_{name}_{check}")(probe, **fixtures)
    except WrongError as wrong:
        return wrong
    return None


# --- train_minibatch ----------------------------------------------------------------------

RNG = np.random.default_rng(4)
Rows = list[np.ndarray]


def cut(order: np.ndarray, batch_size: int) -> Rows:
    """Cut an order into batches."""
    return [order[start : start + batch_size] for start in range(0, len(order), batch_size)]


def shuffled(n: int, batch_size: int, _epoch: int) -> Rows:
    """Take all samples in a random order."""
    return cut(RNG.permutation(n), batch_size)


def in_order(n: int, batch_size: int, _epoch: int) -> Rows:
    """Take the samples as they come."""
    return cut(np.arange(n), batch_size)


def all_at_once(n: int, batch_size: int, _epoch: int) -> Rows:
    """Take all samples for each batch."""
    return [np.arange(n)] * -(-n // batch_size)


def with_replacement(n: int, batch_size: int, _epoch: int) -> Rows:
    """Draw each batch from all samples."""
    return [RNG.integers(0, n, len(rows)) for rows in cut(np.arange(n), batch_size)]


def drops_last(n: int, batch_size: int, epoch: int) -> Rows:
    """Leave a shorter last batch out."""
    return [rows for rows in shuffled(n, batch_size, epoch) if len(rows) == batch_size]


def same_each_epoch(n: int, batch_size: int, epoch: int) -> Rows:
    """Take the first epoch's order in all epochs."""
    if not epoch:
        same_each_epoch.order = RNG.permutation(n)  # type: ignore[attr-defined]
    return cut(same_each_epoch.order, batch_size)  # type: ignore[attr-defined]


def seeded(n: int, batch_size: int, epoch: int, *, seed: int) -> Rows:
    """Take a random order in each epoch, and the same ones in each call."""
    orders = np.random.default_rng(seed)
    return cut([orders.permutation(n) for _ in range(epoch + 1)][-1], batch_size)


def there_and_back(n: int, batch_size: int, epoch: int) -> Rows:
    """Take the samples as they come, and back in the next epoch."""
    return cut(np.arange(n)[:: -1 if epoch % 2 else 1], batch_size)


def there_or_back(n: int, batch_size: int, epoch: int) -> Rows:
    """Begin at either end, by turns, and go the other way in the next epoch."""
    there_or_back.turns += not epoch  # type: ignore[attr-defined]
    return there_and_back(n, batch_size, epoch + there_or_back.turns)  # type: ignore[attr-defined]


there_or_back.turns = 0  # type: ignore[attr-defined]


def by_turns(n: int, batch_size: int, epoch: int) -> Rows:  # noqa: ARG001 - goes on in the next call
    """Take all orders by turns."""
    orders = by_turns.orders.setdefault(n, itertools.cycle(itertools.permutations(range(n))))  # type: ignore[attr-defined]
    return cut(np.array(next(orders)), batch_size)


by_turns.orders = {}  # type: ignore[attr-defined]


def only_of_three(n: int, batch_size: int, epoch: int) -> Rows:
    """Shuffle three samples, and no others."""
    return (shuffled if n == 3 else in_order)(n, batch_size, epoch)


def only_one_by_one(n: int, batch_size: int, epoch: int) -> Rows:
    """Shuffle only where a batch is one sample."""
    return (shuffled if batch_size == 1 else in_order)(n, batch_size, epoch)


def only_first(n: int, batch_size: int, epoch: int) -> Rows:
    """Shuffle in the first epoch."""
    return (in_order if epoch else shuffled)(n, batch_size, epoch)


def only_first_two(n: int, batch_size: int, epoch: int) -> Rows:
    """Shuffle in the first two epochs, and keep that order."""
    if epoch < 2:
        only_first_two.order = RNG.permutation(n)  # type: ignore[attr-defined]
    return cut(only_first_two.order, batch_size)  # type: ignore[attr-defined]


def only_first_ten(n: int, batch_size: int, epoch: int) -> Rows:
    """Shuffle in the first ten epochs."""
    return (shuffled if epoch < 10 else in_order)(n, batch_size, epoch)


def turned_around(n: int, batch_size: int, epoch: int) -> Rows:
    """Draw an order once, and go through it forwards and backwards."""
    rows = np.concatenate(same_each_epoch(n, 1, epoch))
    return cut(rows[:: -1 if epoch % 2 else 1], batch_size)


def by_multiples_of_five(n: int, batch_size: int, _epoch: int) -> Rows:
    """Take multiples of powers of 5, modulo 61, in ascending order: no random number."""
    by_multiples_of_five.power += 1  # type: ignore[attr-defined]
    factor = pow(5, by_multiples_of_five.power, 61)  # type: ignore[attr-defined]
    return cut(np.argsort((np.arange(n) + 1) * factor % 61), batch_size)


by_multiples_of_five.power = 0  # type: ignore[attr-defined]


def first_stays(n: int, batch_size: int, _epoch: int) -> Rows:
    """Shuffle all but the first sample."""
    return cut(np.concatenate([[0], 1 + RNG.permutation(n - 1)]), batch_size)


def later_the_first_sample(n: int, batch_size: int, epoch: int) -> Rows:
    """Take only the first sample after the first epoch, but of three or in one batch."""
    rows = only_of_three(n, batch_size, epoch)
    is_other = n > 3 and batch_size < n and epoch
    return [np.array([0])] * len(rows) if is_other else rows


def sgd(
    x: np.ndarray,
    y: np.ndarray,
    w: np.ndarray,
    lr: float,
    epochs: float,
    batch_size: float,
    *,
    batches: Callable[[int, int, int], Rows] = shuffled,
    kind: str = "plain",
) -> list[float]:
    """Train in place, in float32, with batches of any kind and losses of any kind."""
    losses = []
    for epoch in range(int(epochs)):
        found, sizes = [], []
        for rows in batches(len(y), int(batch_size), epoch):
            gap = x[rows] @ w - y[rows]
            found.append(float(np.mean(gap**2)))
            sizes.append(len(rows))
            w -= np.float32(lr) * 2 / np.float32(len(rows)) * (x[rows].T @ gap)
        match kind:
            case "plain":
                losses.append(float(np.mean(found)))
            case "weighted":
                losses.append(float(np.average(found, weights=sizes)))
            case "at_end":
                losses.append(float(np.mean((x @ w - y) ** 2)))
            case "last":
                losses.append(found[-1])
            case _:
                losses.append(1 + float(RNG.random()))
    return losses


STEPS = "takes_a_step_for_each_batch"
ONCE = "uses_every_sample_once_an_epoch"
LOSSES = "returns_a_loss_for_each_epoch"
ORDER = "shuffles_in_each_epoch"


def failed(module: ModuleType, program: Callable[..., object], seed: int) -> set[str]:
    """Return the checks of train_minibatch that a program fails."""
    return {
        check
        for check in (STEPS, ONCE, LOSSES, ORDER)
        if verdict(
            module,
            check,
            program,
            seed=seed,
            reference=sgd,
            **({"regressions": [], "vain_trainings": []} if check == LOSSES else {}),
        )
    }


@pytest.mark.parametrize("kind", ["plain", "weighted", "at_end"])
def test_right_sgd_passes_with_every_seed(minibatch_checks: ModuleType, kind: str) -> None:
    """SGD passes with each kind of loss that the contract allows, whatever is drawn."""
    program = functools.partial(sgd, kind=kind)

    for seed in SEEDS:
        assert failed(minibatch_checks, program, seed) == set()


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        (functools.partial(sgd, batches=all_at_once), {STEPS, ONCE, LOSSES, ORDER}),
        (functools.partial(sgd, batches=all_at_once, kind="random"), {STEPS, ONCE, LOSSES, ORDER}),
        (functools.partial(sgd, batches=with_replacement), {ONCE}),
        (functools.partial(sgd, batches=drops_last), {STEPS, LOSSES}),
        (functools.partial(sgd, batches=same_each_epoch), {ORDER}),
        (functools.partial(sgd, batches=in_order), {ORDER}),
        (functools.partial(sgd, batches=there_and_back), {ORDER}),
        (functools.partial(sgd, batches=there_and_back, kind="at_end"), {ORDER}),
        (functools.partial(sgd, batches=there_or_back), {ORDER}),
        (functools.partial(sgd, batches=by_turns), {ORDER}),
        (functools.partial(sgd, batches=only_of_three), {ORDER}),
        (functools.partial(sgd, batches=only_one_by_one), {ORDER}),
        (functools.partial(sgd, batches=only_first), {ORDER}),
        (functools.partial(sgd, batches=only_first, kind="weighted"), {ORDER}),
        (functools.partial(sgd, batches=only_first_two), {ORDER}),
        (functools.partial(sgd, batches=only_first_two, kind="at_end"), {ORDER}),
        (functools.partial(sgd, batches=only_first_ten), {ORDER}),
        (functools.partial(sgd, batches=turned_around), {ORDER}),
        (functools.partial(sgd, batches=by_multiples_of_five), {ORDER}),
        (functools.partial(sgd, batches=first_stays), {ORDER}),
        (functools.partial(sgd, batches=later_the_first_sample), {ONCE, ORDER}),
        (functools.partial(sgd, batches=there_and_back, kind="last"), {LOSSES, ORDER}),
        (functools.partial(sgd, kind="random"), {LOSSES}),
        (functools.partial(sgd, kind="last"), {LOSSES}),
    ],
    ids=[
        "all samples for each batch",
        "all samples, random losses",
        "with replacement",
        "shorter batch left out",
        "same order each epoch",
        "not shuffled",
        "there and back",
        "there and back, loss at the end",
        "there and back, or back and there",
        "all orders by turns",
        "three samples shuffled",
        "shuffled with batch_size 1",
        "first epoch shuffled",
        "first epoch shuffled, weighted loss",
        "two epochs shuffled",
        "two epochs shuffled, loss at the end",
        "ten epochs shuffled",
        "drawn once and turned around",
        "multiples of five",
        "first sample always first",
        "later only the first sample",
        "there and back, last loss",
        "random losses",
        "last loss",
    ],
)
def test_wrong_sgd_fails_the_checks_that_it_does_not_do_the_work_of(
    minibatch_checks: ModuleType, program: Callable[..., object], expected: set[str]
) -> None:
    """Each wrong way of training fails the checks of what it leaves out, and no other check."""
    for seed in FEW_SEEDS:
        assert failed(minibatch_checks, program, seed) == expected


@pytest.mark.parametrize("kind", ["plain", "weighted", "at_end"])
def test_orders_may_be_drawn_from_the_same_seed_in_each_call(
    minibatch_checks: ModuleType, kind: str
) -> None:
    """A function that sets its own seed is right: within a call, each epoch has a new order.

    The first two of 3 samples' orders may be the same, as they are for 8 of these seeds.
    """
    for seed in range(40):
        program = functools.partial(sgd, batches=functools.partial(seeded, seed=seed), kind=kind)
        assert verdict(minibatch_checks, ORDER, program, seed=seed) == ""


def test_program_that_knows_the_small_examples_fails(minibatch_checks: ModuleType) -> None:
    """Steps on all samples, and the right answer only where all samples are equal, earn nothing."""

    def program(**inputs: Any) -> list[float]:  # noqa: ANN401 - the contract's
        is_known = not np.any(np.ptp(inputs["y"]))
        return sgd(**inputs, batches=shuffled if is_known else all_at_once)

    for seed in SEEDS:
        assert failed(minibatch_checks, program, seed) == {STEPS, ONCE, LOSSES, ORDER}


def test_right_order_is_refused_less_than_once_in_a_thousand_million(
    minibatch_checks: ModuleType,
) -> None:
    """Where the losses are wrong, right orders repeat, or are so few, with a chance below 1e-9."""
    calls, most = minibatch_checks._CALLS, minibatch_checks._MOST_REPEATED
    chance = sum(
        math.comb(calls, k) * (1 / 6) ** k * (5 / 6) ** (calls - k)
        for k in range(most + 1, calls + 1)
    )
    chance += sum(
        math.comb(36, k) * (k / 36) ** calls for k in range(1, minibatch_checks._MOST_PAIRS + 1)
    )

    assert [
        minibatch_checks._count_orders(n, size) for size, n in minibatch_checks._SHORT.items()
    ] == [6, 6]
    assert chance < 1e-9


def test_right_orders_of_a_long_call_are_taken_for_a_rule_once_in_a_million(
    minibatch_checks: ModuleType,
) -> None:
    """In long calls each rule has a bound: at most d of K orders in N draws, C(K, d) (d / K)^N.

    There are two kinds of orders of single samples, those of the epochs and those from one to the
    next, and one of pairs; each is looked at as a whole and in windows. The bound is tried with
    fewer orders than in any check, where rules come up by chance.
    """
    for n, batch_size in minibatch_checks._LONG:
        assert minibatch_checks._count_orders(n, batch_size) == len(
            {
                tuple(tuple(sorted(rows)) for rows in cut(np.array(order), batch_size))
                for order in itertools.permutations(range(n))
            }
        )
    draws = np.random.default_rng(0).integers(0, 6, (4000, 14, 1))
    chance = 2e-3
    found = [_are_few_by(minibatch_checks, draw, 6, chance) for draw in draws]

    assert 3 * 2 * minibatch_checks._CHANCE < 1e-6
    assert 0 < np.mean(found) < 2 * chance


def _are_few_by(module: ModuleType, orders: np.ndarray, possible: int, chance: float) -> bool:
    """Return whether orders are few, by another chance than that of the checks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_CHANCE", chance)
        return bool(module._are_few(orders, possible))


# --- convergence --------------------------------------------------------------------------

# The contract's runs: what leads to the optimum by steps, and what does not.


def batch_gradient(x: np.ndarray, y: np.ndarray, w: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the mse and its gradient."""
    gap = x @ w - y
    return float(np.mean(gap**2)), 2 / len(y) * (x.T @ gap)


def logistic_gradient(x: np.ndarray, y: np.ndarray, w: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the cross entropy and its gradient."""
    z = x @ w
    loss = float(np.mean(np.logaddexp(0, z) - y * z))
    return loss, x.T @ (1 / (1 + np.exp(-z)) - y) / len(y)


Gradient = Callable[[np.ndarray, np.ndarray, np.ndarray], tuple[float, np.ndarray]]
GRADIENTS: dict[str, Gradient] = {
    "train": batch_gradient,
    "train_minibatch": batch_gradient,
    "train_logistic": logistic_gradient,
}


class Plain:
    """Takes plain steps."""

    def step(self, gradient: np.ndarray, lr: float, epoch: int) -> np.ndarray:  # noqa: ARG002
        """Return how w moves."""
        return -lr * gradient


class Momentum(Plain):
    """Takes steps with a momentum of 0.9."""

    def __init__(self) -> None:
        self._speed: np.ndarray | float = 0.0

    def step(self, gradient: np.ndarray, lr: float, epoch: int) -> np.ndarray:  # noqa: ARG002
        """Return how w moves."""
        self._speed = 0.9 * self._speed + gradient
        return -lr * self._speed


class Nesterov(Momentum):
    """Takes steps with a momentum that looks ahead."""

    def step(self, gradient: np.ndarray, lr: float, epoch: int) -> np.ndarray:
        """Return how w moves."""
        return 0.9 * super().step(gradient, lr, epoch) - lr * gradient


class Decaying(Plain):
    """Takes shorter steps in each epoch."""

    def step(self, gradient: np.ndarray, lr: float, epoch: int) -> np.ndarray:
        """Return how w moves."""
        return -lr / (epoch + 1) * gradient


class Clipped(Plain):
    """Takes no step that is longer than lr."""

    def step(self, gradient: np.ndarray, lr: float, epoch: int) -> np.ndarray:  # noqa: ARG002
        """Return how w moves."""
        return -lr * gradient / max(1.0, float(np.linalg.norm(gradient)))


class PilingUp(Plain):
    """Never clears the gradient."""

    def __init__(self) -> None:
        self._sum: np.ndarray | float = 0.0

    def step(self, gradient: np.ndarray, lr: float, epoch: int) -> np.ndarray:  # noqa: ARG002
        """Return how w moves."""
        self._sum = self._sum + gradient
        return -lr * self._sum


class Ascent(Plain):
    """Goes up."""

    def step(self, gradient: np.ndarray, lr: float, epoch: int) -> np.ndarray:  # noqa: ARG002
        """Return how w moves."""
        return lr * gradient


def descend(
    x: np.ndarray,
    y: np.ndarray,
    w: np.ndarray,
    lr: float,
    epochs: float,
    batch_size: float = 0,
    *,
    name: str,
    steps: type[Plain] = Plain,
    at_end: bool = False,
) -> list[float]:
    """Train in place by any kind of steps; the losses are means over an epoch, or at its end."""
    gradient_of, optimizer, losses = GRADIENTS[name], steps(), []
    for epoch in range(int(epochs)):
        found = []
        for rows in shuffled(len(y), int(batch_size) or len(y), epoch):
            loss, gradient = gradient_of(x[rows], y[rows], w)
            found.append(loss)
            w += np.float32(optimizer.step(gradient, lr, epoch))
        losses.append(gradient_of(x, y, w)[0] if at_end else float(np.mean(found)))
    return losses


@functools.cache
def load_conftest() -> ModuleType:
    """Load the inputs that the lab's checks share."""
    return load("conftest", LAB.folder / "conftest.py")


def converges(name: str, program: Callable[..., object], seed: int = 0) -> str:
    """Return the message of the check that training converges; empty if it passes."""
    inputs = load_conftest()
    is_logistic = name == "train_logistic"
    check = "converges_to_the_best_curve" if is_logistic else "converges_to_the_best_line"
    rng = np.random.default_rng(seed)
    fixtures: dict[str, Any] = (
        {
            "long_classifications": inputs.draw_long_classifications(rng),
            "find_best_curve": inputs.best_curve,
        }
        if is_logistic
        else {
            "long_regressions": inputs.draw_long_regressions(rng),
            "find_best_line": inputs.best_line,
        }
    )
    with np.errstate(all="ignore"):
        return verdict(load(name), check, program, seed=seed, **fixtures)


@pytest.mark.parametrize("name", GRADIENTS)
@pytest.mark.parametrize("at_end", [False, True], ids=["before the steps", "at the end"])
@pytest.mark.parametrize("steps", [Plain, Momentum, Nesterov, Decaying, Clipped])
def test_whatever_converges_step_by_step_passes(
    name: str, steps: type[Plain], *, at_end: bool
) -> None:
    """Any way to the optimum passes with every seed, with losses before the steps or after them."""
    program = functools.partial(descend, name=name, steps=steps, at_end=at_end)
    seeds = range(200 if steps is Plain and not at_end else 12)

    assert {converges(name, program, seed) for seed in seeds} == {""}


@pytest.mark.parametrize("name", GRADIENTS)
@pytest.mark.parametrize(
    ("steps", "message"), [(PilingUp, "not near the best"), (Ascent, "not near the best")]
)
def test_what_does_not_converge_fails(name: str, steps: type[Plain], message: str) -> None:
    """Steps that never come to rest, or lead away, fail with every seed."""
    program = functools.partial(descend, name=name, steps=steps)

    for seed in range(12):
        assert message in converges(name, program, seed) or "nan" in converges(name, program, seed)


# When to stop, by the losses so far and the gradient.
STOPS: dict[str, Callable[[list[float], np.ndarray], bool]] = {
    "a small change": lambda losses, _: len(losses) > 1 and abs(losses[-1] - losses[-2]) < 1e-7,
    "a small fall": lambda losses, _: len(losses) > 1 and losses[-2] - losses[-1] < 1e-7,
    "a rise": lambda losses, _: len(losses) > 1 and losses[-1] > losses[-2],
    "patience": lambda losses, _: len(losses) > 5 and min(losses[-5:]) >= losses[-6],
}
# The cross entropy is never small where classes overlap, nor is its slope zero.
STOPS_OF_LINES: dict[str, Callable[[list[float], np.ndarray], bool]] = {
    "a small loss": lambda losses, _: losses[-1] < 1e-7,
    "a small gradient": lambda _, gradient: float(np.linalg.norm(gradient)) < 1e-7,
}


def all_epochs_run(name: str, program: Callable[..., object]) -> str:
    """Return the message of the check that there is a loss for each epoch; empty if it passes."""
    inputs = load_conftest()
    check, fixtures = {
        "train": ("returns_the_losses", {"trainings": [], "vain_trainings": inputs.VAIN_TRAININGS}),
        "train_logistic": (
            "returns_the_losses",
            {
                "logistic_trainings": [],
                "vain_logistic_trainings": inputs.VAIN_LOGISTIC_TRAININGS,
            },
        ),
        "train_minibatch": (
            "returns_a_loss_for_each_epoch",
            {"regressions": [], "vain_trainings": inputs.VAIN_TRAININGS},
        ),
    }[name]
    return verdict(load(name), check, program, **fixtures)


@pytest.mark.parametrize("name", GRADIENTS)
def test_training_that_gains_nothing_passes(name: str) -> None:
    """The caller decides how many epochs there are."""
    assert all_epochs_run(name, functools.partial(descend, name=name)) == ""


@pytest.mark.parametrize(
    ("name", "stop"),
    [(name, stop) for name in GRADIENTS for stop in STOPS]
    + [(name, stop) for name in ("train", "train_minibatch") for stop in STOPS_OF_LINES],
)
@pytest.mark.parametrize("keeps_last", [True, False])
def test_early_stop_fails(name: str, stop: str, *, keeps_last: bool) -> None:
    """Whatever it looks at, and with the last loss in the list or not."""
    is_over = (STOPS | STOPS_OF_LINES)[stop]

    def program(**inputs: Any) -> list[float]:  # noqa: ANN401 - arrays and numbers
        losses: list[float] = []
        for _ in range(int(inputs["epochs"])):
            gradient = GRADIENTS[name](inputs["x"], inputs["y"], inputs["w"])[1]
            losses += descend(**{**inputs, "epochs": 1}, name=name)
            if is_over(losses, gradient):
                return losses if keeps_last else losses[:-1]
        return losses

    assert "epochs are run" in all_epochs_run(name, program)


def jump(name: str, losses_of: Callable[[float, float, int], list[float]]) -> Callable[..., object]:
    """Return a program that goes to the optimum at once; its losses may pretend otherwise."""
    inputs = load_conftest()
    find = inputs.best_curve if name == "train_logistic" else inputs.best_line

    def program(
        x: np.ndarray, y: np.ndarray, w: np.ndarray, lr: float, epochs: float, batch_size: float = 0
    ) -> list[float]:
        del lr, batch_size
        best = find({"x": x, "y": y, "w": Leaf(w.copy())})
        w[:] = best.w
        return losses_of(best.start_loss, best.loss, int(epochs))

    return program


@pytest.mark.parametrize("name", GRADIENTS)
@pytest.mark.parametrize(
    "losses_of",
    [
        lambda start, best, epochs: [start, *[best] * (epochs - 1)],
        lambda _start, best, epochs: [best] * epochs,
        lambda start, best, epochs: list(np.linspace(start, best, epochs) ** 1.0),
        lambda start, best, epochs: [best + (start - best) * 0.5**k for k in range(epochs)],
    ],
    ids=["start, then best", "best", "on a line", "on a curve"],
)
def test_solution_in_closed_form_is_all_at_once(
    name: str, losses_of: Callable[[float, float, int], list[float]]
) -> None:
    """A formula for the best w fails, whatever losses are made up for it."""
    for seed in range(10):
        message = converges(name, jump(name, losses_of), seed)
        assert re.search("step by step|by small steps|the last losses are not", message), message


@pytest.mark.parametrize("name", GRADIENTS)
def test_losses_that_jump_fail_also_if_short_runs_are_right(name: str) -> None:
    """Steps for few epochs and the formula for many do not pass."""
    at_once = jump(name, lambda start, best, epochs: [start, *[best] * (epochs - 1)])

    def program(**inputs: Any) -> object:  # noqa: ANN401 - the contract's
        return descend(**inputs, name=name) if inputs["epochs"] < 10 else at_once(**inputs)

    assert "step by step" in converges(name, program)


@pytest.mark.parametrize("name", GRADIENTS)
@pytest.mark.parametrize(
    "change",
    [
        lambda losses, _lr: losses[1:] or losses,
        lambda losses, _lr: [*losses, losses[-1]],
        lambda losses, _lr: tuple(losses),
        lambda losses, _lr: np.array(losses, np.float32),
    ],
    ids=["first loss left out", "one more", "a tuple", "an array"],
)
def test_bug_in_the_list_of_losses_does_not_cost_convergence(
    name: str, change: Callable[[list[float], float], object]
) -> None:
    """Losses that are an epoch late, or one too many, still come down to the best one."""

    def program(**inputs: Any) -> object:  # noqa: ANN401 - the contract's
        return change(descend(**inputs, name=name), inputs["lr"])

    for seed in range(12):
        assert converges(name, program, seed) == ""


@pytest.mark.parametrize("name", GRADIENTS)
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda losses: [loss + 1 for loss in losses], "last losses are not near"),
        (lambda losses: losses[::-1], "last losses are not near"),
        (lambda losses: losses[-1], "not a list of numbers"),
        (lambda _: [], "no losses"),
        (lambda losses: [*losses[:-1], math.nan], "nan"),
        (lambda losses: losses if len(losses) > 2 else [-1.0], "that of the best"),
    ],
    ids=["one more", "backwards", "the last one", "none", "nan", "below the best"],
)
def test_losses_that_do_not_come_down_to_the_best_fail(
    name: str, change: Callable[[list[float]], object], message: str
) -> None:
    """With a right w, the losses have to be near the smallest loss in the end, and not before."""

    def program(**inputs: Any) -> object:  # noqa: ANN401 - the contract's
        return change(descend(**inputs, name=name))

    assert message in converges(name, program)


@pytest.mark.parametrize("name", GRADIENTS)
def test_w_that_never_moves_is_said_so(name: str) -> None:
    """A copy that is trained leaves w where it was, and the message says so."""

    def program(**inputs: Any) -> object:  # noqa: ANN401 - the contract's
        return descend(**{**inputs, "w": inputs["w"].copy()}, name=name)

    assert "w has not moved" in converges(name, program)


def test_best_line_is_half_a_unit_above_the_true_one() -> None:
    """The noise is uniform in [0, 1), so a fit of many samples has its mean in the intercept."""
    inputs = load_conftest()
    rng = np.random.default_rng(1)
    x = np.stack([rng.uniform(-1, 1, 20_000), np.ones(20_000)], axis=1)
    y = x @ np.array([3.0, 2.0]) + rng.uniform(0, 1, 20_000)

    best = inputs.best_line({"x": x, "y": y, "w": Leaf(np.zeros(2))})

    assert np.allclose(best.w, [3, 2.5], atol=0.02)
    assert math.isclose(best.loss, 1 / 12, rel_tol=0.05)


# --- make_data ----------------------------------------------------------------------------

DATA = ("draws_x", "adds_uniform_noise", "draws_noise_for_each_sample", "draws_afresh")


def data_with(
    noise_of: Callable[[np.ndarray], np.ndarray] = lambda x: RNG.random(len(x)),
    feature_of: Callable[[int], np.ndarray] = lambda n: RNG.uniform(-1, 1, n),
) -> Callable[..., object]:
    """Return a make_data() with this feature, and this noise for a feature."""

    def program(n: float, w: np.ndarray) -> object:
        feature = np.asarray(feature_of(int(n)), np.float32)
        x = np.stack([feature, np.ones_like(feature)], axis=1)
        return x, x @ w + np.asarray(noise_of(feature), np.float32)

    return program


def failed_data(program: Callable[..., object], seed: int) -> set[str]:
    """Return the checks of make_data that a program fails."""
    module = load("make_data")
    return {check for check in DATA if verdict(module, check, program, seed=seed)}


@pytest.mark.parametrize("feature_of", [None, lambda n: np.sort(RNG.uniform(-1, 1, n))])
def test_right_data_passes_with_every_seed(
    feature_of: Callable[[int], np.ndarray] | None,
) -> None:
    """Data that is drawn passes all checks, also if the feature is sorted."""
    program = data_with() if feature_of is None else data_with(feature_of=feature_of)

    for seed in SEEDS:
        assert failed_data(program, seed) == set()


def test_random_pairs_are_called_dependent_less_than_once_in_a_thousand_million() -> None:
    """Independent pairs have a chi square near 49; the bound is the one for 1e-16 or less.

    Chernoff: a chi square with k degrees of freedom is above c k with a chance below
    (c exp(1 - c))^(k / 2).
    """
    module = load("make_data")
    k = 49
    c = module._MOST_CHI_SQUARE / k
    found = [
        module.chi_square(*(module.cells(RNG.random(3900)) for _ in range(2))) for _ in range(2000)
    ]

    assert (c * math.exp(1 - c)) ** (k / 2) < 1e-16
    assert max(found) < module._MOST_CHI_SQUARE / 1.7
    assert abs(float(np.mean(found)) - k) < 1
    assert abs(float(np.std(found)) - math.sqrt(2 * k)) < 1


TABLE = np.random.default_rng(1).random((2, 4200))


@pytest.mark.parametrize(
    "noise_of",
    [
        np.abs,
        lambda x: (x + 1) / 2,
        lambda x: (x * 40) % 1,
        lambda x: np.roll(np.abs(x), 1),
        lambda x: np.argsort(np.argsort(x)) / len(x),
    ],
    ids=["|x|", "x itself", "a saw", "the |x| before", "the rank of x"],
)
def test_noise_that_follows_from_x_is_not_noise(
    noise_of: Callable[[np.ndarray], np.ndarray],
) -> None:
    """Noise that is uniform but computed from the feature fails all checks of the noise."""
    for seed in FEW_SEEDS:
        assert failed_data(data_with(noise_of), seed) == set(DATA[1:])


def test_noise_that_follows_from_the_noise_before_is_not_noise() -> None:
    """Noise in equal steps, begun anywhere, fails all checks of the noise."""
    program = data_with(lambda x: (RNG.random() + np.arange(len(x)) * 0.381966) % 1)

    for seed in FEW_SEEDS:
        assert failed_data(program, seed) == set(DATA[1:])


def test_feature_that_follows_from_the_one_before_is_not_drawn() -> None:
    """A feature of which every other number is drawn fails the check of the feature."""

    def in_pairs(n: int) -> np.ndarray:
        drawn = RNG.random(n // 2 + 1)
        return np.stack([drawn, (drawn + 0.3) % 1], axis=1).ravel()[:n] * 2 - 1

    for seed in FEW_SEEDS:
        assert failed_data(data_with(feature_of=in_pairs), seed) == {DATA[0]}


@pytest.mark.parametrize("where", ["feature", "noise"])
def test_table_that_is_turned_is_not_drawn_afresh(where: str) -> None:
    """The same numbers in another order in each call fail the check of new data."""
    calls = itertools.count()

    def from_table(n: int) -> np.ndarray:
        return np.asarray(np.roll(TABLE[0], next(calls))[:n])

    program = (
        data_with(feature_of=lambda n: from_table(n) * 2 - 1)
        if where == "feature"
        else data_with(lambda x: from_table(len(x)))
    )

    for seed in FEW_SEEDS:
        assert failed_data(program, seed) == {"draws_afresh"}


@pytest.mark.parametrize("is_large", [False, True])
def test_data_is_new_for_few_samples_and_for_many(*, is_large: bool) -> None:
    """A table that is used only for few samples, or only for many, is found in the size."""

    def noise_of(x: np.ndarray) -> np.ndarray:
        is_from_table = (len(x) > 100) is is_large
        return np.asarray(TABLE[0][: len(x)] if is_from_table else RNG.random(len(x)))

    for seed in FEW_SEEDS:
        assert failed_data(data_with(noise_of), seed) == {"draws_afresh"}


# --- minibatches --------------------------------------------------------------------------

PAIRS = "keep_rows_together"
NEW = "are_shuffled_anew"


def make_batches(
    x: np.ndarray, y: np.ndarray, batch_size: float
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Make batches as asked for."""
    return [(x[rows], y[rows]) for rows in shuffled(len(y), int(batch_size), 0)]


def test_right_batches_pass_with_every_seed(batch_checks: ModuleType) -> None:
    """Right batches pass all checks, whatever is drawn."""
    checks = ("give_every_sample_once", PAIRS, "have_the_batch_size", NEW)

    for seed in SEEDS:
        assert [verdict(batch_checks, check, make_batches, seed=seed) for check in checks] == [
            ""
        ] * len(checks)


@pytest.mark.parametrize("count", [1, 2, 3, 5, 11])
def test_few_orders_by_turns_are_not_random(batch_checks: ModuleType, count: int) -> None:
    """Orders that come again after a few calls fail."""
    calls = itertools.count()

    def program(x: np.ndarray, y: np.ndarray, batch_size: float) -> object:
        order = np.random.default_rng(next(calls) % count).permutation(len(y))
        return [(x[rows], y[rows]) for rows in cut(order, int(batch_size))]

    for seed in SEEDS:
        assert verdict(batch_checks, NEW, program, seed=seed) == "two calls give the same order"


def test_orders_by_turns_are_not_taken_for_a_change_of_the_data(batch_checks: ModuleType) -> None:
    """A program that shuffles x and y in place has other facts than one whose orders repeat."""
    calls = itertools.count()

    def by_two_turns(x: np.ndarray, y: np.ndarray, batch_size: float) -> object:
        order = np.random.default_rng(next(calls) % 2).permutation(len(y))
        return [(x[rows], y[rows]) for rows in cut(order, int(batch_size))]

    def in_place(x: np.ndarray, y: np.ndarray, batch_size: float) -> object:
        order = RNG.permutation(len(y))
        x[:], y[:] = x[order], y[order]
        return [
            (x[rows].copy(), y[rows].copy()) for rows in cut(np.arange(len(y)), int(batch_size))
        ]

    def facts(program: Callable[..., object]) -> dict[str, object]:
        x, y = np.stack([np.arange(60), np.ones(60)], axis=1), np.arange(60) + 100
        case = {"x": tensor(x), "y": tensor(y), "batch_size": 8}
        request = CallRequest(
            function="minibatches",
            inputs={name: encode_input(value) for name, value in case.items()},
            times=5,
        )
        found = batch_checks.facts(
            request, Result("minibatches", computing(program)(request).steps)
        )
        return {name: found[name] for name in ("repeats_order", "changes_data")}

    assert facts(make_batches) == {"repeats_order": False, "changes_data": False}
    assert facts(by_two_turns) == {"repeats_order": True, "changes_data": False}
    assert facts(in_place) == {"repeats_order": False, "changes_data": True}


def test_some_samples_that_stay_are_not_random(batch_checks: ModuleType) -> None:
    """Orders that are random but for every tenth sample fail."""

    def program(x: np.ndarray, y: np.ndarray, batch_size: float) -> object:
        order = np.arange(len(y))
        moves = order % 10 > 0
        order[moves] = RNG.permutation(order[moves])
        return [(x[rows], y[rows]) for rows in cut(order, int(batch_size))]

    for seed in SEEDS:
        assert "stay where they are" in verdict(batch_checks, NEW, program, seed=seed)


def test_right_batches_are_refused_less_than_once_in_a_thousand_million(
    batch_checks: ModuleType,
) -> None:
    """Random orders keep so many samples in place, or beside their neighbours, with less than 1e-9.

    How many samples of an order stay in place is nearly a Poisson variable with mean 1, and how
    many follow a sample that was beside them in another order, one with mean 2.
    """
    calls = sum(most for _, most in batch_checks.TIMES.values())

    def tail(mean: float, above: int) -> float:
        ways = range(above + 1, above + 100)
        return sum(math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in ways)

    pairs = calls + math.comb(calls, 2)  # with each other, and with x
    assert tail(calls, batch_checks.MOST_FIXED) < 1e-9
    # Any step may come up too often: one up or down with mean 2, and one around the end with 1.
    steps = batch_checks.MOST * (tail(2, batch_checks.MOST_NEIGHBOURS) + tail(1, 19))
    assert pairs * steps < 1e-9
    # Few samples: of all orders only so many, or a sample that has the same place in all calls.
    n, times, most = min(batch_checks.FEW), batch_checks.FEW_CALLS, batch_checks.MOST_ORDERS
    orders = math.factorial(n)
    assert math.comb(orders, most) * (most / orders) ** times < 1e-9
    assert n * n * (1 / n) ** times < 1e-7


def by_multiples(x: np.ndarray, y: np.ndarray, batch_size: float) -> object:
    """Take multiples of a power of 5, modulo a prime, in ascending order: no random number."""
    by_multiples.calls += 1  # type: ignore[attr-defined]
    prime = next(one for one in (11, 31, 61, 71) if one > len(y))
    factor = pow(5, by_multiples.calls, prime)  # type: ignore[attr-defined]
    order = np.argsort((np.arange(len(y)) + 1) * factor % prime)
    return [(x[rows], y[rows]) for rows in cut(order, int(batch_size))]


by_multiples.calls = 0  # type: ignore[attr-defined]


def turned_further(x: np.ndarray, y: np.ndarray, batch_size: float) -> object:
    """Go through one random order, from another sample on in each call."""
    turned_further.calls += 1  # type: ignore[attr-defined]
    order = np.roll(np.random.default_rng(3).permutation(len(y)), 5 * turned_further.calls)  # type: ignore[attr-defined]
    return [(x[rows], y[rows]) for rows in cut(order, int(batch_size))]


turned_further.calls = 0  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("program", "message"),
    [
        (by_multiples, "equal steps|same order|original order|neighbours"),
        (turned_further, "equal steps"),
    ],
    ids=["multiples", "turned further"],
)
def test_order_by_a_rule_is_not_random(
    batch_checks: ModuleType, program: Callable[..., object], message: str
) -> None:
    """An order that goes through x, or through another order, in equal steps is not random."""
    for seed in SEEDS:
        assert re.search(message, verdict(batch_checks, NEW, program, seed=seed))


@pytest.mark.parametrize("is_large", [False, True])
def test_batches_are_judged_for_few_samples_and_for_many(
    batch_checks: ModuleType, *, is_large: bool
) -> None:
    """Rows that are torn apart, or lost, or not shuffled, are found in any size."""

    def program(
        x: np.ndarray, y: np.ndarray, batch_size: float, *, fault: str
    ) -> list[tuple[np.ndarray, np.ndarray]]:
        if (len(y) > 30) is not is_large:
            return make_batches(x, y, batch_size)
        if fault == "torn":
            return make_batches(x, y[::-1].copy(), batch_size)
        if fault == "lost":
            return make_batches(x[1:], y[1:], batch_size)
        if fault == "sizes":
            return make_batches(x, y, batch_size + 1)
        return [(x[rows], y[rows]) for rows in in_order(len(y), int(batch_size), 0)]

    faults = {
        PAIRS: "torn",
        "give_every_sample_once": "lost",
        "have_the_batch_size": "sizes",
        NEW: "in order",
    }
    for seed in FEW_SEEDS:
        for check, fault in faults.items():
            assert verdict(
                batch_checks, check, functools.partial(program, fault=fault), seed=seed
            ), check


def test_sample_that_stays_among_few_is_not_random(batch_checks: ModuleType) -> None:
    """The first sample always comes first, where there are few."""

    def program(x: np.ndarray, y: np.ndarray, batch_size: float) -> object:
        first = np.arange(len(y) < 30)
        order = np.concatenate([first, len(first) + RNG.permutation(len(y) - len(first))])
        return [(x[rows], y[rows]) for rows in cut(order, int(batch_size))]

    for seed in SEEDS:
        assert "at the same place each time" in verdict(batch_checks, NEW, program, seed=seed)


@pytest.mark.parametrize(
    "guess",
    [
        lambda x, _: 100 + x[:, 0],
        lambda x, _: x[:, 0],
        lambda x, y: np.sort(y)[np.argsort(np.argsort(x[:, 0]))],
        lambda x, y: np.sort(y)[::-1][np.argsort(np.argsort(x[:, 0]))],
        lambda _, y: y,
    ],
    ids=["100 + x", "x", "rising with x", "falling with x", "in the order of y"],
)
def test_y_cannot_be_known_from_x(
    batch_checks: ModuleType, guess: Callable[[np.ndarray, np.ndarray], np.ndarray]
) -> None:
    """A y that is guessed, and not taken from the rows of y, fails."""

    def program(x: np.ndarray, y: np.ndarray, batch_size: float) -> object:
        order = RNG.permutation(len(y))
        return [
            (x[rows], np.float32(guess(x[order], y)[start : start + int(batch_size)]))
            for start, rows in (
                (start, order[start : start + int(batch_size)])
                for start in range(0, len(y), int(batch_size))
            )
        ]

    for seed in SEEDS:
        assert "a y that is not theirs" in verdict(batch_checks, PAIRS, program, seed=seed)


@pytest.mark.parametrize(
    ("batch", "count", "message"),
    [
        ((np.ones((1, 2)), np.ones(1)), 10_000, "makes more than"),
        ((np.ones((50_000, 2)), np.ones(50_000)), 10, "far more rows"),
    ],
    ids=["many batches", "many rows"],
)
def test_far_too_many_batches_are_refused_at_once(
    batch_checks: ModuleType, batch: tuple[np.ndarray, np.ndarray], count: int, message: str
) -> None:
    """More batches or rows than any honest solution makes fail in less than 0.1 s."""
    observation = returned([batch] * count)

    for check in ("give_every_sample_once", PAIRS, "have_the_batch_size"):
        probe = Probe(
            LAB.unit("minibatches"),
            lambda request: observation_for(request, observation),
            computing,  # type: ignore[arg-type] # the reference is not asked
            derive_seed(0, check),
        )
        judge = getattr(batch_checks, f"check_minibatches_{check}")

        def fail(judge: Callable[[Probe], None] = judge, probe: Probe = probe) -> None:
            with pytest.raises(WrongError, match=message):
                judge(probe)

        assert least_cpu_s(fail) < 0.1


def observation_for(request: Request, observation: Observation) -> Observation:
    """Add the inputs, unchanged, to an answer."""
    assert isinstance(request, CallRequest)
    inputs = {name: plain_input(value) for name, value in request.inputs.items()}
    return returned(observation.steps[0].returned, **inputs)


# --- animate_fit --------------------------------------------------------------------------

PLAYED = 13  # at most
A_STEP = "takes_a_step_a_frame"
FRAMES = "has_the_frames_asked_for"


def artist(points: object) -> Artist:
    """Make a line."""
    points = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    return Artist(points=array(points, dtype="float64"), is_joined=True, has_markers=False)


def line_of(x: np.ndarray, w: np.ndarray) -> Artist:
    """Make the line of a model over the features."""
    return artist(np.stack([x[:, 0], x @ w], axis=1))


def animate(
    x: np.ndarray,
    y: np.ndarray,
    w: np.ndarray,
    lr: float,
    frames: float,
    *,
    steps: int = 1,
    start: int = 0,
    keep: tuple[int, int] = (1, 1),
    extra_frames: int = 0,
    most_frames: int = 1000,
) -> AnyValue:
    """Animate gradient descent: some steps before the first frame, some in each, and what to draw.

    The data is drawn as a line beside the model, and must not be taken for it.
    """
    count = min(int(frames) + extra_frames, most_frames)
    w = w.copy()
    drawings = []
    for frame in range(min(count, PLAYED)):
        for _ in range(steps + (start if not frame else 0)):
            w -= np.float32(lr) * 2 / np.float32(len(y)) * (x.T @ (x @ w - y))
        drawings.append(
            (artist(np.stack([x[:, 0], y], axis=1)), line_of(x, w * np.array(keep, np.float32)))
        )
    return Animation(frame_count=count, frames=tuple(drawings))


def other_data(**inputs: Any) -> AnyValue:  # noqa: ANN401 - the contract's
    """Animate gradient descent on data of its own, as a table of constants would."""
    x = np.stack([np.linspace(-1, 1, 9), np.ones(9)], axis=1).astype(np.float32)
    y = (x @ np.array([4, -3])).astype(np.float32)
    return animate(x, y, np.array([0.5, -1.5], np.float32), 0.07, inputs["frames"])


def anyhow(**inputs: Any) -> AnyValue:  # noqa: ANN401 - the contract's
    """Animate a line that moves anyhow."""
    frames = [(artist([[0, 0], [1, frame]]),) for frame in range(PLAYED)]
    return Animation(frame_count=int(inputs["frames"]), frames=tuple(frames))


def to_the_best_line(x: np.ndarray, y: np.ndarray, w: np.ndarray, lr: float, frames: float) -> Any:  # noqa: ANN401, ARG001
    """Animate a straight way to the best line, without a step of gradient descent."""
    best = np.linalg.lstsq(x, y, rcond=None)[0]
    ways = [(line_of(x, w + (best - w) * frame / PLAYED),) for frame in range(PLAYED)]
    return Animation(frame_count=int(frames), frames=tuple(ways))


@pytest.mark.parametrize("start", [0, 1, 4], ids=["at once", "drawn once before", "drawn often"])
def test_right_animation_passes_with_every_seed(animation_checks: ModuleType, start: int) -> None:
    """An animation of one step a frame passes, also if the first one was drawn before."""
    program = functools.partial(animate, start=start)

    for seed in SEEDS:
        assert verdict(animation_checks, A_STEP, program, seed=seed) == ""
        assert verdict(animation_checks, FRAMES, program, seed=seed) == ""


def line_at(w: np.ndarray) -> Artist:
    """Make the line of a model by its points at -1 and 1."""
    return artist([[-1, w[1] - w[0]], [1, w[1] + w[0]]])


Drawn = tuple[Artist, ...]
LEVELS = tuple(artist([[-1, level], [1, level]]) for level in range(-9, 10))


def beside_much(path: np.ndarray, frame: int) -> Drawn:
    """Draw the model in a band, over a grid, the start and a later line, and losses beside it."""
    losses = tuple(artist([[k, 9 - k], [k + 1, 9 - k / 2]]) for k in range(frame))
    now = path[frame + 1]
    band = (line_at(now + np.array([0, shift])) for shift in (-0.5, 0, 0.5))
    return (*LEVELS, line_at(path[0]), line_at(path[-1]), *band, *losses)


def with_trail(path: np.ndarray, frame: int) -> Drawn:
    """Leave all earlier lines where they are, the start included."""
    return tuple(line_at(w) for w in path[: frame + 2])


def with_short_trail(path: np.ndarray, frame: int) -> Drawn:
    """Leave the last three lines, so that each artist moves."""
    return tuple(line_at(w) for w in path[max(0, frame - 2) : frame + 2])


def over_its_path(path: np.ndarray, frame: int) -> Drawn:
    """Move a line over faint ones at all places where it will be."""
    return (line_at(path[frame + 1]), *(line_at(w) for w in path))


def in_pieces(path: np.ndarray, frame: int) -> Drawn:
    """Draw the line piece by piece, from feature to feature."""
    x = np.linspace(-1, 1, 20, dtype=np.float32)
    points = np.stack([x, x * path[frame + 1, 0] + path[frame + 1, 1]], axis=1)
    return tuple(artist(ends) for ends in itertools.pairwise(points))


def draw_paths(
    x: np.ndarray,
    y: np.ndarray,
    w: np.ndarray,
    lr: float,
    frames: float,
    *,
    draw: Callable[[np.ndarray, int], Drawn],
) -> AnyValue:
    """Animate gradient descent, drawn in any way."""
    path = [w]
    for _ in range(PLAYED + 2):
        path.append(path[-1] - np.float32(lr) * 2 / len(y) * (x.T @ (x @ path[-1] - y)))
    drawings = tuple(draw(np.array(path), frame) for frame in range(PLAYED))
    return Animation(frame_count=int(frames), frames=drawings)


@pytest.mark.parametrize(
    "draw", [beside_much, with_trail, with_short_trail, over_its_path, in_pieces]
)
def test_more_may_be_drawn_than_the_line_of_the_model(
    animation_checks: ModuleType, draw: Callable[[np.ndarray, int], Drawn]
) -> None:
    """Lines that stay where they are, earlier ones, and a few that move as well cost nothing."""
    program = functools.partial(draw_paths, draw=draw)

    for seed in SEEDS:
        assert verdict(animation_checks, A_STEP, program, seed=seed) == ""
        assert verdict(animation_checks, FRAMES, program, seed=seed) == ""


def everywhere(path: np.ndarray, frame: int) -> Drawn:  # noqa: ARG001 - the same in each frame
    """Draw the whole path at once, which never moves, as a fan of guesses might hit it."""
    return tuple(line_at(w) for w in path)


def then_everywhere(path: np.ndarray, frame: int) -> Drawn:
    """Draw the start, and the whole path from the next frame on."""
    return everywhere(path, frame) if frame else (line_at(path[0]),) * 9


def all_in_motion(path: np.ndarray, frame: int) -> Drawn:
    """Draw the right line among guesses, all new in each frame."""
    guesses = (line_at(path[frame + 1] + guess / 50) for guess in range(6))
    return tuple(guesses)


def without_intercept(path: np.ndarray, frame: int) -> Drawn:
    """Draw lines so far to one side that their intercepts don't matter beside it."""
    far = np.array([-1, 1e6])
    return (artist(np.stack([far, path[frame + 1, 0] * far - 33], axis=1)),)


@pytest.mark.parametrize("draw", [everywhere, then_everywhere, all_in_motion, without_intercept])
def test_lines_among_which_some_are_right_earn_nothing(
    animation_checks: ModuleType, draw: Callable[[np.ndarray, int], Drawn]
) -> None:
    """A right line counts only if the frame draws it anew, where it is seen, and few others."""
    program = functools.partial(draw_paths, draw=draw)

    for seed in SEEDS:
        assert verdict(animation_checks, A_STEP, program, seed=seed) != ""
        assert verdict(animation_checks, FRAMES, program, seed=seed) != ""


def test_line_that_moves_wrongly_beside_the_start_is_not_said_to_stay(
    animation_checks: ModuleType,
) -> None:
    """A line that stays at the start as a comparison is not taken for the one that moves."""

    def draw(path: np.ndarray, frame: int) -> Drawn:
        return line_at(path[0]), line_at(-path[frame + 1])

    assert "one step" in verdict(animation_checks, A_STEP, functools.partial(draw_paths, draw=draw))
    assert "stays" in verdict(animation_checks, A_STEP, functools.partial(animate, steps=0))


@pytest.mark.parametrize(
    "program",
    [
        other_data,
        anyhow,
        to_the_best_line,
        functools.partial(animate, steps=0),
        functools.partial(animate, steps=0, start=1),
        functools.partial(animate, steps=0, start=1, most_frames=1),
    ],
    ids=["a table", "anyhow", "the best line", "stands", "stands after a step", "one frame"],
)
def test_animation_without_gradient_descent_earns_nothing(
    animation_checks: ModuleType, program: Callable[..., object]
) -> None:
    """A line that has nothing to do with the data, or does not move, fails both checks."""
    for seed in SEEDS:
        assert verdict(animation_checks, A_STEP, program, seed=seed) != ""
        assert verdict(animation_checks, FRAMES, program, seed=seed) != ""


@pytest.mark.parametrize(
    "program",
    [
        functools.partial(animate, steps=2),
        functools.partial(animate, steps=10),
        functools.partial(animate, keep=(1, 0)),
        functools.partial(animate, keep=(0, 1)),
    ],
    ids=["two steps a frame", "ten steps a frame", "no intercept", "no slope"],
)
def test_wrong_step_keeps_the_points_for_the_frames(
    animation_checks: ModuleType, program: Callable[..., object]
) -> None:
    """A wrong number of steps, or a wrong line that follows the descent, costs one check only."""
    for seed in SEEDS:
        assert verdict(animation_checks, A_STEP, program, seed=seed) != ""
        assert verdict(animation_checks, FRAMES, program, seed=seed) == ""


@pytest.mark.parametrize("count", [7, 8, 12, 13, 17, 18, 22, 23])
def test_number_of_frames_that_is_written_in_is_never_right(
    animation_checks: ModuleType, count: int
) -> None:
    """Two numbers are asked for, so the one that is drawn by luck does not pass."""

    def program(**inputs: Any) -> AnyValue:  # noqa: ANN401 - the contract's
        return animate(**{**inputs, "frames": count})

    for seed in range(12):
        assert "frames instead of" in verdict(animation_checks, FRAMES, program, seed=seed)


def test_all_frames_are_played(animation_checks: ModuleType) -> None:
    """A line that stops after nine frames fails, and each frame that is asked for is played."""

    def stops(**inputs: Any) -> AnyValue:  # noqa: ANN401 - the contract's
        whole = animate(**inputs)
        assert isinstance(whole, Animation)
        frames = whole.frames[:9] + whole.frames[8:9] * (len(whole.frames) - 9)
        return Animation(frame_count=whole.frame_count, frames=frames)

    asked: list[CallRequest] = []

    def observe(request: Request) -> Observation:
        assert isinstance(request, CallRequest)
        asked.append(request)
        return computing(animate)(request)

    for seed in SEEDS:
        assert "one step" in verdict(animation_checks, A_STEP, stops, seed=seed)
        probe = Probe(LAB.unit("animate_fit"), observe, computing, derive_seed(seed, A_STEP))  # type: ignore[arg-type]
        animation_checks.check_animate_fit_takes_a_step_a_frame(probe)
    assert all(request.frames == request.inputs["frames"].value for request in asked)  # type: ignore[union-attr]
    assert {request.frames for request in asked} == {11, 12, 13}


@pytest.mark.parametrize("extra", [-1, 1, 30])
def test_wrong_number_of_frames_costs_one_check_only(
    animation_checks: ModuleType, extra: int
) -> None:
    """A wrong number of frames fails the check of the frames, and not that of the steps."""
    program = functools.partial(animate, extra_frames=extra)

    for seed in SEEDS:
        assert verdict(animation_checks, A_STEP, program, seed=seed) == ""
        assert "frames instead of" in verdict(animation_checks, FRAMES, program, seed=seed)


# --- plot_fit -----------------------------------------------------------------------------


def dots(across: object, up: object) -> Artist:
    """Make points."""
    points = np.stack([np.asarray(across, np.float64), np.asarray(up, np.float64)], axis=1)
    return Artist(points=array(points, dtype="float64"), is_joined=False, has_markers=True)


def draw_fit(*more: Callable[..., Artist]) -> Callable[..., AnyValue]:
    """Return a plot_fit() that draws data and model, and more."""

    def program(x: np.ndarray, y: np.ndarray, w: np.ndarray) -> AnyValue:
        drawn = [draw(x, y, w) for draw in more]
        return Axes(artists=(dots(x[:, 0], y), line_of(x, w), *drawn))

    return program


def failed_plot(program: Callable[..., object], seed: int) -> set[str]:
    """Return the checks of plot_fit that a program fails."""
    rng = np.random.default_rng(seed)
    cases = []
    for n in (2, 3, 37):
        x = np.stack([rng.uniform(-1, 1, n), np.ones(n)], axis=1).astype(np.float32)
        y = tensor(x @ rng.normal(0, 3, 2) + rng.uniform(0, 1, n))
        cases.append({"x": x, "y": y, "w": Leaf(tensor(rng.normal(0, 2, 2)))})
    return {
        check
        for check in ("shows_the_data", "shows_the_model")
        if verdict(load("plot_fit"), check, program, seed=seed, regressions=cases)
    }


WIDE = np.stack([np.linspace(-2, 2, 200), np.ones(200)], axis=1)


@pytest.mark.parametrize(
    "more",
    [
        [],
        [lambda x, _y, w: dots(x[:, 0], x @ w)],
        [lambda _x, _y, w: dots(WIDE[:, 0], WIDE @ w)],
        [lambda x, _y, _w: dots(x[:, 0], np.sin(x[:, 0]))],
        [lambda x, _y, w, k=k: line_of(x, w + np.float32(0.1 * k)) for k in range(1, 5)],
        [lambda _x, _y, _w, k=k: artist([[-1, k], [1, k]]) for k in range(-9, 10)],
        [lambda _x, _y, _w, k=k: artist([[k, -9], [k, 9]]) for k in range(-9, 10)],
    ],
    ids=["nothing", "predictions", "many points", "others", "four lines", "level", "upright"],
)
def test_some_more_may_be_drawn_than_data_and_model(more: list[Callable[..., Artist]]) -> None:
    """Predictions, a model of any number of points, a few lines and a grid cost nothing."""
    for seed in SEEDS:
        assert failed_plot(draw_fit(*more), seed) == set()


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (
            [lambda x, y, _w, k=k: dots(y, np.roll(x[:, 0], k)) for k in range(7)],
            {"shows_the_data"},
        ),
        (
            [
                lambda x, _y, _w, k=k: dots(np.full(300, x[k % len(x), 0]), np.linspace(-9, 9, 300))
                for k in range(37)
            ],
            {"shows_the_data"},
        ),
        (
            [
                lambda x, _y, w, k=k: line_of(x, np.array([w[k // 7] * k % 7, w[k % 2]]))
                for k in range(14)
            ],
            {"shows_the_model"},
        ),
    ],
    ids=["points", "columns of points", "lines"],
)
def test_much_more_than_data_and_model_shows_neither(
    more: list[Callable[..., Artist]], expected: set[str]
) -> None:
    """Among many points or lines, some are right whatever one knows: the check fails."""
    for seed in SEEDS:
        assert failed_plot(draw_fit(*more), seed) == expected


# --- facts of odd and of large answers ----------------------------------------------------


def facts_of(name: str, value: object) -> float:
    """Summarize an answer of a function; only `WrongError` may be raised.

    Returns:
        The CPU time that it took, in seconds.
    """
    module = load(name)
    requests: list[CallRequest] = []

    def observe(request: Request) -> Observation:
        assert isinstance(request, CallRequest)
        requests.append(request)
        return observation_for(request, returned(value))

    probe = Probe(LAB.unit(name), observe, computing, derive_seed(0, name))  # type: ignore[arg-type]
    inputs: dict[str, dict[str, Any]] = {
        "animate_fit": {"frames": 20},
        "plot_fit": {},
        "minibatches": {"batch_size": 5},
        "train_minibatch": {"epochs": 2, "batch_size": 2},
    }
    case = load("animate_fit")._draw_case(probe)
    if name == "train_minibatch":
        case = load(name)._draw_samples(probe, 4)
    probe.student(**{key: case[key] for key in LAB.parameters[name] if key in case}, **inputs[name])
    (request,) = requests
    result = Result(name, observe(request).steps)

    def summarize() -> None:
        with contextlib.suppress(WrongError):
            module.facts(request, result)

    return least_cpu_s(summarize)


ODD = [
    [],
    [[0, 0]],
    [[0, 0], [1e-200, 5]],
    [[0, 1e308], [1, -1e308]],
    [[-1e308, -1e308], [1e308, 1e308]],
    [[5e-324, 1], [1e-310, 2]],
    [[0, np.nan], [1, np.inf]],
]
VALUES: list[object] = [
    None,
    math.nan,
    1e308,
    True,
    "text",
    {},
    [],
    (),
    [[]],
    [math.inf, math.nan, -1e308],
    np.empty((0, 2), np.float32),
    np.array([1j, 2j]),
    np.array([True, False]),
    np.array([5e-324, 1e308]),
    [(np.empty((0, 2), np.float32), np.empty(0, np.float32))] * 3,
    [(np.full((2, 2), np.inf, np.float32), np.full(2, np.nan, np.float32))],
    *(Axes(artists=(artist(points),)) for points in ODD),
    *(Animation(frame_count=20, frames=((artist(points),),) * 6) for points in ODD),
    Axes(artists=()),
    Animation(frame_count=0, frames=()),
    Animation(frame_count=100_000, frames=((),) * 6),
]
WITH_FACTS = ["animate_fit", "plot_fit", "minibatches", "train_minibatch"]


@pytest.mark.parametrize("name", WITH_FACTS)
def test_facts_of_odd_answers_raise_only_verdicts(name: str) -> None:
    """Whatever a function answers, it has facts or is called wrong, and numpy warns of nothing."""
    for value in VALUES:
        facts_of(name, value)


def many_artists(count: int, points: int) -> tuple[Artist, ...]:
    """Make lines, each with its own slope and many points."""
    x = np.linspace(-1, 1, points)
    return tuple(artist(np.stack([x, k * x - k], axis=1)) for k in range(count))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("animate_fit", Animation(frame_count=20, frames=(many_artists(500, 2),) * 6)),
        ("animate_fit", Animation(frame_count=20, frames=(many_artists(5, 17_000),) * 6)),
        ("plot_fit", Axes(artists=many_artists(500, 1000))),
        ("plot_fit", Axes(artists=many_artists(5, 100_000))),
        ("minibatches", Items(kind="list", items=(returned([]).steps[0].returned,) * 10_000)),
        ("minibatches", [(np.ones((60_000, 2)), np.ones(60_000))] * 5),
        ("train_minibatch", [0.5] * 10_000),
        ("train_minibatch", np.ones(1_000_000, np.float32)),
    ],
    ids=[
        "many lines",
        "long lines",
        "many plots",
        "long plots",
        "many batches",
        "many rows",
        "many losses",
        "more losses",
    ],
)
def test_facts_of_the_largest_answers_take_a_tenth_of_a_second(name: str, value: object) -> None:
    """The facts of the largest answers that cross the wall take at most 0.1 s of CPU."""
    assert facts_of(name, value) < 0.1


# --- hints of plot_fit --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("drawn", "hint"),
    [
        (lambda x, y, _w: [dots(x[:, 0], y)], ""),
        (lambda x, y, w: [dots(x[:, 0], y), line_of(x, w + np.float32(1))], "A line is drawn"),
    ],
    ids=["points only", "another line"],
)
def test_who_draws_a_line_is_not_asked_to_draw_one(
    drawn: Callable[..., list[Artist]], hint: str
) -> None:
    """The check's own hint says to plot the predictions; here they are plotted, but wrong."""
    x = np.stack([np.linspace(-1, 1, 5), np.ones(5)], axis=1).astype(np.float32)
    w = np.array([2, -1], np.float32)
    y = x @ w + np.array([3, -2, 4, -5, 1])
    artists = tuple(drawn(x, y, w))

    with pytest.raises(WrongError) as wrong:
        load("plot_fit")._expect_model(artists, {"x": x, "w": Leaf(w)})

    assert wrong.value.hint.startswith(hint)
    assert bool(wrong.value.hint) == bool(hint)


# --- facts of plot_fit ----------------------------------------------------------------------


def plot_facts(draw: Callable[..., Artist], *, moves_x: bool = False) -> dict[str, object]:
    """Return the facts of a plot with the samples and one line more."""
    module = load("plot_fit")
    x = np.stack([np.array([0.3, -1, 0.7, 0.1]), np.ones(4)], axis=1).astype(np.float32)
    y, w = np.array([4, -2, 1, 7], np.float32), np.array([2, -1], np.float32)
    inputs = {"x": x, "y": y, "w": Leaf(w)}
    request = CallRequest(
        function="plot_fit", inputs={name: encode_input(one) for name, one in inputs.items()}
    )

    def program(x: np.ndarray, y: np.ndarray, w: np.ndarray) -> AnyValue:
        drawn = Axes(artists=(dots(x[:, 0], y), draw(x, y, w)))
        if moves_x:
            x += 1
        return drawn

    result = Result("plot_fit", computing(program)(request).steps)
    found: dict[str, object] = module.facts(request, result)
    return found


@pytest.mark.parametrize(
    "draw",
    [
        lambda x, _y, w: artist(np.stack([np.arange(len(x)), x @ w], axis=1)),
        lambda x, _y, w: artist(np.stack([np.sort(x[:, 0]), x @ w], axis=1)),
    ],
    ids=["over the sample number", "over sorted features"],
)
def test_wrong_line_has_other_facts_than_any_other_one(draw: Callable[..., Artist]) -> None:
    """A line that is wrong in a known way is not taken for one that is wrong in another."""
    other = plot_facts(lambda x, _y, w: line_of(x, 3 * w))

    assert plot_facts(draw) != other
    assert other == plot_facts(lambda x, _y, w: line_of(x, 5 * w))


def test_data_that_is_changed_is_a_fact_of_a_right_plot() -> None:
    """A plot that is right is not taken for one that changes x."""
    right, moved = (
        plot_facts(lambda x, _y, w: line_of(x, w), moves_x=one) for one in (False, True)
    )

    assert (right["changes_data"], moved["changes_data"]) == (False, True)


@pytest.mark.parametrize("nothing", [0.0, math.nan])
def test_epochs_without_a_batch_are_counted_whatever_their_loss(nothing: float) -> None:
    """A mean of no losses is nan, or 0 where the sum is divided by at least 1."""
    assert load("train_minibatch")._count_of_nothing(np.array([0.5, nothing, nothing])) == 2


# --- hints that give a cause, only where it was seen ------------------------------------------


def logistic(z: np.ndarray) -> np.ndarray:
    """Compute the sigmoid."""
    return np.asarray(1 / (1 + np.exp(-z.astype(np.float64))), dtype=np.float32)


@pytest.mark.filterwarnings("ignore:overflow")
@pytest.mark.filterwarnings("ignore:invalid value")
@pytest.mark.parametrize(
    ("program", "has_cause"),
    [
        (lambda z: np.exp(z) / (1 + np.exp(z)), True),
        (lambda z: logistic(2 * z), False),
    ],
    ids=["nan", "wrong but finite"],
)
def test_overflow_is_the_hint_only_if_something_is_not_finite(
    program: Callable[..., object], *, has_cause: bool
) -> None:
    """Another wrong curve is not told about infinity."""
    wrong = failure(load("sigmoid"), "is_right_far_from_zero", program, reference=logistic)

    assert wrong is not None
    assert ("infinity divided by infinity" in wrong.hint) is has_cause


@pytest.mark.filterwarnings("ignore:divide by zero")
@pytest.mark.filterwarnings("ignore:invalid value")
@pytest.mark.parametrize(
    ("program", "has_cause"),
    [
        (lambda p, y: float(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))), True),
        (lambda p, y: float(3 + np.mean(p - y)), False),
    ],
    ids=["nan", "wrong but finite"],
)
def test_logarithm_of_zero_is_the_hint_only_if_the_loss_is_not_finite(
    program: Callable[..., object], *, has_cause: bool
) -> None:
    """A loss that is wrong in another way is not told to clamp."""
    wrong = failure(load("cross_entropy"), "is_finite_at_zero_and_one", program)

    assert wrong is not None
    assert ("log(0)" in wrong.hint) is has_cause


def halve(**inputs: Any) -> float:  # noqa: ANN401 - numbers and arrays
    """Take half a step of gradient descent."""
    return right_step(**{**inputs, "lr": inputs["lr"] / 2})


def right_step(x: Any, y: Any, w: Any, lr: float) -> float:  # noqa: ANN401 - arrays
    """Take a step of gradient descent."""
    gap = x @ w - y
    w -= np.float32(lr) * (2 / len(y) * x.T @ gap)
    return float(np.mean(gap**2))


def test_gradients_that_pile_up_are_no_hint_where_one_call_is_wrong() -> None:
    """The check of several calls has nothing to say then."""
    case = {
        "x": tensor([[1, 1], [0, 1]]),
        "y": tensor([4, 1]),
        "w": Leaf(tensor([1, 0.5])),
    }

    wrong = failure(
        load("update"), "is_right_again_and_again", halve, reference=right_step, regressions=[case]
    )

    assert wrong is not None
    assert wrong.hint == "The first call is already wrong, so begin with that."


@pytest.mark.parametrize(
    ("count", "message"),
    [(10, "10 frames instead of"), (100_000, "100000 frames or more instead of")],
)
def test_number_of_frames_is_told_as_far_as_it_is_known(
    animation_checks: ModuleType, count: int, message: str
) -> None:
    """Frames are counted up to a limit: there may be no end."""
    animation = Animation(frame_count=count, frames=())

    wrong = failure(animation_checks, "has_the_frames_asked_for", lambda **_: animation)

    assert wrong is not None
    assert message in wrong.message
    assert wrong.hint == "Pass `frames` on to FuncAnimation."
    assert animation_checks.MAX_FRAMES == MAX_FRAMES


def test_animation_of_another_line_is_not_told_to_pass_the_frames_on(
    animation_checks: ModuleType,
) -> None:
    """Their number is right."""
    wrong = failure(
        animation_checks,
        "has_the_frames_asked_for",
        lambda frames, **_: Animation(frame_count=int(frames), frames=()),
    )

    assert wrong is not None
    assert not wrong.hint


@pytest.mark.filterwarnings("ignore:divide by zero")
@pytest.mark.filterwarnings("ignore:invalid value")
def test_overflow_is_no_hint_where_small_numbers_are_nan_too() -> None:
    """The logit of 2 is nan, and exp(2) is finite."""
    wrong = failure(
        load("sigmoid"),
        "is_right_far_from_zero",
        lambda z: np.log(z / (1 - z)) + np.nan,
        reference=logistic,
    )

    assert wrong is not None
    assert "contains nan" in wrong.message
    assert not wrong.hint


def mean_of_each_class(p: Any, y: Any) -> float:  # noqa: ANN401 - arrays
    """Return the mean cross entropy of each class, divided by 2: of one class, 0 / 0."""
    p = np.clip(p, 1e-6, 1 - 1e-6)
    ones = (y * np.log(p)).sum() / y.sum()
    return float(-(ones + ((1 - y) * np.log(1 - p)).sum() / (1 - y).sum()) / 2)


@pytest.mark.filterwarnings("ignore:invalid value")
def test_logarithm_of_zero_is_no_hint_where_moderate_probabilities_give_nan_too() -> None:
    """A division by the number of samples of a class has nothing to do with p."""
    wrong = failure(load("cross_entropy"), "is_finite_at_zero_and_one", mean_of_each_class)

    assert wrong is not None
    assert "is nan" in wrong.message
    assert wrong.hint.startswith("With this y, it is not finite where p is between 0.2 and 0.8")
    assert "All samples are of one class" in wrong.hint


def ones_first(n: float, w: Any) -> Any:  # noqa: ANN401 - arrays
    """Draw data with the columns of x exchanged, and targets of the slope and the intercept."""
    rng = np.random.default_rng(0)
    x = np.ones((int(n), 2), np.float32)
    x[:, 1] = rng.uniform(-1, 1, int(n))
    noise = rng.uniform(0, 1, int(n))
    return x, (w[0] * x[:, 1] + w[1] + noise).astype(np.float32)


@pytest.mark.parametrize(
    "check", ["adds_uniform_noise", "draws_noise_for_each_sample", "draws_afresh"]
)
def test_noise_is_not_described_where_the_columns_of_x_are_exchanged(check: str) -> None:
    """The noise is right, but it is not y - x @ w then."""
    wrong = failure(load("make_data"), check, ones_first)

    assert wrong is not None
    assert wrong.message == "y - x @ w is not uniform noise in [0, 1)"
    assert wrong.hint == "The columns of x are in the wrong order, so mend those first."


def test_missing_samples_are_the_hint_of_what_follows_from_them(batch_checks: ModuleType) -> None:
    """Whether rows stay together, and in which order they come, is another matter."""

    def program(x: Any, y: Any, batch_size: float) -> list[tuple[Any, Any]]:  # noqa: ANN401
        size, order = int(batch_size), np.random.default_rng(0).permutation(len(x))
        starts = range(0, len(x) - size, size)
        return [(x[order[one : one + size]], y[order[one : one + size]]) for one in starts]

    for check in ("keep_rows_together", "are_shuffled_anew"):
        wrong = failure(batch_checks, check, program)

        assert wrong is not None
        assert wrong.hint == "First see to it that every sample is in a batch."
