"""Inputs: as plain data, and as code that gives the same inputs when it is pasted."""

import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.checks.inputs import (
    MAX_INPUT_DEPTH,
    MAX_SHOWN_NUMBERS,
    Leaf,
    array,
    decode_input,
    encode_input,
    is_small,
    leaf,
    show_array,
    show_call,
    show_input,
    show_number,
    show_pair,
    tensor,
)
from grader.observations.values import Array, Number
from grader.observations.values import Leaf as EncodedLeaf

_SHAPES = hnp.array_shapes(min_dims=0, max_dims=2, max_side=4)
# Numbers as checks write them: few digits.
_SHORT = st.integers(-99_999, 99_999).map(lambda number: number / 1000)


def evaluate(code: str) -> Any:  # noqa: ANN401 - whatever it is
    """Evaluate code as a student who has imported torch would."""
    return eval(code, {"torch": torch})  # noqa: S307 - our own


# --- plain data ---------------------------------------------------------------------------


def test_numbers_become_float32() -> None:
    """Inputs are float32, whatever numbers they are made from."""
    assert tensor([1, 2]).dtype == np.float32
    assert leaf([[1, 2]]).array.dtype == np.float32


def test_array_is_sent_as_data_and_leaf_as_leaf() -> None:
    """A leaf is sent as an array that requires grad, a tensor as one that doesn't."""
    data, weights = encode_input(tensor([1, 2])), encode_input(leaf([1, 2]))

    assert isinstance(data, Array)
    assert isinstance(weights, Array)
    assert (data.requires_grad, weights.requires_grad) == (False, True)
    assert data.to_numpy().tolist() == weights.to_numpy().tolist() == [1, 2]


def test_int_and_float_stay_apart() -> None:
    """An int is sent as an int, as ``range(epochs)`` needs one, and a float as a float."""
    assert encode_input(3) == Number(value=3, kind="int")
    assert encode_input(3.0) == Number(value=3, kind="float")


@pytest.mark.parametrize("value", [{1, 2}, b"bytes", 1j, range(3)], ids=repr)
def test_anything_else_is_not_an_input(value: object) -> None:
    """What is not plain data is refused."""
    with pytest.raises(TypeError, match="an input can't be"):
        encode_input(value)


@pytest.mark.parametrize(
    "value",
    [
        True,
        None,
        "text",
        3,
        -0.5,
        [1, 2.5, [None, "a"]],
        (1, (2,), ()),
        {"w": [1, 2], 3: (True, False)},
    ],
    ids=repr,
)
def test_plain_data_survives_encoding(value: object) -> None:
    """Numbers, text, None and containers of these are decoded to what they were, types and all."""
    assert repr(decode_input(encode_input(value))) == repr(value)


def test_dtype_that_is_asked_for_is_kept() -> None:
    """float64 is sent only if it is asked for."""
    doubles = [
        tensor([1.5], dtype=np.float64),
        leaf([1.5], dtype=np.float64),
        array([1.5], dtype=np.float64),
        leaf([1.5], grad=[0.5], dtype=np.float64),
    ]
    singles = [tensor([1.5]), leaf([1.5]), array([1.5]), np.array([1.5]), Leaf(np.array([1.5]))]

    def dtype_of(value: object) -> str:
        encoded = encode_input(value)
        sent = encoded.array if isinstance(encoded, EncodedLeaf) else encoded
        assert isinstance(sent, Array)
        return sent.dtype

    assert [dtype_of(one) for one in doubles] == ["float64"] * 4
    assert [dtype_of(one) for one in singles] == ["float32"] * 5
    assert dtype_of(array([1, 2])) == "int64"


def test_too_deep_or_too_large_input_is_refused() -> None:
    """Containers may be nested to a limit, and an int may be as large as a float keeps exact."""
    nested: object = 1
    for _ in range(MAX_INPUT_DEPTH + 1):
        nested = [nested]

    with pytest.raises(ValueError, match="nested more than"):
        encode_input(nested)
    with pytest.raises(ValueError, match="too large"):
        encode_input(2**60)


