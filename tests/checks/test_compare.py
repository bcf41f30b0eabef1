"""Comparing: first the shape, then finiteness, then values; nan never passes."""

import contextlib
import math
import tracemalloc

import numpy as np
import pytest
from cpu_time import least_cpu_s
from fakes import array, value_of
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.checks.compare import (
    expect_close,
    expect_finite,
    expect_shape,
    is_close,
    name_kind,
    to_array,
    to_parts,
    to_sequence,
)
from grader.checks.inputs import show_array
from grader.checks.verdict import WrongError
from grader.observations.bounds import MAX_ARRAY_BYTES, MAX_ARRAY_ELEMENTS, MAX_DIMENSIONS
from grader.observations.values import (
    TOO_LARGE,
    WIRE_DTYPES,
    AnyValue,
    Array,
    Items,
    Mapping,
    Nothing,
    Number,
    Opaque,
    Text,
)

_FINITE = st.floats(-1e6, 1e6, width=32)
_ARRAYS = hnp.arrays(
    np.float64, hnp.array_shapes(min_dims=0, max_dims=2, max_side=4), elements=_FINITE
)


# --- reading values -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Number(value=2.5), 2.5),
        (Number(value=1.0, kind="bool"), 1.0),
        (array(2.5), 2.5),
        (array([1, 2], dtype="int64"), [1.0, 2.0]),
        (array([[0.5]], dtype="float64", kind="ndarray"), [[0.5]]),
        (array([True], dtype="bool"), [1.0]),
        (array([2**64 - 1], dtype="uint64"), [2.0**64]),
        (array([], dtype="float16"), []),
    ],
    ids=["float", "bool", "0-d", "ints", "numpy", "bools", "largest int", "empty"],
)
def test_numbers_of_every_kind_are_read_as_float64(value: AnyValue, expected: object) -> None:
    """A number may be a float, a 0-d tensor, a numpy value or a bool."""
    read = to_array(value, "the loss")

    assert read.dtype == np.float64
    assert read.tolist() == expected


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (Nothing(), "None"),
        (Text(text="0.5"), "a string"),
        (Items(kind="list", items=(Number(value=1.0),)), "a list of 1 item"),
        (Mapping(entries=()), "a mapping"),
        (Opaque(type_name="Model"), "a Model"),
        (Opaque(type_name="Tensor", reason="of int4 with 2 elements"), "a Tensor (of int4 "),
        (array([1j], dtype="complex64"), "a tensor of shape (1,)"),
    ],
    ids=["None", "text", "list", "dict", "object", "tensor that didn't travel", "complex"],
)
def test_value_without_numbers_is_wrong_and_named(value: AnyValue, kind: str) -> None:
    """A value that has no real numbers is wrong, and the message says what it is."""
    with pytest.raises(WrongError) as caught:
        to_array(value, "what mse() returns")

    assert caught.value.message.startswith(f"what mse() returns is {kind}")
    assert kind in caught.value.got


def test_tensor_that_is_too_large_is_not_called_another_kind() -> None:
    """It may well be one of real numbers; its shape says what is wrong."""
    large = Opaque(type_name="Tensor", reason=f"of float32 and shape (4036, 4036): {TOO_LARGE}")

    with pytest.raises(WrongError) as wrong:
        to_array(large, "y")

    assert wrong.value.message == (
        "y is a Tensor (of float32 and shape (4036, 4036): too large to be graded)"
    )


def test_function_without_a_return_gets_a_hint() -> None:
    """The hint for None asks about a missing return."""
    with pytest.raises(WrongError) as caught:
        to_array(Nothing(), "what mse() returns")

    assert "return" in caught.value.hint


def test_gradient_that_is_missing_is_no_missing_return() -> None:
    """A leaf has no gradient if nothing was differentiated with respect to it."""
    with pytest.raises(WrongError, match=r"w\.grad is None") as raised:
        expect_close(Nothing(), 1.0, "w.grad")

    assert not raised.value.hint


