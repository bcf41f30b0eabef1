"""Reduces what a student's function returned to plain data.

All torch functions used here were looked up before any student code ran. An instance of any
subclass is read by the methods of its base class: as the plain tensor, list, dict, set or text that
it holds. So a subclass can't lie about itself, and none of its code runs here.
"""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from grader.observations.bounds import MAX_ARRAY_ELEMENTS, MAX_ITEMS
from grader.observations.values import (
    TOO_LARGE,
    WIRE_DTYPES,
    AnyValue,
    Array,
    Items,
    Nothing,
    Number,
    Opaque,
    Text,
)
from grader.observations.values import Mapping as MappingValue
from grader.sandbox.guest.budget import AnswerBudget, TooLargeError
from grader.sandbox.guest.figures import describe_axes
from grader.sandbox.guest.plain_text import cut_text, name_of_type, text_of_error

MAX_DEPTH = 6

# What a set may be, also one of a dict's keys. Python's own classes only: asking an abstract class
# runs code of the student's metaclass.
_SETS: tuple[Any, ...] = (set, frozenset, type({}.keys()), type({}.items()))

_detach = torch.Tensor.detach
_cpu = torch.Tensor.cpu
_to_dense = torch.Tensor.to_dense
_numpy = torch.Tensor.numpy
_to = torch.Tensor.to
_resolve_conj = torch.Tensor.resolve_conj
_resolve_neg = torch.Tensor.resolve_neg
# The base class's attributes, which no subclass can shadow.
_requires_grad: Any = torch._C.TensorBase.requires_grad  # noqa: SLF001
_is_leaf: Any = torch._C.TensorBase.is_leaf  # noqa: SLF001
_grad_fn: Any = torch._C.TensorBase.grad_fn  # noqa: SLF001
_no_overrides = torch._C.DisableTorchFunction  # noqa: SLF001
# Looked up here once: they are needed for each tensor.
_WIRE = {name: np.dtype(wire) for name, wire in WIRE_DTYPES.items()}
_NAMES = {getattr(torch, name): name for name in WIRE_DTYPES if hasattr(torch, name)}


def describe(value: object, *, draw: int = 0, budget: AnswerBudget | None = None) -> AnyValue:
    """Turn any object into a value.

    Args:
        value: What the student's function returned, or a global holds.
        draw: How many items to take from an iterable, also one that is not a container; 0 takes
            none, and describes containers only.
        budget: What is left of the answer that the value is for; by default a whole one.

    Returns:
        The value as plain data; ``Opaque`` for anything that can't be described.

    Raises:
        TooLargeError: There is more than an answer can hold.
        TypeError: ``draw`` is set and ``value`` is not iterable.
        Exception: ``draw`` is set and the student's iterator raised this.
    """
    return _describe(value, draw=draw, depth=0, budget=budget or AnswerBudget())


def _describe(  # noqa: C901, PLR0912 - one kind of value after another
    value: Any,
    *,
    draw: int,
    depth: int,
    budget: AnswerBudget,
) -> AnyValue:
    kind = type(value)
    budget.spend()
    if value is None:
        return Nothing()
    if not issubclass(kind, np.generic):
        # The base class's method: a subclass may override its own.
        if issubclass(kind, bool):
            return Number(value=int.__float__(value), kind="bool")
        if issubclass(kind, int):
            return _or_opaque(_describe_int, value, budget)
        if issubclass(kind, float):
            return Number(value=float.__float__(value), kind="float")
    if issubclass(kind, torch.Tensor):
        return _or_opaque(describe_tensor, value, budget)
    if issubclass(kind, str):  # before numpy: np.str_ is both
        text = cut_text(value)
        budget.spend(len(text))
        return Text(text=text)
    if issubclass(kind, np.ndarray | np.generic):
        return _or_opaque(_describe_numpy, value, budget)
    name = name_of_type(kind)
    if depth >= MAX_DEPTH:
        return Opaque(type_name=name, reason="nested too deeply")
    if issubclass(kind, dict):
        return _describe_mapping(value, depth, budget)
    try:
        drawn = describe_axes(value, budget)
    except (TypeError, OverflowError) as error:  # what is plotted can't be read as numbers
        return Opaque(type_name=name, reason=text_of_error(error))
    if drawn is not None:
        return drawn
    if draw:  # the student's own iterator runs here
        return _describe_items(iter(value), name, draw, depth, budget)
    for container in (list, tuple):
        if issubclass(kind, container):
            return _describe_items(container.__iter__(value), name, MAX_ITEMS, depth, budget)
    for container in _SETS:
        if issubclass(kind, container):
            return _describe_items(container.__iter__(value), "set", MAX_ITEMS, depth, budget)
    return Opaque(type_name=name)


