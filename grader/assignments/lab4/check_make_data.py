"""Checks of make_data(n, w): a line, and uniform noise around it.

The statistical bounds are those of Dvoretzky, Kiefer, Wolfowitz and Massart: the empirical
distribution of N draws is further than e from the true one with a probability of at most
2 exp(-2 N e^2). They are set to a false-alarm rate of 1e-10.

What only looks drawn, such as |x| for the noise, has the right distribution, but depends on
something. So pairs of numbers are counted in cells, and the values of two calls are compared.
"""

import contextlib
import itertools
from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from grader.checks.compare import expect_finite, expect_shape, name_kind, to_array
from grader.checks.facts import Roughly
from grader.checks.inputs import tensor
from grader.checks.pictures import line, points
from grader.checks.probe import Probe, Result
from grader.checks.verdict import WrongError
from grader.observations.messages import CallRequest, Request
from grader.observations.values import Array, Items, Number
from grader.report.model import Picture

FALSE_ALARM = 1e-10
# So many draws tell distributions apart. How many it is, is drawn: nobody writes a case for it.
FEWEST, MOST = 3900, 4100


def _draw_w(probe: Probe) -> np.ndarray:
    """Draw a slope and an intercept that can't be taken for each other, of either sign."""
    rng = probe.rng()
    return tensor(rng.choice([-1, 1], 2) * rng.uniform([2.5, 1], [4, 2]))


def _draw_n(probe: Probe) -> int:
    return int(probe.rng().integers(FEWEST, MOST + 1))


def _data(result: Result, n: int, step: int = -1) -> tuple[np.ndarray, np.ndarray]:
    """Return x and y of one call, after checking all but the distribution of their values."""
    pair = result.returned(step)
    if not isinstance(pair, Items) or len(pair.items) != 2:  # noqa: PLR2004 - a pair
        raise WrongError(
            f"make_data() returns {name_kind(pair)}, not a pair (x, y)", got=name_kind(pair)
        )
    arrays = []
    for name, value, shape in zip("xy", pair.items, ((n, 2), (n,)), strict=True):
        array = to_array(value, name)
        expect_shape(array, shape, name)
        expect_finite(array, name)
        assert isinstance(value, Array)
        if value.dtype != "float32":
            raise WrongError(f"{name} is {value.dtype}", got=value.dtype, expected="float32")
        if value.requires_grad:
            raise WrongError(
                f"{name} requires grad", hint="Data is given; only the weights are learnt."
            )
        arrays.append(array)
    return arrays[0], arrays[1]


def _distance_from_uniform(values: np.ndarray, low: float, high: float) -> float:
    """Return the Kolmogorov-Smirnov distance between draws and the uniform distribution."""
    scaled = np.clip((np.sort(values) - low) / (high - low), 0, 1)
    ranks = np.arange(len(values))
    return float(
        max(np.max(scaled - ranks / len(values)), np.max((ranks + 1) / len(values) - scaled))
    )


def _allowed_distance(n: int) -> float:
    return float(np.sqrt(np.log(2 / FALSE_ALARM) / (2 * n)))


def _expect_uniform(values: np.ndarray, low: float, high: float, what: str, slack: float) -> None:
    if np.min(values) < low - slack or np.max(values) > high + slack:
        span = f"from {np.min(values):.3g} to {np.max(values):.3g}"
        raise WrongError(f"{what} ranges {span}, but should lie between {low:g} and {high:g}")
    distance = _distance_from_uniform(values, low, high)
    # The chance that no draw falls into an outermost part c is at most exp(-N c).
    part = np.log(1 / FALSE_ALARM) / len(values) * (high - low)
    is_covered = np.min(values) < low + part and np.max(values) > high - part
    if not is_covered or distance > _allowed_distance(len(values)):
        raise WrongError(
            f"{what} is not uniform between {low:g} and {high:g}: of {len(values)} draws "
            f"the mean is {np.mean(values):.3g} and the standard deviation {np.std(values):.3g} "
            f"(uniform: {(low + high) / 2:.3g} and {(high - low) / np.sqrt(12):.3g})"
        )


