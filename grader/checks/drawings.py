"""Judges drawings: points and lines, in data coordinates."""

from collections.abc import Iterable

import numpy as np

from grader.observations.values import Artist

_TOLERANCE = 1e-3
_MAX_POINTS = 20_000  # each drawn point is compared with each wanted one


def has_points(artists: Iterable[Artist], wanted: np.ndarray) -> bool:
    """Return whether each wanted point is marked by one of the artists.

    Args:
        artists: What is drawn.
        wanted: The points, of shape (k, 2).
    """
    marked = [artist.points.to_numpy() for artist in artists if artist.has_markers]
    if not marked:
        return False
    drawn = np.concatenate(marked)[:_MAX_POINTS]
    size = max(1.0, float(np.max(np.abs(wanted))))
    gaps = np.max(np.abs(wanted[:, None, :] - drawn[None, :, :]), axis=2)
    with np.errstate(invalid="ignore"):
        return bool(np.all(np.any(gaps <= _TOLERANCE * size, axis=1)))


def lies_on_line(artist: Artist, slope: float, intercept: float) -> bool:
    """Return whether an artist draws two or more points of a line, and nothing off it."""
    points = artist.points.to_numpy()
    if len(points) < 2 or not np.all(np.isfinite(points)):  # noqa: PLR2004 - two make a line
        return False
    if not artist.is_joined and not artist.has_markers:
        return False
    x, y = points[:, 0], points[:, 1]
    size = max(1.0, float(np.max(np.abs(y))))
    is_on = np.abs(slope * x + intercept - y) <= _TOLERANCE * size
    return bool(np.ptp(x) > _TOLERANCE and np.all(is_on))
