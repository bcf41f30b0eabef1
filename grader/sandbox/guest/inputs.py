"""Makes the inputs of a request from their plain data, afresh each time."""

import torch

from grader.observations.values import (
    Array,
    InputItems,
    InputMapping,
    InputValue,
    Leaf,
    Nothing,
    Number,
    Text,
)

_frombuffer = torch.frombuffer
_empty = torch.empty


def make_input(value: InputValue) -> object:  # noqa: C901 - one kind after another
    """Make the object that a check has described.

    Returns:
        A tensor, numpy array, number, bool, text, None, or a list, tuple or dict of these.
    """
    match value:
        case Nothing():
            return None
        case Number(kind="bool"):
            return bool(value.value)
        case Number(kind="int"):
            return int(value.value)
        case Number():
            return value.value
        case Text(text=text):
            return text
        case Array(kind="ndarray"):
            return value.to_numpy()
        case Array():
            return make_tensor(value)
        case Leaf(array=array, gradient=gradient):
            leaf = make_tensor(array).requires_grad_()
            leaf.grad = make_tensor(gradient)
            return leaf
        case InputItems(is_tuple=is_tuple, items=items):
            made = [make_input(one) for one in items]
            return tuple(made) if is_tuple else made
        case InputMapping(entries=entries):
            return {make_input(key): make_input(one) for key, one in entries}


def make_tensor(value: Array) -> torch.Tensor:
    """Make a tensor that owns its memory."""
    dtype = getattr(torch, value.dtype)
    if value.data:
        tensor = _frombuffer(bytearray(value.data), dtype=dtype).reshape(value.shape)
    else:
        tensor = _empty(value.shape, dtype=dtype)
    # Copy, so that the tensor owns its memory like any other, and is not a view of a buffer.
    tensor = tensor.clone()
    return tensor.requires_grad_() if value.requires_grad else tensor
