"""Describing figures: the visible lines and points, in data coordinates."""

import itertools
import time
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
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from grader.observations.bounds import MAX_POINTS
from grader.observations.values import Artist, Axes, Items
from grader.sandbox.guest import figures
from grader.sandbox.guest.budget import TooLargeError
from grader.sandbox.guest.describe import describe
from grader.sandbox.guest.figures import artists_of, describe_axes, is_animation, play

mpl.use("agg")

X, Y = [0.0, 1.0, 2.0], [1.0, 3.0, 5.0]
POINTS = [[0.0, 1.0], [1.0, 3.0], [2.0, 5.0]]


@pytest.fixture
def axes() -> Iterator[Plot]:
    """Return fresh axes to draw on."""
    figure, fresh = plt.subplots()
    yield fresh
    plt.close(figure)


def the_artist(axes: Plot) -> Artist:
    """Return the only artist that is found on the axes."""
    (artist,) = artists_of([axes])
    return artist


def shown(axes: Plot) -> list[tuple[list[list[float]], bool, bool]]:
    """Return the points of each artist, whether they are joined, and whether they are marked."""
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
    """Points are described in data coordinates, with whether they are joined and marked."""
    draw(axes)

    found = shown(axes)

    assert found == [(POINTS, is_joined, has_markers)]


def test_infinite_line_is_two_of_its_points(axes: Plot) -> None:
    """An infinite line is described by two points, if given by slope or by a second point."""
    axes.axline((0, 1), slope=2)
    axes.axline((0, 1), (3, 7))

    found = shown(axes)

    assert found == [([[0, 1], [1, 3]], True, False), ([[0, 1], [3, 7]], True, False)]


def test_segments_are_lines(axes: Plot) -> None:
    """Each segment of a collection of lines is described as a line."""
    axes.hlines([1.0, 2.0], 0.0, 4.0)

    found = shown(axes)

    assert found == [([[0, 1], [4, 1]], True, False), ([[0, 2], [4, 2]], True, False)]


def test_changed_data_is_found(axes: Plot) -> None:
    """After ``set_ydata``, as animations use it, the new data is found."""
    (line,) = axes.plot(X, [0.0, 0.0, 0.0])

    line.set_ydata(torch.tensor(Y))

    assert shown(axes) == [(POINTS, True, False)]


def test_data_that_matplotlib_cannot_draw_raises(axes: Plot) -> None:
    """Data that ``set_ydata`` accepts, but matplotlib can't draw, raises what drawing it raises."""
    (line,) = axes.plot(X, [0.0, 0.0, 0.0])

    line.set_ydata(torch.tensor(Y, requires_grad=True))

    with pytest.raises(RuntimeError, match="requires grad"):
        artists_of([axes])


def test_axes_of_categories_are_read_as_they_are_drawn(axes: Plot) -> None:
    """Texts on an axis are read as the numbers at which matplotlib draws them."""
    axes.plot(["a", "b", "c"], Y)

    assert shown(axes) == [(POINTS, True, False)]


def test_masked_points_become_nan(axes: Plot) -> None:
    """Masked points, which are not drawn, become nan."""
    axes.plot(X, np.ma.masked_array(Y, mask=[False, True, False]))

    points = the_artist(axes).points.to_numpy()

    assert np.isnan(points[1, 1])
    assert points[[0, 2]].tolist() == [[0, 1], [2, 5]]


def test_artists_that_are_hidden_or_not_data_are_not_found(axes: Plot) -> None:
    """Invisible lines, lines across the axes, texts, bars, areas and legends are not found."""
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


@pytest.mark.parametrize(
    "draw",
    [
        lambda axes: axes.plot(X, Y, alpha=0),
        lambda axes: axes.plot(X, Y, linewidth=0),
        lambda axes: axes.plot(X, Y, color="none"),
        lambda axes: axes.plot(X, Y, color=(1, 0, 0, 0)),
        lambda axes: axes.plot(X, Y, "o", markersize=0),
        lambda axes: axes.plot(X, Y, "o", alpha=0.001),
        lambda axes: axes.plot(X, Y, "o", mfc="none", mec="none"),
        lambda axes: axes.scatter(X, Y, s=0),
        lambda axes: axes.scatter(X, Y, alpha=0),
        lambda axes: axes.scatter(X, Y, facecolors="none", edgecolors="none"),
        lambda axes: axes.scatter(X, Y, c=[1, 2, 3], alpha=0),
        lambda axes: axes.axline((0, 1), slope=2, alpha=0),
        lambda axes: axes.hlines(X, 0, 1, linewidth=0),
        lambda axes: axes.hlines(X, 0, 1, alpha=0),
        lambda axes: (axes.plot(X, Y, "o-"), axes.set_visible(False)),
        lambda axes: (axes.plot(X, Y, "o-"), axes.figure.set_visible(False)),
    ],
    ids=[
        "transparent line",
        "no width",
        "no colour",
        "transparent colour",
        "no size",
        "nearly transparent dots",
        "hollow dots without edges",
        "scatter of no size",
        "transparent scatter",
        "hollow scatter without edges",
        "transparent scatter in colours",
        "transparent infinite line",
        "lines of no width",
        "transparent lines",
        "hidden axes",
        "hidden figure",
    ],
)
def test_what_cannot_be_seen_is_not_drawn(axes: Plot, draw: Callable[[Plot], object]) -> None:
    """What has no colour, width or size, or is on hidden axes, is neither joined nor marked."""
    draw(axes)

    assert not any(artist.is_joined or artist.has_markers for artist in artists_of([axes]))


