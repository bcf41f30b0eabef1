"""A fingerprint that is split and joined is the same, and structures are equal exactly."""

import math

import numpy as np
import pytest

from grader.checks.facts import Roughly
from grader.diagnosis.fingerprint import ANYTHING, is_same
from grader.discovery.split import has_anything, join, may_match, segments, split
from grader.observations.values import Number, Text

FINGERPRINTS = [
    None,
    True,
    3,
    -0.0,
    math.nan,
    -math.inf,
    1e308,
    5e-324,
    "a text",
    b"bytes",
    np.float32(1.5),
    np.asarray(2.5),
    np.asarray(math.nan),
    np.zeros((0, 3)),
    np.array([[1.0, math.nan], [math.inf, -math.inf]]),
    np.array([True, False]),
    np.array([1 + 2j, complex(math.nan, 1)]),
    {"b": 1.0, "a": [np.ones(2)]},
    {("<f8", (2,), b"x" * 16): 1.0, frozenset({("a", 1), ("b", 2)}): 2, 1.5: "x"},
    ["a", ("b", 1.0)],
    frozenset({"x", "y"}),
    Roughly([0.5, 0.25], within=0.1),
    Roughly([], within=0.0),
    ANYTHING,
    Text(text="a"),
    Number(kind="float", value=1.5),
    {"outcome": "raised", "raised": ("ValueError", "elsewhere", "a")},
    [[{"returned": np.ones(3), "inputs": {"w": {"moved": np.zeros(2)}}, "gradients": {}}]],
]

# Names that are the same in every process, unlike the order of a set.
PLACES = [str(place) for place in range(len(FINGERPRINTS))]


@pytest.mark.parametrize("given", FINGERPRINTS, ids=PLACES)
def test_what_was_split_is_joined(given: object) -> None:
    """Joining returns the same fingerprint, and splitting that again gives the same parts."""
    parts = split(given)

    joined = join(parts)

    assert is_same(joined, given) or given is None
    assert split(joined).structure == parts.structure
    assert sum(one.count for one in segments(parts.structure)) == len(parts.numbers)


@pytest.mark.parametrize("one", FINGERPRINTS, ids=PLACES)
def test_what_differs_in_kind_differs_in_structure(one: object) -> None:
    """No two fingerprints that are not the same have equal structures and equal numbers."""
    for other in FINGERPRINTS:
        if other is one or is_same(one, other):
            continue
        first, second = split(one), split(other)
        assert first.structure != second.structure or not np.allclose(first.numbers, second.numbers)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (np.array([1.0, math.nan]), np.array([math.nan, 1.0])),
        (np.array([math.inf]), np.array([-math.inf])),
        (np.ones(2), np.ones((2, 1))),
        ({"a": 1.0}, {"b": 1.0}),
        ([1.0], [1.0, 2.0]),
        (1, True),
        ("returned", "raised"),
    ],
)
def test_structure_has_what_must_be_equal(one: object, other: object) -> None:
    """Shapes, keys, kinds, and where a number is not finite, are in the structure."""
    assert split(one).structure != split(other).structure


def test_order_of_keys_makes_no_difference() -> None:
    """Two dicts with the same entries have the same structure, and numbers in the same order."""
    one, other = split({"a": 1.0, "b": 2.0}), split({"b": 2.0, "a": 1.0})

    assert one.structure == other.structure
    assert list(one.numbers) == list(other.numbers)


@pytest.mark.parametrize("given", [object(), {object(): 1}, np.array(["a"])])
def test_what_can_not_be_packed_is_refused(given: object) -> None:
    """What is no part of a fingerprint is a TypeError."""
    with pytest.raises(TypeError):
        split(given)


def test_structures_match_but_for_what_may_be_anything() -> None:
    """ANYTHING matches every structure, and nothing else does."""
    some = [{"returned": ANYTHING, "moved": np.ones(2)}]
    same, other = [{"returned": 1.0, "moved": np.ones(2)}], [{"returned": 1.0, "moved": "None"}]

    assert has_anything(split(some).structure)
    assert not has_anything(split(same).structure)
    assert _may_match(some, same)
    assert not _may_match(some, other)


def _may_match(one: object, other: object) -> bool:
    import msgspec

    decode = msgspec.msgpack.decode
    return may_match(decode(split(one).structure), decode(split(other).structure))