@pytest.mark.parametrize(
    "value",
    [
        value_of([1.0, 2.0]),
        value_of((1, 2)),
        value_of([array(1), array([2])]),
        value_of([1.0, array([[2]], kind="ndarray")]),
        array([1, 2]),
        array([1, 2], kind="ndarray", dtype="float64"),
    ],
    ids=["list", "tuple", "0-d and 1-element tensors", "numpy", "tensor", "numpy array"],
)
def test_losses_may_come_in_any_sequence(value: AnyValue) -> None:
    """Losses may be a list, a tuple or a 1-d tensor, of floats or of one-element tensors."""
    read = to_sequence(value, "the losses")

    assert read.tolist() == [1.0, 2.0]


def test_empty_list_is_a_sequence() -> None:
    """An empty list is accepted as a sequence; its length is for the check to judge."""
    read = to_sequence(value_of([]), "the losses")

    assert read.shape == (0,)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (Nothing(), "the losses is None"),
        (Number(value=1.0), "the losses is a number"),
        (array(1), "the losses is a tensor of shape ()"),
        (array([[1, 2]]), "the losses is a tensor of shape (1, 2)"),
        (value_of([1.0, None]), "the losses[1] is None"),
        (value_of([array([1, 2])]), "the losses[0] has shape (2,)"),
        (Items(kind="generator", items=(), is_cut=True), "the losses is a generator of 0 items"),
    ],
    ids=["None", "number", "0-d", "2-d", "None inside", "arrays inside", "cut"],
)
def test_other_value_is_not_a_list_of_numbers(value: AnyValue, message: str) -> None:
    """The message names the entry that is not a number, or the value that is not a list."""
    with pytest.raises(WrongError) as caught:
        to_sequence(value, "the losses")

    assert caught.value.message.startswith(message)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (array([1, 2]), "a tensor of shape (2,)"),
        (array(1, kind="ndarray"), "an ndarray of shape ()"),
        (Nothing(), "None"),
        (Number(value=1), "a number"),
        (value_of([1]), "a list of 1 item"),
        (value_of([1, 2]), "a list of 2 items"),
    ],
    ids=["tensor", "array", "None", "number", "list", "longer list"],
)
def test_kind_is_named_as_a_student_would(value: AnyValue, name: str) -> None:
    """A value is named in a student's words, with its shape or length."""
    assert name_kind(value) == name


@pytest.mark.parametrize("kind", ["tuple", "list", "Parameters"])
def test_parts_of_a_tuple_are_read_by_name(kind: str) -> None:
    """The parts of a tuple, list or named tuple are read by name, and keep their shapes."""
    value = Items(kind=kind, items=(array([[1, 2]]), Number(value=3.0)))

    parts = to_parts(value, ("w", "b"), "what step() returns")

    assert list(parts) == ["w", "b"]
    assert parts["w"].tolist() == [[1.0, 2.0]]
    assert parts["b"].shape == ()


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (array([1, 2]), "what f() returns is a tensor of shape (2,), not a tuple of w, b"),
        (value_of([1.0]), "what f() returns is a list of 1 item, not a tuple of w, b"),
        (value_of((1.0, 2.0, 3.0)), "what f() returns is a tuple of 3 items, not a tuple of w, b"),
        (value_of({"w": 1.0, "b": 2.0}), "what f() returns is a mapping, not a tuple of w, b"),
        (value_of((1.0, "b")), "b is a string, not a tensor of real numbers"),
        (value_of((None, 1.0)), "w is None, not a tensor of real numbers"),
    ],
)
def test_other_value_is_not_a_tuple_of_that_length(value: AnyValue, message: str) -> None:
    """The message names the part that is wrong, or the value that is not a tuple."""
    with pytest.raises(WrongError) as caught:
        to_parts(value, ("w", "b"), "what f() returns")

    assert caught.value.message == message


def test_missing_tuple_gets_the_hint_of_a_missing_return() -> None:
    """None instead of a tuple gets the hint about a missing return."""
    with pytest.raises(WrongError) as caught:
        to_parts(Nothing(), ("w",), "what f() returns")

    assert "return" in caught.value.hint


