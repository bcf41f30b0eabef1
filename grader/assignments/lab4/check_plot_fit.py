"""Checks of plot_fit(x, y, w): what is drawn on the Axes it returns."""

from typing import Any

import numpy as np
import pytest

from grader.checks.compare import name_kind
from grader.checks.drawings import count_strange_points, has_points, lines_of, marked_points
from grader.checks.probe import Probe, Result
from grader.checks.verdict import WrongError
from grader.observations.messages import CallRequest, Request
from grader.observations.values import Array, Artist, Axes

# What may be drawn beside data and model, which have to stand out: a true line and a band, say (and
# few samples may be on a line themselves), and as many points as there are samples, say the
# predictions.
MOST_OTHER_LINES = 5
MOST_MORE_POINTS = 10


def _artists(result: Result) -> tuple[Artist, ...]:
    value = result.returned()
    if not isinstance(value, Axes):
        raise WrongError(
            f"plot_fit() returns {name_kind(value)}, not the matplotlib Axes it has drawn on",
            got=name_kind(value),
            expected="an Axes",
            hint="End with `return ax`, where ax comes from plt.subplots() or plt.gca().",
        )
    return value.artists


def _expect_data(artists: tuple[Artist, ...], case: dict[str, Any]) -> None:
    data = np.stack([case["x"][:, 0], case["y"]], axis=1)
    if not has_points(marked_points(artists), data):
        raise WrongError("the samples (x[:, 0], y) are not all drawn as points")
    strange = count_strange_points(artists, data)
    if strange > len(data) + MOST_MORE_POINTS:
        raise WrongError(
            f"beside the {len(data)} samples, {strange} other points are drawn",
            hint="Draw only the samples as points: y against x[:, 0].",
        )


def _expect_model(artists: tuple[Artist, ...], case: dict[str, Any]) -> None:
    slope, intercept = case["w"].array.astype(np.float64)
    lines = lines_of(artists, case["x"][:, 0])
    is_model = lines.lie_on(np.array([slope]), np.array([intercept]))[:, 0]
    if not np.any(is_model):
        message = "nothing drawn lies on the model's line, w[0] * feature + w[1]"
        if not any(artist.is_joined for artist in artists):
            raise WrongError(message)
        # Its student draws a line already, so the check's own hint would be of no use.
        hint = (
            "A line is drawn, but another one. Give plot() two arguments: first x[:, 0], then "
            "predict(x, w), both in the same order of samples."
        )
        raise WrongError(message, hint=hint)
    others = int(np.sum(~is_model & ~lines.are_level()))
    if others > MOST_OTHER_LINES:
        raise WrongError(
            f"beside the model's line, {others} other straight lines are drawn",
            hint="Draw only one line: predict(x, w) against x[:, 0].",
        )


@pytest.mark.points(2)
def check_plot_fit_shows_the_data(probe: Probe, regressions: list[dict[str, Any]]) -> None:
    """The data is drawn as points: y against column 0 of x

    plt.scatter(x[:, 0], y) draws one point per sample.
    """
    for case in regressions[1:]:
        _expect_data(_artists(probe.student(**case)), case)


@pytest.mark.points(2)
def check_plot_fit_shows_the_model(probe: Probe, regressions: list[dict[str, Any]]) -> None:
    """The model is drawn as a line, or as points on it

    Plot predict(x, w) against x[:, 0]. Detach what requires grad before you pass it to matplotlib.
    """
    for case in regressions[1:]:
        _expect_model(_artists(probe.student(**case)), case)


def facts(request: Request, result: Result) -> dict[str, object]:
    """Return what is drawn: which columns as points, and which lines."""
    assert isinstance(request, CallRequest)
    x, y, w = (_numbers(request.inputs[name]) for name in ("x", "y", "w"))
    artists = _artists(result)
    marked = marked_points(artists)
    joined = marked_points(
        Artist(points=one.points, is_joined=False, has_markers=True)
        for one in artists
        if one.is_joined
    )
    points = {
        "data": (x[:, 0], y),
        "data_over_ones": (x[:, 1], y),
        "data_turned": (y, x[:, 0]),
        "data_over_index": (np.arange(len(y)), y),
        "prediction_over_target": (y, x @ w),
        "prediction_over_ones": (x[:, 1], x @ w),
        "prediction_over_index": (np.arange(len(y)), x @ w),
        "prediction_over_sorted": (np.sort(x[:, 0]), x @ w),
    }
    lines = {
        "model": (w[0], w[1]),
        "slope_only": (w[0], 0.0),
        "intercept_only": (0.0, w[1]),
        "swapped": (w[1], w[0]),
        "negative_intercept": (w[0], -w[1]),
    }
    found: dict[str, object] = {
        # Any line: one by a wrong formula is not one that is missing.
        "has_line": any(one.is_joined for one in artists),
        "has_points": any(one.has_markers for one in artists),
        "changes_data": any(
            not np.array_equal(result.after(name), _numbers(request.inputs[name])) for name in "xy"
        ),
    }
    for name, (across, up) in points.items():
        wanted = np.stack([across, up], axis=1)
        found[name] = has_points(marked, wanted)
        found[f"{name}_joined"] = has_points(joined, wanted)
    drawn = lines_of(artists, x[:, 0])
    is_on = np.any(drawn.lie_on(*np.array(list(lines.values())).T), axis=0)
    found |= {f"line_{name}": bool(shown) for name, shown in zip(lines, is_on, strict=True)}
    return found


def _numbers(value: object) -> np.ndarray:
    assert isinstance(value, Array)
    return value.to_numpy().astype(np.float64)
