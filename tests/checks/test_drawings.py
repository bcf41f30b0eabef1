"""Judging drawings: points that are marked, and lines that are where they should be."""

import numpy as np
import pytest
from fakes import array

from grader.checks.drawings import has_points, lies_on_line
from grader.observations.values import Artist

DATA = np.array([[0.0, 1.0], [1.0, 3.0], [2.0, 5.5]])


def drawn(points: object, *, is_joined: bool = False, has_markers: bool = False) -> Artist:
    """Make an artist of these points."""
    points = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    return Artist(
        points=array(points, dtype="float64"), is_joined=is_joined, has_markers=has_markers
    )


def marks(points: object) -> Artist:
    """Make a scatter."""
    return drawn(points, has_markers=True)


def line(points: object) -> Artist:
    """Make a line."""
    return drawn(points, is_joined=True)


# --- points -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "artists",
    [
        [marks(DATA)],
        [marks(DATA[::-1])],
        [marks(DATA.astype(np.float32) + 1e-7)],
        [marks(DATA[:1]), marks(DATA[1:])],
        [marks([*DATA, [9, 9]]), line(DATA)],
        [drawn(DATA, is_joined=True, has_markers=True)],
        [marks([[np.nan, np.nan], *DATA])],
        [marks([]), marks(DATA)],
    ],
    ids=[
        "scatter",
        "another order",
        "rounded",
        "one by one",
        "and more",
        "markers on a line",
        "gap in between",
        "empty scatter beside it",
    ],
)
def test_points_that_are_all_marked_are_there(artists: list[Artist]) -> None:
    """Points count as drawn in any order, by any number of artists, among other points."""
    assert has_points(artists, DATA)


@pytest.mark.parametrize(
    "artists",
    [
        [],
        [line(DATA)],
        [drawn(DATA)],
        [marks(DATA[:2])],
        [marks(DATA[:, ::-1])],
        [marks(DATA + 0.1)],
        [marks([[0, 1], [1, 3], [2, np.nan]])],
        [marks([])],
    ],
    ids=[
        "nothing",
        "line only",
        "invisible",
        "one is missing",
        "axes swapped",
        "shifted",
        "nan",
        "empty scatter",
    ],
)
def test_points_that_are_not_all_marked_are_not_there(artists: list[Artist]) -> None:
    """Points don't count as drawn if one is missing, or if only a line passes through them."""
    assert not has_points(artists, DATA)


# --- lines --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "artist",
    [
        line([[0, 1], [1, 3]]),
        line([[1, 3], [0, 1], [0.5, 2]]),
        marks([[-1, -1], [1, 3]]),
        line([[0, 1], [1, 3.0005]]),
        line([[-100, -199], [100, 201]]),
    ],
    ids=["two points", "any points", "as points", "rounded", "far away"],
)
def test_artist_on_the_line_lies_on_it(artist: Artist) -> None:
    """An artist is on a line, here y = 2 x + 1, if it draws any two or more of its points."""
    assert lies_on_line(artist, 2.0, 1.0)


@pytest.mark.parametrize(
    "artist",
    [
        line([[0, 1], [1, 2]]),
        line([[0, 0], [1, 2]]),
        line([[0, 1], [1, 3], [2, 6]]),
        line([[0, 1]]),
        line([]),
        line([[1, 3], [1, 3]]),
        drawn([[0, 1], [1, 3]]),
        line([[0, 1], [np.nan, np.nan], [1, 3]]),
        line([[0, 1], [np.inf, np.inf]]),
    ],
    ids=[
        "other slope",
        "other intercept",
        "bent",
        "one point",
        "no point",
        "one point twice",
        "invisible",
        "with a gap",
        "without an end",
    ],
)
def test_artist_off_the_line_does_not_lie_on_it(artist: Artist) -> None:
    """An artist with a point off the line, or with fewer than two points, is not on it."""
    assert not lies_on_line(artist, 2.0, 1.0)


def test_vertical_line_is_on_no_model() -> None:
    """A vertical line is not on the line of any model."""
    artist = line([[0, 0], [0, 5]])

    assert not lies_on_line(artist, 0.0, 0.0)