def _expect_random(values: np.ndarray, what: str) -> None:
    # Random draws are never as even as a grid: a distance below 4 / N has a chance of 1e-80 here.
    if _distance_from_uniform(values, np.min(values), np.max(values)) < 4 / len(values):
        raise WrongError(f"{what} lies on an even grid, so it is not drawn at random")


_CELLS = 8
# Chi square of 8 x 8 cells with given margins, 49 degrees of freedom: independent numbers are above
# 160 with a chance of 1e-12. Of 3900 pairs that depend on each other, |x| and x have 27,000.
_MOST_CHI_SQUARE = 200


def cells(values: np.ndarray) -> np.ndarray:
    """Return for each number in which eighth of them it is by its rank, whatever they are."""
    return _cells_in(np.argsort(values, kind="stable"))


def _cells_in(order: np.ndarray) -> np.ndarray:
    """Return the cells of numbers whose ascending order is known."""
    found = np.empty(len(order), int)
    found[order] = np.arange(len(order)) * _CELLS // len(order)
    return found


def chi_square(row: np.ndarray, column: np.ndarray) -> float:
    """Return how far pairs of cells are from being independent."""
    counts = np.bincount(row * _CELLS + column, minlength=_CELLS**2)
    expected = len(row) / _CELLS**2
    return float(np.sum((counts - expected) ** 2)) / expected


def _expect_no_rule(values: np.ndarray, cell: np.ndarray, what: str) -> None:
    """Raise if each number, of which the cells are known, follows from the one before."""
    # Draws may be put in ascending order: which numbers these are is random nevertheless.
    is_sorted = np.all(values[1:] >= values[:-1])
    if not is_sorted and chi_square(cell[:-1], cell[1:]) > _MOST_CHI_SQUARE:
        raise WrongError(f"in {what}, each number depends on the one before")


_COLUMNS_FIRST = "The columns of x are in the wrong order, so mend those first."


@contextlib.contextmanager
def _unless_exchanged(x: np.ndarray) -> Iterator[None]:
    """Say nothing more of y - x @ w if the columns of x are exchanged: the noise may be right."""
    try:
        yield
    except WrongError as wrong:
        if np.all(x[:, 0] == 1) and not np.all(x[:, 1] == 1):
            message = "y - x @ w is not uniform noise in [0, 1)"
            raise WrongError(message, hint=_COLUMNS_FIRST) from wrong
        raise


def _expect_noise(x: np.ndarray, y: np.ndarray, w: np.ndarray) -> None:
    """Raise unless y is x @ w plus uniform noise that depends on nothing."""
    with _unless_exchanged(x):
        _expect_noise_of(x, y, w)


def _expect_noise_of(x: np.ndarray, y: np.ndarray, w: np.ndarray) -> None:
    noise = y - x @ w.astype(np.float64)
    # float32 places y = 17 to within 2e-6.
    _expect_uniform(noise, 0, 1, "the noise y - x @ w", slack=1e-5)
    order = np.argsort(x[:, 0], kind="stable")
    of_x, of_noise = _cells_in(order), cells(noise)
    in_order = of_noise[order]
    pairs = [(of_x, of_noise), (of_x[:-1], of_noise[1:]), (of_x[1:], of_noise[:-1])]
    # If the noise is any curve over x, neighbours in x have noise that is nearly the same.
    pairs.append((in_order[:-1], in_order[1:]))
    if any(chi_square(*pair) > _MOST_CHI_SQUARE for pair in pairs):
        raise WrongError(
            "the noise depends on x", hint="Draw n new numbers for it, with torch.rand(n)."
        )
    _expect_no_rule(noise, of_noise, "the noise y - x @ w")


