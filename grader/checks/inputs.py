"""Inputs of calls: how they are written in checks, sent, and shown as code to paste."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import overload

import numpy as np

from grader.observations.values import (
    Array,
    ArrayKind,
    InputItems,
    InputMapping,
    InputValue,
    Nothing,
    Number,
    Text,
)
from grader.observations.values import Leaf as EncodedLeaf

MAX_SHOWN_NUMBERS = 16
MAX_INPUT_DEPTH = 8
MAX_EXACT_INT = 2**53  # numbers are sent as floats

_DIGITS = 6
_MAX_DIGITS = 17  # of a float64
_NOISE = 2e-7  # float32 rounds the largest number of an array by this part of it


@dataclass(frozen=True, slots=True)
class Leaf:
    """An input that the function gets as a leaf tensor that requires grad.

    Attributes:
        array: Its values.
        gradient: What is stored in its ``.grad``, of the same shape; None for nothing.
        is_double: Whether float64 was asked for; otherwise it is sent as float32.
    """

    array: "np.ndarray"
    gradient: "np.ndarray | None" = None
    is_double: bool = False


@dataclass(frozen=True, slots=True)
class ArrayInput:
    """An input with a kind and a dtype that were asked for.

    Attributes:
        array: Its values, in its dtype.
        kind: Whether the function gets a tensor or a numpy array.
    """

    array: "np.ndarray"
    kind: ArrayKind


def leaf(values: object, *, grad: object = None, dtype: object = np.float32) -> Leaf:
    """Return an input that is a leaf tensor and requires grad.

    Args:
        values: Nested lists of numbers, or an array.
        grad: What is stored in its ``.grad``; None for nothing.
        dtype: float32, or float64 if that is asked for.
    """
    made = np.asarray(values, dtype=dtype)  # type: ignore[call-overload]
    gradient = None if grad is None else np.asarray(grad, dtype=made.dtype)
    return Leaf(made, gradient, is_double=made.dtype == np.float64)


@overload
def tensor(values: object) -> "np.ndarray": ...


@overload
def tensor(values: object, *, dtype: object) -> "np.ndarray | ArrayInput": ...


def tensor(values: object, *, dtype: object = np.float32) -> "np.ndarray | ArrayInput":
    """Return an input that is a tensor, from nested lists of numbers.

    Args:
        values: Nested lists of numbers, or an array.
        dtype: float32, or another one if that is asked for.
    """
    made: np.ndarray = np.asarray(values, dtype=dtype)  # type: ignore[call-overload]
    # Another array of float64 is taken for one by accident.
    return ArrayInput(made, "tensor") if made.dtype == np.float64 else made


def array(values: object, *, dtype: object = None) -> ArrayInput:
    """Return an input that is a numpy array, from nested lists of numbers.

    Args:
        values: Nested lists of numbers, or an array.
        dtype: Its dtype; by default float32 for numbers of float64, and what it is for others.
    """
    made = np.asarray(values, dtype=dtype)  # type: ignore[call-overload]
    return ArrayInput(_as_single(made) if dtype is None else made, "ndarray")


def as_single(value: object) -> object:
    """Return an input with its float64 numbers as float32, and anything else as it is.

    Tensors of a contract are float32, and numpy draws float64. In torch a right function that
    multiplies an input by a float32 tensor of its own would raise.
    """
    match value:
        case np.ndarray():
            return _as_single(value)
        case Leaf(is_double=False):
            return replace(value, array=_as_single(value.array))
        case list():
            return [as_single(one) for one in value]
        case tuple():
            return tuple(as_single(one) for one in value)
        case dict():
            return {key: as_single(one) for key, one in value.items()}
    return value


def _as_single(array: "np.ndarray") -> "np.ndarray":
    return array.astype(np.float32) if array.dtype == np.float64 else array


def encode_input(value: object, *, depth: int = 0) -> InputValue:  # noqa: C901, PLR0912 - by kind
    """Convert an input as checks write it to the plain data of a request.

    Raises:
        TypeError: The input is of another kind.
        ValueError: It is nested too deeply, or too large.
    """
    if depth > MAX_INPUT_DEPTH:
        message = f"an input is nested more than {MAX_INPUT_DEPTH} deep"
        raise ValueError(message)
    value = as_single(value) if isinstance(value, Leaf) else value
    match value:
        case None:
            return Nothing()
        case Leaf(array=array, gradient=None):
            return Array.from_numpy(array, requires_grad=True)
        case Leaf(array=array, gradient=np.ndarray() as gradient):
            encoded = Array.from_numpy(array)
            return EncodedLeaf(array=encoded, gradient=Array.from_numpy(gradient))
        case ArrayInput():
            return Array.from_numpy(value.array, kind=value.kind)
        case np.ndarray():
            return Array.from_numpy(_as_single(value))
        case bool() | np.bool_():
            return Number(value=float(value), kind="bool")
        case int() | np.integer():
            if abs(int(value)) > MAX_EXACT_INT:
                message = f"{value} is too large for an input"
                raise ValueError(message)
            return Number(value=float(value), kind="int")
        case float() | np.floating():
            return Number(value=float(value), kind="float")
        case str():
            return Text(text=value)
        case list() | tuple():
            items = tuple(encode_input(one, depth=depth + 1) for one in value)
            return InputItems(is_tuple=isinstance(value, tuple), items=items)
        case dict():
            return InputMapping(
                entries=tuple(
                    (encode_input(key, depth=depth + 1), encode_input(one, depth=depth + 1))
                    for key, one in value.items()
                )
            )
    message = f"an input can't be {type(value).__name__}"
    raise TypeError(message)


def decode_input(value: InputValue) -> object:  # noqa: C901 - by kind
    """Return an encoded input as checks write it; the inverse of `encode_input`."""
    match value:
        case Array(requires_grad=True):
            return Leaf(value.to_numpy())
        case Array(kind=kind):
            return ArrayInput(value.to_numpy(), kind)
        case EncodedLeaf(array=array, gradient=gradient):
            return Leaf(array.to_numpy(), gradient.to_numpy())
        case Number(value=number, kind="int"):
            return int(number)
        case Number(value=number, kind="bool"):
            return bool(number)
        case Number(value=number):
            return number
        case Text(text=text):
            return text
        case InputItems(is_tuple=is_tuple, items=items):
            made = [decode_input(one) for one in items]
            return tuple(made) if is_tuple else made
        case InputMapping(entries=entries):
            return {decode_input(key): decode_input(one) for key, one in entries}
        case Nothing():
            return None


def is_small(inputs: Mapping[str, object]) -> bool:
    """Return whether all inputs together have few enough numbers to be shown."""
    return sum(map(_count, inputs.values())) <= MAX_SHOWN_NUMBERS


def _count(value: object) -> int:
    match value:
        case Leaf(array=array, gradient=gradient):
            return array.size + (0 if gradient is None else gradient.size)
        case ArrayInput(array=array):
            return array.size
        case list() | tuple():
            return sum(map(_count, value))
        case dict():  # its keys are read as names
            return sum(map(_count, value.values()))
    return np.asarray(value).size


def show_number(value: float, *, digits: int = _DIGITS) -> str:
    """Return a number as text, by default with at most 6 digits: a float32 0.1 reads ``0.1``."""
    if np.iscomplexobj(value):
        return f"{complex(value):.{digits}g}"
    if isinstance(value, int | np.integer):
        return str(value)
    if not np.isfinite(value):
        return {"nan": "nan", "inf": "inf", "-inf": "-inf"}[str(float(value))]
    text = f"{float(value):.{digits}g}"
    return text if any(mark in text for mark in ".en") else text + "."


def show_array(array: "np.ndarray", *, digits: int = _DIGITS) -> str:
    """Return an array as nested lists of short numbers, cut if it is long."""
    if array.ndim == 0:
        return show_number(array.item(), digits=digits)
    if array.size == 0 and len(array) > MAX_SHOWN_NUMBERS:  # many empty rows
        return f"[] ({' x '.join(map(str, array.shape))} numbers)"
    if array.size > MAX_SHOWN_NUMBERS:
        head = ", ".join(show_number(value, digits=digits) for value in array.ravel()[:4].tolist())
        return f"[{head}, ...] ({' x '.join(map(str, array.shape))} numbers)"
    return "[" + ", ".join(show_array(row, digits=digits) for row in array) + "]"


def show_pair(got: "np.ndarray", want: "np.ndarray") -> tuple[str, str]:
    """Return two arrays as text, with as many digits as it takes to see that they differ.

    Numbers that are only rounding errors beside the others are shown as 0.
    """
    got, want = _without_noise(got, want), _without_noise(want, got)
    for digits in range(_DIGITS, _MAX_DIGITS):
        shown = show_array(got, digits=digits), show_array(want, digits=digits)
        if shown[0] != shown[1]:
            return shown
    return show_array(got, digits=_MAX_DIGITS), show_array(want, digits=_MAX_DIGITS)


def _without_noise(array: "np.ndarray", other: "np.ndarray") -> "np.ndarray":
    sizes = [np.abs(one[np.isfinite(one)]) for one in (array, other)]
    largest = max(float(np.max(size, initial=0.0)) for size in sizes)
    return np.where(np.abs(array) <= _NOISE * largest, 0.0, array)


def show_input(value: object) -> str:
    """Return an input as a Python expression."""
    match value:
        case Leaf(array=array):
            return _show_tensor(array, ", requires_grad=True")
        case ArrayInput(array=array, kind="ndarray"):
            return _show_ndarray(array)
        case ArrayInput(array=array):
            return _show_tensor(array)
        case np.ndarray():
            return _show_tensor(value)
        case list():
            return f"[{', '.join(map(show_input, value))}]"
        case tuple():
            comma = "," if len(value) == 1 else ""
            return f"({', '.join(map(show_input, value))}{comma})"
        case dict():
            items = (f"{show_input(key)}: {show_input(one)}" for key, one in value.items())
            return f"{{{', '.join(items)}}}"
        case np.generic():
            return repr(value.item())
    return repr(float(value) if isinstance(value, float) else value)


def show_gradients(name: str, value: object) -> list[str]:
    """Return the lines that store the gradients of an input's leaves.

    Args:
        name: The name of the input, or the expression of a part of it.
        value: The input, or the part.
    """
    match value:
        case Leaf(gradient=np.ndarray() as gradient):
            return [f"{name}.grad = {_show_tensor(gradient)}"]
        case list() | tuple():
            parts = [(f"{name}[{place}]", one) for place, one in enumerate(value)]
        case dict():
            parts = [(f"{name}[{show_input(key)}]", one) for key, one in value.items()]
        case _:
            parts = []
    return [line for part, one in parts for line in show_gradients(part, one)]


def _show_tensor(array: "np.ndarray", keywords: str = "") -> str:
    if array.dtype == np.float64:
        keywords = f", dtype=torch.float64{keywords}"
    if array.size == 0 and array.ndim > 1:  # nested lists would lose the shape
        return f"torch.empty({array.shape}{keywords})"
    return f"torch.tensor({show_array(array)}{keywords})"


def _show_ndarray(array: "np.ndarray") -> str:
    # A number with a point is float64 to numpy.
    is_default = array.dtype in (np.float64, np.int64, np.bool_)
    keywords = "" if is_default else f", dtype=np.{array.dtype.name}"
    if array.size == 0 and array.ndim > 1:
        return f"np.empty({array.shape}{keywords})"
    return f"np.array({show_array(array)}{keywords})"


def show_call(
    function: str,
    inputs: Mapping[str, object],
    *,
    times: int = 1,
    as_globals: Collection[str] = (),
    line: str = "print({})",
    then: Sequence[str] = (),
) -> str:
    """Return a call as code that can be pasted below a submission.

    Args:
        function: The name of the function.
        inputs: Its inputs by their names in the contract, in order.
        times: How often it is called.
        as_globals: The inputs that it reads as globals.
        line: The line of the call, with ``{}`` for the call itself.
        then: The lines that come after.
    """
    lines = []
    arguments = []
    for name, value in inputs.items():
        if not isinstance(value, int | float) or name in as_globals:
            lines.append(f"{name} = {show_input(value)}")
            shown = name
        else:
            shown = show_input(value)
        if name not in as_globals:
            arguments.append(shown)
    line = line.format(f"{function}({', '.join(arguments)})")
    lines.append(line if times == 1 else f"for _ in range({times}):\n    {line}")
    return "\n".join([*lines, *then])
