"""Reduces matplotlib figures and animations to the points that are drawn.

matplotlib is imported inside the functions: this module has to be imported before the locks, but
not every child needs matplotlib.
"""

import itertools
import sys
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matplotlib.axes import Axes
    from matplotlib.collections import Collection
    from matplotlib.lines import AxLine, Line2D

from grader.observations.bounds import MAX_ARTISTS, MAX_DRAWINGS, MAX_POINTS
from grader.observations.values import Animation, Array, Artist
from grader.observations.values import Axes as AxesValue
from grader.sandbox.guest.budget import AnswerBudget

MAX_FRAMES = 100_000

# What is drawn more faintly, thinner or smaller than this can't be seen: alphas are from 0 to 1,
# widths and markers in points, and sizes of a scatter in square points.
_FAINTEST = 0.01
_THINNEST = 0.01

_NO_MARKER = ("None", "none", "", " ")
_NO_LINE = ("None", "none", "", " ")


def describe_axes(value: object, budget: AnswerBudget | None = None) -> AxesValue | None:
    """Describe an Axes, or return None for anything else.

    Raises:
        TooLargeError: The budget has no room for its points.
    """
    if "matplotlib.axes" not in sys.modules:
        return None
    from matplotlib.axes import Axes

    if not issubclass(type(value), Axes):
        return None
    return AxesValue(artists=tuple(artists_of([value], budget)))  # type: ignore[list-item]


def is_animation(value: object) -> bool:
    """Return whether a value is an instance of FuncAnimation or of a subclass."""
    if "matplotlib.animation" not in sys.modules:
        return False
    from matplotlib.animation import FuncAnimation

    return issubclass(type(value), FuncAnimation)


def play(animation: Any, *, frames: int, budget: AnswerBudget | None = None) -> Animation:
    """Play the first frames of an animation, as matplotlib does, and describe each drawing.

    Args:
        animation: The FuncAnimation that the student returned; its frame function runs.
            Untyped, because the methods that matplotlib itself calls are private.
        frames: How many frames to play, at most ``MAX_DRAWINGS``.
        budget: What is left of the answer that the drawings are for; by default a whole one.

    Returns:
        The number of frames that the animation has (at most ``MAX_FRAMES``), and what was drawn
        after each frame that was played. The first frame is also rendered.

    Raises:
        TooLargeError: There is more than an answer can hold.
    """
    animation._draw_was_started = True  # noqa: SLF001 - else matplotlib warns when it is deleted
    if animation._init_func is not None:  # noqa: SLF001
        animation._init_draw()  # noqa: SLF001
    figure = animation._fig  # noqa: SLF001
    budget = budget or AnswerBudget()
    drawings = []
    count = 0
    # Count and play in one pass: the frames may come from an iterator, which runs only once.
    for frame in itertools.islice(animation.new_frame_seq(), MAX_FRAMES):
        count += 1
        if count <= min(frames, MAX_DRAWINGS):
            animation._draw_frame(frame)  # noqa: SLF001
            if count == 1:
                _render(figure)
            drawings.append(tuple(artists_of(figure.axes, budget)))
    return Animation(frame_count=count, frames=tuple(drawings))


_RENDERED_DPI = 10
_RENDERED_PIXELS = 100


def _render(figure: Any) -> None:
    """Draw the data of a figure, so that what matplotlib can't draw raises, as it would on screen.

    Lines, points, areas and images are drawn, coarsely. Axes, legends and other texts are not:
    laying out text takes 30 ms, and everything else 1 ms.

    Raises:
        Exception: matplotlib raised this.
    """
    from matplotlib.backends.backend_agg import RendererAgg
    from matplotlib.collections import Collection
    from matplotlib.image import AxesImage
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    dpi = figure.dpi
    figure._set_dpi(_RENDERED_DPI, forward=False)  # noqa: SLF001 - the setter would resize windows
    try:
        renderer = RendererAgg(_RENDERED_PIXELS, _RENDERED_PIXELS, _RENDERED_DPI)
        for axes in figure.axes:
            _ = axes.viewLim  # fits the limits to the data, which drawing the axes would do
            for artist in axes.get_children():
                if isinstance(artist, Line2D | Collection | Patch | AxesImage):
                    artist.draw(renderer)
    finally:
        figure._set_dpi(dpi, forward=False)  # noqa: SLF001


