"""Lends right versions of helpers, so that one bug costs only its own unit.

Lent units replace helpers of the unit being graded, in a child that is used for nothing else.
"""

import functools
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from inspect import BoundArguments, Parameter
from typing import Any

import torch

from grader.observations.messages import Lent
from grader.sandbox.guest.bind_arguments import ANYTHING, ArgumentBinding, bind_arguments
from grader.sandbox.guest.lend_classes import replace_class, replace_method, restore_class
from grader.sandbox.guest.methods import is_class, members_of

_LENT = "__zerograd_lent__"
_OF_LENT = " of what is lent"  # no name of Python's


@dataclass
class LentUnits:
    """Right functions, classes and methods, compiled: their source is not kept.

    Attributes:
        right: The globals of what is lent.
        parameters: The parameters of each lent function, in the contract's order.
        classes: The classes that are lent as a whole.
        methods: The methods that are lent singly, such as ``Value.backward``.
        contract_classes: All classes of the contract.
        installed: All that has been put into the submission, by name.
        set_methods: The methods that have been set, by their names: each with its class.
        members: The members of the classes that are lent as a whole, by the names of these.
        sources: The classes whose right methods are lent.
        table: The lent functions, for what still calls the submission's own.
    """

    right: dict[str, Any]
    parameters: Mapping[str, tuple[str, ...]]
    classes: tuple[str, ...]
    methods: tuple[str, ...]
    contract_classes: tuple[str, ...]
    installed: dict[str, list[object]] = field(default_factory=dict)
    set_methods: dict[str, list[tuple[type, object]]] = field(default_factory=dict)
    members: dict[str, dict[str, object]] = field(default_factory=dict)
    sources: dict[str, Any] = field(default_factory=dict)
    table: dict[str, Callable[..., object]] = field(default_factory=dict)

    @classmethod
    def make(cls, lent: Lent, contract_classes: tuple[str, ...]) -> "LentUnits":
        """Compile what is lent."""
        right: dict[str, Any] = {"__name__": "lent"}
        exec(compile(lent.source, "<lent>", "exec"), right)
        made = cls(right, lent.parameters, lent.classes, lent.methods, contract_classes)
        made.members.update((name, dict(members_of(right[name]))) for name in lent.classes)
        return made

    def replace_bound(self, namespace: dict[str, Any]) -> None:
        """Replace those units that the submission has bound so far; see `replace_in`."""
        for name, members in self.members.items():
            restore_class(self.right[name], members)
        is_bound_anew = any(
            not self._has_put(name, namespace[name]) for name in self.names if name in namespace
        )
        if is_bound_anew or self._are_methods_changed(namespace):
            self.replace_in(namespace, only_bound=True)

    def _are_methods_changed(self, namespace: Mapping[str, Any]) -> bool:
        """Return whether the submission has set a method anew on a class that was seen to."""
        return any(
            not self._is_set(full_name, namespace[owner])
            for full_name in self.methods
            if is_class(namespace.get(owner := full_name.partition(".")[0]))
        )

    def _is_set(self, full_name: str, own: type) -> bool:
        current = members_of(own).get(full_name.partition(".")[2])
        return any(
            own is one and current is method for one, method in self.set_methods.get(full_name, ())
        )

    def _has_put(self, name: str, value: object) -> bool:
        """Return whether a value is what was put in the place of a name, in any module."""
        return any(value is one for one in self.installed.get(name, ()))

    def _put(self, namespace: dict[str, Any], name: str, value: object) -> None:
        self.installed.setdefault(name, []).append(value)
        namespace[name] = value

    @functools.cached_property
    def names(self) -> frozenset[str]:
        """The globals that are replaced, or whose methods are."""
        owners = (name.partition(".")[0] for name in self.methods)
        return frozenset((*owners, *self.parameters, *self.classes))

    def replace_in(self, namespace: dict[str, Any], *, only_bound: bool = False) -> None:
        """Replace units of a submission by the right ones, but not what has been replaced already.

        A lent function can be called the way the submission calls its own: with the parameters of
        the function that it replaces, or with inputs in globals in the classroom style. Where it is
        also bound elsewhere (a default argument, say), it is redirected there too. Right methods
        are set on the submission's own class.

        Args:
            namespace: The submission's globals; changed in place.
            only_bound: Whether to leave out what the submission has not bound.
        """
        for name, members in self.members.items():
            restore_class(self.right[name], members)
        self._replace_classes(namespace, only_bound=only_bound)
        self._replace_methods(namespace)
        self._replace_functions(namespace, only_bound=only_bound)

    def _replace_classes(self, namespace: dict[str, Any], *, only_bound: bool) -> None:
        for name in self.classes:
            if namespace.get(name) is self.right[name] or (only_bound and name not in namespace):
                continue
            replace_class(namespace.get(name), self.right[name], namespace)
            self._put(namespace, name, self.right[name])

    def _replace_methods(self, namespace: Mapping[str, Any]) -> None:
        for name in self.contract_classes:
            # A right function may make instances of a class that is being graded.
            if name not in self.classes and is_class(namespace.get(name)):
                self.sources.setdefault(name, self.right.get(name))
                self.right[name] = namespace[name]
        for full_name in self.methods:
            owner, _, name = full_name.partition(".")
            own = namespace.get(owner)
            if is_class(own) and not self._is_set(full_name, own):
                new = replace_method(own, name, self.sources[owner])
                self.set_methods.setdefault(full_name, []).append((own, new))
                if not self._has_put(owner, own):
                    self.installed.setdefault(owner, []).append(own)

    def _replace_functions(self, namespace: dict[str, Any], *, only_bound: bool) -> None:
        for name, parameters in self.parameters.items():
            function, own = self.right.get(name), namespace.get(name)
            is_done = own is not None and self._has_put(name, own)
            if is_done or not callable(function) or (only_bound and name not in namespace):
                continue
            lent = _adapt(function, parameters, own, namespace)
            self.table[name] = lent
            self._put(namespace, name, lent)
            if isinstance(own, types.FunctionType) and not _is_of_library(own, namespace):
                _redirect(own, name, self.table)


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