# --- judging ------------------------------------------------------------------------------


@given(values=_ARRAYS)
@settings(deadline=None)
def test_array_is_close_to_itself_in_float32(values: np.ndarray) -> None:
    """An array rounded to float32 is close to the array itself."""
    rounded = values.astype(np.float32).astype(np.float64)

    assert is_close(rounded, values)


@given(values=_ARRAYS.filter(lambda values: values.size > 0), data=st.data())
@settings(deadline=None)
def test_nan_and_infinity_never_pass(values: np.ndarray, data: st.DataObject) -> None:
    """A nan or infinity never passes, not even where nan was expected."""
    place = data.draw(st.integers(0, values.size - 1))
    broken = values.copy()
    broken.flat[place] = data.draw(st.sampled_from([math.nan, math.inf, -math.inf]))

    assert not is_close(broken, values)
    with pytest.raises(WrongError, match=r"contains|it is"):
        expect_close(broken, values, "it")
    if math.isnan(broken.flat[place]):
        assert not is_close(broken, broken)
        assert not is_close(values, broken)


@given(values=_ARRAYS.filter(lambda values: values.size > 0), data=st.data())
@settings(deadline=None)
def test_visible_difference_never_passes(values: np.ndarray, data: st.DataObject) -> None:
    """An error of a thousandth of the largest number is found in any element."""
    place = data.draw(st.integers(0, values.size - 1))
    size = max(0.01, float(np.max(np.abs(values))))
    other = values.copy()
    other.flat[place] += 1e-3 * size * data.draw(st.sampled_from([-1, 1]))

    assert not is_close(other, values)
    with pytest.raises(WrongError, match="it is wrong"):
        expect_close(other, values, "it")


@given(
    first=hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3),
    second=hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3),
)
@settings(deadline=None)
def test_another_shape_never_passes(first: tuple[int, ...], second: tuple[int, ...]) -> None:
    """Another shape is wrong even if it would broadcast, or if both arrays are empty."""
    got, want = np.zeros(first), np.zeros(second)

    assert is_close(got, want) is (first == second)
    if first != second:
        with pytest.raises(WrongError, match="it has shape"):
            expect_close(got, want, "it")


@pytest.mark.parametrize(
    ("got", "want", "rtol", "is_right"),
    [
        (1.00005, 1.0, 1e-4, True),
        (1.002, 1.0, 1e-4, False),
        (1.002, 1.0, 1e-2, True),
        (1e-8, 0.0, 1e-4, True),
        (1e-5, 0.0, 1e-4, False),
        (-0.0, 0.0, 1e-4, True),
    ],
)
def test_tolerance_is_that_of_float32(
    got: float,
    want: float,
    rtol: float,
    is_right: bool,  # noqa: FBT001 - a column
) -> None:
    """The tolerance is relative, except that an exact zero may come out as a tiny number."""
    assert is_close(np.array(got), np.array(want), rtol=rtol) is is_right


def test_size_of_the_terms_of_a_sum_can_be_given() -> None:
    """A sum of large terms that is near zero may be as imprecise as its terms."""
    got, want = np.array(0.005), np.array(0.0)

    assert not is_close(got, want)
    assert is_close(got, want, scale=1000.0)


def test_shape_is_judged_before_values() -> None:
    """A wrong shape is reported before wrong values."""
    with pytest.raises(WrongError) as caught:
        expect_close(np.full((2, 1), np.nan), np.zeros(2), "predict(x, w)")

    assert caught.value.message == "predict(x, w) has shape (2, 1), but should have (2,)"
    assert (caught.value.got, caught.value.expected) == ("shape (2, 1)", "shape (2,)")


def test_finiteness_is_judged_before_values() -> None:
    """A nan is reported before wrong numbers next to it."""
    with pytest.raises(WrongError) as caught:
        expect_close(np.array([5.0, np.nan]), np.zeros(2), "the loss")

    assert caught.value.message == "the loss contains nan"
    assert caught.value.got == "[5., nan]"


