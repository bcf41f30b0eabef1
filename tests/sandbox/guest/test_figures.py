"""Summing up figures: the lines and points that one sees, in data coordinates."""

import itertools
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
import torch
from matplotlib import pyplot as plt
from matplotlib.animation import FuncAnimation
from matplotlib.axes import Axes as Plot

from grader.observations.values import Artist, Axes
from grader.sandbox.guest import figures
from grader.sandbox.guest.describe import describe
from grader.sandbox.guest.figures import artists_of, describe_axes, is_animation, play

mpl.use("agg")

X, Y = [0.0, 1.0, 2.0], [1.0, 3.0, 5.0]
POINTS = [[0.0, 1.0], [1.0, 3.0], [2.0, 5.0]]


@pytest.fixture
def axes() -> Iterator[Plot]:
    """Fresh axes to draw on."""
    figure, fresh = plt.subplots()
    yield fresh
    plt.close(figure)


def the_artist(axes: Plot) -> Artist:
    """Give the only artist that is found."""
    (artist,) = artists_of([axes])
    return artist


def shown(axes: Plot) -> list[tuple[list[list[float]], bool, bool]]:
    """Give each artist's points, and whether it is joined and marked."""
    return [
        (artist.points.to_numpy().tolist(), artist.is_joined, artist.has_markers)
        for artist in artists_of([axes])
    ]


# --- artists ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("draw", "is_joined", "has_markers"),
    [
        (lambda axes: axes.scatter(X, Y), False, True),
        (lambda axes: axes.plot(X, Y), True, False),
        (lambda axes: axes.plot(X, Y, "o"), False, True),
        (lambda axes: axes.plot(X, Y, "o-"), True, True),
        (lambda axes: axes.plot(X, Y, "r--"), True, False),
        (lambda axes: axes.plot(X, Y, "."), False, True),
        (lambda axes: axes.plot(X, Y, linestyle="", marker="x"), False, True),
        (lambda axes: axes.plot(X, Y, linestyle="none", marker=""), False, False),
        (lambda axes: axes.scatter(torch.tensor(X), torch.tensor(Y)), False, True),
        (lambda axes: axes.plot(torch.tensor(X), torch.tensor(Y)), True, False),
        (lambda axes: axes.plot(np.array(X), torch.tensor(Y), "s"), False, True),
    ],
    ids=[
        "scatter",
        "line",
        "circles",
        "circles on a line",
        "dashes",
        "dots",
        "crosses",
        "nothing to be seen",
        "scatter of tensors",
        "line of tensors",
        "mixed",
    ],
)
def test_points_come_with_how_they_are_shown(
    axes: Plot,
    draw: Callable[[Plot], object],
    is_joined: bool,  # noqa: FBT001 - a column
    has_markers: bool,  # noqa: FBT001
) -> None:
    """In data coordinates, whatever they were given as."""
    draw(axes)

    found = shown(axes)

    assert found == [(POINTS, is_joined, has_markers)]


def test_infinite_line_is_two_of_its_points(axes: Plot) -> None:
    """By slope, or through a second point."""
    axes.axline((0, 1), slope=2)
    axes.axline((0, 1), (3, 7))

    found = shown(axes)

    assert found == [([[0, 1], [1, 3]], True, False), ([[0, 1], [3, 7]], True, False)]


def test_segments_are_lines(axes: Plot) -> None:
    """Each one for itself."""
    axes.hlines([1.0, 2.0], 0.0, 4.0)

    found = shown(axes)

    assert found == [([[0, 1], [4, 1]], True, False), ([[0, 2], [4, 2]], True, False)]


def test_data_that_changed_is_what_is_found(axes: Plot) -> None:
    """As an animation does it."""
    (line,) = axes.plot(X, [0.0, 0.0, 0.0])

    line.set_ydata(torch.tensor(Y))

    assert shown(axes) == [(POINTS, True, False)]


def test_what_requires_grad_is_read_all_the_same(axes: Plot) -> None:
    """``set_ydata`` takes it without a word."""
    (line,) = axes.plot(X, [0.0, 0.0, 0.0])

    line.set_ydata(torch.tensor(Y, requires_grad=True))

    assert shown(axes) == [(POINTS, True, False)]


def test_masked_points_are_not_numbers(axes: Plot) -> None:
    """Nothing is drawn there."""
    axes.plot(X, np.ma.masked_array(Y, mask=[False, True, False]))

    points = the_artist(axes).points.to_numpy()

    assert np.isnan(points[1, 1])
    assert points[[0, 2]].tolist() == [[0, 1], [2, 5]]


def test_what_is_hidden_or_no_data_is_not_found(axes: Plot) -> None:
    """Invisible lines, helper lines across the axes, texts, bars and legends."""
    axes.plot(X, Y, visible=False)
    axes.axhline(1.0)
    axes.axvline(1.0)
    axes.plot([0, 1], [0, 1], transform=axes.transAxes)
    axes.text(0, 0, "text")
    axes.bar(X, Y)
    axes.fill_between(X, Y)
    axes.legend([], [])
    axes.grid()

    found = artists_of([axes])

    assert found == []