@pytest.mark.parametrize(
    "draw",
    [
        lambda axes: axes.plot(X, Y, alpha=0.05),
        lambda axes: axes.plot(X, Y, linewidth=0.1),
        lambda axes: axes.plot(X, Y, "o", mfc="none"),
        lambda axes: axes.plot(X, Y, ","),
        lambda axes: axes.plot(X, Y, "+"),
        lambda axes: axes.scatter(X, Y, s=0.1, alpha=0.05),
        lambda axes: axes.scatter(X, Y, facecolors="none", edgecolors="r"),
        lambda axes: axes.scatter(X, Y, marker="x"),
        lambda axes: axes.scatter(X, Y, c=[1, 2, 3], s=[0, 1, 2]),
        lambda axes: axes.scatter(X, Y, c=[1, 2, 3], alpha=[0, 0.5, 1]),
        lambda axes: axes.axline((0, 1), slope=2, linewidth=0.5),
        lambda axes: axes.hlines(X, 0, 1, colors=["r", "none", "b"]),
    ],
    ids=[
        "faint line",
        "thin line",
        "hollow dots",
        "pixels",
        "pluses",
        "faint small scatter",
        "hollow scatter",
        "crosses",
        "scatter in colours and sizes",
        "scatter in alphas",
        "thin infinite line",
        "some of the lines",
    ],
)
def test_what_is_faint_thin_or_hollow_is_drawn(axes: Plot, draw: Callable[[Plot], object]) -> None:
    """Whatever can be seen at all is joined or marked."""
    draw(axes)

    assert all(artist.is_joined or artist.has_markers for artist in artists_of([axes]))
    assert artists_of([axes])


def test_points_in_coordinates_of_the_axes_are_not_found(axes: Plot) -> None:
    """Points in coordinates of the axes show no data, so they are not found."""
    axes.scatter([0.5], [0.5], transform=axes.transAxes)

    found = artists_of([axes])

    assert found == []


def test_number_of_artists_is_bounded(axes: Plot, monkeypatch: pytest.MonkeyPatch) -> None:
    """Artists above the maximum are not described."""
    monkeypatch.setattr(figures, "MAX_ARTISTS", 3)
    for _ in range(5):
        axes.plot(X, Y)

    found = artists_of([axes])

    assert len(found) == 3


def test_segments_count_as_artists(axes: Plot, monkeypatch: pytest.MonkeyPatch) -> None:
    """The segments of a collection don't exceed the maximum either."""
    monkeypatch.setattr(figures, "MAX_ARTISTS", 3)
    axes.plot(X, Y)
    axes.vlines(X, 0, 1)

    found = artists_of([axes])

    assert len(found) == 3


def test_points_of_an_answer_are_bounded(axes: Plot) -> None:
    """Many artists of many points are more than an answer can hold."""
    points = np.zeros(MAX_POINTS)
    for _ in range(10):
        axes.plot(points, points)

    with pytest.raises(TooLargeError):
        describe(axes)


def test_drawings_of_an_animation_share_the_budget(axes: Plot) -> None:
    """Many drawings of many points are more than an answer can hold."""
    points = np.zeros(MAX_POINTS)
    axes.plot(points, points)
    animation, _ = animate(axes, 20)

    with pytest.raises(TooLargeError):
        play(animation, frames=20)


def test_number_of_drawings_is_bounded(axes: Plot, monkeypatch: pytest.MonkeyPatch) -> None:
    """Frames above the maximum are counted, and not played."""
    monkeypatch.setattr(figures, "MAX_DRAWINGS", 2)
    animation, _ = animate(axes, 4)

    played = play(animation, frames=4)

    assert (played.frame_count, len(played.frames)) == (4, 2)