def _or_opaque(
    describe_it: Callable[[Any, AnswerBudget], AnyValue], value: object, budget: AnswerBudget
) -> AnyValue:
    """Describe a value; ``Opaque`` with the reason if it has no data, is too large, and so on."""
    try:
        return describe_it(value, budget)
    except TooLargeError:
        raise
    except Exception as error:
        return Opaque(type_name=name_of_type(type(value)), reason=text_of_error(error))


def _describe_int(value: int, budget: AnswerBudget) -> Number:  # noqa: ARG001 - as the others
    return Number(value=int.__float__(value), kind="int")


def describe_tensor(tensor: torch.Tensor, budget: AnswerBudget) -> AnyValue:
    """Describe the plain tensor that an instance of any Tensor class holds.

    Raises:
        TooLargeError: The budget has no room for its numbers.
    """
    with _no_overrides():
        requires_grad, is_leaf = _requires_grad.__get__(tensor), _is_leaf.__get__(tensor)
        has_grad_fn = _grad_fn.__get__(tensor) is not None
        plain = _detach(tensor)  # a plain tensor without a gradient, whatever class it was
        name = _NAMES.get(plain.dtype) or str(plain.dtype).removeprefix("torch.")
        count = plain.numel()
        # Before a sparse tensor is made dense, which takes the memory of all its zeros.
        if name not in WIRE_DTYPES or count > MAX_ARRAY_ELEMENTS:
            reason = _why_not_sent(name, tuple(plain.shape), count)
            return Opaque(type_name="Tensor", reason=reason)
        wire = _WIRE[name]
        budget.spend(count * wire.itemsize)
        if plain.layout is not torch.strided:
            plain = _to_dense(plain)
        if name == "bfloat16":
            plain = _to(plain, torch.float32)
        array = _numpy(_resolve_neg(_resolve_conj(_cpu(plain))))
    return Array(
        dtype=name,
        shape=array.shape,
        data=np.asarray(array, dtype=wire).tobytes(),
        kind="tensor",
        requires_grad=requires_grad,
        is_leaf=is_leaf,
        has_grad_fn=has_grad_fn,
    )


def _why_not_sent(dtype: str, shape: tuple[int, ...], count: int) -> str:
    """Return what an array is like that is not sent as numbers."""
    if count > MAX_ARRAY_ELEMENTS:
        return f"of {dtype} and shape {shape}: {TOO_LARGE}"
    return f"of {dtype} with {count} elements"


def _describe_numpy(value: object, budget: AnswerBudget) -> AnyValue:
    array = np.asarray(value)
    if array.dtype.name not in WIRE_DTYPES or array.size > MAX_ARRAY_ELEMENTS:
        reason = cut_text(_why_not_sent(str(array.dtype), array.shape, array.size))
        return Opaque(type_name="ndarray", reason=reason)
    budget.spend(array.size * array.itemsize)
    return Array(
        dtype=array.dtype.name,
        shape=array.shape,
        data=np.ascontiguousarray(array, dtype=WIRE_DTYPES[array.dtype.name]).tobytes(),
        kind="ndarray",
    )


def _describe_items(
    iterator: Iterator[object], kind: str, cap: int, depth: int, budget: AnswerBudget
) -> Items:
    cap = min(cap, MAX_ITEMS)
    items = tuple(
        _describe(item, draw=0, depth=depth + 1, budget=budget)
        for item in itertools.islice(iterator, cap)
    )
    is_cut = len(items) == cap and next(iterator, _END) is not _END
    return Items(kind=kind, items=items, is_cut=is_cut)


_END = object()


def _describe_mapping(
    values: dict[object, object], depth: int, budget: AnswerBudget
) -> MappingValue:
    entries = dict.items(values)
    return MappingValue(
        entries=tuple(
            (
                _describe(key, draw=0, depth=depth + 1, budget=budget),
                _describe(value, draw=0, depth=depth + 1, budget=budget),
            )
            for key, value in itertools.islice(entries, MAX_ITEMS)
        ),
        is_cut=len(entries) > MAX_ITEMS,
    )
