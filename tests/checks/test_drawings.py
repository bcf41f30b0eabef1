"""Judging drawings: points that are marked, and lines that are where they should be."""

import numpy as np
import pytest
from cpu_time import least_cpu_s
from fakes import array

from grader.checks.drawings import has_points, lines_of, marked_points
from grader.observations.values import Artist

DATA = np.array([[0.0, 1.0], [1.0, 3.0], [2.0, 5.5]])
SPAN = np.array([-1.0, 0.5, 1.0])  # the features that a line is judged at


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


def in_float32(points: object) -> np.ndarray:
    """Round points as torch does."""
    return np.asarray(points, dtype=np.float32)


def lies_on_line(artist: Artist, slope: float, intercept: float) -> bool:
    """Return whether an artist is a straight line that lies on the line of a model."""
    return bool(np.any(lines_of([artist], SPAN).lie_on(np.array([slope]), np.array([intercept]))))


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
    assert has_points(marked_points(artists), DATA)


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
    assert not has_points(marked_points(artists), DATA)


# --- lines --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "artist",
    [
        line([[0, 1], [1, 3]]),
        line([[1, 3], [0, 1], [0.5, 2]]),
        marks([[-1, -1], [1, 3]]),
        line([[0, 1], [1, 3.0005]]),
        line([[-100, -199], [100, 201]]),
        line([[-1e6, 1 - 2e6], [1e6, 1 + 2e6]]),
        line(in_float32([[-1, -1], [1e6, 2e6 + 1]])),
        line(in_float32([[x, 2 * x + 1] for x in np.linspace(-1e4, 1e4, 50, dtype=np.float32)])),
        line(in_float32([[5000.1, 10001.2], [5100.3, 10201.6], [9000.7, 18002.4]])),
        line(in_float32([[0.4, 1.8], [0.41, 1.82]])),
    ],
    ids=[
        "two points",
        "any points",
        "as points",
        "rounded",
        "far away",
        "very far away",
        "far to one side",
        "far away in float32",
        "outside of the data",
        "short",
    ],
)
def test_artist_on_the_line_lies_on_it(artist: Artist) -> None:
    """An artist is on a line, here y = 2 x + 1, if it draws any two or more of its points."""
    assert lies_on_line(artist, 2.0, 1.0)


@pytest.mark.parametrize(
    ("low", "high"),
    [(-1, 1), (0.4, 0.41), (-1, 1e6), (-1e6, 1), (-6e4, 6e4), (1e3, 1e4), (-1e9, 0), (0, 1e9)],
)
def test_right_line_may_be_rounded_to_float32(low: float, high: float) -> None:
    """A line of float32 numbers is right wherever it ends, in the data or far outside."""
    rng = np.random.default_rng(0)
    x = np.linspace(low, high, 50, dtype=np.float32)

    for slope, intercept in in_float32(rng.normal(0, 3, (100, 2))):
        artist = line(np.stack([x, slope * x + intercept], axis=1))
        assert lies_on_line(artist, float(slope), float(intercept))


@pytest.mark.parametrize(
    "artist",
    [
        line([[0, 1], [1, 2]]),
        line([[0, 0], [1, 2]]),
        line([[0, 1], [1, 3], [2, 6]]),
        line([[0, 1]]),
        line([]),
        line([[1, 3], [1, 3]]),
        line([[1, 3], [1.0005, 3.001]]),
        drawn([[0, 1], [1, 3]]),
        line([[0, 1], [np.nan, np.nan], [1, 3]]),
        line([[0, 1], [np.inf, np.inf]]),
        line([[-1, 1.1 - 2], [1e6, 2e6 + 1.1]]),
        line([[-1, 75], [1e6, 2e6 + 77]]),
        line([[-1e9, 77 - 2e9], [1e9, 77 + 2e9]]),
        line([[1e6, 2e6 + 1], [1e6 + 1, 2e6 + 2]]),
        line([[-1e6, 1 - 2e6], [-1, 2], [1, 0], [1e6, 1 + 2e6]]),
        line([[-1, -1], [1, 3], [1e6, 2.1e6]]),
        line([[0.4, 1.8], [0.41, 1.822]]),
    ],
    ids=[
        "other slope",
        "other intercept",
        "bent",
        "one point",
        "no point",
        "one point twice",
        "a dot",
        "invisible",
        "with a gap",
        "without an end",
        "far to one side, other intercept",
        "far away, other intercept",
        "on both sides, other intercept",
        "far away, other slope",
        "bent where the data is",
        "bent far away",
        "short, other slope",
    ],
)
def test_artist_off_the_line_does_not_lie_on_it(artist: Artist) -> None:
    """An artist with a point off the line, or with fewer than two points, is not on it."""
    assert not lies_on_line(artist, 2.0, 1.0)