@pytest.mark.points(2)
def check_make_data_draws_x(probe: Probe) -> None:
    """x holds a feature, uniform in [-1, 1), and a column of ones

    Start with torch.ones(n, 2) and fill column 0 in place with uniform_(-1, 1).
    """
    w, n, few = _draw_w(probe), _draw_n(probe), int(probe.rng().integers(3, 20))
    x, _ = _data(probe.student(n=n, w=w), n)
    for ones in (x[:, 1], _data(probe.student(n=few, w=w), few)[0][:, 1]):
        if not np.all(ones == 1):
            raise WrongError("column 1 of x is not all ones")
    _expect_uniform(x[:, 0], -1, 1, "column 0 of x", slack=0)
    _expect_random(x[:, 0], "column 0 of x")
    # 4000 draws out of 2**23 or more floats: a hundred repeats don't happen.
    different = len(np.unique(x[:, 0]))
    if different < n - 100:
        raise WrongError(f"in column 0 of x, only {different} of {n} numbers are different")
    _expect_no_rule(x[:, 0], cells(x[:, 0]), "column 0 of x")


@pytest.mark.points(1)
def check_make_data_adds_uniform_noise(probe: Probe) -> None:
    """y is x @ w plus noise that is uniform in [0, 1)

    Add torch.rand(n), which draws from [0, 1), to x @ w, with this x and this w as they are.
    torch.randn would draw from a normal distribution.
    """
    first, n = _draw_w(probe), _draw_n(probe)
    for w in (first, first[::-1] * tensor([0.25, 3])):
        x, y = _data(probe.student(n=n, w=w), n)
        _expect_noise(x, y, w)


@pytest.mark.points(1)
def check_make_data_draws_noise_for_each_sample(probe: Probe) -> None:
    """Each sample has its own noise

    torch.rand(n) draws n numbers; torch.rand(1) draws one for all samples.
    """
    w, n = _draw_w(probe), _draw_n(probe)
    x, y = _data(probe.student(n=n, w=w), n)
    noise = np.asarray(y - x @ w.astype(np.float64))
    if np.ptp(noise) < 1e-4:  # noqa: PLR2004 - rounding of y alone makes 1e-6
        raise WrongError(f"all {n} samples have the same noise, {noise[0]:.4f}")
    _expect_noise(x, y, w)
    different = len(np.unique(np.round(noise, 6)))
    if different < n * 0.9:
        raise WrongError(f"in the noise, only {different} of {n} numbers are different")


# Of 4000 draws, about one x has the same value in another call, and every 40th noise one that is as
# near as float32 can tell. If a tenth of x or a quarter of the noise does, both are from a table.
_X_ALIKE, _NOISE_ALIKE = 0.1, 0.25
_ROUNDING = 3e-6  # of y - x @ w
_CALLS = 3


def _part_alike(one: np.ndarray, other: np.ndarray, within: float) -> float:
    """Return the part of some numbers that are among others as well, to within a distance.

    Both are in ascending order, in which they are found ten times as quickly.
    """
    after = np.clip(np.searchsorted(other, one), 1, len(other) - 1)
    gaps = np.minimum(np.abs(other[after] - one), np.abs(other[after - 1] - one))
    return float(np.mean(gaps <= within))


@pytest.mark.points(1)
def check_make_data_draws_afresh(probe: Probe) -> None:
    """Every call draws new data

    Don't set a seed inside the function, and don't keep anything from call to call.
    """
    w, few = _draw_w(probe), int(probe.rng().integers(40, 61))
    for n in (few, _draw_n(probe)):
        result = probe.student(n=n, w=w, times=_CALLS)
        draws = [_data(result, n, step) for step in range(_CALLS)]
        noises = [np.asarray(y - x @ w.astype(np.float64)) for x, y in draws]
        for (x, _), noise in zip(draws, noises, strict=True):
            with _unless_exchanged(x):
                _expect_uniform(noise, 0, 1, "the noise y - x @ w", slack=1e-5)
        for one, other in itertools.combinations(range(_CALLS), 2):
            _expect_other_draws(
                draws[one][0][:, 0], draws[other][0][:, 0], noises[one], noises[other]
            )
        if n >= FEWEST:
            _expect_noise(*draws[0], w)


