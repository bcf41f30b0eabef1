"""Reduces what a student's function returned to plain data.

All torch functions used here were looked up before any student code ran. A tensor of any
subclass is read as the plain tensor that it holds, so a subclass can't lie about itself.
"""

import itertools
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

import numpy as np
import torch

from grader.observations.values import (
    MAX_ARRAY_ELEMENTS,
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
from grader.sandbox.guest.figures import describe_axes

MAX_DEPTH = 6
MAX_ITEMS = 10_000
MAX_TEXT = 2_000

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
_no_grad = torch.no_grad


def describe(value: object, *, draw: int = 0) -> AnyValue:
    """Turn any object into a value.

    Args:
        value: What the student's function returned, or a global holds.
        draw: How many items to take from an iterable, also one that is not a container; 0 takes
            none, and describes containers only.

    Returns:
        The value as plain data; ``Opaque`` for anything that can't be described.

    Raises:
        TypeError: ``draw`` is set and ``value`` is not iterable.
        Exception: ``draw`` is set and the student's iterator raised this.
    """
    return _describe(value, draw=draw, depth=0)


def _describe(  # noqa: C901, PLR0912 - one kind of value after another
    value: object, *, draw: int, depth: int
) -> AnyValue:
    kind = type(value)
    try:
        if value is None:
            return Nothing()
        for number in (bool, int, float):
            if issubclass(kind, number) and not issubclass(kind, np.generic):
                # The base class's method: a subclass may override its own.
                plain = number.__float__(value)  # type: ignore[arg-type] # mypy misses issubclass
                return Number(value=plain, kind=number.__name__)
        if issubclass(kind, torch.Tensor):
            return _or_opaque(describe_tensor, value)
        if issubclass(kind, str):  # before numpy: np.str_ is both
            return Text(text=_clean(str.__str__(value)))
        if issubclass(kind, np.ndarray | np.generic):
            return _or_opaque(_describe_numpy, value)
        if depth >= MAX_DEPTH:
            return Opaque(type_name=kind.__name__, reason="nested too deeply")
        if issubclass(kind, dict):
            return _describe_mapping(value, depth)  # type: ignore[arg-type]
        drawn = describe_axes(value)
        if drawn is not None:
            return drawn
        if issubclass(kind, list | tuple) and not draw:
            return _describe_items(value, kind.__name__, MAX_ITEMS, depth)  # type: ignore[arg-type]
        if draw:
            return _describe_items(value, kind.__name__, draw, depth)  # type: ignore[arg-type]
        if issubclass(kind, AbstractSet):
            return _describe_items(value, "set", MAX_ITEMS, depth)  # type: ignore[arg-type]
    except (TypeError, OverflowError) as error:
        if draw and depth == 0:
            raise
        return Opaque(type_name=_clean(kind.__name__), reason=_clean(str(error))[:200])
    return Opaque(type_name=kind.__name__)


def _or_opaque(describe_it: Callable[[Any], AnyValue], value: object) -> AnyValue:
    """Describe a value; ``Opaque`` with the reason if it has no data, is too large, and so on."""
    try:
        return describe_it(value)
    except Exception as error:
        return Opaque(type_name=_clean(type(value).__name__), reason=_clean(str(error))[:200])


def describe_tensor(tensor: torch.Tensor) -> AnyValue:
    """Describe the plain tensor that an instance of any Tensor class holds."""
    with _no_overrides():
        flags = {
            "requires_grad": bool(_requires_grad.__get__(tensor)),
            "is_leaf": bool(_is_leaf.__get__(tensor)),
            "has_grad_fn": _grad_fn.__get__(tensor) is not None,
        }
        with _no_grad():
            plain = _detach(tensor)  # a plain tensor, whatever class it was
            if plain.layout is not torch.strided:
                plain = _to_dense(plain)
            name = str(plain.dtype).removeprefix("torch.")
            count = plain.numel()
            if name not in WIRE_DTYPES or count > MAX_ARRAY_ELEMENTS:
                reason = f"of {name} with {count} elements"
                return Opaque(type_name="Tensor", reason=reason)
            if name == "bfloat16":
                plain = _to(plain, torch.float32)
            array = _numpy(_resolve_neg(_resolve_conj(_cpu(plain))))
    return Array(
        dtype=name,
        shape=tuple(array.shape),
        data=np.ascontiguousarray(array, dtype=WIRE_DTYPES[name]).tobytes(),
        kind="tensor",
        **flags,
    )


def _describe_numpy(value: object) -> AnyValue:
    array = np.asarray(value)
    if array.dtype.name not in WIRE_DTYPES or array.size > MAX_ARRAY_ELEMENTS:
        return Opaque(type_name="ndarray", reason=f"of {array.dtype} with {array.size} elements")
    return Array(
        dtype=array.dtype.name,
        shape=array.shape,
        data=np.ascontiguousarray(array, dtype=WIRE_DTYPES[array.dtype.name]).tobytes(),
        kind="ndarray",
    )


def _describe_items(values: Iterable[object], kind: str, cap: int, depth: int) -> Items:
    iterator = iter(values)
    items: list[AnyValue] = []
    for item in itertools.islice(iterator, cap):
        if kind == "list" and depth and len(items) >= MAX_ITEMS:
            break
        items.append(_describe(item, draw=0, depth=depth + 1))
    is_cut = len(items) == cap and next(iterator, _END) is not _END
    return Items(kind=kind, items=tuple(items), is_cut=is_cut)


_END = object()


def _describe_mapping(values: Mapping[object, object], depth: int) -> MappingValue:
    entries: Any = dict.items(values)  # type: ignore[arg-type]
    pairs = list(itertools.islice(entries, MAX_ITEMS))
    return MappingValue(
        entries=tuple(
            (_describe(key, draw=0, depth=depth + 1), _describe(value, draw=0, depth=depth + 1))
            for key, value in pairs
        ),
        is_cut=len(entries) > MAX_ITEMS,
    )


def _clean(text: str) -> str:
    return text[:MAX_TEXT].encode("utf-8", "backslashreplace").decode()
