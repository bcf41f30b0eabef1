"""Fingerprints survive packing: what was the same as another one still is, and nothing else is."""

import math

import msgspec
import numpy as np
import pytest
from hypothesis import Phase, assume, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from grader.checks.facts import Roughly
from grader.diagnosis.fingerprint import ANYTHING, is_same
from grader.observations.messages import State, TorchCall
from grader.observations.values import (
    Animation,
    Array,
    Artist,
    Axes,
    Items,
    Leaf,
    Mapping,
    Nothing,
    Number,
    Opaque,
    Text,
)
from grader.oracle.packing import pack, unpack

# To make a failing example smaller takes minutes.
PHASES = (Phase.explicit, Phase.generate)

POINTS = Array.from_numpy(np.arange(6, dtype=np.float64).reshape(3, 2))
STRUCTS = (
    Nothing(),
    Number(value=math.pi),
    Number(value=3.0, kind="int"),
    Text(text="ab\u00e9\U0001f600"),
    POINTS,
    Items(kind="set", items=(Number(value=1.0), Text(text="x")), is_cut=True),
    Mapping(entries=((Text(text="a"), Nothing()),)),
    Axes(artists=(Artist(points=POINTS, is_joined=True, has_markers=False),)),
    Animation(frame_count=2, frames=((), ())),
    Opaque(type_name="generator", reason="it is one"),
)
FLOATS = st.floats(width=64) | st.sampled_from(
    [0.0, -0.0, 5e-324, 1e-38, 1e-37, 1e38, 3.5e38, 1e300, math.inf, -math.inf, math.nan]
)
DTYPES = (
    st.sampled_from(["?", "<f2", "<f4", "<f8", "<c8", "<c16"])
    | arrays.integer_dtypes()
    | arrays.unsigned_integer_dtypes()
)
ARRAYS = arrays.arrays(DTYPES, arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4))
NUMPY_SCALARS = arrays.arrays(DTYPES, 1).map(lambda one: one[0])
PLAIN = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | FLOATS
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
    | st.binary(max_size=8)
    | st.sampled_from(STRUCTS)
)
KEYS = st.recursive(
    PLAIN.filter(lambda one: one == one),  # noqa: PLR0124 - nan is no key that can be found
    lambda inner: st.lists(inner, max_size=3).map(tuple) | st.frozensets(inner, max_size=3),
    max_leaves=5,
)
ROUGHLY = st.builds(
    Roughly,
    st.lists(st.floats(-1e6, 1e6), max_size=4) | st.floats(-1e6, 1e6),
    st.sampled_from([0.0, 1e-9, 0.1, 1]),
)
FINGERPRINTS = st.recursive(
    PLAIN | ARRAYS | NUMPY_SCALARS | ROUGHLY | st.just(ANYTHING) | st.frozensets(KEYS, max_size=3),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(KEYS, inner, max_size=4)
    ),
    max_leaves=8,
)


def compare(one: object, other: object) -> bool | type[Exception]:
    """Return whether two fingerprints are the same, or what comparing them raises."""
    try:
        return is_same(one, other)
    except TypeError as error:  # numpy can't subtract bools
        return type(error)


@settings(max_examples=300, deadline=None, phases=PHASES, database=None)
@given(FINGERPRINTS)
@example([])
@example({})
@example(np.zeros((0, 3)))
@example(np.float64(math.nan))
@example({(): ANYTHING, frozenset(): [ANYTHING]})
@example(Roughly(0.1, within=0.0))
@example(Roughly(np.arange(6.0).reshape(2, 3) / 7, within=np.float64(1e-9)))
@example(np.array([5e-324, 1e300, -math.inf]))
def test_unpacked_fingerprint_is_the_same(fingerprint: object) -> None:
    """A fingerprint is the same as what is unpacked, in both directions, if it is as itself."""
    found = unpack(pack(fingerprint))

    assert compare(fingerprint, found) == compare(fingerprint, fingerprint)
    assert compare(found, fingerprint) == compare(fingerprint, fingerprint)


@settings(max_examples=300, deadline=None, phases=PHASES, database=None)
@given(FINGERPRINTS, FINGERPRINTS)
def test_what_differed_still_differs(one: object, other: object) -> None:
    """Two that differ are not the same after one of them was packed, and the reverse."""
    assume(not is_borderline(one, other))

    assert compare(one, unpack(pack(other))) == compare(one, other)