def test_points_in_coordinates_of_the_axes_are_not_found(axes: Plot) -> None:
    """They say nothing of the data, as for lines."""
    axes.scatter([0.5], [0.5], transform=axes.transAxes)

    found = artists_of([axes])

    assert found == []


def test_number_of_artists_is_bounded(axes: Plot, monkeypatch: pytest.MonkeyPatch) -> None:
    """A loop that draws each sample for itself stays readable."""
    monkeypatch.setattr(figures, "MAX_ARTISTS", 3)
    for _ in range(5):
        axes.plot(X, Y)

    found = artists_of([axes])

    assert len(found) == 3


def test_artist_of_too_many_points_is_left_out(
    axes: Plot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The others stay."""
    monkeypatch.setattr(figures, "MAX_POINTS", 3)
    axes.plot([*X, 3.0], [*Y, 7.0])
    axes.plot(X, Y)

    found = shown(axes)

    assert found == [(POINTS, True, False)]


# --- axes ---------------------------------------------------------------------------------


def test_axes_are_described_as_what_is_on_them(axes: Plot) -> None:
    """Also as part of a tuple, as ``plt.subplots()`` gives it."""
    axes.scatter(X, Y)

    described = describe((axes.figure, axes))

    assert describe(axes) == Axes(artists=tuple(artists_of([axes])))
    assert describe(axes) in described.items  # type: ignore[union-attr]


@pytest.mark.parametrize("kind", ["figure", "list of lines", "pyplot"])
def test_what_is_no_axes_is_none(axes: Plot, kind: str) -> None:
    """A check says so, by name."""
    value = {"figure": axes.figure, "list of lines": axes.plot(X, Y), "pyplot": plt}[kind]

    described = describe_axes(value)

    assert described is None


# --- animations ---------------------------------------------------------------------------


def animate(
    axes: Plot,
    frames: Any,  # noqa: ANN401 - whatever FuncAnimation takes
    **options: Any,  # noqa: ANN401 - handed on
) -> tuple[FuncAnimation, list[object]]:
    """Animate a line whose height is the number of the frame; list the frames that were drawn."""
    (line,) = axes.plot([0.0, 1.0], [-1.0, -1.0])
    drawn: list[object] = []

    def draw_frame(frame: object) -> tuple[object, ...]:
        drawn.append(frame)
        line.set_ydata([frame, frame])
        return (line,)

    return FuncAnimation(axes.figure, draw_frame, frames=frames, **options), drawn


@pytest.mark.parametrize(
    ("frames", "count"),
    [
        (4, 4),
        ([0, 1, 2, 3, 4], 5),
        (range(3), 3),
        (lambda: iter([0, 1, 2]), 3),
        ((number for number in range(6)), 6),
        (0, 0),
    ],
    ids=["number", "list", "range", "function", "generator", "none"],
)
def test_animation_is_played_frame_by_frame(axes: Plot, frames: object, count: int) -> None:
    """Each frame function call is one drawing, and all frames are counted."""
    animation, drawn = animate(axes, frames, cache_frame_data=False)
    drawn.clear()

    played = play(animation, frames=3)

    heights = [drawing[0].points.to_numpy()[0, 1] for drawing in played.frames]
    assert played.frame_count == count
    assert heights == drawn == list(range(min(count, 3)))


def test_endless_animation_is_counted_up_to_a_bound(
    axes: Plot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """``frames=None`` counts for ever."""
    monkeypatch.setattr(figures, "MAX_FRAMES", 50)
    animation, _ = animate(axes, itertools.count, cache_frame_data=False)

    played = play(animation, frames=2)

    assert played.frame_count == 50


def test_init_function_is_called_first(axes: Plot) -> None:
    """As matplotlib does before the first frame."""
    calls: list[str] = []

    def init() -> list[object]:
        calls.append("init")
        return []

    animation, drawn = animate(axes, 2, init_func=init)

    play(animation, frames=2)

    assert calls == ["init"]
    assert drawn == [0, 1]


def test_every_axes_of_the_figure_is_drawn(axes: Plot) -> None:
    """An animation need not say on which of them its line is."""
    axes.figure.add_subplot().scatter(X, Y)
    animation, _ = animate(axes, 1)

    played = play(animation, frames=1)

    assert len(played.frames[0]) == 2


def test_animation_that_was_played_leaves_no_warning(axes: Plot) -> None:
    """Matplotlib warns of one that is dropped undrawn: in the student's output, it would puzzle."""
    animation, _ = animate(axes, 2)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        play(animation, frames=1)
        animation.__del__()

    assert animation is not None


def test_class_derived_from_an_animation_is_one(axes: Plot) -> None:
    """And a class that only says that it is one, isn't."""

    class Slow(FuncAnimation):
        pass

    class Pretender:
        __class__ = FuncAnimation

    animation = Slow(axes.figure, lambda _: [], frames=1)
    play(animation, frames=1)

    assert is_animation(animation)
    assert not is_animation(Pretender())
    assert not is_animation(axes)
