"""Values: an array whose dtype, shape and bytes don't agree can't be made."""

import math

import msgspec
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.observations.bounds import MAX_ARRAY_ELEMENTS, MAX_DIMENSIONS
from grader.observations.frames import FrameError, decode_payload
from grader.observations.messages import FromChild
from grader.observations.values import (
    WIRE_DTYPES,
    Array,
    Nothing,
)

_SIZES = {name: np.dtype(wire).itemsize for name, wire in WIRE_DTYPES.items()}
_OF_NUMPY = sorted(set(WIRE_DTYPES) - {"bfloat16"})


def _frame_with(dtype: str, shape: tuple[int, ...], data: bytes) -> bytes:
    value = {"type": "array", "dtype": dtype, "shape": shape, "data": data}
    step = {"returned": value, "inputs": {}}
    answer = {"type": "answer", "token": b"", "outcome": "returned", "steps": [step]}
    return msgspec.msgpack.encode(answer)


@given(data=st.data(), name=st.sampled_from(_OF_NUMPY))
@settings(deadline=None)
def test_numpy_array_survives_bit_by_bit(data: st.DataObject, name: str) -> None:
    """Any numpy array keeps its bytes, also NaN, signed zeros and empty arrays."""
    shape = data.draw(hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4))
    values = data.draw(hnp.arrays(np.dtype(name), shape))

    back = Array.from_numpy(values).to_numpy()

    assert back.dtype == values.dtype
    assert back.shape == values.shape
    assert back.tobytes() == values.tobytes()


@given(data=st.data(), name=st.sampled_from(_OF_NUMPY))
@settings(deadline=None)
def test_array_survives_a_frame(data: st.DataObject, name: str) -> None:
    """An array that a child sends is equal to the one that the host receives."""
    shape = data.draw(hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3))
    sent = Array.from_numpy(data.draw(hnp.arrays(np.dtype(name), shape)))

    answer = decode_payload(_frame_with(sent.dtype, sent.shape, sent.data), FromChild)

    assert answer.steps[0].returned == sent


@pytest.mark.parametrize(
    "values",
    [
        np.arange(6.0).reshape(2, 3).T,
        np.arange(6.0)[::-2],
        np.arange(6, dtype=">f4"),
        np.asfortranarray(np.eye(2)),
        np.broadcast_to(np.float32(3), (2, 2)),
    ],
    ids=["transposed", "strided", "big-endian", "fortran", "broadcast"],
)
def test_array_of_any_memory_layout_keeps_its_numbers(values: np.ndarray) -> None:
    """An array of any memory layout or byte order keeps its numbers."""
    back = Array.from_numpy(values).to_numpy()

    assert back.tolist() == values.tolist()


def test_numpy_copy_can_be_changed_without_changing_the_value() -> None:
    """Each numpy array is a copy, so that a check can change it without harm to the next."""
    value = Array.from_numpy(np.zeros(2, np.float32))

    value.to_numpy()[:] = 1

    assert value.to_numpy().tolist() == [0, 0]


def test_bfloat16_is_read_as_float32() -> None:
    """bfloat16, which numpy doesn't have, is read as float32."""
    value = Array(dtype="bfloat16", shape=(2,), data=np.array([1.5, -2], "<f4").tobytes())

    read = value.to_numpy()

    assert read.dtype == np.float32
    assert read.tolist() == [1.5, -2.0]


@given(
    name=st.sampled_from(sorted(WIRE_DTYPES)),
    shape=st.lists(st.integers(-2, 5), max_size=4).map(tuple),
    length=st.integers(0, 200),
)
@settings(deadline=None)
def test_array_whose_dtype_shape_and_bytes_disagree_is_refused(
    name: str, shape: tuple[int, ...], length: int
) -> None:
    """Bytes that don't fit dtype and shape raise a ValueError, or a FrameError in a frame."""
    agrees = min(shape, default=0) >= 0 and math.prod(shape) * _SIZES[name] == length
    assume(not agrees)

    with pytest.raises(ValueError, match="invalid array"):
        Array(dtype=name, shape=shape, data=bytes(length))
    with pytest.raises(FrameError):
        decode_payload(_frame_with(name, shape, bytes(length)), FromChild)


@pytest.mark.parametrize(
    ("name", "shape", "data"),
    [
        ("object", (1,), bytes(8)),
        ("float32\0", (1,), bytes(4)),
        ("<f4", (1,), bytes(4)),
        ("", (), bytes(4)),
        ("float32", (-1, -1), bytes(4)),
        ("float32", (2**62, 4), bytes(0)),
        ("float32", (2**64 - 1,), bytes(4)),
        ("uint8", (1,) * (MAX_DIMENSIONS + 1), bytes(1)),
        ("uint8", (MAX_ARRAY_ELEMENTS + 1,), bytes(MAX_ARRAY_ELEMENTS + 1)),
        ("uint8", (2, MAX_ARRAY_ELEMENTS), bytes(2 * MAX_ARRAY_ELEMENTS)),
    ],
    ids=[
        "objects",
        "name with a NUL",
        "numpy's own name",
        "no name",
        "negative sides whose product is right",
        "product that overflows 64 bits",
        "longest side there is",
        "too many dimensions",
        "too many elements in a row",
        "too many elements in two rows",
    ],
)
def test_impossible_array_is_refused(name: str, shape: tuple[int, ...], data: bytes) -> None:
    """An unknown dtype or impossible shape raises a ValueError, or a FrameError in a frame."""
    payload = _frame_with(name, shape, data)

    with pytest.raises(ValueError, match="invalid array"):
        Array(dtype=name, shape=shape, data=data)
    with pytest.raises(FrameError):
        decode_payload(payload, FromChild)


def test_array_at_both_limits_is_accepted() -> None:
    """An array with the maximum of elements and the maximum of dimensions is accepted."""
    shape = (MAX_ARRAY_ELEMENTS,) + (1,) * (MAX_DIMENSIONS - 1)

    value = Array(dtype="bool", shape=shape, data=bytes(MAX_ARRAY_ELEMENTS))

    assert value.to_numpy().shape == shape


@pytest.mark.parametrize(
    "shape",
    [
        (0, 2**62),
        (2**64 - 1, 0),
        (2**40, 0, 2**40),
        (0, *[MAX_ARRAY_ELEMENTS] * 3),
    ],
    ids=str,
)
def test_array_that_was_accepted_can_be_read(shape: tuple[int, ...]) -> None:
    """An empty array with absurd sides is either refused or can be read as a numpy array."""
    try:
        answer = decode_payload(_frame_with("float32", shape, b""), FromChild)
    except FrameError:
        return

    assert answer.steps[0].returned.to_numpy().shape == shape


def test_value_can_not_be_changed() -> None:
    """A value can't be changed, so two checks that share it see the same."""
    value = Array.from_numpy(np.zeros(1))

    with pytest.raises(AttributeError):
        value.shape = (2,)  # type: ignore[misc]


def test_equal_values_are_equal() -> None:
    """Values are compared by content."""
    first, second = (Array.from_numpy(np.ones(2)) for _ in range(2))

    assert first == second
    assert first != Array.from_numpy(np.zeros(2))
    assert Nothing() == Nothing()