def is_borderline(one: object, other: object) -> bool:
    """Return whether numbers of 24 bits may be on the other side of a tolerance."""
    near = [compare(one, scaled(other, factor)) for factor in (1 - 2e-7, 1 + 2e-7)]
    return any(found != compare(one, other) for found in near)


def scaled(value: object, factor: float) -> object:
    """Return a fingerprint with all of its float64 numbers multiplied."""
    match value:
        case np.ndarray() if value.dtype == np.float64:
            with np.errstate(all="ignore"):
                return value * factor
        case dict():
            return {key: scaled(one, factor) for key, one in value.items()}
        case list() | tuple():
            return [scaled(one, factor) for one in value]
        case _:
            return value


@pytest.mark.parametrize("struct", STRUCTS, ids=lambda one: repr(one)[:30])
def test_values_are_packed_exactly(struct: object) -> None:
    """A value comes back equal, and of its own type."""
    assert unpack(pack(struct)) == struct
    assert type(unpack(pack({"key": [struct]}))["key"][0]) is type(struct)  # type: ignore[index]


def test_dtype_of_exact_numbers_is_kept() -> None:
    """What float32 can't hold is not rounded: integers, complex numbers, huge and tiny ones."""
    for array in (
        np.array([2**63 - 1, -(2**63)]),
        np.array([1 + 1e-15j]),
        np.array([1e39, 1.0 + 1e-15]),
        np.array([1e-38, 1.0 + 1e-15]),
    ):
        found = unpack(pack(array))

        assert isinstance(found, np.ndarray)
        assert found.dtype == array.dtype
        assert np.array_equal(found, array)


def test_numbers_near_each_other_stay_so() -> None:
    """A step of 1e-6, the smallest that `moved` keeps, is still told from none."""
    assert not is_same(unpack(pack(np.array([1e-6, 0.0]))), np.array([0.0, 0.0]))
    assert is_same(unpack(pack(np.array([1e-6, 0.0]))), np.array([1e-6, 0.0]))


@pytest.mark.parametrize(
    "fingerprint",
    [
        object(),
        {"a": {1, 2}},
        np.str_("x"),
        np.bytes_(b""),
        np.array([object()]),
        np.array(["text"]),
        [lambda: None],
        State(value=Nothing()),
        TorchCall(name="add", on="w", is_grad_enabled=True),
        Leaf(array=POINTS, gradient=POINTS),
        STRUCTS[7].artists[0],
    ],
    ids=lambda one: type(one).__name__ + str(one)[:12],
)
def test_what_can_not_be_packed_is_refused(fingerprint: object) -> None:
    """It is refused while it is recorded, so that it is asked live, and not when it is needed."""
    with pytest.raises(TypeError):
        pack(fingerprint)


@pytest.mark.parametrize("number", [2**64, -(2**63) - 1, 10**400])
def test_large_integers_are_refused_or_kept(number: int) -> None:
    """An integer that MessagePack doesn't have is never another one."""
    try:
        packed = pack([number])
    except (TypeError, OverflowError):
        return
    assert unpack(packed) == [number]


@pytest.mark.parametrize(
    "packed",
    [
        msgspec.msgpack.encode(["what"]),
        msgspec.msgpack.encode([]),
        msgspec.msgpack.encode(["array", "<f8", [3], b"12345678"]),
        msgspec.msgpack.encode(["value", b"\x80"]),
        b"",
        b"\xc1",
    ],
)
def test_what_is_no_fingerprint_raises_value_error(packed: bytes) -> None:
    """Bytes that `pack` would not have made are refused in one way."""
    with pytest.raises(ValueError, match=r"."):
        unpack(packed)


def test_same_fingerprint_is_packed_into_few_bytes() -> None:
    """A float64 takes four bytes, as most of a recording is arrays."""
    array = np.random.default_rng(0).normal(size=1000)

    assert len(pack(array)) < 4100


def test_packing_changes_nothing_in_its_argument() -> None:
    """Packing makes copies."""
    array = np.array([1.0, 2.0])

    pack({"a": array})

    assert array.dtype == np.float64
    assert array.tolist() == [1.0, 2.0]
