"""Lends right versions of helpers, so that one bug costs only its own function.

Lent functions replace helpers of the function being graded, in a child that is used for nothing
else.
"""

import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import BoundArguments, Parameter

import torch

from grader.observations.messages import Lent
from grader.sandbox.guest.bind_arguments import ANYTHING, ArgumentBinding, bind_arguments

_LENT = "__zerograd_lent__"


@dataclass(frozen=True, slots=True)
class LentFunctions:
    """Right functions, compiled: their source is not kept.

    Attributes:
        functions: The functions by name.
        parameters: The parameters of each, in the contract's order.
    """

    functions: Mapping[str, Callable[..., object]]
    parameters: Mapping[str, tuple[str, ...]]

    @classmethod
    def make(cls, lent: Lent) -> "LentFunctions":
        """Compile what is lent."""
        right: dict[str, object] = {"__name__": "lent"}
        exec(compile(lent.source, "<lent>", "exec"), right)
        functions = {
            name: function for name in lent.parameters if callable(function := right.get(name))
        }
        return cls(functions, lent.parameters)

    def replace_in(self, namespace: dict[str, object]) -> None:
        """Replace functions of a submission by the right ones.

        A lent function can be called the way the submission calls its own: with the parameters of
        the function that it replaces, or with inputs in globals in the classroom style.

        Args:
            namespace: The submission's globals; changed in place. A function that is also bound
                elsewhere (a default argument, say) is redirected there too.
        """
        table: dict[str, Callable[..., object]] = {}
        for name, function in self.functions.items():
            own = namespace.get(name)
            table[name] = _adapt(function, self.parameters[name], own, namespace)
            if isinstance(own, types.FunctionType) and not _is_of_library(own, namespace):
                _redirect(own, name, table)
            namespace[name] = table[name]


def _adapt(
    function: Callable[..., object],
    parameters: tuple[str, ...],
    own: object,
    namespace: Mapping[str, object],
) -> Callable[..., object]:
    plan = bind_arguments(own, dict.fromkeys(parameters, ANYTHING)) if callable(own) else None

    def lent_function(*args: object, **kwargs: object) -> object:
        values = _values(plan, parameters, args, kwargs)
        for name in parameters:
            if name not in values and name in namespace:
                values[name] = namespace[name]
        arguments = {name: values[name] for name in parameters if name in values}
        try:
            return function(**arguments)
        except RuntimeError:
            # A gradient derived by hand may be called under no_grad; the lent one needs autograd.
            if torch.is_grad_enabled():
                raise
            with torch.enable_grad():
                return function(**arguments)

    return lent_function


def _values(
    plan: ArgumentBinding | None,
    parameters: tuple[str, ...],
    args: tuple[object, ...],
    kwargs: Mapping[str, object],
) -> dict[str, object]:
    """Return the inputs of a call by their contract names.

    The call is read as the submission's own function would read it, or by the contract if there
    is no such function or the call doesn't fit it.
    """
    if plan is not None and plan.signature is not None:
        try:
            return _by_contract_name(plan, plan.signature.bind(*args, **kwargs))
        except TypeError:
            # The caller may be right and the submission's own function have wrong parameters.
            pass
    return {**dict(zip(parameters, args, strict=False)), **kwargs}


def _by_contract_name(plan: ArgumentBinding, bound: BoundArguments) -> dict[str, object]:
    """Undo a binding: return the arguments of the student's call by their contract names."""
    bound.apply_defaults()  # the student's own function would have used its defaults
    values: dict[str, object] = {}
    for parameter in bound.signature.parameters.values():
        if parameter.name not in bound.arguments:
            continue
        value = bound.arguments[parameter.name]
        if parameter.kind is Parameter.VAR_POSITIONAL:
            values.update(zip(plan.rest, value, strict=False))
        elif parameter.kind is Parameter.VAR_KEYWORD:
            values.update(value)
        elif parameter.name in plan.assigned:
            values[plan.assigned[parameter.name]] = value
    return values


def _is_of_library(own: types.FunctionType, namespace: Mapping[str, object]) -> bool:
    """Return whether a function is from an installed module: it stays, as other code means it."""
    return own.__globals__ is not namespace and "__file__" in own.__globals__


def _redirect(own: types.FunctionType, name: str, table: dict[str, Callable[..., object]]) -> None:
    """Make the function object itself run the lent one, since it may be held elsewhere too."""
    if own.__code__.co_freevars:  # a closure's code can't be replaced by code without cells
        return
    own.__globals__.setdefault(_LENT, table)
    template = types.FunctionType(
        compile(
            f"lambda *args, **kwargs: {_LENT}[{name!r}](*args, **kwargs)", "<lent>", "eval"
        ).co_consts[0],
        own.__globals__,
    )
    own.__code__ = template.__code__
    own.__defaults__ = None
    own.__kwdefaults__ = None