def test_vertical_line_is_on_no_model() -> None:
    """A vertical line is not on the line of any model."""
    artist = line([[0, 0], [0, 5]])

    assert not lies_on_line(artist, 0.0, 0.0)


def test_lines_that_are_drawn_anew_are_those_that_were_not_there() -> None:
    """A line counts as drawn anew if it is elsewhere, or there more often than before."""
    rising, falling, level = (line([[0, 0], [1, rise]]) for rise in (1, -1, 0))
    before = lines_of([falling, rising], SPAN)

    def are_added(*artists: Artist) -> list[bool]:
        return list(lines_of(artists, SPAN).added_to(before))

    assert are_added(rising, falling) == [False, False]
    assert are_added(rising, level) == [False, True]
    assert are_added(falling, rising, falling) == [False, False, True]
    assert are_added() == []


# --- many and odd artists -----------------------------------------------------------------


def test_each_line_is_compared_with_each_model() -> None:
    """The lines of a drawing are compared with several models at once, and bent ones with none."""
    drawing = [line([[0, 1], [1, 3]]), line([[0, 0], [1, 1], [2, 0]]), marks([[2, 5], [-1, 5]])]

    lines = lines_of(drawing, SPAN)

    is_on = lines.lie_on(np.array([2.0, 0.0, 1.0]), np.array([1.0, 5.0, 0.0]))
    assert is_on.tolist() == [[True, False, False], [False, True, False]]
    assert lines.models().tolist() == [[0.0, 5.0], [2.0, 1.0]]


ODD_POINTS = [
    [],
    [[0, 0]],
    [[0, 0], [1e-200, 5]],
    [[5e-324, 1e-310], [1e-310, 5e-324]],
    [[0, 1e308], [1, -1e308]],
    [[-1e308, 0], [1e308, 1]],
    [[-1e308, -1e308], [1e308, 1e308], [0, 0]],
    [[0, np.nan], [1, 1]],
    [[np.inf, 0], [-np.inf, 1]],
    [[np.nan, np.nan], [np.nan, np.nan]],
    [[2, 0], [2, 1], [2, 2]],
]


@pytest.mark.parametrize("points", ODD_POINTS, ids=str)
def test_odd_points_are_judged_like_any_others(points: list[list[float]]) -> None:
    """Points that are too few, upright, not finite or too large for arithmetic lie on no model.

    Nothing raises, and nothing warns. An honest line beside them is found all the same.
    """
    artist = drawn(points, is_joined=True, has_markers=True)

    lines = lines_of([artist, line([[0, 1], [1, 3]]), artist], SPAN)

    assert not lies_on_line(artist, 2.0, 1.0)
    assert not has_points(marked_points([artist]), DATA)
    assert has_points(marked_points([artist, marks(DATA), artist]), DATA)
    assert np.any(lines.lie_on(np.array([2.0]), np.array([1.0])))
    assert [2.0, 1.0] in lines.models().tolist()
    assert np.all(np.isfinite(lines.models()))


@pytest.mark.parametrize("count", [5, 500])
def test_largest_drawing_is_judged_in_a_tenth_of_a_second(count: int) -> None:
    """All the points that an answer can hold, as one artist or as many, take at most 0.1 s."""
    x = np.linspace(-1, 1, 500_000 // count)
    points = np.stack([x, 2 * x + 1], axis=1)
    artists = [drawn(points, is_joined=True, has_markers=True)] * count
    models = np.linspace(-3, 3, 500)

    wanted = points[:: len(points) // 40]
    assert least_cpu_s(lambda: lines_of(artists, SPAN).lie_on(models, models)) < 0.1
    assert least_cpu_s(lambda: has_points(marked_points(artists), wanted)) < 0.1