@pytest.mark.parametrize(
    ("inputs", "is_readable"),
    [
        ({}, True),
        ({"x": np.zeros((2, 2)), "w": leaf([1, 2]), "lr": 0.1}, True),
        ({"x": np.zeros(MAX_SHOWN_NUMBERS)}, True),
        ({"x": np.zeros(MAX_SHOWN_NUMBERS), "lr": 0.1}, False),
        ({"w": leaf(np.zeros(MAX_SHOWN_NUMBERS + 1))}, False),
        ({"params": {"w": np.zeros(MAX_SHOWN_NUMBERS - 1), "b": 1}}, True),
        ({"params": {"w": np.zeros(MAX_SHOWN_NUMBERS), "b": 1}}, False),
    ],
    ids=["none", "a few", "just enough", "one number more", "large leaf", "dict", "large dict"],
)
def test_small_is_what_can_be_read(inputs: dict[str, object], is_readable: bool) -> None:  # noqa: FBT001
    """Inputs are small if the numbers of all of them together are few."""
    assert is_small(inputs) is is_readable


# --- shown as code ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1, "0.1"),
        (float(np.float32(0.1)), "0.1"),
        (1.0, "1."),
        (-0.5, "-0.5"),
        (0.0, "0."),
        (1000.0, "1000."),
        (1e20, "1e+20"),
        (1e-7, "1e-07"),
        (3, "3"),
        (np.int64(3), "3"),
        (math.nan, "nan"),
        (-math.inf, "-inf"),
    ],
    ids=repr,
)
def test_number_is_shown_as_short_as_it_can_be(value: float, text: str) -> None:
    """A float32 0.1 is shown as 0.1, and a float never looks like an int."""
    assert show_number(value) == text


@given(values=hnp.arrays(np.float32, _SHAPES, elements=_SHORT.map(lambda x: float(np.float32(x)))))
@settings(deadline=None)
def test_shown_array_evaluates_to_the_very_same_numbers(values: np.ndarray) -> None:
    """Pasted arrays of numbers with five digits are exactly the same."""
    pasted = evaluate(show_input(values))

    assert pasted.dtype == torch.float32
    assert not pasted.requires_grad
    assert pasted.numpy().tobytes() == values.tobytes()


@given(
    values=hnp.arrays(
        np.float32, _SHAPES, elements=st.floats(width=32, allow_nan=False, allow_infinity=False)
    )
)
@settings(deadline=None)
def test_shown_array_of_any_numbers_evaluates_to_nearly_the_same(values: np.ndarray) -> None:
    """Pasted arrays of any numbers agree to six digits."""
    pasted = evaluate(show_input(values)).numpy()

    assert pasted.shape == values.shape
    with np.errstate(over="ignore"):
        np.testing.assert_allclose(pasted, values, rtol=1e-5, atol=1e-44)


def test_shown_leaf_evaluates_to_a_leaf() -> None:
    """A pasted leaf is a leaf that requires grad, with the same values."""
    pasted = evaluate(show_input(leaf([-1, 0.5])))

    assert (pasted.requires_grad, pasted.is_leaf) == (True, True)
    assert pasted.tolist() == [-1.0, 0.5]


@pytest.mark.parametrize("value", [0.1, 3, -2.5, 1e-9])
def test_shown_number_evaluates_to_itself(value: float) -> None:
    """A pasted number has the same value and type."""
    pasted = evaluate(show_input(value))

    assert pasted == value
    assert type(pasted) is type(value)


def test_shown_number_of_numpys_evaluates_to_itself() -> None:
    """A numpy number is shown as code that doesn't need numpy."""
    value = np.float64(0.25)
    assert encode_input(value) == Number(value=0.25, kind="float")

    pasted = evaluate(show_input(value))

    assert pasted == value


def test_long_array_is_cut_and_says_its_size() -> None:
    """A long array is cut, and its shape is shown instead."""
    text = show_array(np.arange(40.0).reshape(20, 2))

    assert text == "[0., 1., 2., 3., ...] (20 x 2 numbers)"


# --- shown as a call ----------------------------------------------------------------------


class Spy:
    """A student's function that remembers what it was called with."""

    def __init__(self, *globals_read: str) -> None:
        self.namespace: dict[str, Any] = {"torch": torch, "print": self._print, "f": self}
        self.calls: list[tuple[Any, ...]] = []
        self.printed: list[Any] = []
        self._globals_read = globals_read

    def __call__(self, *args: object) -> int:
        """Remember the arguments, and the globals that it reads."""
        self.calls.append((*args, *(self.namespace[name] for name in self._globals_read)))
        return 7

    def _print(self, value: object) -> None:
        self.printed.append(value)

    def paste(self, code: str) -> None:
        """Run shown code below the submission."""
        exec(code, self.namespace)  # noqa: S102 - our own