@pytest.mark.parametrize(("value", "kind"), [(np.nan, "nan"), (np.inf, "inf"), (-np.inf, "inf")])
def test_message_says_nan_or_inf(value: float, kind: str) -> None:
    """The message says whether an array contains nan or inf."""
    with pytest.raises(WrongError, match=f"the loss is {kind}"):
        expect_finite(np.array(value), "the loss")


def test_message_names_the_place_of_the_largest_error() -> None:
    """The message gives row and column of the largest error, counted from 0."""
    got, want = np.array([[1.0, 2.0], [3.0, 9.0]]), np.array([[1.0, 2.1], [3.0, 4.0]])

    with pytest.raises(WrongError) as caught:
        expect_close(got, want, "x")

    assert caught.value.message == "x is wrong; the largest error is at [1, 1]"
    assert caught.value.got == "[[1., 2.], [3., 9.]]"
    assert caught.value.expected == "[[1., 2.1], [3., 4.]]"


@pytest.mark.parametrize("want", [np.array(2.0), np.array([2.0])])
def test_single_number_has_no_place(want: np.ndarray) -> None:
    """The message about a single number names no place."""
    with pytest.raises(WrongError) as caught:
        expect_close(want + 1, want, "the loss")

    assert caught.value.message == "the loss is wrong"


def test_right_answer_raises_nothing() -> None:
    """Right shapes, finite numbers and right values raise nothing."""
    values = np.array([1.0, 2.0])

    expect_shape(values, (2,), "it")
    expect_finite(values, "it")
    expect_close(values, values, "it")

    assert to_sequence(array(values), "it").tolist() == values.tolist()


# --- whatever a submission sends ----------------------------------------------------------

_LONG = "a long name \\x1b" * 200


@pytest.mark.parametrize(
    "value",
    [
        Opaque(type_name=_LONG, reason=_LONG),
        Items(kind=_LONG, items=()),
        Opaque(type_name="a\n    passed\nb", reason="c\nd"),
        Array(dtype="bool", shape=(1,) * MAX_DIMENSIONS, data=b"1"),
        Array(dtype="bool", shape=(MAX_ARRAY_ELEMENTS, 0), data=b""),
    ],
    ids=["opaque", "items", "lines", "dimensions", "empty rows"],
)
def test_name_of_a_value_is_short_and_on_one_line(value: AnyValue) -> None:
    """Whatever its class is called, a value's name fits on a line."""
    name = name_kind(value)

    assert len(name) < 200
    assert "\n" not in name


