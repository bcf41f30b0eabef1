"""Judges drawings: points and lines, in data coordinates.

A drawing may be of anything, and of a lot: hundreds of artists, each with any number of points. So
it is reduced once, to the points that are marked and the straight lines; those are then compared
with whatever is expected.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from grader.observations.values import Artist

_TOLERANCE = 1e-3
_ROUNDING = 2.5e-7  # of a y that was computed in float32, relative to it
# What rounding far outside of the data may add, relative to the numbers in their range: a line
# whose ends are further away than float32 can tell shows no model.
_MOST_ROUNDING = 1e-2
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


# Sets of points on one straight line that are not strange: a model, a band around it.
_MOST_STRAIGHT = 4
_FEWEST_STRAIGHT = 3  # points: any two are on a line


@np.errstate(all="ignore")
def count_strange_points(artists: Iterable[Artist], wanted: np.ndarray) -> int:
    """Count the points that are marked beside the wanted ones.

    Among very many points, the wanted ones are there whatever they are. The points of a few
    straight lines are not counted: a model may be drawn as any number of points.

    Args:
        artists: What is drawn.
        wanted: The points, (m, 2), m at least 1.
    """
    gap = _TOLERANCE * max(1.0, float(np.max(np.abs(wanted))))
    others, straight = [0], [0] * _MOST_STRAIGHT
    for artist in artists:
        if not artist.has_markers or not artist.points.shape[0]:
            continue
        points = artist.points.to_numpy()
        if len(points) > _MAX_POINTS:
            count = len(points)
        else:
            near = np.abs(points[:, None] - wanted) <= gap
            is_strange = ~np.any(np.all(near, axis=2), axis=1) & np.all(np.isfinite(points), axis=1)
            count = int(np.sum(is_strange))
        (straight if _are_on_a_line(points, gap) else others).append(count)
    return sum(others) + sum(sorted(straight)[:-_MOST_STRAIGHT])


def _are_on_a_line(points: np.ndarray, gap: float) -> bool:
    """Return whether three or more points are on one straight line, in any direction."""
    way = points - points[0]
    lengths = np.hypot(*way.T)
    if len(points) < _FEWEST_STRAIGHT or not np.all(np.isfinite(lengths)):
        return False
    across, up = way[np.argmax(lengths)] / np.max(lengths, initial=1e-300)
    return bool(np.all(np.abs(way[:, 0] * up - way[:, 1] * across) <= 2 * gap))


@dataclass(frozen=True, slots=True)
class Lines:
    """The straight lines of a drawing: what joins or marks two or more points of one line.

    Wherever its points are, a line is judged where the data is, and relative to the numbers there.
    Relative to numbers far outside, a line that is wrong in all that one looks at would be right.

    Attributes:
        left: The point of each line above the smallest feature of the data, (k, 2).
        right: Its point above the largest feature, (k, 2).
        gap: How far each one may be from a model there, (k,).
    """

    left: np.ndarray
    right: np.ndarray
    gap: np.ndarray

    @np.errstate(all="ignore")
    def lie_on(self, slopes: np.ndarray, intercepts: np.ndarray) -> np.ndarray:
        """Return which lines lie on which models, (k, m).

        Args:
            slopes: The slopes of the models, (m,).
            intercepts: Their intercepts, (m,).
        """
        is_on = np.ones((len(self.gap), len(slopes)), dtype=bool)
        for x, y in (self.left.T, self.right.T):
            is_on &= np.abs(x[:, None] * slopes + intercepts - y[:, None]) <= self.gap[:, None]
        return is_on

    @np.errstate(all="ignore")
    def are_level(self) -> np.ndarray:
        """Return which lines are horizontal, as those of a grid are, (k,)."""
        return np.asarray(np.abs(self.right[:, 1] - self.left[:, 1]) <= self.gap)

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

    def added_to(self, before: "Lines") -> np.ndarray:
        """Return which lines an earlier drawing did not have, or not as often, (k,).

        A line is the same only if it is exactly where it was: what was not drawn anew.
        """
        left = Counter(zip(before.left[:, 1].tolist(), before.right[:, 1].tolist(), strict=True))
        is_added = np.ones(len(self.gap), dtype=bool)
        for index, line in enumerate(
            zip(self.left[:, 1].tolist(), self.right[:, 1].tolist(), strict=True)
        ):
            if left[line] > 0:
                left[line] -= 1
                is_added[index] = False
        return is_added


@np.errstate(all="ignore")
def lines_of(artists: Iterable[Artist], features: np.ndarray) -> Lines:
    """Return the straight lines among some artists, in their order.

    An artist is one if it shows two or more points, all finite, next to one line that is not
    vertical.

    Args:
        artists: What is drawn.
        features: The features of the data, (n,), not all the same.
    """
    low, high = float(np.min(features)), float(np.max(features))
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
    first, last = (
        points[_first(x == np.repeat(end, counts), starts)].T for end in (lowest, highest)
    )
    run = last[0] - first[0]
    # Where the data ends, y is a mean of both ends of the line, with weights that may be negative.
    weights = (last[0] - np.array([[low], [high]])) / run
    parts = np.stack([weights * first[1], (1 - weights) * last[1]])
    ends = np.sum(parts, axis=0)
    size = np.maximum(1.0, np.max(np.abs(ends), axis=0))
    rounding = _ROUNDING * np.max(np.sum(np.abs(parts), axis=0), axis=0)
    gap = _TOLERANCE * size + np.minimum(rounding, _MOST_ROUNDING * size)
    chord = np.repeat(first[1], counts)
    chord += np.repeat((last[1] - first[1]) / run, counts) * (x - np.repeat(first[0], counts))
    # Points that are near a model are up to twice as far from the line through two of them.
    bend = np.abs(y - chord) - 2 * _ROUNDING * np.abs(y)
    is_line = np.logical_and.reduceat(is_finite, starts)
    is_line &= (run > _TOLERANCE) & (np.maximum.reduceat(bend, starts) <= 2 * gap)
    left, right = (
        np.stack([np.full_like(end, at), end], axis=1)
        for at, end in zip((low, high), ends, strict=True)
    )
    return Lines(left[is_line], right[is_line], gap[is_line])


def _first(is_it: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Return the place of the first True from each start on."""
    places = np.flatnonzero(is_it)
    return np.asarray(places[np.searchsorted(places, starts)])
