"""Decides which input goes to which parameter of a student's function.

A parameter takes the input of its name if the contract has one for this function, else the input
at its position. Extra parameters keep their defaults. ``*args`` takes all remaining inputs in
order. An input that the function doesn't take is passed as a global.
"""

import functools
import inspect
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import Parameter

import numpy as np
import torch

# Of the submission's functions, which live as long as its child.
_SIGNATURES: dict[Callable[..., object], inspect.Signature] = {}

ANYTHING = object()  # stands for an input whose value is not known yet


@dataclass(frozen=True)
class ArgumentBinding:
    """How to call one function. Inputs are given by their names in the contract.

    Attributes:
        signature: The function's own signature, or None for a builtin that has none.
        assigned: The name of the input for each of the function's own parameter names.
        rest: The inputs that go to ``*args``, in order.
        extra: The inputs that go to ``**kwargs``.
        unassigned: The inputs that have to be set as globals.
    """

    signature: inspect.Signature | None
    assigned: Mapping[str, str]
    rest: tuple[str, ...]
    extra: tuple[str, ...]
    unassigned: tuple[str, ...]

    def arguments(
        self, inputs: Mapping[str, object]
    ) -> tuple[tuple[object, ...], dict[str, object]]:
        """Return the positional and keyword arguments for these inputs."""
        if self.signature is None:
            return tuple(inputs[name] for name in self.rest), {}
        args: list[object] = []
        kwargs: dict[str, object] = {}
        is_by_name = False  # once a parameter is left to its default
        for name, parameter in self.signature.parameters.items():
            if parameter.kind is Parameter.VAR_POSITIONAL:
                if not is_by_name:
                    args.extend(inputs[one] for one in self.rest)
            elif parameter.kind is Parameter.VAR_KEYWORD:
                kwargs.update((one, inputs[one]) for one in self.extra)
            elif name not in self.assigned and not (self.rest and _has_default(parameter)):
                is_by_name = True
            else:
                # *args is filled only if every positional parameter before it is.
                is_given = name in self.assigned
                value = inputs[self.assigned[name]] if is_given else parameter.default
                if is_by_name or parameter.kind is Parameter.KEYWORD_ONLY:
                    kwargs[name] = value
                else:
                    args.append(value)
        return tuple(args), kwargs


def bind_arguments(
    function: Callable[..., object], inputs: Mapping[str, object]
) -> ArgumentBinding:
    """Decide which input each parameter takes.

    Args:
        function: Any callable: a function, lambda, partial, instance or builtin.
        inputs: The values of the contract's parameters for it, in the contract's order.
    """
    names = tuple(inputs)
    signature = find_signature(function)
    if signature is None:
        return ArgumentBinding(None, {}, names, (), ())
    own = signature.parameters
    if own.keys() == inputs.keys() and not any(map(_is_variadic, own.values())):
        # As in most submissions; what follows would find the same, but takes ten times as long.
        return ArgumentBinding(signature, {name: name for name in own}, (), (), ())
    bound_already = _keywords_of_partials(function)
    parameters = [
        parameter
        for parameter in signature.parameters.values()
        if parameter.name in inputs or parameter.name not in bound_already
    ]
    assigned = {p.name: p.name for p in parameters if p.name in inputs and not _is_variadic(p)}
    taken = set(assigned.values())
    plain = [p for p in parameters if not _is_variadic(p)]
    for place, parameter in enumerate(plain):
        if parameter.name in assigned or place >= len(names) or names[place] in taken:
            continue
        if _could_be(parameter.default, inputs[names[place]]):
            assigned[parameter.name] = names[place]
            taken.add(names[place])
    # If the input at a required parameter's position went elsewhere by name, take the next one.
    for parameter in plain:
        free = [name for name in names if name not in taken]
        if parameter.name not in assigned and parameter.default is Parameter.empty and free:
            assigned[parameter.name] = free[0]
            taken.add(free[0])
    left = tuple(name for name in names if name not in taken)
    kinds = {parameter.kind for parameter in parameters}
    if Parameter.VAR_POSITIONAL in kinds:
        return ArgumentBinding(signature, assigned, left, (), ())
    if Parameter.VAR_KEYWORD in kinds:
        return ArgumentBinding(signature, assigned, (), left, ())
    return ArgumentBinding(signature, assigned, (), (), left)


def find_signature(function: Callable[..., object]) -> inspect.Signature | None:
    """Return the signature that a caller has to respect, or None for some builtins.

    A wrapper written as ``(*args, **kwargs)`` without ``functools.wraps`` passes on its
    arguments. If it closes over exactly one function, that function's signature is returned.
    """
    # Making a signature takes as long as a step. With attributes, it may be another one each time.
    is_plain = type(function) is types.FunctionType and not function.__dict__
    if is_plain and function in _SIGNATURES:
        return _SIGNATURES[function]
    try:
        signature = inspect.signature(function)
    except (ValueError, TypeError):
        return None
    kinds = [parameter.kind for parameter in signature.parameters.values()]
    if kinds == [Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD] and isinstance(
        function, types.FunctionType
    ):
        inner = _closed_over(function)
        if inner is not None:
            return find_signature(inner)
    if is_plain:
        _SIGNATURES[function] = signature
    return signature


def _closed_over(function: types.FunctionType) -> Callable[..., object] | None:
    found = []
    for cell in function.__closure__ or ():
        try:
            value = cell.cell_contents
        except ValueError:  # an empty cell
            continue
        # A wrapper that counts its calls closes over itself too.
        if isinstance(value, types.FunctionType | functools.partial) and value is not function:
            found.append(value)
    return found[0] if len(found) == 1 else None


def _keywords_of_partials(function: object) -> set[str]:
    return set(function.keywords) if isinstance(function, functools.partial) else set()


def _is_variadic(parameter: Parameter) -> bool:
    return parameter.kind in (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)


def _has_default(parameter: Parameter) -> bool:
    return parameter.default is not Parameter.empty


def _could_be(default: object, value: object) -> bool:
    """Return whether a parameter with this default may take this input by position.

    ``learning_rate=0.1`` may take ``lr``; ``verbose=False`` may not.
    """
    if default is Parameter.empty or default is None or value is ANYTHING:
        return True
    if isinstance(default, bool | np.bool_ | str) or callable(default):
        return False
    return _is_number(default) == _is_number(value)


def _is_number(value: object) -> bool:
    """Return whether a value is a number: Python's, numpy's, or a 0-d tensor without grad."""
    if isinstance(value, torch.Tensor | np.ndarray):
        return value.ndim == 0 and not getattr(value, "requires_grad", False)
    return isinstance(value, int | float | np.number)
