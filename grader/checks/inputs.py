"""Inputs of calls: how they are written in checks, sent, and shown as code to paste."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from grader.observations.values import Array, Number

MAX_SHOWN_NUMBERS = 16

_DIGITS = 6
_MAX_DIGITS = 17  # of a float64
_NOISE = 2e-7  # float32 rounds the largest number of an array by this part of it


@dataclass(frozen=True, slots=True)
class Leaf:
    """An input that the function gets as a leaf tensor that requires grad."""

    array: "np.ndarray"


def leaf(values: object) -> Leaf:
    """Return an input that is a float32 leaf tensor and requires grad."""
    return Leaf(np.asarray(values, dtype=np.float32))


def tensor(values: object) -> "np.ndarray":
    """Return an input that is a float32 tensor, from nested lists of numbers."""
    return np.asarray(values, dtype=np.float32)


def as_single(value: object) -> object:
    """Return an input with its float64 numbers as float32, and anything else as it is.

    Tensors of a contract are float32, and numpy draws float64. In torch a right function that
    multiplies an input by a float32 tensor of its own would raise.
    """
    if isinstance(value, Leaf):
        return Leaf(_as_single(value.array))
    return _as_single(value) if isinstance(value, np.ndarray) else value


def _as_single(array: "np.ndarray") -> "np.ndarray":
    return array.astype(np.float32) if array.dtype == np.float64 else array


def encode_input(value: object) -> Array | Number:
    """Convert an input as checks write it to the plain data of a request.

    Raises:
        TypeError: The input is not an array, a leaf, an int or a float.
    """
    if isinstance(value, Leaf):
        return Array.from_numpy(value.array, requires_grad=True)
    if isinstance(value, np.ndarray):
        return Array.from_numpy(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        message = f"an input can't be {type(value).__name__}"
        raise TypeError(message)
    return Number(value=float(value), kind="int" if isinstance(value, int) else "float")


def is_small(inputs: Mapping[str, object]) -> bool:
    """Return whether all inputs together have few enough numbers to be shown."""
    arrays = [value.array if isinstance(value, Leaf) else value for value in inputs.values()]
    return sum(np.asarray(array).size for array in arrays) <= MAX_SHOWN_NUMBERS


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
    if isinstance(value, Leaf):
        return _show_tensor(value.array, ", requires_grad=True")
    if isinstance(value, np.ndarray):
        return _show_tensor(value)
    return repr(float(value) if isinstance(value, float) else value)


def _show_tensor(array: "np.ndarray", keywords: str = "") -> str:
    if array.size == 0 and array.ndim > 1:  # nested lists would lose the shape
        return f"torch.empty({array.shape}{keywords})"
    return f"torch.tensor({show_array(array)}{keywords})"


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
        if isinstance(value, Leaf | np.ndarray) or name in as_globals:
            lines.append(f"{name} = {show_input(value)}")
            shown = name
        else:
            shown = show_input(value)
        if name not in as_globals:
            arguments.append(shown)
    line = line.format(f"{function}({', '.join(arguments)})")
    lines.append(line if times == 1 else f"for _ in range({times}):\n    {line}")
    return "\n".join([*lines, *then])