def _expect_other_draws(
    x: np.ndarray, next_x: np.ndarray, noise: np.ndarray, next_noise: np.ndarray
) -> None:
    """Raise if two calls have drawn the same features or the same noise, in whatever order."""
    if np.array_equal(x, next_x):
        raise WrongError("two calls return the same x")
    if np.allclose(noise, next_noise, rtol=0, atol=1e-4):
        raise WrongError("two calls draw the same noise")
    x, next_x, noise, next_noise = map(np.sort, (x, next_x, noise, next_noise))
    # A feature of few values, or one for all, is the matter of another check.
    is_varied = np.count_nonzero(np.diff(x)) + 1 > len(x) * 0.9
    if is_varied and _part_alike(x, next_x, 0) > _X_ALIKE:
        raise WrongError("two calls take the features of x from the same numbers")
    if _part_alike(noise, next_noise, _ROUNDING) > _NOISE_ALIKE:
        raise WrongError("two calls take the noise from the same numbers")


_MANY = 1000  # this many draws have quantiles that tell distributions apart


def facts(request: Request, result: Result) -> dict[str, object]:
    """Return the distributions of the columns and the noise, and what repeats from call to call."""
    assert isinstance(request, CallRequest)
    n, w = (request.inputs[name] for name in ("n", "w"))
    assert isinstance(n, Number)
    assert isinstance(w, Array)
    draws = [_data(result, int(n.value), step) for step in range(len(result.steps))]
    noises = [y - x @ w.to_numpy().astype(np.float64) for x, y in draws]
    x, noise = draws[0][0], noises[0]
    found: dict[str, object] = {"has_ones": bool(np.all(x[:, 1] == 1))}
    if len(draws) > 1:
        found["repeats_x"] = bool(np.array_equal(x, draws[1][0]))
        found["repeats_noise"] = bool(np.allclose(noise, noises[1], rtol=0, atol=1e-4))
    if n.value >= _MANY:
        for name, values in (("feature", x[:, 0]), ("ones", x[:, 1]), ("noise", noise)):
            found[f"{name}_varies"] = bool(np.ptp(values) > 1e-4)  # noqa: PLR2004 - rounding
            if name != "ones" and not found[f"{name}_varies"]:
                found[f"{name}_is_zero"] = bool(abs(values[0]) < 1e-4)  # noqa: PLR2004 - rounding
                continue  # one draw for all: its value is left to chance
            # 4000 draws place these to within 0.03 of a normal distribution's spread.
            quantiles = np.quantile(values, (0.05, 0.25, 0.5, 0.75, 0.95))
            found[name] = Roughly(quantiles, within=0.2 * max(1.0, float(np.std(values))))
        found["is_sorted"] = bool(np.all(np.diff(x[:, 0]) >= 0))
        found["noise_follows_x"] = Roughly(_correlation(x[:, 0], noise), within=0.3)
    return found


def _correlation(one: np.ndarray, other: np.ndarray) -> float:
    spread = float(np.std(one) * np.std(other))
    if spread < 1e-6:  # noqa: PLR2004 - one of them is constant, apart from rounding
        return 0.0
    return float(np.mean((one - np.mean(one)) * (other - np.mean(other)))) / spread


def pictures(probe: Probe) -> Sequence[Picture]:
    """Draw 60 samples, and the two lines between which they should lie."""
    w = tensor([1, -0.5])
    x, y = _data(probe.student(n=60, w=w), 60)
    ends = np.array([-1.0, 1.0])
    line_of_w = w[0] * ends + w[1]
    lower = "x @ w and x @ w + 1: right samples lie evenly in between"
    return [
        Picture(
            title="60 samples of make_data(60, w), with w = [1., -0.5]",
            x_label="feature",
            y_label="target",
            series=(
                points("yours", "student", x[:, 0], y),
                line(lower, "right", ends, line_of_w),
                line(lower, "right", ends, line_of_w + 1),
            ),
        )
    ]