def _largest(dtype: str) -> dict[str, Array]:
    item_bytes = np.dtype(WIRE_DTYPES[dtype]).itemsize
    count = min(MAX_ARRAY_ELEMENTS, MAX_ARRAY_BYTES // item_bytes)
    count -= count % 2
    shapes = [(), (0,), (0, 2), (count,), (count // 2, 2), (2,) + (1,) * 15, (count, 0)]
    return {
        f"{dtype} {shape} {fill:x}": Array(
            dtype=dtype, shape=shape, data=bytes([fill]) * (math.prod(shape) * item_bytes)
        )
        # All bits set is nan, and 0x7f7f... is huge.
        for shape in shapes
        for fill in (0, 0x7F, 0xFF)
    }


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("dtype", WIRE_DTYPES)
def test_any_array_is_compared_without_an_error(dtype: str) -> None:
    """Reading, showing and comparing an array of any dtype, shape and content only fails a check.

    And it takes 0.1 s at most; twice that is allowed here for a busy machine.
    """
    for name, value in _largest(dtype).items():

        def compare(value: Array = value) -> str:
            pair = Items(kind="tuple", items=(value, value))
            for judge in (
                lambda one: expect_close(to_array(one, "x"), np.zeros(2), "x"),
                lambda one: expect_close(to_array(one, "x"), np.zeros(one.shape), "x"),
                lambda one: to_sequence(one, "x"),
                lambda _, both=pair: to_sequence(both, "x"),
                lambda _, both=pair: to_parts(both, ("x", "y"), "the result"),
            ):
                with contextlib.suppress(WrongError):
                    judge(value)
            return show_array(value.to_numpy())

        assert len(compare()) < 500, name
        assert least_cpu_s(compare) < 0.2, name


def test_signalling_nan_is_read_without_a_warning() -> None:
    """A nan that is to be signalled is a nan like any other."""
    value = Array(dtype="float32", shape=(1,), data=b"\x01\x00\x80\x7f")

    with np.errstate(all="raise"):
        read = to_array(value, "x")

    assert np.isnan(read).all()


def test_far_numbers_are_compared_without_a_warning() -> None:
    """The difference of numbers at both ends of float64 is infinite, and so wrong."""
    got, want = np.array([-1.7e308, 0.0]), np.array([1.7e308, 0.0])

    with np.errstate(all="raise"), pytest.raises(WrongError, match=r"largest error is at \[0\]"):
        expect_close(got, want, "x")


def test_true_is_any_byte_but_0() -> None:
    """A bool whose byte is neither 0 nor 1 counts as True, and is 1 as a number."""
    value = Array(dtype="bool", shape=(3,), data=b"\x00\x01\xa5")

    assert value.to_numpy().tobytes() == b"\x00\x01\x01"
    assert to_array(value, "x").tolist() == [0.0, 1.0, 1.0]


def test_list_of_large_tensors_is_refused_before_any_is_converted() -> None:
    """Tensors in a list of numbers are refused by their shape, and not all made float64 before."""
    large = Array(dtype="bool", shape=(MAX_ARRAY_ELEMENTS,), data=bytes(MAX_ARRAY_ELEMENTS))
    value = Items(kind="list", items=(Number(value=1.0), *[large] * 8))
    tracemalloc.start()

    with pytest.raises(WrongError, match=r"x\[1\] has shape \(1000000,\)"):
        to_sequence(value, "x")

    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak_bytes < 2**20


# --- parts of what scripts return -----------------------------------------------------------


@pytest.mark.parametrize(
    ("got", "want"),
    [
        (array([1, 2]), array([1, 2])),
        (array([1, 2]), [1, 2]),
        (array([[1], [2]]), [[1], [2]]),
        (array([1, 2], kind="ndarray", dtype="float64"), np.array([1, 2])),
        (np.array([1.0, 2.0]), (1, 2)),
        (Number(value=3), 3),
        (Number(value=3, kind="int"), array(3)),
        (array(3), 3.0),
    ],
)
def test_values_arrays_lists_and_numbers_are_compared_with_each_other(
    got: AnyValue, want: object
) -> None:
    """A part of what a script returned need not be made an array first."""
    expect_close(got, want, "c.grad")


@pytest.mark.parametrize(
    ("got", "want", "message"),
    [
        (array([1, 2]), [1, 3], "c.grad is wrong; the largest error is at [1]"),
        (array([1, 2]), 1, "c.grad has shape (2,), but should have ()"),
        (Number(value=3), [3], "c.grad has shape (), but should have (1,)"),
        (Number(value=3), 4, "c.grad is wrong"),
        (Nothing(), 4, "c.grad is None, not a tensor of real numbers"),
        (Text(text="3"), 3, "c.grad is a string, not a tensor of real numbers"),
    ],
)
def test_wrong_part_is_named_and_found_again(got: AnyValue, want: object, message: str) -> None:
    """The verdict has the part itself, so that the example can print it."""
    with pytest.raises(WrongError) as caught:
        expect_close(got, want, "c.grad")

    assert caught.value.message == message
    assert caught.value.source is got


def test_array_of_a_check_is_no_part() -> None:
    """It is found by its numbers."""
    with pytest.raises(WrongError) as caught:
        expect_close(np.array([1.0]), [2.0], "c.grad")

    assert caught.value.source is None
    assert caught.value.value is not None