def test_artist_of_too_many_points_is_left_out(
    axes: Plot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Only the artist with too many points is left out; the others are described."""
    monkeypatch.setattr(figures, "MAX_POINTS", 3)
    axes.plot([*X, 3.0], [*Y, 7.0])
    axes.plot(X, Y)

    found = shown(axes)

    assert found == [(POINTS, True, False)]


# --- axes ---------------------------------------------------------------------------------


def test_axes_are_described_by_their_artists(axes: Plot) -> None:
    """An Axes is described by its artists, also in a tuple as ``plt.subplots()`` returns it."""
    axes.scatter(X, Y)

    described = describe((axes.figure, axes))

    assert describe(axes) == Axes(artists=tuple(artists_of([axes])))
    assert isinstance(described, Items)
    assert describe(axes) in described.items


@pytest.mark.parametrize("kind", ["figure", "list of lines", "pyplot"])
def test_value_that_is_not_an_axes_is_none(axes: Plot, kind: str) -> None:
    """A figure, a list of lines and pyplot itself are not described as an Axes."""
    value = {"figure": axes.figure, "list of lines": axes.plot(X, Y), "pyplot": plt}[kind]

    described = describe_axes(value)

    assert described is None


# --- animations ---------------------------------------------------------------------------


def figure_of(axes: Plot) -> Figure:
    """Return the figure that axes are on."""
    figure = axes.figure
    assert isinstance(figure, Figure)
    return figure


def animate(
    axes: Plot,
    frames: Any,  # noqa: ANN401 - whatever FuncAnimation takes
    **options: Any,  # noqa: ANN401 - handed on
) -> tuple[FuncAnimation, list[object]]:
    """Animate a line whose height is the frame's number.

    Returns:
        The animation, and a list that gets each frame that is drawn.
    """
    (line,) = axes.plot([0.0, 1.0], [-1.0, -1.0])
    drawn: list[object] = []

    def draw_frame(frame: float) -> tuple[Line2D, ...]:
        drawn.append(frame)
        line.set_ydata([frame, frame])
        return (line,)

    return FuncAnimation(figure_of(axes), draw_frame, frames=frames, **options), drawn


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
    """Each frame that is played gives a drawing, and all frames are counted."""
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
    """The frames of an endless animation are counted up to the maximum."""
    monkeypatch.setattr(figures, "MAX_FRAMES", 50)
    animation, _ = animate(axes, itertools.count, cache_frame_data=False)

    played = play(animation, frames=2)

    assert played.frame_count == 50


def test_init_function_is_called_first(axes: Plot) -> None:
    """The init function is called once before the first frame, as matplotlib does."""
    calls: list[str] = []

    def init() -> list[object]:
        calls.append("init")
        return []

    animation, drawn = animate(axes, 2, init_func=init)

    play(animation, frames=2)

    assert calls == ["init"]
    assert drawn == [0, 1]


class Unpaintable(Line2D):
    """A line whose data is right, and which raises when it is drawn."""

    def draw(self, _renderer: object) -> None:
        """Raise, as matplotlib does for much that it can't draw."""
        message = "can't be drawn"
        raise ValueError(message)


def test_first_frame_is_rendered(axes: Plot) -> None:
    """What raises only when matplotlib draws it raises when the animation is played."""
    axes.add_line(Unpaintable(X, Y))
    animation, _ = animate(axes, 2)

    with pytest.raises(ValueError, match="can't be drawn"):
        play(animation, frames=1)


@pytest.mark.parametrize("blit", [False, True])
def test_rendering_leaves_no_trace(
    axes: Plot,
    blit: bool,  # noqa: FBT001 - a column
) -> None:
    """All kinds of artists are rendered, the frames are not moved, and the figure is as before."""
    axes.scatter(X, Y, label="data")
    axes.bar(X, Y)
    axes.fill_between(X, Y)
    axes.imshow(np.zeros((2, 2)))
    axes.axline((0, 0), slope=1)
    axes.set_title("title")
    axes.legend()
    figure = figure_of(axes)
    animation, drawn = animate(axes, 3, blit=blit)
    drawn.clear()
    before = (figure.dpi, figure.get_size_inches().tolist())

    play(animation, frames=3)

    assert drawn == [0, 1, 2]
    assert (figure.dpi, figure.get_size_inches().tolist()) == before


def test_huge_figure_is_rendered_on_a_small_canvas(axes: Plot) -> None:
    """A figure of a gigapixel, which only a print needs, takes no memory to render."""
    figure_of(axes).set_size_inches(400, 400)
    animation, _ = animate(axes, 1)

    started = time.process_time()
    play(animation, frames=1)

    assert time.process_time() - started < 1


def test_every_axes_of_the_figure_is_drawn(axes: Plot) -> None:
    """A drawing has the artists of all axes of the figure."""
    axes.figure.add_subplot().scatter(X, Y)
    animation, _ = animate(axes, 1)

    played = play(animation, frames=1)

    assert len(played.frames[0]) == 2


def test_animation_that_was_played_leaves_no_warning(axes: Plot) -> None:
    """Deleting an animation that was played raises no warning into the student's output."""
    animation, _ = animate(axes, 2)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        play(animation, frames=1)
        animation.__del__()

    assert animation is not None


def test_subclass_of_an_animation_is_an_animation(axes: Plot) -> None:
    """A subclass of FuncAnimation is an animation; a class that only claims to be one is not."""

    class Slow(FuncAnimation):
        pass

    class Pretender:
        __class__ = FuncAnimation  # type: ignore[assignment] # the lie that is tested

    animation = Slow(figure_of(axes), lambda _: [], frames=1)
    play(animation, frames=1)

    assert is_animation(animation)
    assert not is_animation(Pretender())
    assert not is_animation(axes)