Y = tensor([2, 0.1])
CASE = {"x": tensor([[1, 1], [0.5, 1]]), "y": Y, "w": leaf([1, -1]), "lr": 0.1}


def test_shown_call_passes_the_inputs() -> None:
    """The pasted call passes the inputs in order, and prints the result and what comes then."""
    spy = Spy()

    spy.paste(show_call("f", CASE, then=("print(w)",)))

    ((x, y, w, lr),) = spy.calls
    assert x.tolist() == [[1.0, 1.0], [0.5, 1.0]]
    assert y.numpy().tobytes() == Y.tobytes()
    assert w.tolist() == [1.0, -1.0]
    assert w.requires_grad
    assert lr == 0.1
    assert spy.printed[0] == 7
    assert spy.printed[1] is w


def test_line_of_a_shown_call_can_be_another() -> None:
    """The call can be part of another line, with lines after it."""
    code = show_call("f", {}, times=2, line="{}.backward()", then=("print(w.grad)",))

    assert code == "for _ in range(2):\n    f().backward()\nprint(w.grad)"


def test_shape_of_an_empty_tensor_is_kept() -> None:
    """A tensor without numbers is pasted in its shape."""
    assert evaluate(show_input(np.zeros((0, 2), np.float32))).shape == (0, 2)
    assert evaluate(show_input(np.zeros(0, np.float32))).shape == (0,)


@pytest.mark.parametrize(
    ("got", "want", "shown"),
    [
        ([1.0], [2.0], ("[1.]", "[2.]")),
        ([1.00000012], [1.00000024], ("[1.0000001]", "[1.0000002]")),
        (
            [2.5, -3.7e-9],
            [1.5, -7.5e-9],
            ("[2.5, 0.]", "[1.5, 0.]"),
        ),
        ([3e-9], [6e-9], ("[3e-09]", "[6e-09]")),
        ([np.nan, 1e-12], [1.0, 0.0], ("[nan, 0.]", "[1., 0.]")),
        ([np.inf], [1.0], ("[inf]", "[1.]")),
        ([1.0], [1.0], ("[1.]", "[1.]")),
    ],
)
def test_numbers_that_differ_look_different(
    got: list[float], want: list[float], shown: tuple[str, str]
) -> None:
    """There are as many digits as the difference needs, and rounding errors are shown as 0."""
    assert show_pair(np.array(got), np.array(want)) == shown


def test_shown_call_sets_what_is_a_global() -> None:
    """Inputs that a function reads as globals are assigned before the call, not passed."""
    spy = Spy("x", "y", "w", "lr")

    spy.paste(show_call("f", CASE, times=1, as_globals=frozenset(CASE)))

    ((x, _, w, lr),) = spy.calls
    assert x.tolist() == [[1.0, 1.0], [0.5, 1.0]]
    assert w.requires_grad
    assert lr == 0.1


def test_shown_call_mixes_globals_and_parameters() -> None:
    """Some inputs of a pasted call may be globals, and others parameters."""
    spy = Spy("lr")

    spy.paste(show_call("f", CASE, times=1, as_globals=frozenset({"x", "y", "lr"})))

    ((w, lr),) = spy.calls
    assert w.tolist() == [1.0, -1.0]
    assert lr == 0.1


def test_shown_calls_share_their_leaf() -> None:
    """Repeated pasted calls work on the same leaf, as those of the check did."""
    spy = Spy()

    spy.paste(show_call("f", CASE, times=3, as_globals=frozenset()))

    assert len(spy.calls) == 3
    assert len({id(call[2]) for call in spy.calls}) == 1
    assert spy.printed[:3] == [7, 7, 7]


def test_shown_call_without_inputs_is_a_call() -> None:
    """A call without inputs is shown as a call."""
    code = show_call("f", {}, times=1, as_globals=frozenset())

    assert code == "print(f())"


def test_leaf_is_not_an_array() -> None:
    """A leaf wraps an array, and keeps it unchanged."""
    values = np.zeros(2, np.float32)

    marked = Leaf(values)

    assert marked.array is values
