"""Lends right versions of other functions, so that one bug costs only its own function.

Lent functions stand in for functions *below* the one under test, in a child that is
used for nothing else.
"""

import types
from collections.abc import Callable, Mapping
from inspect import BoundArguments, Parameter

import torch

from grader.observations.messages import Lent
from grader.sandbox.guest.bind_arguments import ANYTHING, ArgumentBinding, bind_arguments

_LENT = "__zerograd_lent__"


def lend(lent: Lent, namespace: dict[str, object]) -> None:
    """Put right functions in the place of a submission's own.

    A right function answers to the way in which the submission calls its own:
    by that one's parameters, from globals in the classroom style.

    Args:
        lent: The source of the right functions, and the parameters of each.
        namespace: The submission's globals; changed in place. Functions that were
            bound elsewhere already (a default argument, say) are redirected too.
    """
    right: dict[str, object] = {"__name__": "lent"}
    exec(compile(lent.source, "<lent>", "exec"), right)
    table: dict[str, Callable[..., object]] = {}
    for name, parameters in lent.parameters.items():
        function = right.get(name)
        if not callable(function):
            continue
        own = namespace.get(name)
        table[name] = _adapt(function, parameters, own, namespace)
        if isinstance(own, types.FunctionType):
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
            # Called under no_grad, as a hand-derived gradient may be; ours wants autograd.
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
    """Read a call as the submission's own function would; else as the contract does."""
    if plan is not None and plan.signature is not None:
        try:
            return _by_contract_name(plan, plan.signature.bind(*args, **kwargs))
        except TypeError:
            # The caller may be right: then it is the own function that has other parameters.
            pass
    return {**dict(zip(parameters, args, strict=False)), **kwargs}


def _by_contract_name(plan: ArgumentBinding, bound: BoundArguments) -> dict[str, object]:
    """Undo a match: from the arguments of the student's own call to the contract's names."""
    bound.apply_defaults()  # what a call leaves out is what the student's own would have taken
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


def _redirect(own: types.FunctionType, name: str, table: dict[str, Callable[..., object]]) -> None:
    """Make the very function object run the lent one, wherever it is already held."""
    if own.__code__.co_freevars:  # a closure's code can't be exchanged for one without cells
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
