"""Inputs of calls: how they are written in checks, sent, and shown as code to paste."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from grader.observations.values import Array, Number

MAX_SHOWN_NUMBERS = 16


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


def show_number(value: float) -> str:
    """Return a number as text, with at most 6 digits, so that a float32 0.1 reads ``0.1``."""
    if np.iscomplexobj(value):
        return f"{complex(value):.6g}"
    if isinstance(value, int | np.integer):
        return str(value)
    if not np.isfinite(value):
        return {"nan": "nan", "inf": "inf", "-inf": "-inf"}[str(float(value))]
    text = f"{float(value):.6g}"
    return text if any(mark in text for mark in ".en") else text + "."


def show_array(array: "np.ndarray") -> str:
    """Return an array as nested lists of short numbers, cut if it is long."""
    if array.ndim == 0:
        return show_number(array.item())
    if array.size == 0 and len(array) > MAX_SHOWN_NUMBERS:  # many empty rows
        return f"[] ({' x '.join(map(str, array.shape))} numbers)"
    if array.size > MAX_SHOWN_NUMBERS:
        head = ", ".join(show_number(value) for value in array.ravel()[:4].tolist())
        return f"[{head}, ...] ({' x '.join(map(str, array.shape))} numbers)"
    return "[" + ", ".join(show_array(row) for row in array) + "]"


def show_input(value: object) -> str:
    """Return an input as a Python expression."""
    if isinstance(value, Leaf):
        return f"torch.tensor({show_array(value.array)}, requires_grad=True)"
    if isinstance(value, np.ndarray):
        return f"torch.tensor({show_array(value)})"
    return repr(float(value) if isinstance(value, float) else value)


def show_call(
    function: str, inputs: Mapping[str, object], *, times: int, as_globals: frozenset[str]
) -> str:
    """Return a call as code that can be pasted below a submission.

    Args:
        function: The name of the function.
        inputs: Its inputs by their names in the contract, in order.
        times: How often it was called.
        as_globals: The inputs that it reads as globals.
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
    call = f"{function}({', '.join(arguments)})"
    if times == 1:
        lines.append(f"print({call})")
    else:
        lines.append(f"for _ in range({times}):\n    print({call})")
    if any(isinstance(value, Leaf) for value in inputs.values()):
        lines.extend(f"print({name})" for name, value in inputs.items() if isinstance(value, Leaf))
    return "\n".join(lines)