def artists_of(all_axes: "Iterable[Axes]", budget: AnswerBudget | None = None) -> list[Artist]:
    """List the visible lines and point sets on some axes, in data coordinates.

    What is transparent, has no width or no size, or is on axes that are hidden, is not visible.

    Returns:
        The first ``MAX_ARTISTS`` of them.

    Raises:
        TooLargeError: The budget has no room for their points.
    """
    budget = budget or AnswerBudget()
    found: list[Artist] = []
    for axes in all_axes:
        figure = axes.get_figure()
        if not axes.get_visible() or (figure is not None and not figure.get_visible()):
            continue
        for artist in axes.get_children():
            if artist.get_visible() and len(found) < MAX_ARTISTS:
                for described in _describe_artist(artist, axes):
                    budget.spend(len(described.points.data))
                    found.append(described)
    return found[:MAX_ARTISTS]


def _describe_artist(artist: object, axes: "Axes") -> list[Artist]:
    from matplotlib.collections import LineCollection, PathCollection
    from matplotlib.lines import AxLine, Line2D

    if isinstance(artist, AxLine):
        return _describe_infinite_line(artist) if _has_visible_line(artist) else []
    if isinstance(artist, Line2D):
        if artist.get_transform() is not axes.transData:
            return []
        # As matplotlib itself reads them when it draws: what it can't draw raises here as well.
        points = _floats(artist.get_xydata())
        is_joined = _has_visible_line(artist)
        has_markers = _has_visible_markers(artist)
        return _artist(points, is_joined=is_joined, has_markers=has_markers)
    if isinstance(artist, PathCollection) and artist.get_offset_transform() is axes.transData:
        if not (np.any(artist.get_sizes() > _THINNEST) and _has_visible_colour(artist)):
            return []
        return _artist(_floats(artist.get_offsets()), is_joined=False, has_markers=True)
    if isinstance(artist, LineCollection) and artist.get_transform() is axes.transData:
        if not (
            np.any(np.asarray(artist.get_linewidth()) > _THINNEST) and _has_visible_colour(artist)
        ):
            return []
        return [
            one
            for segment in artist.get_segments()[:MAX_ARTISTS]
            for one in _artist(_floats(segment), is_joined=True, has_markers=False)
        ]
    return []


def _has_visible_line(line: "Line2D") -> bool:
    is_drawn = line.get_linestyle() not in _NO_LINE and line.get_linewidth() > _THINNEST
    return is_drawn and _is_visible(line.get_color(), line.get_alpha())


def _has_visible_markers(line: "Line2D") -> bool:
    if not (_is_marker(line.get_marker()) and line.get_markersize() > _THINNEST):
        return False
    colours = (line.get_markerfacecolor(), line.get_markeredgecolor())
    return any(_is_visible(colour, line.get_alpha()) for colour in colours)


def _is_visible(colour: Any, alpha: float | None) -> bool:
    from matplotlib.colors import to_rgba

    return to_rgba(colour, alpha)[3] > _FAINTEST


def _has_visible_colour(collection: "Collection") -> bool:
    """Return whether any part of a collection can be seen."""
    # A collection whose colours stand for numbers gets them only when it is drawn.
    if collection.get_array() is not None:
        alpha = collection.get_alpha()
        return alpha is None or bool(np.any(np.asarray(alpha) > _FAINTEST))
    colours = (collection.get_facecolor(), collection.get_edgecolor())
    return any(np.any(np.asarray(one)[:, 3] > _FAINTEST) for one in colours if len(one))


def _is_marker(marker: object) -> bool:
    # A marker given by its vertices is an array, which can't be looked up among the names.
    return not (marker is None or (isinstance(marker, str) and marker in _NO_MARKER))


def _describe_infinite_line(line: "AxLine") -> list[Artist]:
    first: Any = line.get_xy1()
    x, y = first
    # An AxLine has either a slope or a second point; the other is None.
    slope: Any = line.get_slope()
    other: Any = line.get_xy2()
    x2, y2 = other if slope is None else (x + 1, y + slope)
    return _artist(np.array([[x, y], [x2, y2]], dtype=float), is_joined=True, has_markers=False)


def _artist(points: np.ndarray, *, is_joined: bool, has_markers: bool) -> list[Artist]:
    if points.ndim != 2 or points.shape[1] != 2 or len(points) > MAX_POINTS:  # noqa: PLR2004 - (k, 2)
        return []
    value = Array.from_numpy(np.ascontiguousarray(points, dtype=np.float64))
    return [Artist(points=value, is_joined=is_joined, has_markers=has_markers)]


def _floats(values: object) -> np.ndarray:
    """Return plotted data as float64; masked points become nan."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        array: Any = np.ma.asarray(values, dtype=float)
        return np.asarray(array.filled(np.nan))
