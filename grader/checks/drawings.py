"""Judges drawings: points and lines, in data coordinates.

A drawing may be of anything, and of a lot: hundreds of artists, each with any number of points. So
it is reduced once, to the points that are marked and the straight lines; those are then compared
with whatever is expected.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from grader.observations.values import Artist

_TOLERANCE = 1e-3
_MAX_POINTS = 10_000  # each drawn point is compared with each wanted one
_FEWEST = 2  # points that make a line


def marked_points(artists: Iterable[Artist]) -> np.ndarray:
    """Return the points that have a marker, (k, 2); some may be nan."""
    marked = [artist.points.to_numpy() for artist in artists if artist.has_markers]
    # Column by column, as they are compared: with 500,000 points this takes a third of the time.
    return np.asfortranarray(np.concatenate([np.empty((0, 2)), *marked]))


@np.errstate(all="ignore")
def has_points(marked: np.ndarray, wanted: np.ndarray) -> bool:
    """Return whether each wanted point is marked.

    Args:
        marked: The points that are marked, (k, 2), as `marked_points` returns them.
        wanted: The points, (m, 2), m at least 1.
    """
    gap = _TOLERANCE * max(1.0, float(np.max(np.abs(wanted))))
    low, high = np.min(wanted, axis=0) - gap, np.max(wanted, axis=0) + gap
    is_near = np.ones(len(marked), dtype=bool)
    for column, lowest, highest in zip(marked.T, low, high, strict=True):
        is_near &= (column >= lowest) & (column <= highest)
    near = marked[np.flatnonzero(is_near)[:_MAX_POINTS]]
    is_there = np.abs(wanted[:, None, 0] - near[:, 0]) <= gap
    is_there &= np.abs(wanted[:, None, 1] - near[:, 1]) <= gap
    return bool(np.all(np.any(is_there, axis=1)))


@dataclass(frozen=True, slots=True)
class Lines:
    """The straight lines of a drawing: what joins or marks two or more points of one line.

    Attributes:
        left: The leftmost point of each line, (k, 2).
        right: The rightmost point of each, (k, 2), clearly to the right of the left one.
        size: How large each one's y are, (k,), at least 1; what is drawn is judged relative to it.
    """

    left: np.ndarray
    right: np.ndarray
    size: np.ndarray

    @np.errstate(all="ignore")
    def lie_on(self, slopes: np.ndarray, intercepts: np.ndarray) -> np.ndarray:
        """Return which lines lie on which models, (k, m).

        Args:
            slopes: The slopes of the models, (m,).
            intercepts: Their intercepts, (m,).
        """
        is_on = np.ones((len(self.size), len(slopes)), dtype=bool)
        for x, y in (self.left.T, self.right.T):
            gap = np.abs(x[:, None] * slopes + intercepts - y[:, None])
            is_on &= gap <= _TOLERANCE * self.size[:, None]
        return is_on

    @np.errstate(all="ignore")
    def models(self) -> np.ndarray:
        """Return the slope and intercept of each line, (k, 2), in ascending order.

        Lines whose slope or intercept is too large for a float are left out.
        """
        rise, run = (self.right - self.left).T[::-1]
        slopes = rise / run
        found = np.stack([slopes, self.left[:, 1] - slopes * self.left[:, 0]], axis=1)
        found = found[np.all(np.isfinite(found), axis=1)]
        return found[np.lexsort(found.T[::-1])]


@np.errstate(all="ignore")
def lines_of(artists: Iterable[Artist]) -> Lines:
    """Return the straight lines among some artists, in their order.

    An artist is one if it shows two or more points, all finite, next to one line that is not
    vertical.
    """
    drawn = [
        artist.points.to_numpy()
        for artist in artists
        if (artist.is_joined or artist.has_markers) and artist.points.shape[0] >= _FEWEST
    ]
    if not drawn:
        return Lines(np.empty((0, 2)), np.empty((0, 2)), np.empty(0))
    # All points in one array, and one number for each artist: 500 artists take a few milliseconds.
    points = np.concatenate(drawn)
    counts = np.array([len(one) for one in drawn])
    starts = np.cumsum(counts) - counts
    x, y = np.ascontiguousarray(points.T)
    is_finite = np.isfinite(x) & np.isfinite(y)
    x[~is_finite] = y[~is_finite] = 0
    lowest, highest = np.minimum.reduceat(x, starts), np.maximum.reduceat(x, starts)
    left = points[_first(x == np.repeat(lowest, counts), starts)]
    right = points[_first(x == np.repeat(highest, counts), starts)]
    size = np.maximum(1.0, np.maximum.reduceat(np.abs(y), starts))
    slopes = (right[:, 1] - left[:, 1]) / (right[:, 0] - left[:, 0])
    chord = np.repeat(left[:, 1], counts)
    chord += np.repeat(slopes, counts) * (x - np.repeat(left[:, 0], counts))
    # Points that are near a model are up to twice as far from the line through two of them.
    bend = np.maximum.reduceat(np.abs(y - chord), starts)
    is_line = np.logical_and.reduceat(is_finite, starts)
    is_line &= (right[:, 0] - left[:, 0] > _TOLERANCE) & (bend <= 2 * _TOLERANCE * size)
    return Lines(left[is_line], right[is_line], size[is_line])


def _first(is_it: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Return the place of the first True from each start on."""
    places = np.flatnonzero(is_it)
    return np.asarray(places[np.searchsorted(places, starts)])
